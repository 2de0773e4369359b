"""Each change of ours before a harness of another shape: not made, told when our tasks are asked for, or refused."""

import json
import sys
import types

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import plugin, response_store
from medq_tasks.harness.shape import Unlike, misfit, require

PATCHES = {patch.without: patch for patch in plugin.PATCHES}


class Thing:
    def method(self, first, second, third=0):
        return json.dumps(first)

    number = 3


def test_what_is_as_expected_is_handed_out():
    assert require(Thing, "method", "second") is Thing.method
    assert require(Thing, "method", "first", "second", how="by keyword") is Thing.method
    assert require(Thing, "method", "first", "second", how="by position") is Thing.method
    assert require(Thing, "method", calls=["json", "dumps"]) is Thing.method
    assert require("json", "dumps", "obj") is json.dumps


@pytest.mark.parametrize(
    ("owner", "name", "parameters", "more", "said"),
    [
        (Thing, "gone", (), {}, "there is no .*Thing.gone"),
        (Thing, "number", (), {}, "Thing.number is a int and cannot be called"),
        (Thing, "method", ("fourth",), {}, "method takes no fourth"),
        (Thing, "method", ("second",), {"how": "by keyword"}, "method needs first as well"),
        (Thing, "method", ("second", "first"), {"how": "by position"}, "in another order than second, first"),
        (Thing, "method", (), {"calls": ["loads"]}, "method does not use loads"),
        ("no_such_module", "x", (), {}, "no_such_module cannot be imported"),
    ],
)
def test_what_is_not_is_named(owner, name, parameters, more, said):
    with pytest.raises(Unlike, match=said):
        require(owner, name, *parameters, **more)


def test_a_check_never_raises():
    assert misfit(lambda: None) == ""
    assert misfit(lambda: require(Thing, "gone")).startswith("there is no")
    assert "not as expected (ZeroDivisionError" in misfit(lambda: 1 / 0)


def whole():
    """Modules of the harness's shape, as far as our changes look at it."""
    evaluator = types.ModuleType("lmms_eval.evaluator")
    evaluator.evaluate = lambda lm, task_dict: getattr(lm, "generate_until")(task_dict).calculate_aggregate_metric()  # noqa: B009
    evaluator.simple_evaluate = lambda tasks, num_fewshot=None: evaluator.evaluate(tasks)
    return evaluator


OTHERWISE = {
    "gone": None,
    "no function": 7,
    "other parameters": lambda jobs: jobs,
    "open parameters": lambda *args, **options: None,
    "reaches nothing of ours": lambda lm, task_dict, tasks, num_fewshot: None,
}


@pytest.mark.parametrize("name", ["evaluate", "simple_evaluate"])
@pytest.mark.parametrize("other", OTHERWISE)
def test_another_evaluator_is_told_and_refused_where_scores_could_be_wrong(name, other, monkeypatch, warned):
    host = whole()
    if OTHERWISE[other] is None:
        delattr(host, name)
    else:
        setattr(host, name, OTHERWISE[other])
    monkeypatch.setitem(sys.modules, host.__name__, host)
    monkeypatch.setattr(plugin, "_registered", True)
    plugin._tell.cache_clear()
    found = {patch.without: why for patch, why in plugin.misfits() if patch.module == host.__name__}
    assert found
    assert all("evaluate" in why for why in found.values())
    if any(PATCHES[without].scores for without in found):
        with pytest.raises(HarnessStop, match=r"in this lmms-eval .* Cure: pip install"):
            plugin.join_late()
    plugin._tell.cache_clear()


def test_a_whole_evaluator_is_told_of_nothing(monkeypatch):
    host = whole()
    monkeypatch.setitem(sys.modules, host.__name__, host)
    assert [why for patch, why in plugin.misfits() if patch.module == host.__name__] == []


def test_every_change_says_what_is_not_so_without_it():
    modules = {patch.module for patch in plugin.PATCHES}
    assert {"lmms_eval.tasks", "lmms_eval.evaluator", response_store.MODULE} <= modules
    assert len(PATCHES) == len(plugin.PATCHES)
