"""What the tables of bench_statistics are made of, and the methods of 0.1.0 that they hold against today's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import fft

from medq_tasks.stats import Interval

SEED = 14
AXES = {"completeness": (0.2, 0.4, 0.4), "consistency": (0.02, 0.06, 0.92), "near the top": (0.005, 0.013, 0.982)}
OVERALL = (0.01, 0.02, 0.03, 0.06, 0.11, 0.16, 0.23, 0.21, 0.17)
_DRAWS, _SEED = 10_000, 20251002  # 0.1.0's own


def table(title: str, sims: int, share: float, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table under its title, which says how far the simulation itself may be off at ``share``."""
    error, most = (100 * math.sqrt(part * (1 - part) / sims) for part in (share, 0.5))
    cells = [[f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in [list(head), ["---"] * len(head), *cells]]
    told = f"{sims:,} simulations a cell; standard error {error:.1f} points at {100 * share:.0f} %, {most:.1f} at most"
    return "\n".join([f"## {title}", told, "", *lines, ""])


def scores(counts: Sequence[int], levels: Sequence[int]) -> list[int]:
    """The items that ``counts`` counts."""
    return [level for level, count in zip(levels, counts, strict=True) for _ in range(count)]


def holds(found: Interval | None, truth: float) -> bool:
    """Whether the interval holds the truth, which rounding must not carry past an end."""
    return found is not None and found.low - 1e-9 <= truth <= found.high + 1e-9


def average(draws: Any, judge: Callable[[tuple[int, ...]], Sequence[bool]]) -> list[float]:
    """How often, in per cent, each answer of ``judge`` is yes over the rows of counts ``draws``."""
    kinds, times = np.unique(draws, axis=0, return_counts=True)
    answers = [judge(tuple(map(int, kind))) for kind in kinds]
    return [float(share) for share in 100 * np.average(answers, axis=0, weights=times)]


def bootstrap(counts: Sequence[int], lowest: int = 0) -> Interval | None:
    """0.1.0's interval of a mean: percentile bootstrap of the items, whose scores are ``lowest``, ``lowest`` + 1 ...

    The distribution that its 10,000 draws were taken from, worked out: the scores' own, convolved with itself.
    """
    n = int(sum(counts))
    if n < 2:
        return None
    sums = n * (len(counts) - 1) + 1
    size = fft.next_fast_len(sums, real=True)
    chances = fft.irfft(fft.rfft(np.asarray(counts) / n, size) ** n, size)[:sums]
    low, high = (np.searchsorted(np.cumsum(chances), (0.025, 0.975)) + n * lowest) / n
    return Interval(float(low), float(high))


def percentile(figure: Callable[[Any, Any], Any], counts: Sequence[int], cells: Any) -> Interval | None:
    """0.1.0's interval of an agreement figure: the middle 95 % over resamples of the items.

    ``counts``: items with each of the patterns of ratings ``cells`` (patterns x raters). None where more than 5 % of
    the resamples have no figure.
    """
    n = sum(counts)
    found = figure(np.random.default_rng(_SEED).multinomial(n, np.array(counts) / n, size=_DRAWS).astype(float), cells)
    found = found[np.isfinite(found)]
    if len(found) < 0.95 * _DRAWS:
        return None
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(float(low), float(high))


def kappas(weights: Any, cells: Any) -> Any:
    """Quadratic-weighted kappa of two raters for each row of weights; nan where it is 0 / 0."""
    n, (x, y) = weights.sum(axis=1), cells.T.astype(float)
    observed = weights @ (x - y) ** 2 / n
    expected = (weights @ x**2 + weights @ y**2) / n - 2 * (weights @ x) * (weights @ y) / n**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-12, 1 - observed / expected, np.nan)


def alphas(weights: Any, cells: Any) -> Any:
    """Krippendorff's ordinal alpha of scores 0, 1, 2 without gaps for each row of weights; nan where it is 0 / 0."""
    given = (cells[:, :, None] == np.arange(3)).sum(axis=1).astype(float)  # of each pattern: raters with each score
    ordered = (given[:, :, None] * given[:, None, :] - given[:, :, None] * np.eye(3)) / (cells.shape[1] - 1)
    pairs = np.tensordot(weights, ordered, axes=1)
    totals = pairs.sum(axis=2)
    middle = np.cumsum(totals, axis=1) - totals / 2
    distance = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (pairs * distance).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distance).sum(axis=(1, 2)) / (totals.sum(axis=1) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-12, 1 - observed / expected, np.nan)
