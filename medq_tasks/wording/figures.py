"""Figures in words, the same in every output: a metric as a table shows it, and the decimals of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from medq_tasks.metrics import METRICS

if TYPE_CHECKING:
    from medq_tasks.stats import Interval  # for the name alone: it brings numpy


def decimals(value: float | None, *, signed: bool = False) -> str:
    """Three decimals, or "n/a"."""
    if value is None:
        return "n/a"
    shown = round(value, 3) + 0.0  # never "-0.000"
    return f"{shown:+.3f}" if signed else f"{shown:.3f}"


def decimal_interval(interval: Interval | None, *, signed: bool = False) -> str:
    """``-0.010 to +0.034``, or "n/a"."""
    if interval is None:
        return "n/a"
    return f"{decimals(interval.low, signed=signed)} to {decimals(interval.high, signed=signed)}"


def p_text(p: float | None) -> str:
    """Three decimals; never "0.000"."""
    if p is None:
        return "n/a"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


class Figure(Protocol):
    """A metric's value with its interval, None where there is none."""

    @property
    def value(self) -> float:
        """In the metric's own scale."""

    @property
    def low(self) -> float | None:
        """The lower end."""

    @property
    def high(self) -> float | None:
        """The upper end."""

    @property
    def few_pictures(self) -> int | None:
        """How many pictures its items share where they are few, else None."""


def metric_value(metric: str, amount: float | None) -> str:
    """A metric's value as it is printed: shares in %, scores with three digits, counts whole, a dash for None."""
    if amount is None:
        return "–"
    scale = METRICS[metric].scale
    return f"{amount:.3f}" if scale == "score" else f"{amount:,.0f}" if scale == "count" else f"{100 * amount:.2f}"


def metric_interval(metric: str, figure: Figure | None) -> str:
    """``61.23 (58.5–63.8)``; without the brackets where there is no interval, a dash for None.

    Where the items share few pictures that is said there: the interval itself is in doubt then.
    """
    if figure is None:
        return "–"
    if figure.low is None or figure.high is None:
        ends = ""
    elif METRICS[metric].scale == "score":
        ends = f"{figure.low:.2f}–{figure.high:.2f}"
    else:
        ends = f"{100 * figure.low:.1f}–{100 * figure.high:.1f}"
    few = figure.few_pictures
    told = "" if few is None else f"{few} picture{'s' if few > 1 else ''}"
    note = ", ".join(filter(None, (ends, told)))
    return metric_value(metric, figure.value) + (f" ({note})" if note else "")


def rank_text(best: int, worst: int) -> str:
    """``2–3``, or ``1`` where there is no doubt."""
    return f"{best}" if best == worst else f"{best}–{worst}"


def count_or_dash(number: int | None) -> str:
    """A count, or a dash for None."""
    return "–" if number is None else f"{number:,}"


def gap(figure: Figure | None) -> str:
    """Signed percentage points."""
    return "–" if figure is None else f"{100 * figure.value:+.2f}"


def counted_heads(choice: bool) -> tuple[tuple[str, str], ...]:
    """Heads of the counts beside a number, in full and short: items, pictures, and what ``trouble`` gives."""
    missing = (("Unanswered", "Unans."),) if choice else (("Empty", "Empty"), ("Unjudged", "Unj."))
    return ("Items", "Items"), ("Pictures", "Pict."), ("Failed", "Fail."), *missing


def trouble(states: Mapping[str, int] | None, unjudged: int | None) -> list[str]:
    """Failed, unanswered or empty, and (where that applies) unjudged items as they are printed."""
    known = states or {}
    missing = known.get("unanswered", 0) + known.get("empty", 0)
    return [
        "–" if states is None else f"{known.get('failed', 0):,}",
        "–" if states is None else f"{missing:,}",
        *([] if unjudged is None else [f"{unjudged:,}"]),
    ]
