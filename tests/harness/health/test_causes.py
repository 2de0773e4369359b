"""Exceptions as broken hosts raise them, as lines."""

import importlib
import subprocess

import pytest

from medq_tasks.harness.health import causes
from medq_tasks.harness.health.causes import CAUSES, explain, known_cause, moved
from medq_tasks.harness.health.trap import Trap

read_version = causes._with_version


@pytest.fixture(autouse=True)
def versions(monkeypatch):
    monkeypatch.setattr(causes, "_with_version", lambda package: f"{package} 9.9")


def raised(code, **names):
    try:
        exec(code, names)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            ModuleNotFoundError("No module named 'filelock._api'", name="filelock._api"),
            "filelock 9.9 lacks the module filelock._api, which every evaluation of lmms-eval imports. "
            "Cure: pip install 'filelock<4.3'",
        ),
        (
            TypeError("Client.__init__() got an unexpected keyword argument 'proxies'"),
            "openai 9.9 gives httpx 0.28 an argument that it no longer has: no client of an API can be made. "
            "Cure: pip install --upgrade openai",
        ),
        (
            ImportError("pyarrow requires NumPy 2.0 or newer, found 1.26.4"),
            "numpy 9.9 does not work with the pyarrow that is installed. Cure: pip install 'numpy>=2.1'",
        ),
        (
            ImportError("C extension: None not built. If you want to import pandas from the source directory ..."),
            "numpy 9.9 does not work with the pandas that is installed, which lmms-eval imports. "
            "Cure: pip install 'numpy>=2.1'",
        ),
        (
            RuntimeError("operator torchvision::nms does not exist"),
            "torchvision 9.9 was built for another torch. "
            "Cure: pip install --upgrade --force-reinstall torch torchvision",
        ),
    ],
)
def test_faults_that_were_met_have_their_own_cure(error, line):
    trap = known_cause(error)
    assert trap is not None
    assert trap.stops
    assert trap.line == line


def test_every_cause_can_be_told():
    for cause in CAUSES:
        trap = known_cause(RuntimeError(cause.symptom))
        assert trap is not None
        assert cause.cure in trap.line


@pytest.mark.parametrize(
    ("system", "machine", "cure"),
    [
        ("linux", "x86_64", "pip install decord"),
        ("win32", "AMD64", "pip install decord"),
        ("darwin", "arm64", "pip install eva-decord"),
        ("linux", "aarch64", "a server through --model openai"),
    ],
)
def test_the_cure_for_decord_is_one_that_this_machine_has(system, machine, cure, monkeypatch):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert causes._decord().startswith(cure)


def test_a_module_that_is_not_installed():
    trap = known_cause(raised("import no_such_module.part"))
    assert trap == Trap(
        "no_such_module, which <string> imports, is not installed", "pip install no_such_module", True, "no_such_module"
    )


def test_a_module_with_another_name_than_its_package(monkeypatch):
    monkeypatch.setattr(causes, "importable", lambda module: False)
    assert known_cause(ModuleNotFoundError("No module named 'cv2'", name="cv2")).cure == "pip install opencv-python"


def test_a_plugin_variable_that_names_nothing(monkeypatch):
    monkeypatch.setenv("LMMS_EVAL_PLUGINS", "other,no_such_plugin")
    error = raised("import importlib; importlib.import_module('no_such_plugin.models')")
    assert known_cause(error).cure == "unset LMMS_EVAL_PLUGINS, which names it"


def test_a_package_that_lost_a_part():
    trap = known_cause(raised("from yaml import no_such_part"))
    assert trap.problem.startswith("PyYAML 9.9 lacks what <string> imports (cannot import name 'no_such_part'")
    assert trap.cure.startswith("another version of PyYAML")


def test_the_first_cause_is_told_not_the_wrapper():
    code = "try:\n    import no_such_module\nexcept ImportError as e:\n    raise RuntimeError('it failed') from e"
    assert "no_such_module" in known_cause(raised(code)).problem


def test_a_cause_that_was_put_aside_is_not_told():
    code = "try:\n    import no_such_module\nexcept ImportError:\n    raise ValueError('own') from None"
    assert known_cause(raised(code)) is None


def test_errors_that_cite_each_other_end():
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert known_cause(first) is None


def test_a_file_that_the_harness_lacks():
    inner = "lmms_eval/tasks/corecognition/_default_template_yaml"
    error = FileNotFoundError(2, "No such file or directory", f"/env/lib/python3.11/site-packages/{inner}")
    assert known_cause(error).problem == f"lmms-eval 9.9 lacks {inner}, a file of its own"


@pytest.mark.parametrize("file", ["/data/table.tsv", "/home/me/lmms_eval/mine.yaml", None, 3])
def test_a_file_of_the_users_is_not_the_hosts_fault(file):
    assert known_cause(FileNotFoundError(2, "No such file or directory", file)) is None


@pytest.mark.parametrize("error", [ValueError("a wrong value"), KeyError("x"), ImportError("without a name")])
def test_what_is_not_known_is_not_explained_away(error):
    assert known_cause(error) is None


def test_an_unknown_error_is_told_on_one_line():
    trap = explain(ValueError("first\n  second"), "importing lmms-eval")
    assert trap.stops
    assert trap.line.startswith(
        "importing lmms-eval ends in ValueError: first second (raised by it). Cure: pip install"
    )
    assert explain(SystemExit(), "importing").problem.startswith("importing ends in SystemExit")


def test_a_password_in_an_error_is_not_shown():
    assert "secret" not in explain(ValueError("bad proxy http://me:secret@host:1"), "x").line


def test_the_version_is_read_from_the_metadata():
    assert read_version("PyYAML").startswith("PyYAML 6.")
    assert read_version("no-such-thing") == "no-such-thing (not installed)"


@pytest.mark.parametrize("module", ["medq_tasks.hooks.inputs", "medq_tasks.tables"])
def test_a_copied_definition_of_0_1_0_is_told_with_the_edit_that_mends_it(module):
    def resolve():
        try:
            importlib.import_module(module)
        except Exception as error:
            raise ImportError(f"Failed to import function 'f' from module {module!r}") from error

    found = known_cause(raised("resolve()", resolve=resolve))
    assert found.stops
    assert found.problem.endswith("are a copy from medq-tasks 0.1.0, whose functions moved")
    edit = found.cure.partition("sed -i ")[2].strip("'")
    lines = "a: !function medq_tasks.hooks.inputs.f\nb: [!function medq_tasks.tables.g, !function medq_tasks.hooks.h]\n"
    done = subprocess.run(["sed", edit], input=lines, capture_output=True, text=True, check=True).stdout
    assert done == (
        "a: !function medq_tasks.harness.inputs.f\n"
        "b: [!function medq_tasks.harness.tables.g, !function medq_tasks.harness.h]\n"
    )


def test_a_module_that_never_was_is_no_copy():
    assert moved(raised("import medq_tasks.nothing")) is None
