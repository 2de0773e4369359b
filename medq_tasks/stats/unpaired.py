"""Two shares of independent samples: a run beside published counts, a judge beside the paper's."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from medq_tasks.stats import limits as confidence
from medq_tasks.stats.clusters import clustered
from medq_tasks.stats.intervals import LEVEL, Interval, interval, share_limits
from medq_tasks.stats.limits import Limits, level_of


@dataclass(frozen=True)
class Share:
    """A share and its confidence limits."""

    value: float
    limits: Limits


@dataclass(frozen=True)
class Unpaired:
    """Share B minus share A, Newcombe's interval, and the two-sided p-value that goes with it."""

    difference: float
    interval: Interval
    p_value: float


def share_of(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> Share | None:
    """The share of a run's own items (see ``share_interval``); None where it has no interval."""
    found = clustered(values, clusters)
    limits = share_limits(found)
    return None if limits is None else Share(found.mean, limits)


def share_of_counts(share: float, n: int) -> Share:
    """A share of ``n`` items of which nothing else is known: a published percentage.

    Raises:
        ValueError: there is no item, or the share is not between 0 and 1.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"a share of {share} of {n} items")
    return Share(share, confidence.wilson(share, n))


def unpaired_difference(a: Share, b: Share) -> Unpaired:
    """How far apart two independent shares are: differences that shared items would cancel stay in the interval."""
    limits = confidence.unpaired(a.value, a.limits, b.value, b.limits)
    found = interval(limits, "newcombe, unpaired", LEVEL)
    assert found is not None  # of limits there always is one
    below = level_of(limits, 0.0)
    return Unpaired(b.value - a.value, found, min(1.0, 2 * min(below, 1 - below)))
