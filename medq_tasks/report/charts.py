"""Geometry of the page's charts: numbers in, coordinates out; the SVG itself is in assets/charts.html.

Drawn here rather than with plotly: its script alone is 4.7 MB, which a page that is mailed around and opened from a
disk would carry for four small static charts; these are a few kB, print well and follow the page's colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from medq_tasks.runs.summary import Value

FOREST_WIDTH = 200.0  # of the leaderboard
SLICE_WIDTH = 150.0
RADAR_RADIUS = 120.0
CURVE_WIDTH, CURVE_HEIGHT = 340.0, 220.0
BAR_WIDTH = 190.0


@dataclass(frozen=True)
class Scale:
    """A linear axis from ``low`` to ``high`` over ``length`` pixels."""

    low: float
    high: float
    length: float

    def __call__(self, value: float) -> float:
        """Pixels from the axis' start; values outside are drawn at its ends."""
        share = (value - self.low) / (self.high - self.low)
        return round(min(1.0, max(0.0, share)) * self.length, 1)


def scale_around(values: Sequence[float], full: float, length: float) -> Scale:
    """An axis that holds all ``values`` with a little room, snapped to ``step`` of the ``full`` scale."""
    unit = step(full)
    low = math.floor(min(values, default=0.0) / unit - 0.2) * unit
    high = math.ceil(max(values, default=full) / unit + 0.2) * unit
    return Scale(max(0.0, low), min(full, max(high, low + unit)), length)


def step(full: float) -> float:
    """What an axis is cut into: 10 points of a share, 1 point of the overall score."""
    return 0.1 if full == 1.0 else 1.0


@dataclass(frozen=True)
class Mark:
    """A value with its interval on an axis, in pixels."""

    x: float
    low: float | None
    high: float | None


def mark(value: Value | None, scale: Scale) -> Mark | None:
    """Where a value and its interval lie; None without a value."""
    if value is None:
        return None
    ends = [None if end is None else scale(end) for end in (value.low, value.high)]
    return Mark(scale(value.value), ends[0], ends[1])


@dataclass(frozen=True)
class Spoke:
    """One direction of a radar: its end, and where its label goes."""

    label: str
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class Radar:
    """Spokes, rings (polygons at a quarter, half, ...) and one polygon per run (run number, points)."""

    spokes: tuple[Spoke, ...]
    rings: tuple[tuple[str, str], ...]  # label, points
    shapes: tuple[tuple[int, str], ...]


def radar(labels: Sequence[str], shares: Sequence[tuple[int, Sequence[float]]], ring_labels: Sequence[str]) -> Radar:
    """``shares``: per run (number, one share of the full scale per label)."""
    angles = [2 * math.pi * index / len(labels) - math.pi / 2 for index in range(len(labels))]

    def points(radii: Sequence[float]) -> str:
        ends = zip(angles, radii, strict=True)
        return " ".join(
            f"{RADAR_RADIUS * r * math.cos(angle):.1f},{RADAR_RADIUS * r * math.sin(angle):.1f}" for angle, r in ends
        )

    rings = [(text, points([(index + 1) / len(ring_labels)] * len(labels))) for index, text in enumerate(ring_labels)]
    spokes = [_spoke(label, angle) for label, angle in zip(labels, angles, strict=True)]
    return Radar(tuple(spokes), tuple(rings), tuple((run, points(values)) for run, values in shares))


def _spoke(label: str, angle: float) -> Spoke:
    cos, sin = math.cos(angle), math.sin(angle)
    anchor = "middle" if abs(cos) < 0.3 else "start" if cos > 0 else "end"
    reach = RADAR_RADIUS + 12
    return Spoke(
        label,
        round(RADAR_RADIUS * cos, 1),
        round(RADAR_RADIUS * sin, 1),
        round(reach * cos, 1),
        round(reach * sin + 4, 1),
        anchor,
    )


@dataclass(frozen=True)
class Curve:
    """A line over few ordered levels: per run its dots (x, y, low y, high y, tooltip) and the line through them."""

    run: int
    line: str
    dots: tuple[tuple[float, float, float | None, float | None, str], ...]


def curve(run: int, places: Sequence[tuple[float, Value, str]], scale: Scale) -> Curve:
    """``places``: per level (x in pixels, value, tooltip); ``scale`` is the vertical axis, drawn upwards."""

    def up(value: float | None) -> float | None:
        return None if value is None else round(scale.length - scale(value), 1)

    dots = []
    for x, value, tip in places:
        y = round(scale.length - scale(value.value), 1)
        dots.append((x, y, up(value.low), up(value.high), tip))
    return Curve(run, " ".join(f"{x},{y}" for x, y, *_ in dots), tuple(dots))


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar."""

    name: str
    count: int
    x: float
    width: float


def stacked(counts: dict[str, int]) -> tuple[Segment, ...]:
    """A bar of ``BAR_WIDTH`` pixels cut in proportion to ``counts``; empty parts are left out."""
    total = sum(counts.values())
    segments: list[Segment] = []
    x = 0.0
    for name, count in counts.items():
        width = BAR_WIDTH * count / total if total else 0.0
        if count:
            segments.append(Segment(name, count, round(x, 1), round(width, 1)))
        x += width
    return tuple(segments)
