"""Items that hang together (questions on one picture, draws of one item) are worth less than as many single ones."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

FEW_CLUSTERS = 20  # below, the variance between clusters is itself poorly known, and intervals are rough


@dataclass(frozen=True)
class Clustered:
    """Sum and size of each cluster, in an order that does not depend on the items' own."""

    sums: tuple[float, ...]
    sizes: tuple[int, ...]
    spread: float  # variance of the items about their mean (divided by their number)

    @property
    def n(self) -> int:
        """Number of items."""
        return sum(self.sizes)

    @property
    def shared(self) -> bool:
        """Whether any cluster holds more than one item."""
        return len(self.sizes) < self.n

    @property
    def mean(self) -> float:
        """Mean over the items (at least one)."""
        return math.fsum(self.sums) / self.n

    @property
    def effective(self) -> float:
        """How many independent items would vary as much as these do between clusters (at least two clusters).

        Where all items are equal nothing shows how much those of a cluster repeat each other: each cluster counts once.
        """
        if self.spread <= 0:
            return len(self.sums)
        return min(self.n, self.spread / self.variance) if self.variance > 0 else self.n

    @property
    def variance(self) -> float:
        """Linearised variance of ``mean`` (at least two clusters): that of a ratio of two sums over clusters."""
        clusters, mean = len(self.sums), self.mean
        squares = ((total - mean * size) ** 2 for total, size in zip(self.sums, self.sizes, strict=True))
        return clusters / (clusters - 1) * math.fsum(squares) / self.n**2


def clustered(values: Sequence[float], clusters: Sequence[Hashable] | None) -> Clustered:
    """Values by cluster; without ``clusters`` each one is its own.

    Raises:
        ValueError: the lists differ in length, or a value is not finite.
    """
    if not all(map(math.isfinite, values)):
        raise ValueError("a value is not finite")
    mean = math.fsum(values) / len(values) if values else 0.0
    spread = math.fsum((value - mean) ** 2 for value in values) / len(values) if len(set(values)) > 1 else 0.0
    if clusters is None:
        return Clustered(tuple(sorted(map(float, values))), (1,) * len(values), spread)
    if len(clusters) != len(values):
        raise ValueError(f"{len(clusters)} cluster labels for {len(values)} values")
    groups: dict[Hashable, list[float]] = {}
    for label, value in zip(clusters, values, strict=True):
        groups.setdefault(label, []).append(value)
    rows = sorted((math.fsum(group), len(group)) for group in groups.values())
    return Clustered(tuple(total for total, _ in rows), tuple(size for _, size in rows), spread)
