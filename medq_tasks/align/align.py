"""Does the judge score like experts? The paper's validation, per axis (arXiv 2510.01691)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from medq_tasks.align.ratings import Rating
from medq_tasks.align.sheet import RatedText
from medq_tasks.errors import RunError
from medq_tasks.records import AXES, ReasoningRecord
from medq_tasks.stats import (
    CATEGORIES,
    FEW_ITEMS,
    Agreement,
    Share,
    confusion,
    equal_ratings,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    mean_levels,
    pooled_agreement,
    share_of,
    share_of_counts,
    unpaired_difference,
    weighted_kappa,
)

# 200 cases, three board-certified specialists, GPT-4o as judge: exact agreement per axis, and the range of kappa.
# 83.3 % is no whole number of 200 (it fits 500 of 600 ratings); three ratings of a case are no three cases, so that the
# number of cases is what its chance is judged by.
PAPER_CASES = 200
PAPER_ACCURACY = {"completeness": 0.833, "preciseness": 0.870, "consistency": 0.905}
PAPER_KAPPA = (0.774, 0.985)
EVERYTHING = "all"


@dataclass(frozen=True)
class RaterFigures:
    """The judge against one rater."""

    rater: str
    accuracy: Agreement
    kappa: Agreement


@dataclass(frozen=True)
class AxisAgreement:
    """One axis over one kind of items (or all)."""

    axis: str
    kind: str  # "all", "no_reference" or "comparison"
    items: int  # with a judge's score and at least one rating
    unjudged: int  # rated, but without a judge's score: left out
    accuracy: Agreement  # judge against rater; with several raters, over all their ratings
    kappa: Agreement
    confusion: list[list[int]]  # rows: the judge's 0, 1, 2; columns: the raters'; all ratings together
    expert_levels: list[float]  # every mean that the raters of an item can give: half steps where two rated one
    experts_by_judge: list[list[int]]  # items; rows: those means, columns: the judge's 0, 1, 2
    raters: tuple[RaterFigures, ...]
    experts_accuracy: Agreement | None  # rater against rater, over all pairs of ratings; None with one rater
    experts_kappa: Agreement | None
    alpha: Agreement | None  # Krippendorff's, ordinal, among the raters
    fleiss: Agreement | None  # among the raters, where each of them rated every item
    verdict: str

    @property
    def few(self) -> tuple[RaterFigures, ...]:
        """The raters of too few items to say much by themselves."""
        return tuple(one for one in self.raters if one.accuracy.n < FEW_ITEMS)


def align(ratings: Sequence[Rating]) -> list[AxisAgreement]:
    """Agreement per axis, over all items and (where there are several) per kind.

    Raises:
        RunError: no rated item has a judge's score.
    """
    kinds = sorted({rating.item.record.kind for rating in ratings})
    scopes = [EVERYTHING, *(kinds if len(kinds) > 1 else [])]
    axes = [axis for axis in AXES if any(axis in rating.scores for rating in ratings)]
    found = [
        made
        for axis in axes
        for scope in scopes
        if (made := _axis(axis, scope, [r for r in ratings if scope in (EVERYTHING, r.item.record.kind)])).items
    ]
    if not found:
        raise RunError("none of the rated items has a judge's score. Judge the run first: `medq judge RUN_DIR`.")
    return found


def judge_score(record: ReasoningRecord, axis: str) -> int | None:
    """What the judge gave, None where it gave nothing, or a panel's half step, which is on no expert's scale."""
    score = record.axes[axis].score if axis in record.axes else None
    return int(score) if score is not None and float(score).is_integer() else None


def _axis(axis: str, kind: str, ratings: Sequence[Rating]) -> AxisAgreement:
    given = [rating for rating in ratings if axis in rating.scores]
    raters = sorted({rating.rater for rating in given})
    items: dict[str, RatedText] = {rating.item.code: rating.item for rating in given}
    scored = sorted(name for name, item in items.items() if judge_score(item.record, axis) is not None)
    by_rater = {(rating.item.code, rating.rater): rating.scores[axis] for rating in given}
    table = [
        [judge_score(items[name].record, axis), *(by_rater.get((name, rater)) for rater in raters)] for name in scored
    ]
    single = tuple(
        RaterFigures(rater, *_against_one([(row[0], row[place]) for row in table]))
        for place, rater in enumerate(raters, 1)
    )
    with_judge = [(0, place) for place in range(1, len(raters) + 1)]
    several = len(raters) > 1
    accuracy, kappa = pooled_agreement(table, with_judge) if several else (single[0].accuracy, single[0].kappa)
    levels, counts = _means_by_judge(table)
    # The raters' own agreement needs no judge: every rated item counts.
    people = [[by_rater.get((name, rater)) for rater in raters] for name in sorted(items)]
    among = pooled_agreement(people, list(combinations(range(len(raters)), 2))) if several else (None, None)
    return AxisAgreement(
        axis=axis,
        kind=kind,
        items=len(scored),
        unjudged=len(items) - len(scored),
        accuracy=accuracy,
        kappa=kappa,
        confusion=confusion(*_pairs([(row[0], score) for row in table for score in row[1:]])),
        expert_levels=levels,
        experts_by_judge=counts,
        raters=single,
        experts_accuracy=among[0],
        experts_kappa=among[1],
        alpha=krippendorff_alpha(people) if several else None,
        fleiss=_fleiss(people) if several else None,
        verdict=f"{accuracy_verdict(axis, share_of(*equal_ratings(table, with_judge)))}; {kappa_verdict(kappa)}",
    )


def accuracy_verdict(axis: str, found: Share | None) -> str:
    """How exact agreement stands to the paper's, by Newcombe's interval of the difference of two independent shares."""
    published = PAPER_ACCURACY.get(axis)
    if published is None:
        return "the paper gives no accuracy for this axis"
    if found is None:
        return "too few items to hold accuracy against the paper's"
    difference = unpaired_difference(share_of_counts(published, PAPER_CASES), found)
    if f"{100 * found.value:.1f}" == f"{100 * published:.1f}":  # the published figure has no more digits
        return f"accuracy equal to the paper's {100 * published:.1f} %"
    side = "above" if difference.difference > 0 else "below"
    standing = "but within chance of," if 0 in difference.interval else "beyond chance,"
    return f"accuracy {side}, {standing} the paper's {100 * published:.1f} %"


def kappa_verdict(found: Agreement) -> str:
    """How kappa stands to the paper's range; its ends come without a number of items, so only our interval is held."""
    low, high = PAPER_KAPPA
    if found.value is None:
        return f"kappa is not defined ({found.reason})"
    standing = "below" if found.value < low else "above" if found.value > high else "in"
    reached = "" if found.interval is not None or standing == "in" else "; no interval says how far chance reaches"
    if found.interval is not None and standing != "in":
        meets = found.interval.low <= high and found.interval.high >= low
        reached = f", which its interval {'reaches' if meets else 'does not reach'}"
    return f"kappa {standing} the paper's range ({low} to {high}){reached}"


