"""The report for a terminal (rich), for Markdown, and for machines (JSON)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

import medq_tasks
from medq_tasks.decide.answers import Answer
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
from medq_tasks.wording.fitting import WORD_HEADS, Cells, fitted, note, width_of

SCHEMA = "medq-report/1"  # grows by new keys only; a changed meaning would be medq-report/2
_PAPER_SLICES = tuple(name for name in SLICE_FIELDS if name not in ("source", "degradation"))
FULL_WIDTH = 120  # terminal columns where nothing says how many there are
_MARKS = {"published": " (published)", "experts": " (published)", "chance": " (computed)", "run": ""}
_OUTCOMES = {"beats": "bold", "undecided": "", "refused": "yellow"}
_STYLES = {"run": "bold", "experts": "green", "published": "dim", "chance": "dim italic"}


def as_json(
    runs: Sequence[RunSummary],
    boards: Sequence[Leaderboard],
    usage: Mapping[str, Any] | None = None,
    answers: Sequence[Answer] = (),
) -> dict[str, Any]:
    """The whole report as plain JSON values (see docs/report.md for the shape)."""
    return {
        "schema": SCHEMA,
        "medq_tasks": medq_tasks.__version__,
        "answers": [{"line": answer.line, **asdict(answer)} for answer in answers],
        "runs": [asdict(run) for run in runs],
        "leaderboards": [{"title": board.title, "judge": board.judge, **asdict(board)} for board in boards],
        "usage": dict(usage or {}),
    }


def as_markdown(runs: Sequence[RunSummary], boards: Sequence[Leaderboard], answers: Sequence[Answer] = ()) -> str:
    """GitHub-flavoured Markdown: answers, leaderboards, problems, slices. Foreign text is escaped."""
    parts: list[str] = ["# MedQ-Bench report"]
    parts += ["\n".join(f"- {markdown(answer.line)}" for answer in answers)] if answers else []
    for board in boards:
        parts += [f"## {markdown(board.title)}", _markdown_table(_board_table(board))]
        parts += [markdown(board.judge_line)] if board.judge_line else []
        corrected = table_of(board)
        parts += [_markdown_table(corrected)] if corrected else []
        parts += [f"> {markdown(note)}" for note in board.notes]
    for run in runs:
        parts += [f"## {markdown(run.label)}", f"- Made: {markdown(run.made)}"]
        parts += [f"- {markdown(run.origin)}"] if run.origin != OF_HARNESS else []
        parts += [f"- **Problem:** {markdown(problem)}" for problem in run.problems]
        for task in run.tasks:
            parts += [f"### {markdown(task.name + _judged(task))}", _markdown_table(_slice_table(task))]
    return "\n\n".join(parts) + "\n"


def as_terminal(
    runs: Sequence[RunSummary],
    boards: Sequence[Leaderboard],
    answers: Sequence[Answer] = (),
    *,
    slices: bool = True,
    width: int = FULL_WIDTH,
) -> RenderableType:
    """Tables for a terminal; control characters in foreign text are shown, not obeyed.

    What does not fit into ``width`` columns is left out by whole columns, which a line names: parts of a metric first,
    never the counts of what went wrong, nor the judge.
    """
    parts: list[RenderableType] = [Text(plain(answer.line), style=_OUTCOMES[answer.outcome]) for answer in answers]
    parts += [Text("")] if answers else []
    for board in boards:
        spare = [METRICS[name].short or METRICS[name].title for name in board.metrics[:0:-1]]
        styles = [_STYLES[row.origin] for row in board.rows]
        rows, judges = _with_judges(board, width)
        parts += fitted(board.title, rows, width, [*spare, "To experts"], styles)
        parts += [note(judges, "bold")] if judges else []
        corrected = table_of(board, short=True)
        parts += fitted(f"{board.title}: with the judge's error", corrected, width) if corrected else []
        parts += [note(text) for text in board.notes] + [Text("")]
    for run in runs:
        told = f"{run.label}: made {run.made}" + (f", {run.origin}" if run.origin != OF_HARNESS else "")
        parts.append(Text(plain(told), style="dim"))
        parts += [Text(f"Problem · {plain(run.label)}: {plain(text)}", style="bold red") for text in run.problems]
        for task in run.tasks if slices else ():
            rows = _slice_table(task, _PAPER_SLICES)  # the page has all slices
            if len(rows) > 1:
                title = f"{run.label} · {task.name}{_judged(task)}"
                parts += [Text(""), *fitted(title, rows, width, ["Chance"])]
                more = dict.fromkeys(names.SLICES[item.by] for item in task.slices if item.by not in _PAPER_SLICES)
                parts += [note(f"Also by {', '.join(more)}: --markdown and -o.")] if more else []
    return Group(*parts)


def _with_judges(board: Leaderboard, width: int) -> tuple[list[Cells], str]:
    """The table, and the line below it that names the judges: of names too long for a column, each by a number."""
    rows = _board_table(board, short=True)
    if not board.judges_differ or width_of(rows) <= width:
        return rows, board.judge_line
    numbers = {name: str(place) for place, name in enumerate(dict.fromkeys(row.judge for row in board.rows), 1)}
    place = rows[0].index("Judge")
    for cells, row in zip(rows[1:], board.rows, strict=True):
        cells[place] = numbers[row.judge]
    return rows, f"Judges: {'; '.join(f'{number} {name}' for name, number in numbers.items())}."


def _judged(task: TaskSummary) -> str:
    """Whose scores stand below a task's name; "" where there are none."""
    models = dict.fromkeys(stamp.model for stamp in task.judges)
    return f", judged by {', '.join(models)}" if models else ""


def _board_table(board: Leaderboard, *, short: bool = False) -> list[Cells]:
    """``short``: intervals for the main metric only, so that the table fits a terminal."""
    choice = SHAPES[board.kind] == "choice"
    metrics = [METRICS[name] for name in board.metrics]
    head = ["Model", *(["Judge"] if board.judges_differ else [])]
    head += [*((metric.short if short else "") or metric.title for metric in metrics)]
    head += ["Rank"] if board.ranked else []
    head += ["To experts"] if choice and board.published else []
    head += [shown if short else full for full, shown in counted_heads(choice)]
    return [head, *(_board_row(board, row, short) for row in board.rows)]


def _board_row(board: Leaderboard, row: BoardRow, short: bool) -> Cells:
    choice = SHAPES[board.kind] == "choice"
    cells = [row.label + _MARKS[row.origin], *([row.judge or "–"] if board.judges_differ else [])]
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
    main = task.figure
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
    rule = ["---" if name in (*WORD_HEADS, "Judge") else "---:" for name in rows[0]]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))
