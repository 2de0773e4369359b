"""The judge's error in the means of its axes, beside the judge's own: into the summaries, and as a table with notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS
from medq_tasks.records import TEXT_KINDS
from medq_tasks.report.board import Leaderboard
from medq_tasks.runs.calibration import Calibration
from medq_tasks.runs.judge_error import judge_error
from medq_tasks.runs.run import Run
from medq_tasks.runs.summary import RunSummary, TaskSummary, Value
from medq_tasks.stats import MATRIX, POST_STRATIFIED, Calibrated
from medq_tasks.wording.figures import metric_interval

HEAD = ("Model", "Axis", "By the judge", "With the judge's error", "Rated items")
_SHORT_HEAD = ("Model", "Axis", "By the judge", "With its error", "Rated items")
_OF = {POST_STRATIFIED: "this run", MATRIX: "another run"}
_MEANING = {
    POST_STRATIFIED: (
        "With the judge's error: the mean that experts would give, by what they gave to items of the same run "
        "(post-stratified). It holds where those were drawn at random, as `medq align --sample` draws them."
    ),
    MATRIX: (
        "With the judge's error, by items of another run (matrix): assumes that the judge errs alike on this "
        "model's texts."
    ),
}


def calibrated(summaries: Sequence[RunSummary], runs: Sequence[Run], calibration: Calibration) -> list[RunSummary]:
    """The summaries with the judge's error wherever the rated items tell it, and the reason where they do not.

    Raises:
        RunError: they serve no task here, however many they were: another judge's, another kind's, other axes.
    """
    made, unfit = [], []
    for summary, run in zip(summaries, runs, strict=True):
        tasks = []
        for task in summary.tasks:
            if task.kind in TEXT_KINDS:
                found = judge_error(run.tasks[task.name], calibration)
                unfit.append(found.unfit)
                task = replace(task, calibrated=found.values, not_calibrated=found.refused)
            tasks.append(task)
        made.append(replace(summary, tasks=tuple(tasks)))
    if all(unfit):
        reason = unfit[0] if unfit else "no run here has a reasoning task; leave the option out"
        raise RunError(f"--calibration {calibration.source}: {reason}.")
    return made


def table_of(board: Leaderboard, *, short: bool = False) -> list[list[str]]:
    """Head and one line per run and axis; [] where no axis of the leaderboard has the judge's error.

    ``short``: for a terminal, where 80 columns must do, since either mean says little without the other.
    """
    rows = [
        [
            row.label,
            (METRICS[axis].short if short else "") or METRICS[axis].title,
            *_figures(axis, row.metrics.get(axis), found),
        ]
        for row in board.rows
        for axis, found in row.calibrated.items()
    ]
    return [list(_SHORT_HEAD if short else HEAD), *rows] if rows else []


def _figures(axis: str, own: Value | None, found: Calibrated) -> list[str]:
    value = Value(found.value, found.low, found.high, found.n, found.method)
    return [metric_interval(axis, own), metric_interval(axis, value), f"{found.n:,}, {_OF[found.method]}"]


def notes_of(tasks: Iterable[tuple[str, TaskSummary]]) -> list[str]:
    """What the figures mean and assume, and which axes have none and why; tasks by the label of their row."""
    held = list(tasks)
    methods = {found.method for _, task in held for found in task.calibrated.values()}
    notes = [text for method, text in _MEANING.items() if method in methods]
    for label, task in held:
        reasons: dict[str, list[str]] = {}
        for axis, reason in task.not_calibrated.items():
            reasons.setdefault(reason, []).append(METRICS[axis].title.lower())
        notes += [f"{label}, {', '.join(axes)}: without the judge's error, as {why}." for why, axes in reasons.items()]
    return notes
