"""All checks together: order, one line a package, and no exception of a check."""

import pytest

from medq_tasks.harness.health import check as module
from medq_tasks.harness.health.check import check, ordered
from medq_tasks.harness.health.trap import Trap
from medq_tasks.judge.reach import Reach


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nothing is wrong anywhere, and no process is started."""
    monkeypatch.setattr(module, "probe", lambda backends: [])
    for name in ("package_traps", "setting_traps", "connection_traps", "judge_traps"):
        monkeypatch.setattr(module, name, lambda *_: [])
    monkeypatch.setattr(module, "place_traps", lambda settings, probe: [])


def test_nothing_wrong_is_nothing_told():
    assert check(["qwen2_vl"], ask_servers=False) == []


def test_those_that_stop_come_first_in_their_order():
    traps = [Trap("a", "c"), Trap("b", "c", stops=True), Trap("d", "c"), Trap("e", "c", stops=True)]
    assert [trap.problem for trap in ordered(traps)] == ["b", "e", "a", "d"]


def test_of_several_traps_about_one_thing_the_first_is_told():
    seen, read = Trap("lacks a module", "c", True, "Py_YAML"), Trap("out of range", "c", about="py-yaml")
    assert ordered([Trap("other", "c"), seen, read]) == [seen, Trap("other", "c")]


def test_what_a_run_shows_comes_before_what_metadata_say(monkeypatch):
    monkeypatch.setattr(module, "probe", lambda backends: [Trap("lacks a module", "c", True, "filelock")])
    monkeypatch.setattr(module, "package_traps", lambda: [Trap("out of range", "c", about="filelock")])
    assert [trap.problem for trap in check([], ask_servers=False)] == ["lacks a module"]


def test_the_same_line_is_told_once():
    assert ordered([Trap("a", "c"), Trap("a", "c")]) == [Trap("a", "c")]


@pytest.mark.parametrize("name", ["package_traps", "setting_traps", "place_traps", "probe"])
def test_a_check_that_fails_is_a_trap_itself(name, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("out of order")

    monkeypatch.setattr(module, name, fail)
    (trap,) = check([], ask_servers=False)
    assert "RuntimeError: out of order" in trap.problem


def test_a_setting_that_cannot_be_read_is_told(monkeypatch):
    monkeypatch.setenv("MEDQ_JUDGE_CONCURRENCY", "many")
    (trap,) = check([], ask_servers=False)
    assert "MEDQ_JUDGE_CONCURRENCY='many'" in trap.problem
    assert trap.stops


def test_without_a_harness_no_process_is_started(monkeypatch):
    monkeypatch.setattr(module, "importable", lambda name: False)
    monkeypatch.setattr(module, "probe", lambda backends: [Trap("started", "c")])
    assert check([], ask_servers=False) == []


@pytest.mark.parametrize(
    ("configured", "ask", "told"),
    [(True, True, ["the judge gpt-4o at http://host/v1: not reachable"]), (True, False, []), (False, True, [])],
)
def test_a_judge_is_asked_when_there_is_one_and_servers_may_be(configured, ask, told, monkeypatch):
    monkeypatch.setattr(module, "reach", lambda settings: Reach("not reachable", "start it"))
    if configured:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", "http://host/v1")
        monkeypatch.setenv("MEDQ_JUDGE_MODEL", "gpt-4o")
    assert [trap.problem for trap in check([], ask_servers=ask)] == told


def test_a_client_that_cannot_be_made_is_told_by_the_steps(monkeypatch):
    monkeypatch.setattr(module, "reach", lambda settings: Reach("no client can be made", "c", client=False))
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", "http://host/v1")
    assert check([], ask_servers=True) == []


def test_a_judge_that_answers_is_no_trap(monkeypatch):
    monkeypatch.setattr(module, "reach", lambda settings: Reach("reachable"))
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", "http://host/v1")
    assert check([], ask_servers=True) == []
