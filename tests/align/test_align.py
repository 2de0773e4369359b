"""Judge against experts: figures by hand, several raters, verdict against the paper, and the command."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from scipy.stats import binom

from medq_tasks.align.align import PAPER_CASES, accuracy_verdict, align, kappa_verdict
from medq_tasks.align.calibration import rated_items
from medq_tasks.align.ratings import Rating
from medq_tasks.align.sheet import RatedText, code
from medq_tasks.align.view import remarks
from medq_tasks.errors import RunError
from medq_tasks.records import ReasoningRecord
from medq_tasks.runs.calibration import Scores
from medq_tasks.stats import Agreement, Interval, Share, share_of_counts, unpaired_difference, weighted_kappa, wilson
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
    assert (found.experts_accuracy, found.experts_kappa, found.alpha, found.fleiss) == (None, None, None, None)


def test_several_experts_by_hand() -> None:
    judge = [0, 1, 2, 2]
    people = {"ann": [0, 1, 2, 1], "bob": [0, 1, 2, 2], "eve": [0, 2, 2, 2]}
    (found,) = align(rated(judged(judge), people))
    # Judge against ann 3/4, bob 4/4, eve 3/4; ann-bob 3/4, ann-eve 2/4, bob-eve 3/4.
    assert [one.accuracy.value for one in found.raters] == [0.75, 1.0, 0.75]
    assert found.accuracy.value == pytest.approx(2.5 / 3)
    assert found.experts_accuracy is not None
    assert found.experts_accuracy.value == pytest.approx(2 / 3)
    assert (found.accuracy.n, found.accuracy.ratings, found.experts_accuracy.ratings) == (4, 12, 12)
    kappas = [weighted_kappa(judge, scores).value for scores in people.values()]
    assert found.kappa.value == pytest.approx(sum(kappa for kappa in kappas if kappa is not None) / 3)
    assert sum(map(sum, found.confusion)) == 12
    assert found.fleiss is not None
    # Fleiss: agreement 1, 1/3, 1, 1/3 -> 2/3; shares 3/12, 3/12, 6/12 -> chance 3/8; (2/3 - 3/8) / (5/8) = 7/15
    assert found.fleiss.value == pytest.approx(7 / 15)
    assert found.alpha is not None
    assert found.alpha.value is not None


def test_items_by_the_experts_mean_and_the_judges_level() -> None:
    records = judged([0, 1, 2, 2])
    (found,) = align(rated(records, {"ann": [0, 1, 2, 1], "bob": [0, 2, None, 2]}))
    assert found.expert_levels == [0, 0.5, 1, 1.5, 2]  # one or two experts an item
    assert found.experts_by_judge == [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 1], [0, 0, 1]]


def test_scores_by_item_for_the_report() -> None:
    records = [*judged([0, None]), *judged([2], "comparison")]
    shared = [replace(record, pictures=("aa",)) for record in records]
    pair, *single = rated_items(rated(shared, {"ann": [0, 1, 2], "bob": [None, 2, None]}))
    assert pair.scores == {"completeness": Scores(2, {"ann": 2})}
    assert {item.id: item.scores["completeness"] for item in single} == {
        records[0].id: Scores(0, {"ann": 0}),
        records[1].id: Scores(None, {"ann": 1, "bob": 2}),
    }
    # One picture, one group; tasks are numbered apart, as their items may have one id.
    assert [item.picture_group for item in (pair, *single)] == [0, 1, 1]
    assert {item.judge for item in (pair, *single)} == {factory.STAMP}
    (unknown,) = rated_items(rated([replace(records[0], pictures=())], {"ann": [1]}))
    assert unknown.picture_group is None


def test_gaps_are_told_and_fleiss_does_not_apply() -> None:
    (found,) = align(rated(judged([0, 1, 2, 2]), {"ann": [0, 1, None, 2], "bob": [None, 1, 2, 1]}))
    assert [one.accuracy.n for one in found.raters] == [3, 3]
    assert found.experts_accuracy is not None
    assert (found.experts_accuracy.n, found.experts_accuracy.value) == (2, 0.5)
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


def test_an_expert_of_three_items_does_not_weigh_like_one_of_two_hundred() -> None:
    # The judge is right on 180 of A's 200 items and on none of B's 3: 180 of 203 ratings, not (90 + 0) / 2 %.
    a = [0, 1, 2, 1] * 50
    judge = [(score + 1) % 3 if place % 10 == 0 else score for place, score in enumerate(a)]
    b = [(score + 1) % 3 if place < 3 else None for place, score in enumerate(judge)]
    (found,) = align(rated(judged(judge), {"A": a, "B": b}))
    assert found.accuracy.value == pytest.approx(180 / 203)
    assert (found.accuracy.n, found.accuracy.ratings) == (200, 203)
    assert [one.accuracy.value for one in found.raters] == [0.9, 0.0]
    assert [one.rater for one in found.few] == ["B"]
    kappas = [one.kappa.value or 0 for one in found.raters]
    assert found.kappa.value == pytest.approx((200 * kappas[0] + 3 * kappas[1]) / 203)
    assert "completeness: fewer than 30 items of B (3): too few to say much of one expert." in remarks([found])


def test_experts_may_agree_less_than_the_judge_with_them() -> None:
    # Each expert misses another third of the items, the judge none: 2/3 with an expert, 1/3 among them.
    truth = [0, 1, 2] * 10
    people = {
        name: [(score + 1) % 3 if place % 3 == number else score for place, score in enumerate(truth)]
        for number, name in enumerate(("ann", "bob", "eve"))
    }
    (found,) = align(rated(judged(truth), people))
    assert found.experts_accuracy is not None
    assert (found.accuracy.value, found.experts_accuracy.value) == (pytest.approx(2 / 3), pytest.approx(1 / 3))


def share(right: int, n: int) -> Share:
    return share_of_counts(right / n, n)


@pytest.mark.parametrize(
    ("axis", "found", "expected"),
    [
        # Differences to the paper's share of 200 cases; a standard error of about .037 each.
        ("completeness", share(168, 200), "accuracy above, but within chance of, the paper's 83.3 %"),
        ("preciseness", share(174, 200), "accuracy equal to the paper's 87.0 %"),
        ("completeness", share(190, 200), "accuracy above, beyond chance, the paper's 83.3 %"),
        ("preciseness", share(164, 200), "accuracy below, but within chance of, the paper's 87.0 %"),
        ("consistency", share(164, 200), "accuracy below, beyond chance, the paper's 90.5 %"),
        ("consistency", share(16, 20), "accuracy below, but within chance of, the paper's 90.5 %"),
        ("quality_accuracy", share(164, 200), "the paper gives no accuracy for this axis"),
        ("consistency", None, "too few items to hold accuracy against the paper's"),
    ],
)
def test_verdict_on_accuracy(axis: str, found: Share | None, expected: str) -> None:
    assert accuracy_verdict(axis, found) == expected


@pytest.mark.parametrize("p", [0.833, 0.87, 0.905])
def test_a_judge_as_good_as_the_papers_is_rarely_called_better_or_worse_beyond_chance(p: float) -> None:
    """By exact binomial sums over both samples; holding our interval alone against the paper's figure gave 10 %."""
    n = 200
    worse = better = 0.0
    for theirs in range(140, 201):
        paper = share(theirs, PAPER_CASES)
        # The numbers right from which on the whole interval is no more below 0, and from which on it is above 0.
        reaches, passes = (
            bisect_left(
                range(n + 1), True, key=lambda k, end=end: end(unpaired_difference(paper, share(k, n)).interval)
            )
            for end in (lambda found: found.high >= 0, lambda found: found.low > 0)
        )
        chance = binom.pmf(theirs, PAPER_CASES, p)
        worse += chance * binom.cdf(reaches - 1, n, p)
        better += chance * binom.sf(passes - 1, n, p)
    assert 0.01 < worse < 0.03
    assert 0.01 < better < 0.03


