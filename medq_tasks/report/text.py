"""The report for a terminal (rich), for Markdown, and for machines (JSON)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

import medq_tasks
from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS
from medq_tasks.records import SHAPES, SLICE_FIELDS
from medq_tasks.report.board import BoardRow, Leaderboard
from medq_tasks.report.calibration import table_of
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.summary import Cell, RunSummary, Slice, TaskSummary
from medq_tasks.wording import names
from medq_tasks.wording.escape import markdown, plain
from medq_tasks.wording.figures import (
    count_or_dash,
    counted_heads,
    gap,
    metric_interval,
    metric_value,
    rank_text,
    trouble,
)

SCHEMA = "medq-report/1"  # grows by new keys only; a changed meaning would be medq-report/2
_PAPER_SLICES = tuple(name for name in SLICE_FIELDS if name not in ("source", "degradation"))
FULL_WIDTH = 120  # terminal columns where nothing says how many there are
_WORDS = 15  # columns that a name gets at least
_SHORT = {full: short for choice in (True, False) for full, short in counted_heads(choice)}
_MARKS = {"published": " (published)", "experts": " (published)", "chance": " (computed)", "run": ""}
Cells = list[str]


def as_json(
    runs: Sequence[RunSummary], boards: Sequence[Leaderboard], usage: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole report as plain JSON values (see docs/report.md for the shape)."""
    return {
        "schema": SCHEMA,
        "medq_tasks": medq_tasks.__version__,
        "runs": [asdict(run) for run in runs],
        "leaderboards": [{"title": board.title, **asdict(board)} for board in boards],
        "usage": dict(usage or {}),
    }


def as_markdown(runs: Sequence[RunSummary], boards: Sequence[Leaderboard]) -> str:
    """GitHub-flavoured Markdown: leaderboards, problems, slices. Foreign text is escaped."""
    parts: list[str] = ["# MedQ-Bench report"]
    for board in boards:
        parts += [f"## {markdown(board.title)}", _markdown_table(_board_table(board))]
        corrected = table_of(board)
        parts += [_markdown_table(corrected)] if corrected else []
        parts += [f"> {markdown(note)}" for note in board.notes]
    for run in runs:
        parts += [f"## {markdown(run.label)}"]
        parts += [f"- {markdown(run.origin)}"] if run.origin != OF_HARNESS else []
        parts += [f"- **Problem:** {markdown(problem)}" for problem in run.problems]
        for task in run.tasks:
            parts += [f"### {markdown(task.name)}", _markdown_table(_slice_table(task))]
    return "\n\n".join(parts) + "\n"


def as_terminal(
    runs: Sequence[RunSummary], boards: Sequence[Leaderboard], *, slices: bool = True, width: int = FULL_WIDTH
) -> RenderableType:
    """Tables for a terminal; control characters in foreign text are shown, not obeyed.

    What does not fit into ``width`` columns is left out by whole columns, which a line names: parts of a metric first,
    never the counts of what went wrong.
    """
    parts: list[RenderableType] = []
    for board in boards:
        spare = [METRICS[name].short or METRICS[name].title for name in board.metrics[:0:-1]]
        rows, left = _fitted(_board_table(board, short=True), width, [*spare, "To experts"])
        parts.append(_rich_table(board.title, rows, [row.origin for row in board.rows]))
        corrected = table_of(board, short=True)
        parts += [_rich_table(f"{board.title}: with the judge's error", corrected, [])] if corrected else []
        parts += [Text(f"  {plain(note)}", style="dim") for note in (*left, *board.notes)] + [Text("")]
    for run in runs:
        if run.origin != OF_HARNESS:
            parts.append(Text(f"{plain(run.label)}: {plain(run.origin)}", style="dim"))
        parts += [Text(f"Problem · {plain(run.label)}: {plain(text)}", style="bold red") for text in run.problems]
        for task in run.tasks if slices else ():
            rows, left = _fitted(_slice_table(task, _PAPER_SLICES), width, ["Chance"])  # the page has all slices
            if len(rows) > 1:
                parts.append(_rich_table(f"{run.label} · {task.name}", rows, []))
                parts += [Text(f"  {note}", style="dim") for note in left] + [Text("")]
    return Group(*parts)


