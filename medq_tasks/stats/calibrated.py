"""Mean of a judged score with the judge's error: what experts would have given, from the items that they rated too.

Two ways. Experts rated items of this very set: for each of the judge's levels, what they gave there, weighted by how
often the judge gives that level (``post_stratified``). They rated items of another set: how often the judge gives each
level where an expert gives this one, turned round (``by_matrix``); that takes for granted that the judge errs alike on
both sets. Formulas, source and worked example: docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from medq_tasks.stats.agreement import DRAWS, SEED, pooled_agreement
from medq_tasks.stats.intervals import LEVEL

LEAST_RATED = 30  # items that judge and experts scored
LEAST_AT_LEVEL = 5  # of them at each of the experts' levels, or a row of the matrix is mostly a guess
LEAST_KAPPA = 0.4  # below, the judge says so little of an item that its scores of the others do not help
POST_STRATIFIED, MATRIX = "post-stratified", "matrix"
_BLOCK = 1000  # draws made at once, so that many items do not fill the memory
_DIGITS = 9  # a third is a third, however it was added up


@dataclass(frozen=True)
class JudgedItem:
    """One item: the judge's score, and those of the experts who rated it, by name.

    ``judge``: None where the item scores 0 by rule (nothing to judge). ``cluster``: items of one label hang together;
    None: with no other.
    """

    judge: float | None
    experts: Mapping[str, float] = field(default_factory=dict)
    cluster: Hashable | None = None

    @property
    def truth(self) -> float:
        """The mean of the experts (at least one)."""
        return round(sum(sorted(self.experts.values())) / len(self.experts), _DIGITS)


@dataclass(frozen=True)
class Calibrated:
    """A mean with the judge's error in its interval; the ends are None where items of one cluster are all there is.

    ``n``: items that judge and experts scored.
    """

    value: float
    low: float | None
    high: float | None
    method: str
    n: int


def mean_levels(levels: Collection[float], experts: Collection[int]) -> list[float]:
    """Every mean that scores of so many experts can have: of two and levels 0, 1, 2 half steps as well."""
    means = {
        round(sum(scores) / number, _DIGITS)
        for number in set(experts)
        for scores in combinations_with_replacement(sorted(levels), number)
    }
    return sorted(means)


def too_little(rated: Sequence[JudgedItem], levels: Collection[float], method: str) -> str:
    """Why these items cannot tell the judge's error, as the end of a sentence; "" where they can."""
    if len(rated) < LEAST_RATED:
        return f"{len(rated)} items with scores of judge and experts are too few, {LEAST_RATED} are needed"
    names = sorted({name for item in rated for name in item.experts})
    table = [[item.judge, *(item.experts.get(name) for name in names)] for item in rated]
    kappa = pooled_agreement(table, [(0, place) for place in range(1, len(names) + 1)])[1].value
    # Not defined: judge and experts gave one and the same score everywhere, and so agree.
    if kappa is not None and kappa < LEAST_KAPPA:
        return f"judge and experts agree too little, kappa is {kappa:.2f} and should be at least {LEAST_KAPPA}"
    if method == POST_STRATIFIED:
        return ""
    scale = _scale(levels, rated)
    counts = np.round(np.sum(_ratings(rated, scale), axis=0).reshape(len(scale), -1).sum(axis=1), _DIGITS)
    rare = [f"{level:g} to {count:.3g}" for level, count in zip(scale, counts, strict=True) if count < LEAST_AT_LEVEL]
    if rare:
        return f"experts gave {', '.join(rare)} items, and {LEAST_AT_LEVEL} are needed at each level"
    return ""


def post_stratified(items: Sequence[JudgedItem], levels: Collection[float]) -> Calibrated:
    """The mean that experts would have given to ``items``, a random part of which they have rated.

    The judge's levels are strata: their shares are Dirichlet(counts + 1 / strata), what experts give in each is
    Dirichlet(counts + 1 / levels). Items that score 0 by rule are a stratum of their own.

    Args:
        items: all that have a score, rated or not (at least one rated).
        levels: every score that judge and expert can give.

    Raises:
        ValueError: no item is rated.
    """
    rated = [item for item in items if item.experts and item.judge is not None]
    if not rated:
        raise ValueError("no item is rated")
    scale = _scale(levels, items)
    truths = mean_levels(scale, {len(item.experts) for item in rated})
    strata = _strata(scale, items)
    rows = [_stratum(item, strata) + _cell(item, scale, truths) for item in items]
    size = len(strata), len(scale), np.asarray(truths)
    value = _stratified_mean(np.sum(rows, axis=0)[None], *size)
    low, high = _ends([items], lambda rng, labels: _stratified_mean(_masses(rng, rows, labels[0]), *size, rng))
    if high is not None and len(strata) == len(scale) and all(item.truth == scale[-1] for item in rated):
        high = scale[-1]  # as of any mean whose scores all lie at an end of the scale (``limits.dirichlet``)
    if low is not None and all(item.truth == scale[0] for item in rated):
        low = scale[0]
    return Calibrated(float(value[0]), low, high, POST_STRATIFIED, len(rated))


