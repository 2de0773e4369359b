"""What the page shows, ready to print: texts, chart geometry and table cells per section."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medq_tasks.metrics import METRICS, Metric
from medq_tasks.records import AXES, MODALITIES, SEVERITIES, SHAPES, SLICE_FIELDS
from medq_tasks.report import charts
from medq_tasks.report.board import BoardRow, Leaderboard
from medq_tasks.report.calibration import table_of
from medq_tasks.report.charts import Curve, Mark, Radar, Scale, Segment
from medq_tasks.report.columns import slice_figure
from medq_tasks.report.judges import other_judges
from medq_tasks.report.short import renamed, short_names
from medq_tasks.runs import published
from medq_tasks.runs.confusion import Confusion
from medq_tasks.runs.summary import Cell, RunSummary, TaskSummary, Value
from medq_tasks.wording import names
from medq_tasks.wording.figures import count_or_dash, counted_heads, gap, metric_interval, rank_text, trouble

_LEVELS_X = (40.0, 170.0, 300.0)  # where none, mild and severe stand in the severity curve


@dataclass(frozen=True)
class PlottedRow:
    """A leaderboard line with its mark on the forest plot."""

    row: BoardRow
    label: str
    cells: tuple[str, ...]
    trouble: tuple[str, ...]
    items: str
    pictures: str
    rank: str
    gap: str
    gap_interval: str
    mark: Mark | None
    judge: str


@dataclass(frozen=True)
class SliceCell:
    """One run's numbers in one slice."""

    run: int
    main: str
    n: str
    pictures: str
    trouble: tuple[str, ...]  # failed, unanswered or empty, and unjudged items, as they are printed
    mark: Mark | None
    judge: str


@dataclass(frozen=True)
class SliceRow:
    """One value of a slice over all runs."""

    label: str
    inferred: str
    cells: tuple[SliceCell, ...]
    chance: float | None  # x of the chance level


