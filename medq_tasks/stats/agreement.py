"""Do two or more raters give the same scores, on a scale of ordered levels?

Intervals: each draw weighs the patterns of ratings by Dirichlet(counts + 1 / number of possible patterns). Drawing the
items themselves instead (the bootstrap) covers 89 % near perfect agreement, and has no width at all where it is perfect
(docs/statistics.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from medq_tasks.stats.intervals import LEVEL, Interval, share_interval, wilson

CATEGORIES = (0, 1, 2)
DRAWS = 10_000  # the 2.5 % tail then rests on 250 draws: the limits move by about 1 % of the width from seed to seed
SEED = 20251002  # fixed: the same ratings always give the same interval
FEW_ITEMS = 30  # of a rater: fewer are named beside a figure that pools several raters
TOO_ALIKE = "too few items, or scores too alike, for an interval"
_UNDEFINED_ALLOWED = 0.05  # share of draws without a kappa above which no interval is given
_MOST_PATTERNS = 729  # of six raters on three levels; of more raters, as many of their patterns drawn at random
_MOST_CELLS = 4_000_000  # draws x patterns held at once (32 MB): with more than five raters there are fewer draws
_GAP = -1e9  # a rater has not rated the item; no scale reaches so far

Ratings = Sequence[Sequence[float | None]]
Figure = Callable[[Any, Any], Any]  # (draws x patterns weights, patterns x raters scores) -> a figure per draw, or nan


@dataclass(frozen=True)
class Agreement:
    """An agreement figure; ``value`` is None where it is not defined, and ``reason`` says why.

    ``n``: items. ``ratings``: pairs of ratings, more than items where several raters are pooled.
    """

    value: float | None
    interval: Interval | None = None
    n: int = 0
    reason: str = ""
    ratings: int = 0


def exact_agreement(a: Sequence[float], b: Sequence[float]) -> Agreement:
    """Share of items with the same score (the paper calls it accuracy), with Wilson's interval."""
    n = _pairs(a, b)
    if n == 0:
        return Agreement(None, reason="no item was rated by both")
    same = sum(x == y for x, y in zip(a, b, strict=True))
    return Agreement(same / n, wilson(same, n), n, ratings=n)


