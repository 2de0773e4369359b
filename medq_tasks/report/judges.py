"""Who gave the scores that a page shows: a number of one judge is no number of another's."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.records import SHAPES, Kind
from medq_tasks.report.board import BoardRow, Leaderboard
from medq_tasks.report.short import short_names
from medq_tasks.runs import published
from medq_tasks.runs.summary import RunSummary, TaskSummary


def judge_of(task: TaskSummary) -> str:
    """Who scored a task: part of the number, so it stands wherever one does; "" where there is nothing to judge."""
    if SHAPES[task.kind] == "choice":
        return ""
    return ", ".join(dict.fromkeys(stamp.model for stamp in task.judges)) or "none"


def row_judge(row: BoardRow, kind: Kind, runs: Sequence[RunSummary]) -> str:
    """Who scored a line of a leaderboard."""
    if row.run is not None:
        return next(judge_of(task) for task in runs[row.run].tasks if task.name == row.task)
    return published.JUDGE if SHAPES[kind] == "text" and row.origin in ("published", "experts") else ""


def other_judges(runs: Sequence[RunSummary], board: Leaderboard) -> str:
    """``27B is judged by X``, for the runs that stand beside published rows of another judge or other prompts."""
    told, called = [], short_names([run.label for run in runs])
    for row in board.rows if board.published else ():
        task = None if row.run is None else next(one for one in runs[row.run].tasks if one.name == row.task)
        theirs = {(published.JUDGE, published.JUDGE_PROMPTS)}
        if task is not None and {(stamp.model, stamp.prompts) for stamp in task.judges} - theirs:
            asked = dict.fromkeys(f"{stamp.model} under {stamp.prompts}" for stamp in task.judges)
            told.append(f"{called[row.run or 0]} is judged by {', '.join(asked)}")
    return "; ".join(told)
