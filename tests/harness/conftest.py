"""Stand-ins for the harness."""

import sys
import types

import pytest


@pytest.fixture
def evaluator(monkeypatch):
    """lmms_eval.evaluator as it is when it imports us: known, and nothing is defined yet."""
    module = types.ModuleType("lmms_eval.evaluator")
    monkeypatch.setitem(sys.modules, "lmms_eval.evaluator", module)
    return module