def confusion(a: Sequence[int], b: Sequence[int], categories: Sequence[int] = CATEGORIES) -> list[list[int]]:
    """Counts of pairs: row = ``a``'s score, column = ``b``'s, in the order of ``categories``."""
    _pairs(a, b)
    place = {category: index for index, category in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for x, y in zip(a, b, strict=True):
        table[place[x]][place[y]] += 1
    return table


def weighted_kappa(a: Sequence[float], b: Sequence[float], levels: Sequence[float] = CATEGORIES) -> Agreement:
    """Quadratic-weighted Cohen's kappa with an interval over the patterns of two scores.

    Not defined when both raters give one and the same score everywhere: chance agreement is then complete too,
    and kappa would be 0 / 0 (not 1).

    Raises:
        ValueError: the lists differ in length, or hold a score that is none of ``levels``.
    """
    n = _pairs(a, b)
    strange = (set(a) | set(b)) - set(levels)
    if strange:
        raise ValueError(f"scores {sorted(strange)} are not among {list(levels)}")
    if n == 0:
        return Agreement(None, reason="no item was rated by both")
    if len(set(a) | set(b)) == 1:
        return Agreement(None, n=n, reason=f"both gave {a[0]} everywhere, so that kappa is 0 / 0")
    pairs = list(zip(a, b, strict=True))
    figure = _mean_kappa([(0, 1)])
    found = _interval(pairs, figure, levels)
    return Agreement(_once(pairs, figure), found, n, "" if found else TOO_ALIKE, n)


def pooled_agreement(
    ratings: Ratings, pairs: Sequence[tuple[int, int]], levels: Sequence[float] = CATEGORIES
) -> tuple[Agreement, Agreement]:
    """Exact agreement and quadratic-weighted kappa over several pairs of raters, each rating counting once.

    Exact agreement: the share of all pairs of ratings that are equal, with Wilson's interval over items as clusters.
    Kappa: the mean over the pairs of raters, weighted by the items that both have rated. (A plain mean would let a
    rater with 3 items weigh as much as one with 200.) A pair without a common item, or whose kappa is 0 / 0, is left
    out, and ``reason`` says how many were used.

    Args:
        ratings: one row per item, one place per rater; None where a rater has not rated the item.
        pairs: places of the raters to compare.
        levels: every score that an item can get.

    Raises:
        ValueError: a score is none of ``levels``.
    """
    strange = {score for unit in ratings for score in unit if score is not None} - set(levels)
    if strange:
        raise ValueError(f"scores {sorted(strange)} are not among {list(levels)}")
    same, items = equal_ratings(ratings, pairs)
    if not same:
        nothing = Agreement(None, reason="no item was rated by two raters")
        return nothing, nothing
    found = share_interval(same, items)
    accuracy = Agreement(sum(same) / len(same), found, len(set(items)), "" if found else TOO_ALIKE, len(same))
    return accuracy, _pooled_kappa(ratings, pairs, levels)


def equal_ratings(ratings: Ratings, pairs: Sequence[tuple[int, int]]) -> tuple[list[float], list[int]]:
    """Of every pair of ratings (see ``pooled_agreement``) whether they are equal, 1 or 0, and the place of its item."""
    compared = [
        (float(unit[x] == unit[y]), place)
        for place, unit in enumerate(ratings)
        for x, y in pairs
        if unit[x] is not None and unit[y] is not None
    ]
    return [equal for equal, _ in compared], [place for _, place in compared]


def _pooled_kappa(ratings: Ratings, pairs: Sequence[tuple[int, int]], levels: Sequence[float]) -> Agreement:
    defined = [pair for pair in pairs if np.isfinite(_once(ratings, _mean_kappa([pair])))]
    # Of the pairs that count only: an item that none of them has rated would hide that there is but one.
    n, count = len(set(equal_ratings(ratings, defined)[1])), len(equal_ratings(ratings, defined)[1])
    if not defined:
        same, items = equal_ratings(ratings, pairs)
        reason = "no two raters gave more than one score to the items that both rated, so that kappa is 0 / 0"
        return Agreement(None, n=len(set(items)), reason=reason, ratings=len(same))
    figure = _mean_kappa(defined)
    used = [unit for unit in ratings if any(unit[x] is not None and unit[y] is not None for x, y in defined)]
    found = _interval(used, figure, levels)
    left = (
        f"{len(defined)} of {len(pairs)} pairs of raters: undefined for the others" if len(defined) < len(pairs) else ""
    )
    return Agreement(_once(used, figure), found, n, "; ".join(filter(None, [left, "" if found else TOO_ALIKE])), count)


def krippendorff_alpha(ratings: Ratings) -> Agreement:
    """Krippendorff's alpha for ordinal scores: any number of raters, gaps allowed.

    Args:
        ratings: one row per item, one place per rater; None where a rater has not rated the item.

    After Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability". Written here because the well-known
    package for it is under the GPL, which this one must not require. Items with fewer than two ratings are left out.
    """
    units = [unit for unit in ratings if sum(score is not None for score in unit) >= 2]
    given = [score for unit in units for score in unit if score is not None]
    if not all(map(math.isfinite, given)):
        raise ValueError("a rating is not finite")
    if len(set(given)) < 2:
        reason = "all ratings are equal" if given else "no item has two ratings"
        return Agreement(None, n=len(units), reason=reason)
    levels = sorted({*given, *CATEGORIES} if set(given) <= set(CATEGORIES) else set(given))
    figure = _alpha_over(levels)
    found = _interval(units, figure, levels)
    return Agreement(_once(units, figure), found, len(units), "" if found else TOO_ALIKE, len(given))


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
    return Agreement((observed - by_chance) / (1 - by_chance), n=len(ratings), ratings=m * len(ratings))


def _pairs(a: Sequence[float], b: Sequence[float]) -> int:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} ratings against {len(b)}: give one pair per item")
    return len(a)


def _patterns(ratings: Ratings) -> Counter[tuple[float, ...]]:
    """How often each row of ratings occurs; gaps are ``_GAP``."""
    return Counter(tuple(_GAP if score is None else float(score) for score in unit) for unit in ratings)


def _once(ratings: Ratings, figure: Figure) -> float:
    """The figure of the ratings as they are."""
    seen = sorted(_patterns(ratings).items())
    return float(figure(np.array([[count for _, count in seen]], dtype=float), np.array([kind for kind, _ in seen]))[0])