def _means_by_judge(table: Sequence[Sequence[int | None]]) -> tuple[list[float], list[list[int]]]:
    """``expert_levels`` and ``experts_by_judge`` of rows of the judge's score and the raters'."""
    given = [(row[0], [score for score in row[1:] if score is not None]) for row in table]
    levels = mean_levels(CATEGORIES, {len(scores) for _, scores in given})
    counts = [[0] * len(CATEGORIES) for _ in levels]
    for judge, scores in given:
        place = min(range(len(levels)), key=lambda i: abs(levels[i] - sum(scores) / len(scores)))
        counts[place][CATEGORIES.index(judge or 0)] += 1
    return levels, counts


def _against_one(pairs: Sequence[tuple[int | None, int | None]]) -> tuple[Agreement, Agreement]:
    a, b = _pairs(pairs)
    return exact_agreement(a, b), weighted_kappa(a, b)


def _pairs(pairs: Sequence[tuple[int | None, int | None]]) -> tuple[list[int], list[int]]:
    whole = [(x, y) for x, y in pairs if x is not None and y is not None]
    return [x for x, _ in whole], [y for _, y in whole]


def _fleiss(people: Sequence[Sequence[int | None]]) -> Agreement:
    whole = [[score for score in unit if score is not None] for unit in people]
    if not all(len(unit) == len(people[0]) for unit in whole):
        return Agreement(None, n=len(people), reason="not every rater rated every item")
    return fleiss_kappa(whole)