@pytest.mark.parametrize(
    ("kappa", "interval", "expected"),
    [
        (0.99, Interval(0.98, 1.0), "kappa above the paper's range (0.774 to 0.985), which its interval reaches"),
        (0.80, Interval(0.60, 0.90), "kappa in the paper's range (0.774 to 0.985)"),
        (0.70, Interval(0.60, 0.80), "kappa below the paper's range (0.774 to 0.985), which its interval reaches"),
        (
            0.70,
            Interval(0.65, 0.75),
            "kappa below the paper's range (0.774 to 0.985), which its interval does not reach",
        ),
        (
            0.70,
            None,
            "kappa below the paper's range (0.774 to 0.985); no interval says how far chance reaches",
        ),
    ],
)
def test_verdict_on_kappa(kappa: float, interval: Interval | None, expected: str) -> None:
    assert kappa_verdict(Agreement(kappa, interval, 200)) == expected


def test_what_is_not_defined_tells_why() -> None:
    # bob gave 2 to all that he rated, as the judge did there: 0 / 0; ann and bob share no item.
    ratings = rated(judged([0, 1, 2, 2]), {"ann": [0, 1, 2, None], "bob": [None, None, None, 2]})
    lines = remarks(align(ratings))
    assert "completeness, kappa of judge and bob: both gave 2 everywhere, so that kappa is 0 / 0." in lines
    assert "completeness, kappa: 1 of 2 pairs of raters: undefined for the others." in lines
    assert "completeness, accuracy among the experts: no item was rated by two raters." in lines


def test_one_figure_is_told_once() -> None:
    lines = remarks(align(rated(judged([2, 2]), {"ann": [2, 2]})))
    assert sum("0 / 0" in line for line in lines) == 1
