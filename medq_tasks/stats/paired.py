"""Is run B better than run A on the same items, beyond chance, and by more than a margin?"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from scipy import stats as scipy_stats

from medq_tasks.stats import limits as confidence
from medq_tasks.stats.clusters import clustered
from medq_tasks.stats.intervals import LEVEL, Interval, between_clusters, interval
from medq_tasks.stats.limits import Limits

SHARE = (0.0, 1.0)  # the levels of an item that is right or wrong
ALPHA = 0.05
_FINEST = 5_000  # largest denominator of a score that is told from rounding
_MOST_SUMS = 4_000_000  # possible sums of a permutation test: some seconds

Alternative = Literal["two-sided", "greater"]


@dataclass(frozen=True)
class Paired:
    """The mean of ``b - a`` over the items that both have: positive when B is higher (A is what one compares with)."""

    n: int
    mean_a: float | None
    mean_b: float | None
    difference: float | None
    interval: Interval | None
    p_value: float | None  # two-sided, exact
    test: str  # "exact McNemar", "exact paired permutation" or "exact permutation of clusters"
    clusters: int  # how many there are; ``n`` where no two items share one

    @property
    def contradicts(self) -> bool:
        """Whether the interval leaves 0 out and the test does not, or the other way round: then the test is right."""
        if self.interval is None or self.p_value is None:
            return False
        return (0 in self.interval) != (self.p_value >= 1 - self.interval.level)


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    levels: Sequence[float] = SHARE,
    level: float = LEVEL,
) -> Paired:
    """Compare two score lists item by item (``a[i]`` and ``b[i]`` belong to one item).

    Args:
        a: scores of what one compares with, each one of ``levels``.
        b: scores of what is compared.
        clusters: one label per item; items of one label hang together, and whole clusters change sign in the test.
        levels: every score that an item can get; of right (1) and wrong (0) by default.
        level: of the interval.

    Raises:
        ValueError: the lists differ in length, or a score is none of ``levels``.
    """
    differences = _differences(a, b)
    found = clustered(differences, clusters)
    n, shares = len(differences), set(levels) == set(SHARE)
    limits = difference_limits(a, b, clusters, levels=levels)
    p_value = permutation(found.sums) if n else None
    if found.shared:
        test, method = "exact permutation of clusters", "clustered t"
    elif shares:
        test, method = "exact McNemar", "newcombe"
    else:
        test, method = "exact paired permutation", "dirichlet"
    if n == 0:
        return Paired(0, None, None, None, None, None, test, 0)
    mean_a, mean_b = math.fsum(a) / n, math.fsum(b) / n
    return Paired(n, mean_a, mean_b, found.mean, interval(limits, method, level), p_value, test, len(found.sums))


def difference_limits(
    a: Sequence[float],
    b: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    levels: Sequence[float] = SHARE,
    one_sided: bool = False,
) -> Limits | None:
    """Confidence limits of the mean of ``b - a``, at any level; arguments and errors as in ``paired_difference``.

    ``one_sided``: for a question with a side (is it above a margin?): of shares the outer of Newcombe's and Tango's.

    Shares: Newcombe's method 10. Scores: Dirichlet over the differences that are possible. Where items share a
    cluster, widened as in ``mean_interval``. None without items, and for several items of one cluster.
    """
    differences = _differences(a, b)
    if not differences:
        return None
    if set(levels) == set(SHARE) and {*a, *b} <= {0, 1}:
        pairs = list(zip(a, b, strict=True))
        counts = [pairs.count(pair) for pair in ((1, 1), (1, 0), (0, 1), (0, 0))]

        def limits(weight: float) -> Limits:
            weighed = [weight * count for count in counts]
            newcombe = confidence.newcombe(*weighed)
            return confidence.widest(newcombe, confidence.tango(*weighed)) if one_sided else newcombe

    else:
        for side in (a, b):
            confidence.counts_of(side, sorted(set(levels)))  # for its error
        possible = confidence.differences_of(levels)

        def limits(weight: float) -> Limits:
            return confidence.dirichlet(differences, possible, weight)

    widest = max(levels) - min(levels)
    return between_clusters(clustered(differences, clusters), limits, -widest, widest)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided McNemar test from the two discordant counts; 1.0 when there are none.

    Of the items that exactly one run got right, each is as likely A's as B's if the runs are equally good.
    """
    discordant = only_a + only_b
    return float(scipy_stats.binomtest(only_a, discordant, 0.5).pvalue) if discordant else 1.0


