"""Without the extra [demo], whoever asks for a part of it gets one line that names the command."""

import subprocess
import sys

import pytest

from medq_tasks.demo import extra
from medq_tasks.errors import HarnessStop
from medq_tasks.harness import tables

COMMAND = 'pip install ".[demo]"'


@pytest.fixture
def plain(monkeypatch):
    """As if pydicom and nilearn were not installed."""
    found = extra.find_spec
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name in ("pydicom", "nilearn") else found(name))


def test_what_is_missing_is_named_with_the_command(plain):
    with pytest.raises(extra.MissingExtra) as error:
        extra.need_demo("This")
    assert str(error.value).startswith("This needs the extra [demo] (not installed: pydicom, nilearn). ")
    assert str(error.value).endswith(COMMAND)


def test_nothing_is_said_where_it_is_installed():
    extra.need_demo("This")


def test_a_task_of_the_sample_set_ends_the_run_with_the_line(plain):
    tables._table.cache_clear()
    with pytest.raises(HarnessStop) as stop:
        _ = tables.perception_mini
    assert str(stop.value.code).startswith("medq-tasks: The sample set (medq_mini) needs the extra [demo]")


def test_the_model_without_weights_ends_the_run_with_the_line(plain):
    from medq_tasks.demo.baseline.model import MedqBaseline

    with pytest.raises(HarnessStop) as stop:
        MedqBaseline()
    assert COMMAND in str(stop.value.code)


def test_nothing_else_imports_a_package_of_the_extra():
    # Hidden from the import system as a whole: all but demo/samples/ must do without (backends need API packages).
    hidden = ("skimage", "pydicom", "nibabel", "nilearn")
    code = f"""
import importlib, pkgutil, sys
for name in {hidden!r}:
    sys.modules[name] = None
import medq_tasks
for module in pkgutil.walk_packages(medq_tasks.__path__, "medq_tasks."):
    left_out = ("medq_tasks.demo.samples", "medq_tasks.harness.backends", "medq_tasks.cli.__main__")
    if not module.name.startswith(left_out):
        importlib.import_module(module.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
