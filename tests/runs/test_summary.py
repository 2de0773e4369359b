"""The numbers of a report against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medq_tasks.records import SEVERITIES, Slices
from medq_tasks.runs.confusion import severity_confusion, severity_level
from medq_tasks.runs.run import TaskRun
from medq_tasks.runs.summary import TaskSummary, cell, chance, summarise_task
from tests.runs import factory

YES, WHAT, HOW = (Slices(question_type=name, modality="ct") for name in ("yes_or_no", "what", "how"))


def task(records: list, kind: str = "perception", **changes: object) -> TaskSummary:
    return summarise_task(TaskRun("medq_test", kind, "test", "1.0", tuple(records), **changes))  # type: ignore[arg-type]


def test_failed_and_unanswered_items_stay_in_the_denominator() -> None:
    states = ["right"] * 5 + ["wrong"] * 2 + ["unanswered"] * 2 + ["failed"]
    found = cell([factory.perception(n, state=state) for n, state in enumerate(states)])
    assert found.metrics["accuracy"].value == 0.5  # 5 of all 10
    assert found.metrics["unanswered"].value == 0.2
    assert found.metrics["request_failures"].value == 1
    assert found.states == {"right": 5, "wrong": 2, "unanswered": 2, "failed": 1}


def test_accuracy_has_the_wilson_interval() -> None:
    # k = 5, n = 10, z = 1.959964: centre (k + z²/2) / (n + z²) = 6.920729 / 13.841459 = 0.5,
    # half width z / (n + z²) * sqrt(k (n - k) / n + z² / 4) = 0.141601 * sqrt(2.5 + 0.960365) = 0.263406
    found = cell([factory.perception(n, right=n < 5) for n in range(10)]).metrics["accuracy"]
    assert (found.low, found.high) == pytest.approx((0.236594, 0.763406), abs=1e-5)
    assert (found.n, found.method) == (10, "wilson")


def test_chance_is_the_mean_of_one_over_the_options() -> None:
    records = [factory.perception(0, slices=YES), factory.perception(1, slices=WHAT), factory.perception(2, slices=HOW)]
    assert chance(records) == pytest.approx((1 / 2 + 1 / 4 + 1 / 3) / 3)
    assert chance([]) is None
    levels = {"accuracy": pytest.approx(13 / 36), "accuracy_yes_or_no": 1 / 2, "accuracy_what": 1 / 4}
    assert task(records).chance_by_type == {**levels, "accuracy_how": pytest.approx(1 / 3)}
    assert task(records[:1]).chance_by_type == {"accuracy": 1 / 2, "accuracy_yes_or_no": 1 / 2}


def test_slices_add_up_and_say_what_was_inferred() -> None:
    records = [
        factory.perception(0, right=True, slices=Slices(modality="mri", severity="mild")),
        factory.perception(1, right=False, slices=Slices(modality="mri", severity="none", inferred=("severity",))),
        factory.perception(2, right=True, slices=Slices(modality="ct")),
        factory.perception(3, right=True, slices=Slices(modality="X-ray")),
    ]
    found = task(records).slices
    table = [(item.by, item.value, item.cell.n, item.cell.metrics["accuracy"].value, item.inferred) for item in found]
    assert table == [
        ("modality", "ct", 1, 1.0, 0),
        ("modality", "mri", 2, 0.5, 0),
        ("modality", "X-ray", 1, 1.0, 0),
        ("severity", "none", 1, 0.0, 1),
        ("severity", "mild", 1, 1.0, 0),
        ("severity", "", 2, 1.0, 0),
    ]


def test_rare_values_are_pooled_not_dropped() -> None:
    names = [f"rare {n}" for n in range(40)] + ["noise"] * 5
    records = [factory.perception(n, right=True, slices=Slices(degradation=name)) for n, name in enumerate(names)]
    found = [(item.value, item.cell.n) for item in task(records).slices]
    assert len(found) == 30
    assert ("noise", 5) in found
    assert ("12 further values", 12) in found  # 41 values, 29 kept
    assert sum(n for _, n in found) == 45
    assert [item.value for item in task(records[:30]).slices] == sorted(names[:30])  # 30 values are no crowd


def test_axis_means_are_over_judged_items_and_the_rest_is_counted() -> None:
    scores = [(2, 1, 2, 0), (1, 1, 2, 2), (None, 0, 1, 1)]
    found = cell([factory.reasoning(n, scores=values) for n, values in enumerate(scores)])
    assert found.metrics["completeness"].value == 1.5
    assert found.metrics["completeness"].n == 2
    assert found.metrics["preciseness"].value == pytest.approx(2 / 3)
    assert found.metrics["overall"].value == 5.5  # 5 and 6; the third has no sum
    assert found.metrics["judged"].value == pytest.approx(2 / 3)
    assert found.unjudged == 1
    assert found.metrics["overall"].low is not None
    assert 0 < found.metrics["overall"].low < 5.5 < found.metrics["overall"].high < 8  # type: ignore[operator]


def test_without_a_judge_axes_are_absent_and_the_verdict_is_there() -> None:
    records = [factory.reasoning(n, scores=None, verdict_right=n < 3) for n in range(4)]
    found = task(records, "no_reference")
    assert not {"overall", "completeness"} & set(found.total.metrics)
    assert found.total.metrics["verdict_accuracy"].value == 0.75
    assert (found.total.unjudged, found.axis_scores) == (4, {})


def test_one_judged_item_and_ten_equal_ones_have_an_interval_with_a_width() -> None:
    one = cell([factory.reasoning(0, scores=(1, 1, 2, 1))]).metrics["consistency"]
    assert (one.value, one.n, one.method) == (2.0, 1, "dirichlet")
    assert (one.low, one.high) == (pytest.approx(0.41, abs=0.004), 2.0)
    ten = cell([factory.reasoning(n, scores=(1, 1, 2, 1)) for n in range(10)]).metrics["consistency"]
    assert (ten.low, ten.high) == pytest.approx((1.604, 2.000), abs=0.004)


def test_items_that_share_a_picture_count_together() -> None:
    # k = 2,1,0,3,4,1,0,2 right of m = 2,2,1,3,4,4,2,2 questions on eight pictures: 13 of 20, [.2923, .8930].
    right, asked = [2, 1, 0, 3, 4, 1, 0, 2], [2, 2, 1, 3, 4, 4, 2, 2]
    shown = [(picture, i < k) for picture, (k, m) in enumerate(zip(right, asked, strict=True)) for i in range(m)]
    records = [factory.perception(n, right=good, pictures=(str(picture),)) for n, (picture, good) in enumerate(shown)]
    found = task(records).total
    accuracy = found.metrics["accuracy"]
    assert (accuracy.low, accuracy.high) == pytest.approx((0.2923, 0.8930), abs=5e-5)
    assert (accuracy.n, accuracy.pictures, accuracy.few_pictures, found.pictures) == (20, 8, 8, 8)
    by_item = cell([replace(record, pictures=()) for record in records]).metrics["accuracy"]
    assert (by_item.low, by_item.high) == pytest.approx((0.4329, 0.8188), abs=5e-5)
    assert (by_item.pictures, by_item.few_pictures) == (None, None)


def test_items_hang_together_in_a_slice_by_the_items_of_that_slice() -> None:
    # A chain: each item shares a picture with the next, which is of another question type.
    records = [factory.perception(n, right=n % 2 == 0, pictures=(f"{n}", f"{n + 1}")) for n in range(30)]
    found = task(records)
    assert found.total.pictures == 1
    slices = [item.cell.pictures for item in found.slices if item.by == "question_type"]
    assert slices == [10, 10, 10]
    shared = task(factory.sharing(factory.perception_records(30), 15))
    assert [item.cell.pictures for item in shared.slices if item.by == "question_type"] == [2, 2, 2]


def test_twenty_pictures_are_not_few_and_one_has_no_interval() -> None:
    many = task(factory.sharing(factory.perception_records(40), 2)).total.metrics["accuracy"]
    assert (many.pictures, many.few_pictures) == (20, None)
    alone = task(factory.perception_records(5)).total.metrics["accuracy"]  # five pictures of their own
    assert (alone.pictures, alone.few_pictures) == (5, None)
    one = task(factory.sharing(factory.perception_records(4), 4)).total.metrics["accuracy"]
    assert (one.low, one.high, one.pictures, one.few_pictures) == (None, None, 1, 1)


def test_axis_scores_are_counted_per_level() -> None:
    scores = [(2, 1, 2, 0), (2, 0, 2, None)]
    judged = [factory.reasoning(n, scores=values) for n, values in enumerate(scores)]
    found = task([*judged, factory.reasoning(2, scores=None)], "no_reference")  # what nobody judged has no score, too
    assert found.axis_scores["completeness"] == {"0": 0, "1": 0, "2": 2, "unscored": 1}
    assert found.axis_scores["quality_accuracy"] == {"0": 1, "1": 0, "2": 0, "unscored": 2}


def test_a_run_with_a_limit_is_partial() -> None:
    assert task([factory.perception(0)], n_original=10).partial
    assert not task([factory.perception(0)], n_original=1).partial


@pytest.mark.parametrize(
    ("option", "level"),
    [
        ("No artifact", "none"),
        ("Mild noise", "mild"),
        ("slightly blurred", "mild"),
        ("Severe", "severe"),
        ("Noise is heavy", "severe"),
        ("No severe artifact", "other"),
        ("Noisy", "other"),
        ("Good", "other"),
    ],
)
def test_an_option_names_one_level_or_none(option: str, level: str) -> None:
    assert severity_level(option) == level


def test_severity_confusion_counts_key_against_choice() -> None:
    def how(answer: str, choice: str | None, state: str) -> object:
        return factory.perception(0, slices=HOW, answer=answer, choice=choice, state=state)

    records = [
        how("A", "A", "right"),
        how("A", "B", "wrong"),
        how("C", "C", "right"),
        how("C", None, "unanswered"),
        how("C", None, "failed"),
        how("C", None, "failed"),
        factory.perception(0, slices=YES, right=True),
    ]
    found = severity_confusion(records)  # type: ignore[arg-type]
    assert found is not None
    assert (found.rows, found.columns) == (("none", "severe"), (*SEVERITIES, "unanswered", "failed"))
    assert found.counts == ((1, 1, 0, 0, 0), (0, 0, 1, 1, 2))
    assert severity_confusion([factory.perception(0, slices=YES)]) is None
