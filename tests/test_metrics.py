import json
import pickle

import pytest

from medq_tasks import metrics
from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS, Grouped
from medq_tasks.records import QUESTION_TYPES, Slices
from tests import makers


def item(state, question_type):
    return makers.perception(state, slices=Slices(question_type=question_type))


def test_perception_counts_every_item():
    # 5 items: 2 right; unanswered and failed ones stay in the denominator as wrong.
    items = [
        item("right", "yes_or_no"),
        item("wrong", "yes_or_no"),
        item("right", "what"),
        item("unanswered", "what"),
        item("failed", "what"),
    ]
    assert metrics.perception_metrics(items) == {
        "accuracy": pytest.approx(2 / 5),
        "accuracy_yes_or_no": pytest.approx(1 / 2),
        "accuracy_what": pytest.approx(1 / 3),
        "unanswered": pytest.approx(1 / 5),
        "request_failures": 1.0,
    }


def test_an_unknown_question_type_counts_in_accuracy_only():
    assert set(metrics.perception_metrics([item("right", "")])) == {"accuracy", "unanswered", "request_failures"}


def test_the_names_of_a_kind_are_those_that_its_items_have_values_for():
    seen = metrics.perception_metrics([item("right", name) for name in ("yes_or_no", "what", "how")])
    assert set(seen) == {*metrics.PERCEPTION}
    assert set(metrics.reasoning_metrics([makers.reasoning()])) == {*metrics.REASONING}


def test_reasoning_means_are_over_scored_items_and_judged_says_how_many():
    # completeness: (2 + 0) / 2, preciseness: 1 / 1 (the other is unscored); overall: only the first item has four axes.
    items = [makers.reasoning((2, 1, 2, 0)), makers.reasoning((0, None, 1, 1), verdict="reject")]
    found = metrics.reasoning_metrics(items)
    assert found["completeness"] == 1.0
    assert found["preciseness"] == 1.0
    assert found["consistency"] == 1.5
    assert found["quality_accuracy"] == 0.5
    assert found["overall"] == 5.0
    assert found["judged"] == 0.5
    assert found["verdict_accuracy"] == 0.5
    assert found["request_failures"] == 0.0


def test_without_a_judge_axes_are_absent_and_the_verdict_is_still_scored():
    found = metrics.reasoning_metrics([makers.reasoning(None)])
    assert found == {"judged": 0.0, "request_failures": 0.0, "verdict_accuracy": 1.0, "marked": 1.0}


def test_a_failed_request_scores_zero_and_is_counted():
    found = metrics.reasoning_metrics([makers.reasoning((0, 0, 0, 0), state="failed", verdict=None)])
    assert found["overall"] == 0.0
    assert found["judged"] == 1.0
    assert found["request_failures"] == 1.0
    assert found["verdict_accuracy"] == 0.0


def test_marked_is_a_share_of_the_replies_there_are():
    # Failed or empty: no reply. Not known: a log from before it was recorded. Of the other two one is.
    states = [("answered", True), ("answered", False), ("empty", False), ("failed", False), ("answered", None)]
    items = [makers.reasoning(state=state, marked=marked) for state, marked in states]
    assert metrics.reasoning_metrics(items)["marked"] == 0.5
    assert "marked" not in metrics.reasoning_metrics([makers.reasoning(marked=None)])


def test_a_reference_without_a_readable_verdict_is_left_out_of_verdict_accuracy():
    assert "verdict_accuracy" not in metrics.reasoning_metrics([makers.reasoning(reference_verdict=None)])


def test_a_value_with_its_group_is_a_number_that_can_be_sorted_out():
    values = [Grouped(1, "a", "l0"), Grouped(0.5, "a", "l1"), 0.25, Grouped(0, "b", "l0"), Grouped(0.75, "b", "l0")]
    assert metrics.mean(values) == 0.5  # (1 + 0.5 + 0.25 + 0 + 0.75) / 5
    assert metrics.by_group(values) == {"a": {"l0": 1.0, "l1": 0.5}, "b": {"l0": 0.75}}
    assert json.dumps(values) == "[1.0, 0.5, 0.25, 0.0, 0.75]"
    # As ranks hand values to each other.
    back = pickle.loads(pickle.dumps(values[0]))
    assert (back, back.group, back.level) == (1, "a", "l0")


@pytest.mark.parametrize(("name", "expected"), [("request_failures", 3.0), ("accuracy", 0.75), ("overall", 0.75)])
def test_a_count_is_summed_and_anything_else_is_a_mean(name, expected):
    assert metrics.combine(name, [1, 1, 1, 0]) == expected


def test_every_metric_of_a_family_is_described_and_each_has_one_main():
    for family in FAMILIES.values():
        assert set(family.metrics) <= set(METRICS)
        assert [name for name in family.metrics if METRICS[name].main] == [family.columns[0]]


def test_what_an_item_adds_to_is_in_the_table_and_nothing_else_is():
    records = [item("right", question_type) for question_type in QUESTION_TYPES]
    seen = {name for record in records for name in metrics.perception_values(record)}
    assert seen == set(metrics.PERCEPTION)
    assert set(metrics.reasoning_values(makers.reasoning())) == set(metrics.REASONING)
    assert set(METRICS) == {*metrics.PERCEPTION, *metrics.REASONING}


def test_the_top_is_what_a_perfect_item_is_worth():
    # 4 axes of 2 points each; the verdict is that of the reference.
    best = {
        **metrics.reasoning_values(makers.reasoning((2, 2, 2, 2))),
        **metrics.perception_values(item("right", "how")),
    }
    for name in (
        "accuracy",
        "accuracy_how",
        "overall",
        "completeness",
        "quality_accuracy",
        "judged",
        "verdict_accuracy",
    ):
        assert METRICS[name].top == METRICS[name].full == best[name], name


@pytest.mark.parametrize("short", [False, True])
def test_titles_tell_the_metrics_of_a_task_apart(short):
    for family in FAMILIES.values():
        titles = {(short and METRICS[name].short) or METRICS[name].title for name in family.metrics}
        assert len(titles - {""}) == len(family.metrics)


def test_the_stand_in_is_a_column_of_the_same_task():
    for family in FAMILIES.values():
        assert family.main.stand_in in {"", *family.columns[1:]}