def _interval(ratings: Ratings, figure: Figure, levels: Sequence[float]) -> Interval | None:
    """The middle 95 % of the figure over weights drawn for the patterns; None where it is too often undefined."""
    random = np.random.default_rng(SEED)
    seen, raters = _patterns(ratings), len(ratings[0])
    # A pattern with a gap keeps its count; the prior's one item is spread over complete ones only.
    if len(levels) ** raters <= _MOST_PATTERNS:
        complete = set(product(map(float, levels), repeat=raters))
    else:
        complete = set(map(tuple, random.choice(np.array(levels, dtype=float), (_MOST_PATTERNS, raters)).tolist()))
    kinds = sorted({*seen, *complete})
    shapes = np.array([seen[kind] + (kind in complete) / len(complete) for kind in kinds])
    draws = min(DRAWS, _MOST_CELLS // len(kinds))
    replicates = figure(random.dirichlet(shapes, size=draws) * len(ratings), np.array(kinds))
    fit = replicates[np.isfinite(replicates)]
    if len(ratings) < 2 or len(fit) < (1 - _UNDEFINED_ALLOWED) * draws:
        return None
    low, high = np.quantile(fit, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value = _once(ratings, figure)  # at the end of the scale (1, or -1 of two items) the draws lie on one side of it
    return Interval(min(float(low), value), max(float(high), value), LEVEL, "dirichlet over patterns")


def _mean_kappa(pairs: Sequence[tuple[int, int]]) -> Figure:
    """The mean of the pairs' kappas, each weighted by the items that both have rated; nan where one is 0 / 0."""

    def figure(weights: Any, kinds: Any) -> Any:
        kappas, sizes = _kappas(weights, kinds, pairs)
        with np.errstate(invalid="ignore"):
            return (kappas * sizes).sum(axis=1) / sizes.sum(axis=1)

    return figure


def _kappas(weights: Any, kinds: Any, pairs: Sequence[tuple[int, int]]) -> tuple[Any, Any]:
    """Quadratic-weighted kappa (nan for 0 / 0) and number of common items, per draw and pair of raters.

    1 - observed / expected mean squared distance. All sums come from one product: a copy of the weights for each pair
    would be 1.8 GiB for the 28 pairs of eight raters.
    """
    left, right = (kinds[:, [pair[side] for pair in pairs]].astype(float) for side in (0, 1))
    both = (left != _GAP) & (right != _GAP)
    columns = np.stack([np.ones_like(left), left, right, left**2 + right**2, (left - right) ** 2]) * both
    per_pair = weights @ columns.transpose(1, 0, 2).reshape(len(kinds), -1)
    sizes, x, y, squares, apart = per_pair.reshape(len(weights), 5, len(pairs)).transpose(1, 0, 2)
    n = np.where(sizes > 0, sizes, 1)  # no items: nothing is expected either, so nan below
    # The mean of (x - y)^2 over all pairings of a's scores with b's: two spreads plus the squared gap of the means.
    expected = squares / n - 2 * (x / n) * (y / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-12, 1 - apart / n / expected, np.nan), sizes


def _alpha_over(levels: Sequence[float]) -> Figure:
    """Ordinal alpha per draw; nan where all ratings are equal."""

    def figure(weights: Any, kinds: Any) -> Any:
        counts = np.array([[(unit == level).sum() for level in levels] for unit in kinds], dtype=float)
        raters = counts.sum(axis=1)
        weights, counts, raters = weights[:, raters >= 2], counts[raters >= 2], raters[raters >= 2]
        same = np.eye(len(levels))
        # Coincidences: every ordered pair of ratings within an item, weighted so that each rating counts once.
        own = counts[:, :, None] * (counts[:, None, :] - same) / (raters - 1)[:, None, None]
        pairs = np.tensordot(weights, own, axes=1)
        totals = pairs.sum(axis=1)
        # Krippendorff's ordinal metric: the ratings between two scores, each end counted by half, squared.
        middle = np.cumsum(totals, axis=1) - totals / 2
        distance = (middle[:, :, None] - middle[:, None, :]) ** 2
        observed = (pairs * distance).sum(axis=(1, 2))
        by_chance = totals[:, :, None] * (totals[:, None, :] - same)
        expected = (by_chance * distance).sum(axis=(1, 2)) / (totals.sum(axis=1) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(expected > 1e-12, 1 - observed / expected, np.nan)

    return figure