@dataclass(frozen=True)
class SliceTable:
    """One slice field over all runs."""

    title: str
    rows: tuple[SliceRow, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Section:
    """Everything about one kind of task on one split."""

    anchor: str
    board: Leaderboard
    figure: Metric  # of its charts by slice and its slices
    heads: tuple[tuple[str, str], ...]  # of the metrics; in full, short
    counted_heads: tuple[tuple[str, str], ...]  # of items, pictures and trouble; in full, short
    rows: tuple[PlottedRow, ...]
    ticks: tuple[tuple[float, str], ...]
    width: float  # of the forest plot
    lines: tuple[tuple[str, float], ...]  # ("experts" | "chance", x) on the forest plot
    radar: Radar | None
    curves: tuple[Curve, ...]
    curve_ticks: tuple[tuple[float, str], ...]
    curve_levels: tuple[tuple[float, str], ...]
    published_curve: str
    confusions: tuple[tuple[int, str, Confusion], ...]
    distributions: tuple[tuple[str, tuple[tuple[int, tuple[Segment, ...]], ...]], ...]
    slices: tuple[SliceTable, ...]
    tasks: tuple[tuple[int, TaskSummary], ...]
    other_judges: str  # which runs beside published rows another judge has scored, "" where none
    calibrated: tuple[tuple[str, ...], ...]  # axes with the judge's error: head and lines, () without


def sections(runs: Sequence[RunSummary], boards: Sequence[Leaderboard]) -> list[Section]:
    """One section per leaderboard."""
    return [_section(runs, board, f"section-{number}") for number, board in enumerate(boards, 1)]


def _section(runs: Sequence[RunSummary], board: Leaderboard, anchor: str) -> Section:
    tasks = [
        (place, task)
        for place, run in enumerate(runs)
        for task in run.tasks
        if (task.kind, task.split) == (board.kind, board.split)
    ]
    main, figure = board.metrics[0], slice_figure(board.kind, [task for _, task in tasks])
    full, part, part_full = float(board.main.full), figure.name, float(figure.full)
    ends = [end for row in board.rows for end in _ends(row.metrics.get(main))]
    width = charts.FOREST_WIDTH if SHAPES[board.kind] == "choice" else charts.SLICE_WIDTH  # there are more columns
    scale = charts.scale_around(ends, full, width)
    chosen = {row.origin: row.metrics[main].value for row in board.rows if row.origin in ("experts", "chance")}
    choice = SHAPES[board.kind] == "choice"
    curve_scale = _curve_scale(tasks, part, part_full, board.published and choice)
    return Section(
        anchor=anchor,
        board=board,
        figure=figure,
        heads=tuple((METRICS[name].title, METRICS[name].short or METRICS[name].title) for name in board.metrics),
        counted_heads=counted_heads(choice),
        rows=tuple(_board_row(board, row, scale, runs) for row in board.rows),
        ticks=_ticks(scale, full),
        width=width,
        lines=tuple((origin, scale(value)) for origin, value in chosen.items()),
        radar=_radar(tasks, part, part_full),
        curves=_curves(tasks, part, curve_scale),
        curve_ticks=tuple((charts.CURVE_HEIGHT - x, text) for x, text in _ticks(curve_scale, part_full)),
        curve_levels=tuple((x, names.value(level)) for x, level in zip(_LEVELS_X, SEVERITIES, strict=True)),
        published_curve=_published_curve(curve_scale) if board.published and choice else "",
        confusions=tuple((place, runs[place].label, task.confusion) for place, task in tasks if task.confusion),
        distributions=_distributions(tasks),
        slices=_slice_tables(board, tasks, part, part_full),
        tasks=tuple(tasks),
        other_judges=other_judges(runs, board),
        calibrated=tuple(map(tuple, table_of(board))),
    )


def _ends(value: Value | None) -> list[float]:
    return [] if value is None else [end for end in (value.value, value.low, value.high) if end is not None]


def _ticks(scale: Scale, full: float) -> tuple[tuple[float, str], ...]:
    """A tick per step of the scale, or per two where that would crowd."""
    unit = charts.step(full)
    unit *= 1 if (scale.high - scale.low) / unit < 5.5 else 2
    first, last = math.ceil(scale.low / unit - 1e-9), math.floor(scale.high / unit + 1e-9)
    texts = [(unit * n, f"{100 * unit * n:.0f}" if full == 1.0 else f"{unit * n:g}") for n in range(first, last + 1)]
    return tuple((scale(value), text) for value, text in texts)


def _board_row(board: Leaderboard, row: BoardRow, scale: Scale, runs: Sequence[RunSummary]) -> PlottedRow:
    judged = None if SHAPES[board.kind] == "choice" else row.unjudged
    cells = trouble(row.states, judged)
    width = 2 if SHAPES[board.kind] == "choice" else 3
    found = row.gap_to_experts
    ends = (
        ""
        if found is None or found.low is None or found.high is None
        else (f"{100 * found.low:+.1f} to {100 * found.high:+.1f}")
    )
    label = None if row.run is None else runs[row.run].label
    return PlottedRow(
        row=row,
        label=row.label
        if label is None
        else renamed(row.label, label, short_names([r.label for r in runs])[row.run or 0]),
        cells=tuple(metric_interval(name, row.metrics.get(name)) for name in board.metrics),
        trouble=tuple(cells + ["–"] * (width - len(cells))),
        items=count_or_dash(row.n),
        pictures=count_or_dash(row.pictures),
        rank="–" if row.rank is None else rank_text(row.rank.best, row.rank.worst),
        gap=gap(found),
        gap_interval=ends,
        mark=charts.mark(row.metrics.get(board.metrics[0]), scale),
        judge=row.judge,
    )


def _cell_of(task: TaskSummary, by: str, value: str) -> Cell | None:
    return next((item.cell for item in task.slices if (item.by, item.value) == (by, value)), None)


def _radar(tasks: Sequence[tuple[int, TaskSummary]], main: str, full: float) -> Radar | None:
    """Modalities as spokes; only runs that have all of them, and only where there are at least three."""
    present = {item.value for _, task in tasks for item in task.slices if item.by == "modality"}
    labels = [name for name in MODALITIES if name in present]
    shapes = []
    for place, task in tasks:
        cells = [_cell_of(task, "modality", name) for name in labels]
        values = [cell.metrics[main].value for cell in cells if cell is not None and main in cell.metrics]
        if len(values) == len(labels):
            shapes.append((place, [value / full for value in values]))
    if len(labels) < 3 or not shapes:
        return None
    rings = [f"{100 * share:.0f} %" if full == 1.0 else f"{full * share:g}" for share in (0.25, 0.5, 0.75, 1.0)]
    return charts.radar([names.value(name) for name in labels], shapes, rings)


def _severity_values(task: TaskSummary, main: str) -> list[tuple[float, str, Value]]:
    cells = [(x, level, _cell_of(task, "severity", level)) for x, level in zip(_LEVELS_X, SEVERITIES, strict=True)]
    return [(x, level, cell.metrics[main]) for x, level, cell in cells if cell is not None and main in cell.metrics]


def _curve_scale(tasks: Sequence[tuple[int, TaskSummary]], main: str, full: float, beside: bool) -> Scale:
    ends = [end for _, task in tasks for _, _, value in _severity_values(task, main) for end in _ends(value)]
    ends += published.SEVERITY_AVERAGE.values() if beside else ()
    return charts.scale_around(ends, full, charts.CURVE_HEIGHT)


def _curves(tasks: Sequence[tuple[int, TaskSummary]], main: str, scale: Scale) -> tuple[Curve, ...]:
    curves = []
    for place, task in tasks:
        found = _severity_values(task, main)
        if len(found) >= 2:
            shift = 5.0 * (place - (len(tasks) - 1) / 2)  # side by side, so that intervals do not cover each other
            places = [
                (x + shift, value, f"{names.value(level)}: {metric_interval(main, value)}") for x, level, value in found
            ]
            curves.append(charts.curve(place, places, scale))
    return tuple(curves)


def _published_curve(scale: Scale) -> str:
    values = [published.SEVERITY_AVERAGE[level] for level in SEVERITIES]
    ends = zip(_LEVELS_X, values, strict=True)
    return " ".join(f"{x},{scale.length - scale(value):.1f}" for x, value in ends)


def _distributions(
    tasks: Sequence[tuple[int, TaskSummary]],
) -> tuple[tuple[str, tuple[tuple[int, tuple[Segment, ...]], ...]], ...]:
    judged = [(place, task) for place, task in tasks if task.axis_scores]
    if not judged:
        return ()
    return tuple(
        (METRICS[axis].title, tuple((place, charts.stacked(task.axis_scores[axis])) for place, task in judged))
        for axis in AXES
    )


def _slice_tables(
    board: Leaderboard, tasks: Sequence[tuple[int, TaskSummary]], main: str, full: float
) -> tuple[SliceTable, ...]:
    judges = {(row.run, row.task): row.judge for row in board.rows}
    tables = []
    for by in SLICE_FIELDS:
        values = list(dict.fromkeys(item.value for _, task in tasks for item in task.slices if item.by == by))
        if not values:
            continue
        cells = [cell for _, task in tasks for value in values if (cell := _cell_of(task, by, value))]
        ends = [end for cell in cells for end in _ends(cell.metrics.get(main))]
        ends += [cell.chance for cell in cells if cell.chance is not None]
        scale = charts.scale_around(ends, full, charts.SLICE_WIDTH)
        rows = tuple(_slice_row(tasks, by, value, main, scale, judges) for value in values)
        tables.append(SliceTable(names.SLICES[by], rows, _ticks(scale, full)))
    return tuple(tables)


def _slice_row(
    tasks: Sequence[tuple[int, TaskSummary]],
    by: str,
    value: str,
    main: str,
    scale: Scale,
    judges: Mapping[tuple[int | None, str], str],
) -> SliceRow:
    cells = [(place, task, _cell_of(task, by, value)) for place, task in tasks]
    inferred = max(
        (item.inferred for _, task in tasks for item in task.slices if (item.by, item.value) == (by, value)), default=0
    )
    level = next((cell.chance for *_, cell in cells if cell is not None and cell.chance is not None), None)
    return SliceRow(
        label=names.value(value),
        inferred=f"{inferred:,} inferred" if inferred else "",
        cells=tuple(
            _slice_cell(place, cell, task, main, scale, judges[place, task.name]) for place, task, cell in cells
        ),
        chance=None if level is None else scale(level),
    )


def _slice_cell(place: int, cell: Cell | None, task: TaskSummary, main: str, scale: Scale, judge: str) -> SliceCell:
    choice = SHAPES[task.kind] == "choice"
    if cell is None:
        return SliceCell(place, "–", "0", "–", ("–",) * (2 if choice else 3), None, judge)
    found = cell.metrics.get(main)
    told = trouble(cell.states, None if choice else cell.unjudged)
    counts = f"{cell.n:,}", count_or_dash(cell.pictures)
    return SliceCell(place, metric_interval(main, found), *counts, tuple(told), charts.mark(found, scale), judge)
