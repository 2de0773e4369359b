"""Means of an axis with the judge's error: how often intervals hold what experts would give on average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.simulations import AXES, SEED, holds, table
from medq_tasks.stats import (
    MATRIX,
    POST_STRATIFIED,
    Calibrated,
    Interval,
    JudgedItem,
    by_matrix,
    mean_interval,
    post_stratified,
    too_little,
)

ITEMS = 221
LEVELS = (0, 1, 2)
BETTER = (0.05, 0.25, 0.70)  # what experts give to the model whose texts they have rated
# Chances of the judge's 0, 1, 2 (columns) where an expert gives 0, 1, 2 (rows).
JUDGES = {
    "even": ((0.83, 0.17, 0.0), (0.085, 0.83, 0.085), (0.0, 0.17, 0.83)),
    "lenient": ((0.75, 0.20, 0.05), (0.05, 0.75, 0.20), (0.02, 0.03, 0.95)),
}
CASES = (
    ("completeness", "even", 125, False),
    ("completeness", "lenient", 125, False),
    ("completeness", "lenient", 30, False),
    ("consistency", "even", 125, False),
    ("consistency", "lenient", 125, False),
    ("completeness", "even", 150, True),
    ("completeness", "lenient", 150, True),
)
Pairs = Sequence[tuple[int, int]]


def judge_error(sims: int) -> str:
    """One expert; the rated items are a random part of the run's, or those of a better model's run."""
    rng = np.random.default_rng(SEED)
    rows = [[*_named(*case), *_case(rng, sims, *case)] for case in CASES]
    head = ["scores like", "judge", "rated of", "judge's own", "width", "experts on rated items", "width"]
    head += ["with the judge's error", "width", "as if of the same run", "refused"]
    return table("Mean of an axis with the judge's error, nominal 95 %, 221 items", sims, 0.95, head, rows)


def _named(axis: str, judge: str, n: int, other: bool) -> list[str]:
    return [axis, judge, f"{n}, {'another run' if other else 'the same'}"]


def _case(rng: Any, sims: int, axis: str, judge: str, n: int, other: bool) -> list[object]:
    truth = float(np.dot(AXES[axis], LEVELS))
    found: list[list[Interval | None]] = []
    for _ in range(sims):
        pairs = _pairs(rng, AXES[axis], judge, ITEMS)
        rated = _pairs(rng, BETTER, judge, n) if other else pairs[:n]
        found.append(_intervals(pairs, rated, other))
    cells: list[object] = []
    for place, column in enumerate(zip(*found, strict=True)):
        made = [one for one in column if one is not None]
        cells.append(100 * sum(holds(one, truth) for one in made) / len(made) if made else "-")
        if place < 3:
            cells.append(f"{np.mean([one.high - one.low for one in made]):.3f}" if made else "-")
    return [*cells, 100 * sum(row[2] is None for row in found) / sims]


def _pairs(rng: Any, shares: Sequence[float], judge: str, n: int) -> Pairs:
    truths = rng.choice(3, size=n, p=shares)
    return [(int(truth), int(rng.choice(3, p=JUDGES[judge][truth]))) for truth in truths]


def _intervals(pairs: Pairs, rated: Pairs, other: bool) -> list[Interval | None]:
    """By the judge alone, by the experts alone, as the report shows it (None: refused), and carried over."""
    known = [JudgedItem(judge, {"ann": given}) for given, judge in rated]
    items = [JudgedItem(judge) for _, judge in pairs]
    together = post_stratified(known + (items if other else items[len(known) :]), LEVELS)
    refused = too_little(known, LEVELS, MATRIX if other else POST_STRATIFIED)
    shown = None if refused else by_matrix(items, known, LEVELS) if other else together
    return [
        mean_interval([judge for _, judge in pairs], LEVELS),
        mean_interval([given for given, _ in rated], LEVELS),
        _ends(shown) if shown else None,
        _ends(together) if other else None,
    ]


def _ends(found: Calibrated) -> Interval | None:
    return None if found.low is None or found.high is None else Interval(found.low, found.high)
