"""Which places several candidates may have, when some differences between them are chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from medq_tasks.stats.clusters import clustered
from medq_tasks.stats.paired import ALPHA, holm, permutation


@dataclass(frozen=True)
class PairTest:
    """A test of two candidates (by their places in a list)."""

    first: int
    second: int
    difference: float  # second minus first: positive when the second is higher
    p_value: float  # two-sided
    p_second_better: float  # one-sided
    p_first_better: float


@dataclass(frozen=True)
class Rank:
    """From ``best`` to ``worst`` place (1 is the highest value), together for all candidates with 95 % confidence."""

    best: int
    worst: int
    may_be_first: bool


def pair_test(
    first: int, second: int, a: Sequence[float], b: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> PairTest:
    """The exact tests of two candidates' scores of the same items (see ``paired_difference``)."""
    found = clustered([y - x for x, y in zip(a, b, strict=True)], clusters)
    back = [-total for total in found.sums]
    p_values = permutation(found.sums), permutation(found.sums, "greater"), permutation(back, "greater")
    return PairTest(first, second, found.mean, *p_values)


def ranks(count: int, tests: Sequence[PairTest]) -> list[Rank]:
    """Rank intervals of ``count`` candidates from the tests of all their pairs.

    A candidate's place is at least 1 + the number of significantly better ones, at most ``count`` - the number of
    significantly worse ones, by Holm's correction over all pairs (Klein, Wright & Wieczorek 2020; Mogstad, Romano,
    Shaikh & Wilhelm 2024). It may be the first unless (count - 1) times the smallest one-sided p-value of "another one
    is better" is at most 5 %: that set holds the truly best one with 95 % confidence, without a further correction; who
    has no place 1 by the ranks is left out as well, so that the two never contradict each other.

    Raises:
        ValueError: a pair is missing, there twice, or names no candidate.
    """
    pairs = {frozenset((test.first, test.second)) for test in tests}
    wanted = {frozenset((i, j)) for i in range(count) for j in range(i)}
    if pairs != wanted or len(tests) != len(pairs):
        raise ValueError(f"{count} candidates need a test of each of their {len(wanted)} pairs, once")
    above, below = [0] * count, [0] * count
    beaten = [1.0] * count  # smallest one-sided p-value of another one's being better
    for test, adjusted in zip(tests, holm([test.p_value for test in tests]), strict=True):
        if adjusted is not None and adjusted <= ALPHA:
            higher, lower = (test.second, test.first) if test.difference > 0 else (test.first, test.second)
            below[higher] += 1
            above[lower] += 1
        beaten[test.first] = min(beaten[test.first], test.p_second_better)
        beaten[test.second] = min(beaten[test.second], test.p_first_better)
    first = [not above[i] and (count == 1 or (count - 1) * beaten[i] > ALPHA) for i in range(count)]
    return [Rank(1 + above[i], count - below[i], first[i]) for i in range(count)]
