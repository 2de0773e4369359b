"""A comparison as Markdown and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks.decide.compare import compare
from medq_tasks.decide.compare_view import to_json, to_markdown
from tests.decide.test_compare import PERCEPTION, perception, run_of


def test_markdown_and_json_agree(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rrrw")})
    b = run_of(tmp_path / "b", {PERCEPTION: perception("rwww")})
    found = compare(a, b)
    assert "| accuracy | 0.750 | 0.250 | -0.500 |" in to_markdown(found)
    assert to_json(found)["rows"][0]["difference"] == pytest.approx(-0.5)
