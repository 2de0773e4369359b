"""Geometry of a chart over time: heights in units from above, places along it in %, as wide as the page is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks.metrics import METRICS
from medq_tasks.report.charts import Scale, scale_around, step
from medq_tasks.report.history_file import HistoryEntry
from medq_tasks.runs.published import PublishedRow
from medq_tasks.wording.escape import plain
from medq_tasks.wording.figures import metric_value
from medq_tasks.wording.times import told

HEIGHT = 220.0
_MOST_DATES = 3  # side by side below a chart on a phone


@dataclass(frozen=True)
class Point:
    """One run; ``label`` for people."""

    x: float
    y: float
    low: float | None
    high: float | None
    label: str
    items: int = 0
    part: bool = False  # a run over a part of the table (--limit)


@dataclass(frozen=True)
class Line:
    """One model. ``place``: its number on the whole page, which gives its colour and its shape."""

    name: str
    place: int
    points: tuple[Point, ...]

    @property
    def joined(self) -> list[tuple[Point, Point]]:
        """Between which points a line goes: runs over as many items, as a change is; a part is joined to no whole."""
        last: dict[tuple[int, bool], Point] = {}
        pairs = []
        for point in self.points:
            same = point.items, point.part
            pairs += [(last[same], point)] if same in last else []
            last[same] = point
        return pairs


@dataclass(frozen=True)
class Chart:
    """Lines of models with what stands around them."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str], ...]
    references: tuple[tuple[float | None, str, str], ...]  # height (None: off the axis), class, what it is
    ends: str  # of the axis

    @property
    def parts(self) -> bool:
        """Whether any of its points is of a run over a part of the table."""
        return any(point.part for line in self.lines for point in line.points)


def draw(
    entries: Sequence[HistoryEntry],
    name: str,
    metric: str,
    places: Mapping[str, int],
    beside: Sequence[PublishedRow],
) -> Chart:
    """The chart of task ``name``.

    Args:
        entries: oldest first, each with the task.
        name: of the task.
        metric: what is drawn.
        places: number of each model.
        beside: published rows that have the metric; the experts' and the best one are lines across.
    """
    full = full_of(metric)
    values = {place: found["tasks"][name]["metrics"].get(metric) for place, found in enumerate(entries)}
    marks = _marks(beside, metric)
    ends = [value[end] for value in values.values() if value for end in ("value", "low", "high")]
    scale = scale_around([end for end in ends if end is not None], full, HEIGHT)
    moments = sorted({str(found["when"]) for found in entries})
    lines: dict[str, list[Point]] = {}
    for place, found in enumerate(entries):
        if value := values[place]:
            x = _x(moments.index(str(found["when"])), len(moments))
            lines.setdefault(plain(str(found["name"])), []).append(_point(x, value, scale, metric, found, name))
    return Chart(
        lines=tuple(
            Line(model, places[model], tuple(lines[model])) for model in sorted(lines, key=lambda m: places[m])
        ),
        ticks=tuple((_up(scale, value), _short(metric, value)) for value in _steps(scale, full)),
        dates=_dates(entries, moments),
        references=tuple(_reference(scale, *mark) for mark in marks),
        ends=f"{_short(metric, scale.low)} to {_short(metric, scale.high)}",
    )


def full_of(metric: str) -> float:
    """Where the metric's scale ends; 1 for one that another version of this package wrote."""
    return float(METRICS[metric].full) if metric in METRICS else 1.0


def _marks(beside: Sequence[PublishedRow], metric: str) -> list[tuple[float, str, str]]:
    """The experts and the best published model: all of them would be a grey field."""
    best = max((row for row in beside if not row.experts), key=lambda row: row.metrics[metric], default=None)
    found = [(row, "experts", row.model) for row in beside if row.experts]
    found += [(best, "published", f"{best.model}, the best published")] if best else []
    return [
        (row.metrics[metric], cls, f"{text}: {metric_value(metric, row.metrics[metric])}") for row, cls, text in found
    ]


def _reference(scale: Scale, value: float, cls: str, text: str) -> tuple[float | None, str, str]:
    """The axis is that of the runs: made to hold the experts as well, it would flatten every change."""
    if scale.low <= value <= scale.high:
        return _up(scale, value), cls, text
    return None, cls, f"{text} ({'above' if value > scale.high else 'below'} the axis)"


def _point(x: float, value: Mapping[str, Any], scale: Scale, metric: str, found: HistoryEntry, name: str) -> Point:
    low, high = (None if value[end] is None else _up(scale, value[end]) for end in ("low", "high"))
    shown = metric_value(metric, value["value"]) if metric in METRICS else f"{value['value']:.3f}"
    made = told(str(found["when"]), str(found.get("utc", "")))
    items, part = found["tasks"][name]["items"], not found["tasks"][name]["complete"]
    words = f"{found['name']}, {made}: {shown}" + (f" ({items:,} items, part of the table)" if part else "")
    return Point(x, _up(scale, value["value"]), low, high, plain(words), items, part)


def _up(scale: Scale, value: float) -> float:
    return round(HEIGHT - scale(value), 1)


def _steps(scale: Scale, full: float) -> list[float]:
    unit = step(full)
    unit *= 1 if (scale.high - scale.low) / unit < 5.5 else 2
    first, last = math.ceil(scale.low / unit - 1e-9), math.floor(scale.high / unit + 1e-9)
    return [unit * number for number in range(first, last + 1)]


def _short(metric: str, value: float) -> str:
    return f"{100 * value:.0f}" if full_of(metric) == 1.0 else f"{value:g}"


def _x(place: int, count: int) -> float:
    """Runs stand side by side at even distances, in order of time: two of one night would lie on each other."""
    return round(100 * (place + 0.5) / count, 2)


def _dates(entries: Sequence[HistoryEntry], moments: Sequence[str]) -> tuple[tuple[float, str], ...]:
    """The days of the first, the last and (of more than two) a run between; a day that was there is not said again."""
    utc = {str(found["when"]): str(found.get("utc", "")) for found in entries}
    chosen = sorted({0, len(moments) - 1, (len(moments) - 1) // 2} if len(moments) > 2 else {0, len(moments) - 1})
    days: dict[str, float] = {}
    for place in chosen[:_MOST_DATES]:
        moment = moments[place]
        days.setdefault(told(moment, utc[moment])[:10], _x(place, len(moments)))
    return tuple((x, plain(day)) for day, x in days.items())
