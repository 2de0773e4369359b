"""Confidence intervals: for a share (Wilson) and for a mean (bootstrap)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats as scipy_stats

LEVEL = 0.95
RESAMPLES = 10_000  # the 2.5 % tail then rests on 250 resamples: the limits move by about 1 % of the width
SEED = 20251002  # fixed: the same run always prints the same interval


@dataclass(frozen=True)
class Interval:
    """A confidence interval and how it was made.

    ``low == high`` means that the sample shows no spread at all (a bootstrap of equal values), not that the value is
    known for sure: ``degenerate`` says so.
    """

    low: float
    high: float
    level: float = LEVEL
    method: str = ""

    @property
    def degenerate(self) -> bool:
        """Whether the interval has no width, because all resampled values were equal."""
        return self.low == self.high

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(successes: int, n: int, level: float = LEVEL) -> Interval | None:
    """Wilson score interval of the share ``successes / n``; None when ``n`` is 0.

    It stays inside 0 to 1 and keeps its width at 0 % and 100 %, where the textbook normal interval has none.

    Raises:
        ValueError: ``successes`` is not between 0 and ``n``, or ``level`` not between 0 and 1.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes out of {n}")
    if n == 0:
        return None
    found = scipy_stats.binomtest(successes, n).proportion_ci(confidence_level=level, method="wilson")
    return Interval(float(found.low), float(found.high), level, "wilson")


def bootstrap_mean(
    values: Iterable[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval | None:
    """Percentile bootstrap interval of the mean; None for fewer than two values (or clusters).

    Args:
        values: one number per item, in any order.
        clusters: one label per item where items hang together (several questions on one picture): whole clusters
            are then drawn, because items of one cluster repeat each other and are worth less than as many single ones.
        level: confidence level, 0.95 by default.
        resamples: number of bootstrap samples.
        seed: of the random generator.

    Scores take few distinct values, so a resample is drawn as counts per distinct value: exactly
    the usual bootstrap, in milliseconds, and the same for every order of the items.

    Raises:
        ValueError: ``clusters`` has another length than ``values``, or a value is not finite.
    """
    sums, sizes = _clustered(np.asarray(list(values), dtype=float), clusters)
    if len(sums) < 2:
        return None
    drawn, kinds = draw_counts(np.column_stack([sums, sizes]), resamples, seed)
    means = (drawn @ kinds[:, 0]) / (drawn @ kinds[:, 1])
    method = "bootstrap" if clusters is None else "cluster bootstrap"
    return percentile_interval(means, level, method)


def draw_counts(rows: Any, resamples: int, seed: int) -> tuple[Any, Any]:
    """Bootstrap samples of ``rows`` (n x k array) as counts: (resamples x m counts, m x k distinct rows)."""
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    n = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, size=resamples)
    return drawn, kinds


def percentile_interval(replicates: Any, level: float, method: str) -> Interval:
    """The middle ``level`` of the bootstrap replicates (1-d array)."""
    tail = (1 - level) / 2
    low, high = np.quantile(replicates, [tail, 1 - tail])
    return Interval(float(low), float(high), level, method)


def _clustered(values: Any, clusters: Sequence[Hashable] | None) -> tuple[Any, Any]:
    """Sum and size of each cluster; every value is its own cluster when there are none."""
    if not np.isfinite(values).all():
        raise ValueError("a value is not finite")
    if clusters is None:
        return values, np.ones(len(values))
    if len(clusters) != len(values):
        raise ValueError(f"{len(clusters)} cluster labels for {len(values)} values")
    groups: dict[Hashable, list[float]] = {}
    for label, value in zip(clusters, values, strict=True):
        groups.setdefault(label, []).append(float(value))
    # Sorted before summing: floating-point sums must not depend on the order of the items.
    return np.array([sum(sorted(g)) for g in groups.values()]), np.array([len(g) for g in groups.values()], float)
