"""What the process reports, and what is said when it does not."""

import json
from pathlib import Path

from medq_tasks.harness.health import probe as module
from medq_tasks.harness.health.probe import hidden_modules, probe, read
from medq_tasks.harness.health.trap import Trap


def lines(*objects):
    return [json.dumps(one) for one in objects]


def test_traps_of_a_whole_report():
    report = lines(
        {"step": "a"},
        {"trap": {"problem": "p", "cure": "c", "stops": True, "about": "x"}},
        {"step": "b"},
        {"modules": {}},
    )
    assert list(read(report, "ends", Path("/"))) == [Trap("p", "c", True, "x")]


def test_a_process_that_did_not_survive_a_step_is_told_with_the_step():
    (trap,) = read(lines({"step": "a"}, {"step": "importing x"}), "ends the process (exit code -11): boom", Path("/"))
    assert trap.stops
    assert trap.problem == "importing x ends the process (exit code -11): boom"


def test_a_line_that_was_cut_off_ends_the_report():
    (trap,) = read([*lines({"step": "a"}), '{"trap": {"prob'], "ends the process", Path("/"))
    assert trap.problem == "a ends the process"


def test_a_process_that_said_nothing_is_told():
    (trap,) = read([], "ends the process (exit code 1): no module", Path("/"))
    assert trap.problem.startswith("starting Python ends the process")


def test_an_ending_process_is_a_trap_and_no_traceback(monkeypatch):
    code = 'import sys; print(\'{{"step": "a step"}}\', flush=True); print("the reason", file=sys.stderr); sys.exit(3)'
    monkeypatch.setattr(module, "_CODE", code)
    (trap,) = probe([])
    assert trap.problem == "a step ends the process (exit code 3): the reason"


def test_a_process_that_hangs_is_left(monkeypatch):
    code = 'import time; print(\'{{"step": "a step"}}\', flush=True); time.sleep(60)'
    monkeypatch.setattr(module, "_CODE", code)
    (trap,) = probe([], patience=2.0)
    assert trap.problem == "a step takes longer than 2 seconds"


def test_a_file_of_the_working_folder_that_hides_a_module(tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "__init__.py").touch()
    (tmp_path / "random.py").touch()
    modules = {"datasets": "/site/datasets/__init__.py", "random": "/lib/random.py", "openai": "/site/openai.py"}
    told = [trap.problem for trap in hidden_modules(modules, tmp_path)]
    assert [line.split(" hides ")[0] for line in told] == [
        str(tmp_path / "datasets" / "__init__.py"),
        str(tmp_path / "random.py"),
    ]


def test_a_folder_of_data_and_the_module_itself_hide_nothing(tmp_path):
    (tmp_path / "datasets").mkdir()  # without __init__.py an installed package wins
    (tmp_path / "medq_tasks").mkdir()
    (tmp_path / "medq_tasks" / "__init__.py").touch()
    modules = {"datasets": "/site/datasets/__init__.py", "medq_tasks": str(tmp_path / "medq_tasks" / "__init__.py")}
    assert list(hidden_modules(modules, tmp_path)) == []
