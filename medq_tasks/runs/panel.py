"""How far the judges of a panel agree: axis by axis, pair by pair, and where they disagree most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import pvariance
from typing import TYPE_CHECKING

from medq_tasks.records import AXES, ReasoningRecord, Record

if TYPE_CHECKING:
    from medq_tasks.stats.agreement import Agreement  # for the name alone: it brings numpy

Scores = tuple[float | None, ...]
_NAMED = re.compile(r"^(panel of \d+): (.+)$")  # as scoring/panel.py names one


@dataclass(frozen=True)
class AxisAgreement:
    """Of one axis, over the texts that a panel was asked about."""

    axis: str
    n: int  # items
    all_agree: float | None  # share of the items with two scores or more on which all scores are equal
    alpha: Agreement  # Krippendorff's, ordinal
    kappas: dict[str, Agreement]  # "A, B" -> quadratic-weighted kappa over the items that both scored


def is_panel(record: Record) -> bool:
    """Whether what counts is the median of several judges."""
    return isinstance(record, ReasoningRecord) and len(record.judgements) > 2


def panel_agreement(records: Sequence[Record]) -> tuple[AxisAgreement, ...]:
    """Per axis; () where nobody judged as a panel. Items without a text (0 by rule) say nothing of the judges."""
    asked = [r for r in records if isinstance(r, ReasoningRecord) and is_panel(r) and r.state == "answered"]
    if not asked:
        return ()
    names = tuple(one.stamp.model if one.stamp else "" for one in asked[0].judgements[1:])
    return tuple(_agreement(axis, names, [_scores(record, axis) for record in asked]) for axis in AXES)


def disagreement(record: Record) -> tuple[float, float]:
    """How far apart a panel's judges are on an item: widest gap on an axis, then variance; larger is wider."""
    if not isinstance(record, ReasoningRecord) or not is_panel(record):
        return 0.0, 0.0
    given = [[score for score in _scores(record, axis) if score is not None] for axis in AXES]
    known = [scores for scores in given if scores]
    return max((max(one) - min(one) for one in known), default=0.0), sum(map(pvariance, known))


def in_words(agreements: Sequence[AxisAgreement]) -> list[str]:
    """A sentence per axis, for notes and terminals."""
    return [
        f"Panel, {said.axis}: all judges agree on {_percent(said.all_agree)} of {said.n:,} items; alpha "
        f"{_figure(said.alpha)}; kappa "
        + ", ".join(f"{pair.replace(', ', ' / ')} {_figure(kappa)}" for pair, kappa in said.kappas.items())
        + "."
        for said in agreements
    ]


def judges_in_words(models: Iterable[str]) -> str:
    """``gpt-4o``, or ``a panel of 2 (gpt-4o, qwen)``: what stands behind "judged by"."""
    return ", ".join(_NAMED.sub(r"a \1 (\2)", model) for model in models)


def _scores(record: ReasoningRecord, axis: str) -> Scores:
    members = record.judgements[1:]
    return tuple(one.axes[axis].score if axis in one.axes else None for one in members)


def _agreement(axis: str, names: Sequence[str], scores: Sequence[Scores]) -> AxisAgreement:
    from medq_tasks.stats.agreement import krippendorff_alpha, weighted_kappa

    given = [[score for score in one if score is not None] for one in scores]
    several = [one for one in given if len(one) > 1]
    alike = sum(len(set(one)) == 1 for one in several)
    kappas = {}
    for (x, first), (y, second) in combinations(enumerate(names), 2):
        both = [(one[x], one[y]) for one in scores if one[x] is not None and one[y] is not None]
        a, b = [one for one, _ in both], [other for _, other in both]
        kappas[f"{first}, {second}"] = weighted_kappa(a, b)  # type: ignore[arg-type]
    share = alike / len(several) if several else None
    return AxisAgreement(axis, len(scores), share, krippendorff_alpha(scores), kappas)


def _percent(share: float | None) -> str:
    return "n/a" if share is None else f"{100 * share:.1f} %"


def _figure(said: Agreement) -> str:
    if said.value is None:
        return f"n/a ({said.reason})"
    between = f" ({said.interval.low:.2f} to {said.interval.high:.2f})" if said.interval else ""
    return f"{said.value:.3f}{between}"
