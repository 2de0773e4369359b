"""Is run B better than run A on the same items, beyond chance?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from scipy import stats as scipy_stats

from medq_tasks.stats.intervals import LEVEL, Interval, bootstrap_mean


@dataclass(frozen=True)
class Paired:
    """The mean of ``b - a`` over the items that both have: positive when B is higher (A is what one compares with)."""

    n: int
    mean_a: float | None
    mean_b: float | None
    difference: float | None
    interval: Interval | None  # bootstrap over items (or clusters)
    p_value: float | None  # two-sided, exact
    test: str  # "exact McNemar", "exact paired permutation" or "exact permutation of clusters"
    clusters: int | None = None  # how many, where items were clustered


def paired_difference(
    a: Sequence[float], b: Sequence[float], clusters: Sequence[Hashable] | None = None, *, level: float = LEVEL
) -> Paired:
    """Compare two score lists item by item (``a[i]`` and ``b[i]`` belong to one item; whole numbers).

    Scores of only 0 and 1 are tested by McNemar's exact test, others by the exact paired permutation test, of which
    McNemar's is the special case. Where items hang together (``clusters``: one label per item), whole clusters are
    resampled, and the permutation test changes the sign of whole clusters.

    Raises:
        ValueError: the lists differ in length, or a score is not a whole number.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} scores against {len(b)}: give one pair per item")
    n = len(a)
    differences = [float(y - x) for x, y in zip(a, b, strict=True)]
    if clusters is not None:
        sums = _sums(differences, clusters)
        test, p_value, groups = "exact permutation of clusters", permutation(sums), len(sums)
    elif set(a) | set(b) <= {0, 1}:
        test, p_value, groups = "exact McNemar", mcnemar(differences.count(1.0), differences.count(-1.0)), None
    else:
        test, p_value, groups = "exact paired permutation", permutation(differences), None
    if n == 0:
        return Paired(0, None, None, None, None, None, test, groups)
    interval = bootstrap_mean(differences, clusters, level=level)
    return Paired(n, sum(a) / n, sum(b) / n, sum(differences) / n, interval, p_value, test, groups)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided McNemar test from the two discordant counts; 1.0 when there are none.

    Of the items that exactly one run got right, each is as likely A's as B's if the runs are equally good.
    """
    discordant = only_a + only_b
    if discordant == 0:
        return 1.0
    return float(scipy_stats.binomtest(only_a, discordant, 0.5).pvalue)


def permutation(differences: Sequence[float]) -> float:
    """Exact two-sided paired permutation (sign-flip) test of whole-number differences; 1.0 when all are 0.

    If the runs are equally good, each difference could as well have had the other sign. All ``2**n`` sign patterns are
    counted, not sampled: the sum of the ``m`` differences of size ``k`` is ``k * (2 * Binomial(m, 1/2) - m)``, and
    the sums of the sizes are independent, so that their distributions convolve. Items without a difference
    add nothing; unlike Wilcoxon's ranks, ties and zeros (most items, on a scale of three levels) need no rule.

    Raises:
        ValueError: a difference is not a whole number.
    """
    sizes = np.abs(np.asarray(differences, dtype=float))
    if not (np.isfinite(sizes) & (sizes == np.round(sizes))).all():
        raise ValueError("a difference is not a whole number")
    steps, counts = np.unique(sizes[sizes > 0].astype(int), return_counts=True)
    if len(steps) == 0:
        return 1.0
    chances = reduce(np.convolve, (_sign_flips(k, m) for k, m in zip(steps, counts, strict=True)))
    reach = len(chances) // 2  # chances[i] belongs to the sum i - reach
    sums = np.abs(np.arange(-reach, reach + 1))
    observed = abs(round(float(np.sum(np.asarray(differences, dtype=float)))))
    return float(min(1.0, chances[sums >= observed].sum()))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction for having looked at many slices; None stays None and does not count as a look.

    The smallest of ``m`` p-values is multiplied by ``m``, the next by ``m - 1`` ..., never falling, at most 1.
    (scipy has corrections for the false discovery rate only.)
    """
    ranked = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(ranked):
        highest = max(highest, min(1.0, p * (len(ranked) - rank)))
        adjusted[place] = highest
    return adjusted


def _sums(differences: Sequence[float], clusters: Sequence[Hashable]) -> list[float]:
    sums: dict[Hashable, float] = {}
    for label, difference in zip(clusters, differences, strict=True):
        sums[label] = sums.get(label, 0.0) + difference
    return list(sums.values())


def _sign_flips(size: int, count: int) -> Any:
    """Chances of the sums -size*count .. size*count of ``count`` differences of ``size`` with random signs."""
    chances = np.zeros(2 * size * count + 1)
    chances[:: 2 * size] = scipy_stats.binom.pmf(np.arange(count + 1), count, 0.5)
    return chances
