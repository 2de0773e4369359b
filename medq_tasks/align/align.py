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
    Agreement,
    confusion,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    mean_pairwise,
    weighted_kappa,
)

# 200 cases, three board-certified specialists, GPT-4o as judge: exact agreement per axis, and the range of kappa.
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
    accuracy: Agreement  # judge against rater; with several raters, the mean over them
    kappa: Agreement
    confusion: list[list[int]]  # rows: the judge's 0, 1, 2; columns: the raters'; all ratings together
    raters: tuple[RaterFigures, ...]
    ceiling_accuracy: Agreement | None  # rater against rater, mean over pairs; None with one rater
    ceiling_kappa: Agreement | None
    alpha: Agreement | None  # Krippendorff's, ordinal, among the raters
    fleiss: Agreement | None  # among the raters, where each of them rated every item
    verdict: str


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
    """What the judge gave, None where it gave nothing."""
    return record.axes[axis].score if axis in record.axes else None


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
    if len(raters) == 1:
        accuracy, kappa = single[0].accuracy, single[0].kappa
    else:
        accuracy, kappa = mean_pairwise(table, with_judge)
    # The raters' own agreement needs no judge: every rated item counts.
    people = [[by_rater.get((name, rater)) for rater in raters] for name in sorted(items)]
    several = len(raters) > 1
    ceiling = mean_pairwise(people, list(combinations(range(len(raters)), 2))) if several else (None, None)
    return AxisAgreement(
        axis=axis,
        kind=kind,
        items=len(scored),
        unjudged=len(items) - len(scored),
        accuracy=accuracy,
        kappa=kappa,
        confusion=confusion(*_pairs([(row[0], score) for row in table for score in row[1:]])),
        raters=single,
        ceiling_accuracy=ceiling[0],
        ceiling_kappa=ceiling[1],
        alpha=krippendorff_alpha(people) if several else None,
        fleiss=_fleiss(people) if several else None,
        verdict=verdict(axis, accuracy, kappa),
    )


def verdict(axis: str, accuracy: Agreement, kappa: Agreement) -> str:
    """How the figures stand to the paper's, in one sentence each."""
    parts = []
    published = PAPER_ACCURACY.get(axis)
    if published is None:
        parts.append("the paper gives no accuracy for this axis")
    elif accuracy.value is not None:
        parts.append(f"accuracy {_standing(accuracy, published)} the paper's {100 * published:.1f} %")
    low, high = PAPER_KAPPA
    if kappa.value is None:
        parts.append(f"kappa is not defined ({kappa.reason})")
    elif kappa.value < low:
        parts.append(f"kappa {_standing(kappa, low)} the paper's range ({low} to {high})")
    else:
        parts.append(f"kappa {'above' if kappa.value > high else 'in'} the paper's range ({low} to {high})")
    return "; ".join(parts)


def _standing(found: Agreement, published: float) -> str:
    """The published figure's own uncertainty is not known, so only ours is considered."""
    if found.value is None or found.value >= published:
        return "at or above"
    if found.interval is None:
        return "below (by how much beyond chance is not known)"
    return "below, but within chance of," if published in found.interval else "below, beyond chance,"


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
