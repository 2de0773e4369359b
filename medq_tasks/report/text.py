"""The report for a terminal (rich), for Markdown, and for machines (JSON)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
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
FULL_WIDTH = 120  # terminal columns that the widest leaderboard needs
_MARKS = {"published": " (published)", "experts": " (published)", "chance": " (computed)", "run": ""}
Cells = list[str]


def as_json(runs: Sequence[RunSummary], boards: Sequence[Leaderboard]) -> dict[str, Any]:
    """The whole report as plain JSON values (see docs/report.md for the shape)."""
    return {
        "schema": SCHEMA,
        "medq_tasks": medq_tasks.__version__,
        "runs": [asdict(run) for run in runs],
        "leaderboards": [{"title": board.title, **asdict(board)} for board in boards],
    }


def as_markdown(runs: Sequence[RunSummary], boards: Sequence[Leaderboard]) -> str:
    """GitHub-flavoured Markdown: leaderboards, problems, slices. Foreign text is escaped."""
    parts: list[str] = ["# MedQ-Bench report"]
    for board in boards:
        parts += [f"## {markdown(board.title)}", _markdown_table(_board_table(board))]
        parts += [f"> {markdown(note)}" for note in board.notes]
    for run in runs:
        parts += [f"## {markdown(run.label)}"]
        parts += [f"- **Problem:** {markdown(problem)}" for problem in run.problems]
        for task in run.tasks:
            parts += [f"### {markdown(task.name)}", _markdown_table(_slice_table(task))]
    return "\n\n".join(parts) + "\n"


def as_terminal(
    runs: Sequence[RunSummary], boards: Sequence[Leaderboard], *, slices: bool = True, width: int = FULL_WIDTH
) -> RenderableType:
    """Tables for a terminal; control characters in foreign text are shown, not obeyed.

    Below ``FULL_WIDTH`` columns the leaderboards keep the main metric only, rather than breaking numbers in two.
    """
    parts: list[RenderableType] = []
    for board in boards:
        shown = board if width >= FULL_WIDTH else replace(board, metrics=board.metrics[:1])
        parts.append(_rich_table(board.title, _board_table(shown, short=True), [row.origin for row in board.rows]))
        parts += [Text(f"  {plain(note)}", style="dim") for note in board.notes] + [Text("")]
    for run in runs:
        parts += [Text(f"Problem · {plain(run.label)}: {plain(text)}", style="bold red") for text in run.problems]
        for task in run.tasks if slices else ():
            table = _slice_table(task, _PAPER_SLICES)  # the page has all
            if len(table) > 1:
                parts += [_rich_table(f"{run.label} · {task.name}", table, []), Text("")]
    return Group(*parts)


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
    words_first = 2 if rows[0][0] == "Slice" else 1
    for index, name in enumerate(rows[0]):
        text = index < words_first
        least = max(len(row[index]) for row in rows) if not text else 18
        table.add_column(name, justify="left" if text else "right", min_width=least, overflow="fold")
    for index, row in enumerate(rows[1:]):
        style = styles[origins[index]] if index < len(origins) else ""
        table.add_row(*(Text(plain(cell)) for cell in row), style=style)
    return table