def _fitted(rows: list[Cells], width: int, spare: Sequence[str]) -> tuple[list[Cells], list[str]]:
    """The table in at most ``width`` columns of a terminal as far as that can be, and a note on what was left out.

    First, words about pictures go to a line of their own and heads become short; then ``spare`` columns go, by head.
    """
    if _width(rows) > width:
        head = [_SHORT.get(name, name) for name in rows[0]]
        rows = [head, *([cell.replace(", ", ",\n") if "picture" in cell else cell for cell in row] for row in rows[1:])]
    left = []
    for name in spare:
        if _width(rows) > width and name in rows[0]:
            place = rows[0].index(name)
            rows = [[*row[:place], *row[place + 1 :]] for row in rows]
            left.append(name)
    told = f"Not shown, as the terminal has {width} columns: {', '.join(left)} (--markdown and -o have all)."
    return rows, [told] if left else []


def _width(rows: Sequence[Cells]) -> int:
    columns = [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    words = _words_first(rows)
    return sum(min(most, _WORDS) for most in columns[:words]) + sum(columns[words:]) + len(columns) + 1


def _words_first(rows: Sequence[Cells]) -> int:
    """How many columns hold words, which may be broken in two; the others hold numbers."""
    return 2 if rows[0][1] in ("Value", "Axis") else 1


def _board_table(board: Leaderboard, *, short: bool = False) -> list[Cells]:
    """``short``: intervals for the main metric only, so that the table fits a terminal."""
    choice = SHAPES[board.kind] == "choice"
    metrics = [METRICS[name] for name in board.metrics]
    head = ["Model", *((metric.short if short else "") or metric.title for metric in metrics)]
    head += ["Rank"] if board.ranked else []
    head += ["To experts"] if choice and board.published else []
    head += [shown if short else full for full, shown in counted_heads(choice)]
    return [head, *(_board_row(board, row, short) for row in board.rows)]


def _board_row(board: Leaderboard, row: BoardRow, short: bool) -> Cells:
    choice = SHAPES[board.kind] == "choice"
    cells = [row.label + _MARKS[row.origin]]
    for place, name in enumerate(board.metrics):
        value = row.metrics.get(name)
        plain_number = short and place > 0
        cells.append(
            metric_value(name, value.value if value else None) if plain_number else metric_interval(name, value)
        )
    cells += ["–" if row.rank is None else rank_text(row.rank.best, row.rank.worst)] if board.ranked else []
    cells += [gap(row.gap_to_experts)] if choice and board.published else []
    of = f" of {row.n_original:,}" if row.note and row.n_original else ""
    cells += ["–" if row.n is None else f"{row.n:,}{of}", count_or_dash(row.pictures)]
    cells += trouble(row.states, None if choice else row.unjudged)
    return cells + (["–"] if not choice and row.unjudged is None else [])


def _slice_table(task: TaskSummary, fields: Sequence[str] = SLICE_FIELDS) -> list[Cells]:
    main = FAMILIES[task.kind].main
    choice = SHAPES[task.kind] == "choice"
    head = ["Slice", "Value", main.title, *(["Chance"] if choice else [])]
    head += [full for full, _ in counted_heads(choice)]
    return [head, *(_slice_row(item, main.name, choice) for item in task.slices if item.by in fields)]


def _slice_row(item: Slice, metric: str, choice: bool) -> Cells:
    found: Cell = item.cell
    mark = f" ({item.inferred:,} inferred)" if item.inferred else ""
    cells = [names.SLICES[item.by], names.value(item.value) + mark]
    cells.append(metric_interval(metric, found.metrics.get(metric)))
    cells += [metric_value("accuracy", found.chance)] if choice else []
    return [
        *cells,
        f"{found.n:,}",
        count_or_dash(found.pictures),
        *trouble(found.states, None if choice else found.unjudged),
    ]


def _markdown_table(rows: list[Cells]) -> str:
    head, *body = [[markdown(cell) for cell in row] for row in rows]
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def _rich_table(title: str, rows: list[Cells], origins: list[str]) -> Table:
    styles = {"run": "bold", "experts": "green", "published": "dim", "chance": "dim italic"}
    table = Table(title=Text(plain(title), style="bold"), title_justify="left", box=SIMPLE_HEAD, padding=0)
    for index, name in enumerate(rows[0]):
        text = index < _words_first(rows)
        longest = max(len(line) for row in rows for line in row[index].split("\n"))
        least = min(_WORDS, longest) if text else longest
        table.add_column(name, justify="left" if text else "right", min_width=least, overflow="fold", no_wrap=not text)
    for index, row in enumerate(rows[1:]):
        style = styles[origins[index]] if index < len(origins) else ""
        table.add_row(*(Text("\n".join(map(plain, cell.split("\n")))) for cell in row), style=style)
    return table
