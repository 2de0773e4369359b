"""Confidence intervals of a share and of a mean of scores, over items or over clusters of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from scipy import stats as scipy_stats

from medq_tasks.stats import limits as confidence
from medq_tasks.stats.clusters import Clustered, clustered
from medq_tasks.stats.limits import Limits

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A confidence interval and how it was made. It always has a width."""

    low: float
    high: float
    level: float = LEVEL
    method: str = ""

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def interval(limits: Limits | None, method: str, level: float = LEVEL) -> Interval | None:
    """The middle ``level`` of the limits; None where there are none.

    Raises:
        ValueError: ``level`` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a confidence level of {level}")
    if limits is None:
        return None
    tail = (1 - level) / 2
    return Interval(limits(tail), limits(1 - tail), level, method)


def wilson(successes: int, n: int, level: float = LEVEL) -> Interval | None:
    """Wilson's score interval of the share ``successes / n``; None when ``n`` is 0.

    It stays inside 0 to 1 and keeps its width at 0 % and 100 %, where the textbook normal interval has none.

    Raises:
        ValueError: ``successes`` is not between 0 and ``n``, or ``level`` not between 0 and 1.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes out of {n}")
    return interval(confidence.wilson(successes / n, n) if n else None, "wilson", level)


def share_interval(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None, *, level: float = LEVEL
) -> Interval | None:
    """Interval of a mean of values between 0 and 1, such as right (1) and wrong (0).

    Wilson's; where items share a cluster, with the number of independent items that the variance between clusters
    amounts to, and Student's t (Korn & Graubard 1998; Dean & Pagano 2015).

    Args:
        values: one per item, 0 to 1.
        clusters: one label per item; items of one label hang together. None: no two do.
        level: confidence level.

    Returns:
        None for no items, and for several items of one cluster: nothing is known then of how clusters differ.

    Raises:
        ValueError: ``clusters`` has another length, or a value is not between 0 and 1.
    """
    found = clustered(values, clusters)
    if any(not 0 <= value <= 1 for value in values):
        raise ValueError("a share's value is not between 0 and 1")
    return interval(share_limits(found), "clustered wilson" if found.shared else "wilson", level)


def share_limits(found: Clustered) -> Limits | None:
    """Wilson's limits with the effective number of items (see ``share_interval``)."""
    if not found.shared:
        return confidence.wilson(found.mean, found.n) if found.n else None
    if len(found.sums) < 2:
        return None
    spread, variance = found.mean * (1 - found.mean), found.variance  # of single items that are right or wrong
    effective = min(found.n, spread / variance) if spread > 0 and variance > 0 else found.effective
    return confidence.wilson(found.mean, effective, len(found.sums) - 1)


def mean_interval(
    values: Sequence[float],
    levels: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = LEVEL,
) -> Interval | None:
    """Interval of a mean of scores.

    Dirichlet over the levels of the scale, never without width and defined for one item. Where items share a cluster,
    the outermost of three: that of the same items as single ones; the same for as many items as the variance between
    clusters amounts to; and Student's with that variance.

    Args:
        values: one per item, each one of ``levels``.
        levels: every score that an item can get; halves and thirds as well.
        clusters: as in ``share_interval``.
        level: confidence level.

    Returns:
        None for no items, and for several items of one cluster.

    Raises:
        ValueError: ``clusters`` has another length, or a value is none of ``levels``.
    """
    found = clustered(values, clusters)
    limits = score_limits(values, levels, found)
    return interval(limits, "clustered t" if found.shared else "dirichlet", level)


def score_limits(values: Sequence[float], levels: Sequence[float], found: Clustered) -> Limits | None:
    """Limits of the mean of ``values``, which are ``found`` by cluster (see ``mean_interval``)."""
    if not values:
        return None
    return between_clusters(
        found, lambda weight: confidence.dirichlet(values, levels, weight), min(levels), max(levels)
    )


def between_clusters(found: Clustered, limits: Callable[[float], Limits], low: float, high: float) -> Limits | None:
    """Limits of items that share clusters, never narrower than those of single items.

    Student's alone would be as good as certain where few clusters differ, and one-sided near the end of a scale.

    Args:
        found: the items by cluster.
        limits: those of the same items when each counts for ``weight`` of one.
        low: the least that the mean can be.
        high: the most.
    """
    if not found.shared:
        return limits(1.0)
    groups = len(found.sums)
    if groups < 2:
        return None
    # Student's t in place of the normal quantile, as a number of items: their variance is estimated from few clusters.
    poorly_known = (confidence.NORMAL / float(scipy_stats.t.ppf(0.975, groups - 1))) ** 2
    fewer = limits(found.effective / found.n * poorly_known)
    student = confidence.linearised(found.mean, found.variance, groups - 1, low, high)
    return confidence.widest(limits(1.0), confidence.widest(fewer, student))
