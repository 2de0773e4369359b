"""Figures of a comparison in words, the same in every output."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medq_tasks.stats import Interval  # for the name alone: it brings numpy


def number(value: float | None, *, signed: bool = False) -> str:
    """Three decimals, or "n/a"."""
    if value is None:
        return "n/a"
    shown = round(value, 3) + 0.0  # never "-0.000"
    return f"{shown:+.3f}" if signed else f"{shown:.3f}"


def interval_text(interval: Interval | None, *, signed: bool = False) -> str:
    """``-0.010 to +0.034``; a bootstrap without spread says so instead of pretending certainty."""
    if interval is None:
        return "n/a"
    if interval.degenerate:
        return "no spread"
    return f"{number(interval.low, signed=signed)} to {number(interval.high, signed=signed)}"


def p_text(p: float | None) -> str:
    """Three decimals; never "0.000"."""
    if p is None:
        return "n/a"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
