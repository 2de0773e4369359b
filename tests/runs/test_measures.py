"""What a run can be asked for by name."""

from __future__ import annotations

import pytest

from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS
from medq_tasks.records import Record
from medq_tasks.runs.measures import find, main_metric
from medq_tasks.runs.run import Run, TaskRun
from tests.runs import factory


def task(records: list[Record], kind: str = "no_reference", name: str = "t") -> TaskRun:
    return TaskRun(name, kind, "test", "1.0", tuple(records))  # type: ignore[arg-type]


def test_the_main_metric_is_the_judges_sum_wherever_there_is_one() -> None:
    unjudged: list[Record] = [factory.reasoning(number, scores=None) for number in range(2)]
    assert main_metric(task(unjudged)) == "verdict_accuracy"
    assert main_metric(task([*unjudged, factory.reasoning(2)])) == "overall"
    assert main_metric(task([factory.perception(0)], "perception")) == "accuracy"


def test_the_highest_value_of_each_kind_of_metric() -> None:
    names = ("overall", "consistency", "verdict_accuracy", "accuracy", "request_failures")
    assert [METRICS[name].top for name in names] == [8, 2, 1, 1, None]


@pytest.mark.parametrize("name", ["accuracy of ct", "a.b.accuracy", "accuracy[modality=ct", ""])
def test_what_is_no_name_is_refused_with_what_there_is(name: str) -> None:
    run = Run("m", "", "1", None, {"t": task([factory.perception(0)], "perception")})
    with pytest.raises(RunError, match=r"is not a name of the form .* There is: t\.accuracy, "):
        find(run, name)


def test_a_count_is_summed_and_a_share_is_a_mean_of_the_slice() -> None:
    # Items 0 to 2 are CT, 3 and 4 are not.
    records: list[Record] = [
        factory.perception(number, state="failed" if number in (1, 2, 3) else "right") for number in range(5)
    ]
    run = Run("m", "", "1", None, {"t": task(records, "perception")})
    assert find(run, "request_failures[modality=ct]").value == 2
    assert find(run, " t.accuracy[ modality = ct ] ").value == pytest.approx(1 / 3)
