"""Who gave the scores that a page shows: a number of one judge is no number of another's."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.report.board import Leaderboard
from medq_tasks.report.short import short_names
from medq_tasks.runs import published
from medq_tasks.runs.summary import RunSummary


def other_judges(runs: Sequence[RunSummary], board: Leaderboard) -> str:
    """``27B is judged by X``, for the runs that stand beside published rows of another judge or other prompts."""
    told, called = [], short_names([run.label for run in runs])
    for row in board.rows if board.published else ():
        task = None if row.run is None else next(one for one in runs[row.run].tasks if one.name == row.task)
        theirs = {(published.JUDGE, published.JUDGE_PROMPTS)}
        if task is not None and {(stamp.model, stamp.prompts) for stamp in task.judges} - theirs:
            asked = dict.fromkeys(f"{stamp.model} ({stamp.prompts})" for stamp in task.judges)
            told.append(f"{called[row.run or 0]} is judged by {', '.join(asked)}")
    return "; ".join(told)
