"""Which metrics a leaderboard and its slices are told in: none that nobody has a value for."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS, Metric
from medq_tasks.records import Kind
from medq_tasks.report.board import BoardRow
from medq_tasks.runs.summary import TaskSummary


def columns_of(kind: Kind, rows: Sequence[BoardRow]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The metrics that some row has a value for, and the others; all where no row has any."""
    every = FAMILIES[kind].columns
    known = tuple(name for name in every if any(name in row.metrics for row in rows))
    return (known, tuple(name for name in every if name not in known)) if known else (every, ())


def left_out(empty: Sequence[str], tasks: Sequence[TaskSummary]) -> list[str]:
    """The note that says which metrics ``columns_of`` has left out, and why."""
    if not empty:
        return []
    scored = all(METRICS[name].scale == "score" for name in empty)
    unjudged = scored and not any(task.judges for task in tasks)
    why = "nobody has judged these replies" if unjudged else "no item here has a value for them"
    return [f"Columns left out, as {why}: {', '.join(METRICS[name].title for name in empty)}."]


def slice_figure(kind: Kind, tasks: Sequence[TaskSummary]) -> Metric:
    """What slices are told in: the stand-in of the kind's figure only where no task has more."""
    main = FAMILIES[kind].main
    return main if any(task.figure == main for task in tasks) else METRICS[main.stand_in]
