"""Judge against experts: figures by hand, several raters, verdict against the paper, and the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from medq_tasks.align.align import align, verdict
from medq_tasks.align.ratings import Rating
from medq_tasks.align.sheet import RatedText, code
from medq_tasks.errors import RunError
from medq_tasks.records import ReasoningRecord
from medq_tasks.stats import Agreement, Interval, weighted_kappa, wilson
from tests.runs import factory

NO_REFERENCE, COMPARISON = "medq_reasoning_no_reference", "medq_reasoning_comparison"


def judged(scores: Sequence[int | None], kind: str = "no_reference") -> list[ReasoningRecord]:
    """Records whose four axes all have the given score."""
    return [factory.reasoning(number, kind, scores=(score,) * 4) for number, score in enumerate(scores)]


def rated(records: Sequence[ReasoningRecord], people: Mapping[str, Sequence[int | None]]) -> list[Rating]:
    """``people``: completeness per record, None where the person has not rated."""
    return [
        Rating(RatedText(code(record), f"medq_{record.kind}", record), rater, {"completeness": score}, "sheet, line 1")
        for rater, scores in people.items()
        for record, score in zip(records, scores, strict=True)
        if score is not None
    ]


def test_one_expert_by_hand() -> None:
    (found,) = align(rated(judged([0, 1, 1, 2, 2]), {"ann": [0, 1, 2, 2, 0]}))
    assert (found.axis, found.kind, found.items, found.unjudged) == ("completeness", "all", 5, 0)
    assert found.accuracy.value == pytest.approx(3 / 5)
    assert found.accuracy.interval == wilson(3, 5)
    # Mean squared distance (1 + 4) / 5 = 1; over all 25 pairings 9 + 2 * 4 + 2 * 9 = 35.
    assert found.kappa.value == pytest.approx(1 - 1 / (35 / 25))
    assert found.confusion == [[1, 0, 0], [0, 1, 1], [1, 0, 1]]  # rows: the judge
    assert (found.ceiling_accuracy, found.ceiling_kappa, found.alpha, found.fleiss) == (None, None, None, None)


def test_several_experts_by_hand() -> None:
    judge = [0, 1, 2, 2]
    people = {"ann": [0, 1, 2, 1], "bob": [0, 1, 2, 2], "eve": [0, 2, 2, 2]}
    (found,) = align(rated(judged(judge), people))
    # Judge against ann 3/4, bob 4/4, eve 3/4; ann-bob 3/4, ann-eve 2/4, bob-eve 3/4.
    assert [one.accuracy.value for one in found.raters] == [0.75, 1.0, 0.75]
    assert found.accuracy.value == pytest.approx(2.5 / 3)
    assert found.ceiling_accuracy is not None
    assert found.ceiling_accuracy.value == pytest.approx(2 / 3)
    kappas = [weighted_kappa(judge, scores).value for scores in people.values()]
    assert found.kappa.value == pytest.approx(sum(kappa for kappa in kappas if kappa is not None) / 3)
    assert sum(map(sum, found.confusion)) == 12
    assert found.fleiss is not None
    # Fleiss: agreement 1, 1/3, 1, 1/3 -> 2/3; shares 3/12, 3/12, 6/12 -> chance 3/8; (2/3 - 3/8) / (5/8) = 7/15
    assert found.fleiss.value == pytest.approx(7 / 15)
    assert found.alpha is not None
    assert found.alpha.value is not None


def test_gaps_are_told_and_fleiss_does_not_apply() -> None:
    (found,) = align(rated(judged([0, 1, 2, 2]), {"ann": [0, 1, None, 2], "bob": [None, 1, 2, 1]}))
    assert [one.accuracy.n for one in found.raters] == [3, 3]
    assert found.ceiling_accuracy is not None
    assert (found.ceiling_accuracy.n, found.ceiling_accuracy.value) == (2, 0.5)
    assert found.fleiss is not None
    assert found.fleiss.reason == "not every rater rated every item"


def test_items_without_a_judges_score_are_counted_not_scored() -> None:
    (found,) = align(rated(judged([0, None, 2]), {"ann": [0, 0, 2]}))
    assert (found.items, found.unjudged, found.accuracy.value) == (2, 1, 1.0)


def test_nothing_judged_is_an_error() -> None:
    with pytest.raises(RunError, match="Judge the run first: `medq judge RUN_DIR`"):
        align(rated(judged([None, None]), {"ann": [0, 1]}))


def test_kinds_are_also_shown_apart() -> None:
    single, pairs = judged([0, 1, 2]), judged([2, 2], "comparison")
    found = align(rated([*single, *pairs], {"ann": [0, 1, 2, 0, 0]}))
    assert [(axis.kind, axis.items, axis.accuracy.value) for axis in found] == [
        ("all", 5, pytest.approx(3 / 5)),
        ("comparison", 2, 0.0),
        ("no_reference", 3, 1.0),
    ]


def test_all_scores_equal_has_no_kappa_and_says_why() -> None:
    (found,) = align(rated(judged([2, 2, 2]), {"ann": [2, 2, 2]}))
    assert found.accuracy.value == 1.0
    assert found.kappa.value is None
    assert "kappa is not defined (both gave 2 everywhere" in found.verdict


@pytest.mark.parametrize(
    ("axis", "accuracy", "low", "high", "expected"),
    [
        ("completeness", 0.84, 0.78, 0.90, "accuracy at or above the paper's 83.3 %"),
        ("preciseness", 0.84, 0.78, 0.90, "accuracy below, but within chance of, the paper's 87.0 %"),
        ("consistency", 0.84, 0.78, 0.90, "accuracy below, beyond chance, the paper's 90.5 %"),
        ("quality_accuracy", 0.84, 0.78, 0.90, "the paper gives no accuracy for this axis"),
    ],
)
def test_verdict_on_accuracy(axis: str, accuracy: float, low: float, high: float, expected: str) -> None:
    found = verdict(axis, Agreement(accuracy, Interval(low, high), 200), Agreement(0.8, None, 200))
    assert found.startswith(expected)
    assert found.endswith("kappa in the paper's range (0.774 to 0.985)")


@pytest.mark.parametrize(
    ("kappa", "interval", "expected"),
    [
        (0.99, Interval(0.98, 1.0), "kappa above the paper's range"),
        (0.70, Interval(0.60, 0.80), "kappa below, but within chance of, the paper's range"),
        (0.70, Interval(0.65, 0.75), "kappa below, beyond chance, the paper's range"),
    ],
)
def test_verdict_on_kappa(kappa: float, interval: Interval, expected: str) -> None:
    assert expected in verdict("completeness", Agreement(0.9), Agreement(kappa, interval, 200))
