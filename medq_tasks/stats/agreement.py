"""Do two or more raters give the same scores? Ordinal scores 0, 1, 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from medq_tasks.stats.intervals import LEVEL, RESAMPLES, SEED, Interval, draw_counts, percentile_interval, wilson

CATEGORIES = (0, 1, 2)
UNDEFINED_ALLOWED = 0.05  # share of resamples without a kappa above which no interval is given
TOO_ALIKE = "too few items, or scores too alike, for an interval"


@dataclass(frozen=True)
class Agreement:
    """An agreement figure; ``value`` is None where it is not defined, and ``reason`` says why."""

    value: float | None
    interval: Interval | None = None
    n: int = 0
    reason: str = ""


def exact_agreement(a: Sequence[int], b: Sequence[int]) -> Agreement:
    """Share of items with the same score (the paper calls it accuracy), with Wilson's interval."""
    n = _pairs(a, b)
    if n == 0:
        return Agreement(None, reason="no item was rated by both")
    same = sum(x == y for x, y in zip(a, b, strict=True))
    return Agreement(same / n, wilson(same, n), n)


def confusion(a: Sequence[int], b: Sequence[int], categories: Sequence[int] = CATEGORIES) -> list[list[int]]:
    """Counts of pairs: row = ``a``'s score, column = ``b``'s, in the order of ``categories``."""
    _pairs(a, b)
    place = {category: index for index, category in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for x, y in zip(a, b, strict=True):
        table[place[x]][place[y]] += 1
    return table


def weighted_kappa(
    a: Sequence[int],
    b: Sequence[int],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Agreement:
    """Quadratic-weighted Cohen's kappa (scikit-learn's) with a percentile bootstrap interval over items.

    Not defined when both raters give one and the same score everywhere: chance agreement is then complete too,
    and kappa would be 0 / 0 (not 1). Resamples in which that happens are left out; above 5 % of them, no interval.

    Raises:
        ValueError: the lists differ in length, or hold a score that is not in ``CATEGORIES``.
    """
    n = _pairs(a, b)
    strange = (set(a) | set(b)) - set(CATEGORIES)
    if strange:
        raise ValueError(f"scores {sorted(strange)} are not among {list(CATEGORIES)}")
    if n == 0:
        return Agreement(None, reason="no item was rated by both")
    if len(set(a) | set(b)) == 1:
        return Agreement(None, n=n, reason=f"both gave {a[0]} everywhere, so that kappa is 0 / 0")
    from sklearn.metrics import cohen_kappa_score  # slow to import, and only agreement needs it

    value = float(cohen_kappa_score(a, b, labels=list(CATEGORIES), weights="quadratic"))
    drawn, kinds = draw_counts(np.column_stack([a, b]), resamples, seed)
    replicates = _kappas(drawn, kinds)
    defined = replicates[np.isfinite(replicates)]
    if n < 2 or len(defined) < (1 - UNDEFINED_ALLOWED) * resamples:
        return Agreement(value, n=n, reason=TOO_ALIKE)
    return Agreement(value, percentile_interval(defined, LEVEL, "bootstrap"), n)


def mean_pairwise(
    ratings: Sequence[Sequence[int | None]],
    pairs: Sequence[tuple[int, int]],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[Agreement, Agreement]:
    """Exact agreement and quadratic-weighted kappa, each the mean over several pairs of raters.

    Both come with a percentile bootstrap interval over items: all ratings of an item are drawn together, because the
    pairs share raters and items. A pair without a common item, or whose kappa is 0 / 0, is left out, and ``reason``
    says how many were used.

    Args:
        ratings: one row per item, one place per rater; None where a rater has not rated the item.
        pairs: places of the raters to compare.
    """
    table = np.array([[-1 if score is None else score for score in unit] for unit in ratings], dtype=int)
    if table.size == 0 or not pairs:
        nothing = Agreement(None, reason="no item was rated by two raters")
        return nothing, nothing
    kinds, counts = np.unique(table, axis=0, return_counts=True)
    drawn, _ = draw_counts(table, resamples, seed)
    used = int(sum(any(_both(unit, pair) for pair in pairs) for unit in table))
    figures = []
    for read in (_same, _kappas):
        once = [read(*_of_pair(counts[None, :], kinds, pair)) for pair in pairs]
        often = np.array([read(*_of_pair(drawn, kinds, pair)) for pair in pairs])
        figures.append(_mean_of_pairs(np.array(once)[:, 0], often, used))
    return figures[0], figures[1]


def krippendorff_alpha(ratings: Sequence[Sequence[int | None]]) -> Agreement:
    """Krippendorff's alpha for ordinal scores: any number of raters, gaps allowed.

    Args:
        ratings: one row per item, one place per rater; None where a rater has not rated the item.

    After Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability". Written here because the well-known
    package for it is under the GPL, which this one must not require. Items with fewer than two ratings are left out.
    """
    units = [[score for score in unit if score is not None] for unit in ratings]
    units = [unit for unit in units if len(unit) >= 2]
    scores = sorted({score for unit in units for score in unit})
    if len(scores) < 2:
        reason = "all ratings are equal" if scores else "no item has two ratings"
        return Agreement(None, n=len(units), reason=reason)
    counts = np.array([[unit.count(score) for score in scores] for unit in units], dtype=float)
    raters = counts.sum(axis=1)
    # Coincidences: every ordered pair of ratings within an item, weighted so that each rating counts once.
    pairs = (counts / (raters - 1)[:, None]).T @ counts - np.diag((counts / (raters - 1)[:, None]).sum(axis=0))
    totals = pairs.sum(axis=0)
    distance = _ordinal_distance(totals)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    return Agreement(float(1 - (pairs * distance).sum() / (expected * distance).sum()), n=len(units))


def fleiss_kappa(ratings: Sequence[Sequence[int]]) -> Agreement:
    """Fleiss' kappa (unordered categories): applies only where every item has the same number of ratings.

    Raises:
        ValueError: the items have different numbers of ratings, or fewer than two.
    """
    if not ratings:
        return Agreement(None, reason="no item was rated")
    raters = {len(unit) for unit in ratings}
    if len(raters) > 1 or min(raters) < 2:
        raise ValueError("Fleiss' kappa needs the same number of ratings, at least two, for every item")
    scores = sorted({score for unit in ratings for score in unit})
    if len(scores) == 1:
        return Agreement(None, n=len(ratings), reason="all ratings are equal")
    counts = np.array([[list(unit).count(score) for score in scores] for unit in ratings], dtype=float)
    m = raters.pop()
    observed = float(((counts**2).sum(axis=1) - m).mean() / (m * (m - 1)))
    by_chance = float(((counts.sum(axis=0) / counts.sum()) ** 2).sum())
    return Agreement((observed - by_chance) / (1 - by_chance), n=len(ratings))


def _both(unit: Any, pair: tuple[int, int]) -> bool:
    return bool(unit[pair[0]] >= 0 and unit[pair[1]] >= 0)


def _of_pair(drawn: Any, kinds: Any, pair: tuple[int, int]) -> tuple[Any, Any]:
    """Only the items that both raters of the pair have rated, and only their two columns."""
    both = np.array([_both(unit, pair) for unit in kinds])
    return drawn[:, both], kinds[both][:, list(pair)]


def _mean_of_pairs(once: Any, often: Any, n: int) -> Agreement:
    """``once``: figure per pair; ``often``: pairs x resamples; nan where a pair has none."""
    defined = np.isfinite(once)
    if not defined.any():
        return Agreement(None, n=n, reason="not defined for any pair of raters")
    reason = "" if defined.all() else f"{int(defined.sum())} of {len(once)} pairs of raters: undefined for the others"
    means = often[defined].mean(axis=0)
    fit = means[np.isfinite(means)]
    value = float(once[defined].mean())
    if n < 2 or len(fit) < (1 - UNDEFINED_ALLOWED) * len(means):
        return Agreement(value, n=n, reason=reason or TOO_ALIKE)
    return Agreement(value, percentile_interval(fit, LEVEL, "bootstrap"), n, reason)


def _same(drawn: Any, kinds: Any) -> Any:
    """Share of equal ratings in each resample; nan where it holds no item."""
    n = drawn.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, drawn @ (kinds[:, 0] == kinds[:, 1]) / n, np.nan)


def _pairs(a: Sequence[int], b: Sequence[int]) -> int:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} ratings against {len(b)}: give one pair per item")
    return len(a)


def _kappas(drawn: Any, kinds: Any) -> Any:
    """Quadratic-weighted kappa of each resample: 1 - observed / expected mean squared distance; nan for 0 / 0."""
    n = np.maximum(drawn.sum(axis=1), 1)  # no items: nothing is expected either, so nan below
    x, y = kinds[:, 0].astype(float), kinds[:, 1].astype(float)
    observed = drawn @ (x - y) ** 2 / n
    # The mean of (x - y)^2 over all pairings of a's scores with b's: two spreads plus the squared gap of the means.
    mean_x, mean_y = drawn @ x / n, drawn @ y / n
    expected = drawn @ x**2 / n + drawn @ y**2 / n - 2 * mean_x * mean_y
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - observed / expected, np.nan)


def _ordinal_distance(totals: Any) -> Any:
    """Krippendorff's ordinal metric: the ratings that lie between two scores, each end counted by half, squared."""
    middle = np.cumsum(totals) - totals / 2
    return (middle[:, None] - middle[None, :]) ** 2
