"""The places of a leaderboard's runs: what of their order is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medq_tasks.decide.ranking import Entrant, beside_published, rank
from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS
from medq_tasks.report.board import BoardRow, Leaderboard
from medq_tasks.runs import published
from medq_tasks.runs.run import Run
from medq_tasks.runs.summary import RunSummary, TaskSummary

_BEST = " (asked of the first place alone, which tells more apart)"


def comparable(task: TaskSummary) -> bool:
    """Whether the published rows may stand beside this task: the whole test split, of the published size.

    By the stamp of its table, not by its name; and 1,305 items of a larger table (``--limit``) are not the split.
    """
    whole = task.total.n == task.n_original == published.TEST_ITEMS[task.kind]
    return task.stamped and task.split == "test" and whole


def placed(board: Leaderboard, summaries: Sequence[RunSummary], runs: Sequence[Run]) -> Leaderboard:
    """The leaderboard with the places of its runs, by its first metric, and notes that say what they mean."""
    return _among_published(_among_runs(board, runs), summaries, runs)


def _among_runs(board: Leaderboard, runs: Sequence[Run]) -> Leaderboard:
    metric = board.metrics[0]
    places = [place for place, row in enumerate(board.rows) if row.run is not None and metric in row.metrics]
    if len(places) < 2:
        return board
    entrants = [_entrant(board.rows[place], runs) for place in places]
    title = METRICS[metric].title.lower()
    try:
        found = dict(zip(places, rank(entrants, metric), strict=True))
    except RunError as error:
        cure = "Report only runs that may be compared (of several judgements of one run: --judge NAME)."
        return replace(board, notes=(*board.notes, f"No ranks: {error}. {cure}"))
    rows = [replace(row, rank=found.get(place)) for place, row in enumerate(board.rows)]
    best = ", ".join(row.label for row in rows if row.rank and row.rank.may_be_first)
    pairs = len(places) * (len(places) - 1) // 2
    note = (
        f"Rank: places that a run can have among the {len(places)} runs, by {title} (paired exact tests of "
        f"{pairs} {'pairs' if pairs > 1 else 'pair'}, Holm, 95 % for all together). May be the best: {best}"
        f"{_BEST if len(places) > 2 else ''}."
    )
    counts = {row.metrics[metric].n for row in (board.rows[place] for place in places)}
    if len(counts) > 1:
        note += " Tests are over the items that each two runs have a value for, means over each run's own."
    return replace(board, rows=tuple(rows), notes=(*board.notes, note))


def _among_published(board: Leaderboard, summaries: Sequence[RunSummary], runs: Sequence[Run]) -> Leaderboard:
    metric = board.metrics[0]
    counts = {
        row.model: (row.metrics[metric], row.items[metric])
        for row in published.ROWS[board.kind]
        if row.items and not row.experts and metric in row.metrics
    }
    places = [place for place, row in enumerate(board.rows) if _covers(row, summaries)]
    if not (board.published and counts and places):
        return board
    tasks = [_entrant(board.rows[place], runs).task for place in places]
    found = dict(zip(places, beside_published(tasks, metric, counts), strict=True))
    rows = [replace(row, among_published=found.get(place)) for place, row in enumerate(board.rows)]
    said = [
        f"{row.label}: {row.among_published.best} to {row.among_published.worst}" for row in rows if row.among_published
    ]
    left = sum(not row.items for row in published.ROWS[board.kind])
    note = (
        f"Places among {len(counts)} published rows, unpaired (two independent shares, Newcombe, Holm over "
        f"{len(counts) * len(places)} pairs; which of their items share a picture is not known): {'; '.join(said)}. "
        f"Without published counts and left out: {left} rows."
    )
    return replace(board, rows=tuple(rows), notes=(*board.notes, note))


def _entrant(row: BoardRow, runs: Sequence[Run]) -> Entrant:
    assert row.run is not None
    return Entrant(runs[row.run], runs[row.run].tasks[row.task], row.label)


def _covers(row: BoardRow, summaries: Sequence[RunSummary]) -> bool:
    if row.run is None:
        return False
    return any(task.name == row.task and comparable(task) for task in summaries[row.run].tasks)
