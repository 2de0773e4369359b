"""Confidence limits at any level: every interval, one-sided limit and test of a margin here comes from one of these.

``Limits`` answers, for a level q between 0 and 1, the value below which the quantity lies "with confidence q": the ends
of a 95 % interval are ``limits(.025)`` and ``limits(.975)``, a one-sided lower limit at 5 % is ``limits(.05)``, and the
one-sided p-value of "it is at most x" is the q with ``limits(q) == x``. So a test of a margin cannot contradict its
limit (an exact test of "no difference" beside an interval can: ``Paired.contradicts``).

Formulas, sources and worked examples: docs/statistics.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from scipy import stats as scipy_stats
from scipy.optimize import bisect, brentq

Limits = Callable[[float], float]

_STEP = 0.05  # between the places of log u at which an integrand is looked at
_PLACES = np.arange(-40, 60, _STEP)
_DEAD = 45.0  # logarithm of a modulus beyond which nothing is left of 1
_TURN = 0.25  # radians that a phase may turn from one place to the next
NORMAL = float(scipy_stats.norm.ppf(0.975))
_TINY = 1e-12
_ROUNDING = 1e-9  # a third is a third, however it was added up
_SMALLEST = 1e-7  # level beyond which nobody asks


def wilson(share: float, n: float, freedom: int | None = None) -> Limits:
    """Wilson's score limits of a share of ``n`` items (an effective number may be a fraction).

    ``freedom``: degrees of freedom of Student's t where the variance was estimated from clusters; None: normal.
    """
    quantile = scipy_stats.norm.ppf if freedom is None else scipy_stats.t(freedom).ppf

    def limits(level: float) -> float:
        z = float(quantile(level))
        root = math.sqrt(max(0.0, share * (1 - share)) / n + z * z / (4 * n * n))
        found = (share + z * z / (2 * n) + z * root) / (1 + z * z / n)
        # Rounding must not carry a limit past 0 or 1, nor past the share itself.
        return max(0.0, min(share, found)) if z < 0 else min(1.0, max(share, found))

    return limits


def dirichlet(values: Sequence[float], levels: Sequence[float], weight: float = 1.0) -> Limits:
    """Limits of a mean of scores that can only be ``levels``: Dirichlet(counts + 1 / number of levels) over the levels.

    The form of Jeffreys' interval for many levels ("Perks' prior"): of two it is his Beta(k + 1/2, n - k + 1/2).
    It has a width even where all scores are equal, since levels that were not seen keep a chance. Where all lie at an
    end of the scale, that end is the limit on its side, or the mean itself would lie just outside (the change of
    Brown, Cai & DasGupta 2001 to Jeffreys' interval).

    ``weight``: how much of an item each value counts for.

    Raises:
        ValueError: a value is none of the levels, or there is only one level.
    """
    ordered = tuple(sorted(map(float, set(levels))))
    if len(ordered) < 2:
        raise ValueError("a scale has at least two levels")
    counts = counts_of(values, ordered)
    weighed = tuple(weight * count for count in counts)

    def limits(level: float) -> float:
        for end, outwards in ((0, level < 0.5), (-1, level > 0.5)):
            if outwards and counts[end] == len(values) > 0:
                return ordered[end]
        return _dirichlet_quantile(level, weighed, ordered)

    return limits


def counts_of(values: Sequence[float], levels: Sequence[float]) -> tuple[int, ...]:
    """How many of the values are at each of the levels (sorted, distinct).

    Raises:
        ValueError: a value is none of the levels.
    """
    counts = dict.fromkeys(range(len(levels)), 0)
    for value, number in Counter(values).items():
        place = next((i for i, level in enumerate(levels) if abs(value - level) <= _ROUNDING), None)
        if place is None:
            raise ValueError(f"{value:g} is none of the levels {', '.join(f'{level:g}' for level in levels)}")
        counts[place] += number
    return tuple(counts.values())


@lru_cache(maxsize=4096)  # slices often hold the same scores
def _dirichlet_quantile(level: float, counts: tuple[float, ...], levels: tuple[float, ...]) -> float:
    shapes, places = np.asarray(counts) + 1 / len(levels), np.asarray(levels)
    total = float(shapes.sum())
    mean = float(shapes @ places) / total
    reach = math.sqrt(max(0.0, float(shapes @ places**2) / total - mean**2) / (total + 1))

    def excess(x: float) -> float:
        return (0.0 if x <= levels[0] else 1.0 if x >= levels[-1] else _chance_below(x, shapes, places)) - level

    low = high = mean  # far from the mean the integrand is costly: go no farther than the limit lies
    while excess(low) > 0:
        low = max(levels[0], low - reach)
        reach *= 2
    while excess(high) < 0:
        high = min(levels[-1], high + reach)
        reach *= 2
    return float(low if low == high else brentq(excess, low, high, xtol=1e-13))


def _chance_below(x: float, shapes: Any, levels: Any) -> float:
    """P(mean of a Dirichlet <= x), exactly: no draws, so no seed.

    The shares are gamma variables over their sum, so that this is the chance of a negative weighted sum of gammas; by
    Gil-Pelaez's inversion of its characteristic function, 1/2 - 1/pi times the integral of sin(phase) / modulus over
    log u. That integrand dies out fast at both ends, where the plain sum over even steps is as good as exact, as long
    as the phase turns little from one step to the next.
    """
    distances, places, step = levels - x, _PLACES, _STEP
    turned = np.outer(distances, np.exp(places))
    modulus = 0.5 * (shapes @ np.log1p(turned * turned))  # its logarithm
    alive = modulus < _DEAD
    fastest = float(np.max(np.abs(shapes @ (turned / (1 + turned * turned))), where=alive, initial=0.0))
    if fastest * step > _TURN:
        step = _TURN / fastest
        places = np.arange(places[0], places[alive][-1] + _STEP, step)
        turned = np.outer(distances, np.exp(places))
        modulus = 0.5 * (shapes @ np.log1p(turned * turned))
    phase = shapes @ np.arctan(turned)
    return float(0.5 - step / math.pi * np.sum(np.sin(phase) * np.exp(-modulus)))


def differences_of(levels: Sequence[float]) -> list[float]:
    """Every difference that two of the levels can have, sorted."""
    return sorted({round(b - a, 9) for a, b in product(levels, repeat=2)})


def newcombe(both: float, only_a: float, only_b: float, neither: float) -> Limits:
    """Limits of share B minus share A on the same items: Newcombe's method 10 (Stat Med 1998, 17:2635).

    The squared distances of two Wilson intervals, added up with their correlation (phi, with continuity correction).
    """
    n = both + only_a + only_b + neither
    a, b = (both + only_a) / n, (both + only_b) / n
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    cross = both * neither - only_a * only_b
    cross = cross if cross < 0 else max(0.0, cross - n / 2)
    return _square_and_add(b, wilson(b, n), a, wilson(a, n), cross / math.sqrt(margins) if margins else 0.0)


def tango(both: float, only_a: float, only_b: float, neither: float) -> Limits:
    """Limits of share B minus share A on the same items: Tango's score limits (Stat Med 1998, 17:891).

    For one-sided questions: where nearly all differing items are one run's, Newcombe's limits are too close.
    """
    n = both + only_a + only_b + neither

    def z_of(delta: float) -> float:
        linear = -only_b - only_a + (2 * n - only_b + only_a) * delta
        constant = -only_a * delta * (1 - delta)
        share_a = (math.sqrt(max(0.0, linear * linear - 8 * n * constant)) - linear) / (4 * n)
        error = math.sqrt(max(_TINY, n * (2 * share_a + delta * (1 - delta))))
        return (only_b - only_a - n * delta) / error

    def limits(level: float) -> float:
        z = float(scipy_stats.norm.ppf(level))
        if z_of(-1.0) <= -z:
            return -1.0
        return 1.0 if z_of(1.0) >= -z else float(bisect(lambda delta: z_of(delta) + z, -1.0, 1.0, xtol=1e-12))

    return limits


def unpaired(a: float, limits_a: Limits, b: float, limits_b: Limits) -> Limits:
    """Limits of share B minus share A of two independent samples, from each one's own limits (Newcombe's method)."""
    return _square_and_add(b, limits_b, a, limits_a, 0.0)


def _square_and_add(b: float, limits_b: Limits, a: float, limits_a: Limits, phi: float) -> Limits:
    def limits(level: float) -> float:
        up, down = limits_b(level) - b, limits_a(1 - level) - a  # of opposite signs
        reach = math.sqrt(max(0.0, up * up + 2 * phi * up * down + down * down))
        return b - a + math.copysign(reach, level - 0.5)

    return limits


def linearised(mean: float, variance: float, freedom: int, low: float, high: float) -> Limits:
    """Student's limits of a mean whose variance was estimated between clusters; kept within what can be."""
    error = math.sqrt(variance)
    student = scipy_stats.t(freedom)
    return lambda level: float(min(high, max(low, mean + error * student.ppf(level))))


def widest(first: Limits, second: Limits) -> Limits:
    """The outer one of two limits at each level."""
    return lambda level: (min if level < 0.5 else max)(first(level), second(level))


def level_of(limits: Limits, value: float) -> float:
    """The level at which the limit is ``value``: the one-sided p-value of "the quantity is at most ``value``"."""
    if limits(_SMALLEST) >= value:
        return _SMALLEST
    if limits(1 - _SMALLEST) <= value:
        return 1 - _SMALLEST
    # Halving, since limits may have a step: at an end of the scale, or where one of two takes over from the other.
    return float(bisect(lambda level: limits(level) - value, _SMALLEST, 1 - _SMALLEST, xtol=1e-10))