def permutation(differences: Sequence[float], alternative: Alternative = "two-sided") -> float:
    """Exact paired permutation (sign-flip) test; 1.0 when all differences are 0.

    If the runs are equally good, each difference could as well have had the other sign. All ``2**n`` sign patterns are
    counted, not sampled: their sums lie on a grid, on which each difference moves every sum up or down. Differences
    of 1 give McNemar's test. Unlike Wilcoxon's ranks, ties and zeros (most items, on a scale of three levels) need no
    rule.

    Args:
        differences: one per item or cluster; whole numbers or fractions of them (halves of medians, thirds of means).
        alternative: "greater": one-sided, against "they are not above 0".

    Raises:
        ValueError: a difference is not finite, or no fraction that can be told from rounding; or there are too many
            possible sums to count.
    """
    steps = _whole_steps(differences)
    sizes, counts = np.unique(np.abs([step for step in steps if step]), return_counts=True)
    if len(sizes) == 0:
        return 1.0
    reach = int(sizes @ counts)
    if reach > _MOST_SUMS:
        raise ValueError(f"{reach:,} possible sums are too many to count: give scores on a coarser scale")
    chances = np.ones(1)  # of the sums -r, -r + 1 .. r, r growing with every size
    for size, count in zip(map(int, sizes), map(int, counts), strict=True):
        grown = np.zeros(len(chances) + 2 * size * count)
        for ups, chance in enumerate(scipy_stats.binom.pmf(np.arange(count + 1), count, 0.5)):
            start = 2 * size * ups
            grown[start : start + len(chances)] += chance * chances
        chances = grown
    sums, observed = np.arange(-reach, reach + 1), sum(steps)
    as_far = sums >= observed if alternative == "greater" else np.abs(sums) >= abs(observed)
    return float(min(1.0, chances[as_far].sum()))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction for having looked several times; None stays None and does not count as a look.

    The smallest of ``m`` p-values is multiplied by ``m``, the next by ``m - 1`` ..., never falling, at most 1.
    (scipy has corrections for the false discovery rate only.)

    Raises:
        ValueError: one is no p-value (NaN, below 0, above 1).
    """
    for place, p in enumerate(p_values):
        if p is not None and not 0 <= p <= 1:
            raise ValueError(f"p-value {place + 1} of {len(p_values)} is {p}: not between 0 and 1")
    ranked = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(ranked):
        highest = max(highest, min(1.0, p * (len(ranked) - rank)))
        adjusted[place] = highest
    return adjusted


def _differences(a: Sequence[float], b: Sequence[float]) -> list[float]:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} scores against {len(b)}: give one pair per item")
    if not all(map(math.isfinite, (*a, *b))):
        raise ValueError("a score is not finite")
    return [y - x for x, y in zip(a, b, strict=True)]


def _whole_steps(differences: Sequence[float]) -> list[int]:
    """The differences as whole multiples of their largest common part."""
    if not all(map(math.isfinite, differences)):
        raise ValueError("a difference is not finite")
    parts = [Fraction(value).limit_denominator(_FINEST) for value in differences]
    far = next((v for v, part in zip(differences, parts, strict=True) if abs(v - part) > 1e-9), None)
    if far is not None:
        raise ValueError(f"{far} is not a fraction with a denominator up to {_FINEST}")
    whole = math.lcm(*(part.denominator for part in parts))
    steps = [int(part * whole) for part in parts]
    common = math.gcd(*steps) or 1
    return [step // common for step in steps]
