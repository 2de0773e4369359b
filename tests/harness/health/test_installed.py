"""Metadata and path as plain values."""

import sys
import types

import pytest

from medq_tasks.harness.health import installed
from medq_tasks.harness.health.installed import (
    copy_traps,
    door_traps,
    harness_traps,
    importable,
    range_of,
    range_traps,
)


def lines(traps):
    return [str(trap) for trap in traps]


def test_no_harness_stops():
    (line,) = lines(harness_traps(False))
    assert line.startswith("stops a run: lmms-eval is not installed")
    assert lines(harness_traps(True)) == []


@pytest.mark.parametrize("entries", [[], ["other.plugin:register"]])
def test_a_package_that_the_harness_is_not_told_of_stops(entries):
    (line,) = lines(door_traps(entries))
    assert line.startswith("stops a run: medq-tasks is not installed")
    assert '--include_path "$(medq tasks-path)"' in line


def test_our_door_is_found_among_others():
    assert lines(door_traps(["other.plugin:register", "medq_tasks.harness.plugin:register"])) == []


def test_a_version_outside_the_range_is_told_with_the_range():
    (line,) = lines(range_traps(["filelock<4.3,>=3.12"], {"filelock": "4.3.1"}))
    assert line == (
        "falsifies a run: filelock 4.3.1 is installed, and medq-tasks works with <4.3,>=3.12 only. "
        "Cure: pip install 'filelock<4.3,>=3.12'"
    )


def test_what_is_missing_stops():
    (line,) = lines(range_traps(["Types_PyYAML>=6"], {}))
    assert line.startswith("stops a run: types-pyyaml is not installed, and medq-tasks needs it")


@pytest.mark.parametrize(
    "requirement",
    [
        "lmms-eval!=0.7.1,!=0.7.2,<0.8,>=0.7",
        "openai[aiohttp]>=1.40",
        "decord>=0.6; sys_platform == 'nowhere'",
        "pytest>=8; extra == 'dev'",
        "Pillow>=10",
        "torch>=2",
    ],
)
def test_what_fits_or_is_not_for_this_machine_is_fine(requirement):
    have = {"lmms-eval": "0.7.3", "openai": "3.57.0", "pillow": "13.0.0", "torch": "2.15.0.dev1"}
    assert lines(range_traps([requirement], have)) == []


def test_a_release_that_is_excluded_is_told():
    (line,) = lines(range_traps(["lmms-eval!=0.7.2,>=0.7"], {"lmms-eval": "0.7.2"}))
    assert "lmms-eval 0.7.2 is installed" in line


def test_a_harness_without_metadata_is_no_missing_harness():
    # A checkout on PYTHONPATH.
    assert lines(range_traps(["lmms-eval>=0.7"], {})) == []


def test_the_range_for_a_cure_is_the_one_of_the_metadata(monkeypatch):
    monkeypatch.setattr(
        installed, "_requirements", lambda: ["filelock<4.3", "lmms-eval!=0.7.2,<0.8; python_version>'3'"]
    )
    assert range_of("lmms-eval") == "lmms-eval!=0.7.2,<0.8"
    assert range_of("torch") == "torch"


def copy_at(folder, package="medq_tasks"):
    (folder / package).mkdir(parents=True)
    (folder / package / "__init__.py").touch()
    return str(folder)


def test_the_copy_that_is_used_and_the_other_are_told(tmp_path):
    old, new = copy_at(tmp_path / "old"), copy_at(tmp_path / "new")
    (line,) = lines(copy_traps("medq_tasks", [str(tmp_path), old, new]))
    assert f"{old}/medq_tasks is used, not {new}/medq_tasks" in line
    assert "pip uninstall medq-tasks" in line


def test_one_copy_named_twice_or_by_a_link_is_one(tmp_path):
    folder = copy_at(tmp_path / "site")
    (tmp_path / "link").symlink_to(folder)
    assert lines(copy_traps("medq_tasks", [folder, folder, str(tmp_path / "link"), "/nowhere"])) == []


def test_a_folder_without_code_is_no_copy(tmp_path):
    (tmp_path / "medq_tasks").mkdir()  # left by pip: compiled files of a version that is gone
    assert lines(copy_traps("medq_tasks", [copy_at(tmp_path / "site"), str(tmp_path)])) == []


def test_a_bare_module_counts_as_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "bare_module", types.ModuleType("bare_module"))
    assert importable("bare_module")
    assert importable("json")
    assert not importable("no_such_module_anywhere")
