"""Rows of results with numbers only; what is no metric in the configuration."""

import types

import pytest

from medq_tasks import records
from medq_tasks.harness import run_notes
from tests import makers


class Task:
    """Of the harness, as far as an evaluation aggregates it."""

    config = types.SimpleNamespace(process_results=records.to_dict)  # a function of this package

    def aggregation(self):
        return {"accuracy": sum}


def evaluator(evaluate):
    module = types.ModuleType("lmms_eval.evaluator")
    module.simple_evaluate = lambda tasks: module.evaluate(None, tasks)
    module.evaluate = evaluate
    run_notes.watch(module)
    return module


class Output:
    """Of one task: aggregates as lmms-eval does, where what has no aggregation becomes an empty list."""

    items = tuple(records.to_dict(makers.perception(state=state)) for state in ("right", "wrong", "right"))
    values = types.MappingProxyType(
        {"accuracy": [1.0, 0.0, 1.0], "record": items, "pictures": [["64x64"]] * 3, "theirs": ["a"] * 3}
    )

    def __init__(self, name, task):
        self.row = {"alias": name, **{f"{value}_stderr,none": "N/A" for value in self.values}}
        self.task = task

    def calculate_aggregate_metric(self):
        found = {name: fn(self.values[name]) for name, fn in self.task.aggregation().items()}
        self.row.update({f"{name},none": found.get(name, []) for name in self.values})
        self.row["accuracy_stderr_clt,none"] = 0.25


def harness(lm, task_dict, cli_args=None):
    outputs = {name: Output(name, task) for name, task in task_dict.items()}
    for output in outputs.values():
        output.calculate_aggregate_metric()
    configs = {name: {"metadata": {"medq": {"table": {}}}} for name in outputs}
    return {"results": {name: output.row for name, output in outputs.items()}, "configs": configs}


def test_records_and_pictures_make_no_row_and_are_told_in_the_configuration():
    results = evaluator(harness).evaluate(None, {"medq_x": Task()})
    assert results["results"]["medq_x"] == {
        "alias": "medq_x",
        "accuracy,none": 2.0,
        "accuracy_stderr_clt,none": 0.25,
        "theirs,none": [],  # a user's own metric is the user's
    }
    told = results["configs"]["medq_x"]["metadata"]["medq"]
    assert (told["summary"]["items"], told["summary"]["states"]) == (3, {"right": 2, "wrong": 1})
    assert told["pictures"]["pictures"] == 3
    assert told["table"] == {}


def test_other_people_s_rows_stay_as_they_are():
    other = Task()
    other.config = types.SimpleNamespace(process_results=len)
    results = evaluator(harness).evaluate(None, {"medq_x": Task(), "another": other})
    assert results["results"]["another"]["record,none"] == []
    assert results["results"]["another"]["accuracy_stderr,none"] == "N/A"
    assert "summary" not in results["configs"]["another"]["metadata"]["medq"]


def test_another_rank_has_no_results_and_the_task_is_itself_again_whatever_happens():
    task = Task()
    assert (
        evaluator(lambda lm, task_dict: lm and lm.calculate_aggregate_metric).evaluate(None, {"medq_x": task}) is None
    )

    def fails(lm, task_dict):
        assert set(task.aggregation()) == {"accuracy", "record", "pictures"}
        raise ZeroDivisionError(lm and lm.calculate_aggregate_metric)

    with pytest.raises(ZeroDivisionError):
        evaluator(fails).evaluate(None, {"medq_x": task})
    assert "aggregation" not in vars(task)