def by_matrix(items: Sequence[JudgedItem], rated: Sequence[JudgedItem], levels: Collection[float]) -> Calibrated:
    """The mean that experts would give to ``items``, if the judge errs there as on ``rated``, which are others.

    The shares q of the judge's levels are those of the experts', p, times the chances M of each level of the judge
    where an expert gives this one: q = M'p, solved for p in each draw of q and M, and its mean kept within the scale.
    A rating counts 1 / (number of the item's experts), so that p is what an expert gives. The value is the median.

    Args:
        items: all that have a score.
        rated: items with scores of judge and experts, which stand at each level (``too_little``).
        levels: every score that judge and expert can give.

    Raises:
        ValueError: there are no items, or none is rated.
    """
    if not items or not rated:
        raise ValueError("no items, or none is rated")
    scale = _scale(levels, [*items, *rated])
    strata = _strata(scale, items)
    asked, given = [_stratum(item, strata) for item in items], _ratings(rated, scale)

    def draw(rng: Any, labels: Sequence[Sequence[Hashable] | None]) -> Any:
        shares = _shares(_masses(rng, asked, labels[0]), len(strata), rng)
        cells = _masses(rng, given, labels[1]).reshape(DRAWS, len(scale), len(scale))
        chances = _shares(cells, len(scale), rng)
        judged = shares[:, : len(scale)]  # beside them only what scores 0 by rule
        found = np.linalg.solve(chances.transpose(0, 2, 1), judged[:, :, None])[:, :, 0] @ np.asarray(scale)
        whole = np.minimum(1.0, judged.sum(axis=1))
        return np.clip(found, scale[0] * whole, scale[-1] * whole)

    low, high = _ends([items, rated], draw)
    value = float(np.median(draw(np.random.default_rng(SEED), (None, None))))
    return Calibrated(value, low, high, MATRIX, len(rated))


def _scale(levels: Collection[float], items: Sequence[JudgedItem]) -> list[float]:
    """The levels, and any other that was given: runs of old releases hold such."""
    given = {score for item in items for score in (item.judge, *item.experts.values()) if score is not None}
    return sorted({*map(float, levels), *map(float, given)})


def _strata(scale: Sequence[float], items: Sequence[JudgedItem]) -> list[float | None]:
    return [*scale, *([None] if any(item.judge is None for item in items) else [])]


def _stratum(item: JudgedItem, strata: Sequence[float | None]) -> list[float]:
    return [float(item.judge == level) for level in strata]


def _cell(item: JudgedItem, scale: Sequence[float], truths: Sequence[float]) -> list[float]:
    """Where the item stands in the table of experts' means (rows) by judge's levels."""
    known = bool(item.experts) and item.judge is not None
    return [float(known and item.truth == truth and item.judge == level) for truth in truths for level in scale]


def _ratings(rated: Sequence[JudgedItem], scale: Sequence[float]) -> list[list[float]]:
    """Per item, the parts of it in the table of experts' levels (rows) by judge's levels."""
    return [
        [
            float(item.judge == level) * list(item.experts.values()).count(given) / len(item.experts)
            for given in scale
            for level in scale
        ]
        for item in rated
    ]


def _shares(masses: Any, levels: int, rng: Any = None) -> Any:
    """Masses with 1 / ``levels`` added to each, drawn where there is a ``rng``, as shares of the last axis."""
    added = masses + (1 / levels if rng is None else rng.gamma(1 / levels, size=masses.shape))
    return added / added.sum(axis=-1, keepdims=True)


def _stratified_mean(masses: Any, strata: int, scale: int, truths: Any, rng: Any = None) -> Any:
    """Per row of masses (strata, then experts' means by judge's levels): the mean over the strata."""
    weights = _shares(masses[:, :strata], strata, rng)
    cells = masses[:, strata:].reshape(-1, len(truths), scale).transpose(0, 2, 1)
    means = _shares(cells, len(truths), rng) @ truths
    return (weights[:, :scale] * means).sum(axis=1)  # what scores 0 by rule adds nothing


def _masses(rng: Any, rows: Sequence[Sequence[float]], labels: Sequence[Hashable] | None) -> Any:
    """Per draw, what each column of ``rows`` weighs when every item, or every cluster of them, weighs Gamma(1).

    Of single items the shares are Dirichlet(counts): the items of one pattern together weigh Gamma(their number).
    """
    units: dict[Hashable, Any] = {}
    for place, row in enumerate(rows):
        label = place if labels is None else labels[place]
        units[label] = units.get(label, 0.0) + np.asarray(row)
    patterns, times = np.unique(np.round(list(units.values()), _DIGITS), axis=0, return_counts=True)
    blocks = [rng.gamma(times, size=(_BLOCK, len(times))) @ patterns for _ in range(DRAWS // _BLOCK)]
    return np.concatenate(blocks)


def _ends(
    samples: Sequence[Sequence[JudgedItem]], draw: Callable[[Any, Sequence[Sequence[Hashable] | None]], Any]
) -> tuple[float | None, float | None]:
    """The middle 95 % of the draws; where items share clusters, the outer one of by item and by cluster."""
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    single = np.quantile(draw(np.random.default_rng(SEED), [None] * len(samples)), tails)
    labels = [_labels(items) for items in samples]
    shared = any(len(set(found)) < len(found) for found in labels)
    if not shared:
        return float(single[0]), float(single[1])
    if any(len(set(found)) < 2 for found in labels):
        return None, None
    grouped = np.quantile(draw(np.random.default_rng(SEED), labels), tails)
    return float(min(single[0], grouped[0])), float(max(single[1], grouped[1]))


def _labels(items: Sequence[JudgedItem]) -> list[Hashable]:
    return [("alone", place) if item.cluster is None else ("group", item.cluster) for place, item in enumerate(items)]
