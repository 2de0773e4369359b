"""The steps, with stand-ins for what they import."""

import io
import json

import pytest

from medq_tasks.harness.health.installed import OUR_ENTRY
from medq_tasks.harness.health.trap import Trap
from medq_tasks.harness.trial_run import hidden_by, index_traps, take

OURS = {name: {"type": "task", "yaml_path": f"/ours/{name}.yaml"} for name in ("medq_a", "medq_b")}


def taken(*steps):
    report = io.StringIO()
    clean = take(steps, report)
    return clean, [json.loads(line) for line in report.getvalue().splitlines()]


def test_a_step_is_told_before_it_is_taken():
    def die():
        raise KeyboardInterrupt

    clean, told = taken(("one", lambda: None), ("two", die), ("three", lambda: [Trap("p", "c")]))
    assert not clean
    assert [line.get("step") or line["trap"]["problem"] for line in told] == [
        "one",
        "two",
        "two ends in KeyboardInterrupt (raised by " + __file__ + ")",
        "three",
        "p",
    ]


def test_steps_that_find_nothing_are_clean():
    assert taken(("one", lambda: None), ("two", lambda: [])) == (True, [{"step": "one"}, {"step": "two"}])


def nobody():
    raise AssertionError("nothing is hidden")


def test_an_index_with_our_tasks_is_fine():
    assert list(index_traps({"mme": {"yaml_path": "/mme.yaml"}, **OURS}, OURS, nobody)) == []


def test_a_task_of_our_name_from_elsewhere_is_told():
    found = {**OURS, "medq_b": {"type": "task", "yaml_path": "/theirs/medq_b.yaml"}}
    (trap,) = index_traps(found, OURS, nobody)
    assert trap.problem == "the task medq_b is another one of that name, from /theirs/medq_b.yaml"


def test_tasks_that_are_not_there_are_looked_into():
    assert list(index_traps({"mme": {}}, OURS, lambda: [Trap("p", "c")])) == [Trap("p", "c")]


class Entry:
    """As much of an entry point as is looked at."""

    def __init__(self, value, payload=None, error=None):
        self.value, self.payload, self.error = value, payload, error
        self.dist = type("Dist", (), {"name": value.partition(".")[0]})

    def load(self):
        if self.error:
            raise self.error
        return self.payload


def fail():
    raise RuntimeError("two\nlines")


US = Entry(OUR_ENTRY, nobody)


@pytest.mark.parametrize("entry", [Entry("bad.plugin:x", error=ImportError("two\nlines")), Entry("bad.plugin:x", fail)])
def test_a_plugin_before_ours_that_raises_is_named(entry):
    (trap,) = hidden_by([Entry("good.plugin:x", list), entry, US])
    assert trap.stops
    assert trap.line.startswith("the plugin bad ends in ")
    assert "two lines" in trap.line
    assert 'Cure: pip uninstall bad, or --include_path "$(medq tasks-path)"' in trap.line


def test_a_plugin_behind_ours_hides_nothing():
    (trap,) = hidden_by([Entry("good.plugin:x", []), US, Entry("bad.plugin:x", fail)])
    assert "no other plugin is in the way" in trap.problem


def test_without_our_door_nothing_is_said_twice():
    assert list(hidden_by([Entry("good.plugin:x", [])])) == []
