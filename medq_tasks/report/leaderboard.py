"""Runs beside each other, and beside the published rows where (and only where) that comparison is fair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from medq_tasks.families import FAMILIES
from medq_tasks.records import KINDS, SHAPES, TEXT_KINDS, Kind
from medq_tasks.runs import published
from medq_tasks.runs.summary import RunSummary, TaskSummary, Value
from medq_tasks.stats import wilson
from medq_tasks.wording.names import KIND_TITLES, SPLITS

Origin = Literal["run", "published", "experts", "chance"]


@dataclass(frozen=True)
class BoardRow:
    """One line of a leaderboard. ``run`` is the position of its run, None for published and computed rows."""

    label: str
    origin: Origin
    metrics: dict[str, Value]
    run: int | None = None
    n: int | None = None
    n_original: int | None = None
    states: dict[str, int] | None = None
    unjudged: int | None = None
    gap_to_experts: Value | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Leaderboard:
    """All rows of one kind of task on one split, best first. ``notes`` say what does not compare, and why."""

    kind: Kind
    split: str
    metrics: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    notes: tuple[str, ...]
    published: bool  # whether the published rows are among ``rows``

    @property
    def title(self) -> str:
        """Kind and split in words."""
        return f"{KIND_TITLES[self.kind]}, {SPLITS.get(self.split, self.split)}"


_NOT_STAMPED = (
    "no run here says which table it was made on (its results file is missing, of another table or of another tool)"
)


def leaderboards(runs: Sequence[RunSummary]) -> list[Leaderboard]:
    """One leaderboard per kind and split that at least one run has."""
    order = {split: place for place, split in enumerate(SPLITS)}
    found = {(task.kind, task.split) for run in runs for task in run.tasks}
    keys = sorted(found, key=lambda key: (order.get(key[1], len(order)), key[1], KINDS.index(key[0])))
    return [_leaderboard(kind, split, runs) for kind, split in keys]


def comparable(task: TaskSummary) -> bool:
    """Whether the published rows may stand beside this task: the whole test split, of the published size.

    By the stamp of its table, not by its name; and 1,305 items of a larger table (``--limit``) are not the split.
    """
    whole = task.total.n == task.n_original == published.TEST_ITEMS[task.kind]
    return task.stamped and task.split == "test" and whole


def _leaderboard(kind: Kind, split: str, runs: Sequence[RunSummary]) -> Leaderboard:
    tasks = [
        (place, run, task)
        for place, run in enumerate(runs)
        for task in run.tasks
        if (task.kind, task.split) == (kind, split)
    ]
    beside = any(comparable(task) for _, _, task in tasks)
    rows = [_run_row(place, run, task) for place, run, task in tasks]
    rows += _published_rows(kind) if beside else []
    rows += _chance_rows([task for _, _, task in tasks])
    columns = FAMILIES[kind].columns
    main = columns[0]
    rows.sort(key=lambda row: -row.metrics[main].value if main in row.metrics else float("inf"))
    notes = _notes(kind, split, [task for _, _, task in tasks], beside)
    return Leaderboard(kind, split, columns, tuple(rows), tuple(notes), beside)


def _run_row(place: int, run: RunSummary, task: TaskSummary) -> BoardRow:
    total = task.total
    accuracy = total.metrics.get("accuracy")
    return BoardRow(
        label=run.label if _alone(run, task) else f"{run.label} · {task.name}",
        origin="run",
        metrics={name: total.metrics[name] for name in FAMILIES[task.kind].columns if name in total.metrics},
        run=place,
        n=total.n,
        n_original=task.n_original,
        states=total.states,
        unjudged=total.unjudged if task.kind in TEXT_KINDS else None,
        gap_to_experts=_gap(accuracy) if accuracy and comparable(task) else None,
        note=f"{total.n:,} of {task.n_original:,} items" if task.partial and task.n_original else "",
    )


def _alone(run: RunSummary, task: TaskSummary) -> bool:
    return sum((other.kind, other.split) == (task.kind, task.split) for other in run.tasks) == 1


def _gap(accuracy: Value) -> Value:
    """Accuracy minus the experts'. Their own uncertainty is not published, so the interval is the run's alone."""
    experts = published.EXPERT_ACCURACY
    low = None if accuracy.low is None else accuracy.low - experts
    high = None if accuracy.high is None else accuracy.high - experts
    return Value(accuracy.value - experts, low, high, accuracy.n, accuracy.method)


def _published_rows(kind: Kind) -> list[BoardRow]:
    return [
        BoardRow(
            label=row.model,
            origin="experts" if row.experts else "published",
            metrics={name: _published_value(row, name) for name in row.metrics},
            source=row.source,
            note=row.note,
        )
        for row in published.ROWS[kind]
    ]


def _published_value(row: published.PublishedRow, metric: str) -> Value:
    value = row.metrics[metric]
    n = (row.items or {}).get(metric, 0)
    found = wilson(round(value * n), n)
    return Value(value, found.low if found else None, found.high if found else None, n, found.method if found else "")


def _chance_rows(tasks: Sequence[TaskSummary]) -> list[BoardRow]:
    """What choosing at random would give (perception): one row, or one per table where that differs."""
    levels: dict[tuple[float, ...], TaskSummary] = {}
    for task in sorted(tasks, key=lambda task: task.partial):  # whole tables first: they name the level
        if task.chance_by_type and not (task.partial and levels):
            levels.setdefault(tuple(round(level, 6) for level in task.chance_by_type.values()), task)
    return [
        BoardRow(
            label="Random choice" + (f" · table {', '.join(task.tables)}" if len(levels) > 1 else ""),
            origin="chance",
            metrics={name: Value(level, None, None, task.total.n) for name, level in task.chance_by_type.items()},
            source="computed from the number of options of each item",
        )
        for task in levels.values()
    ]


def _notes(kind: Kind, split: str, tasks: Sequence[TaskSummary], beside: bool) -> list[str]:
    notes = []
    expected = published.TEST_ITEMS[kind]
    if split == "mini":
        notes.append(
            "The embedded sample set is a smoke test, not MedQ-Bench: its numbers compare with no published result."
        )
    elif not split:
        notes.append(f"Published results are left out: {_NOT_STAMPED}.")
    elif split != "test":
        notes.append("Published results are for the test split; they do not compare with this one and are left out.")
    elif not beside and not any(task.stamped for task in tasks):
        notes.append(f"Published results are left out: {_NOT_STAMPED}.")
    elif not beside:
        notes.append(f"Published results are left out: no run here covers all {expected:,} items of the test split.")
    if beside and any(not comparable(task) for task in tasks):
        notes.append(f"Runs that do not cover all {expected:,} items do not compare with the published rows.")
    if any(task.own_words for task in tasks):
        named = ", ".join(dict.fromkeys(task.name for task in tasks if task.own_words))
        notes.append(f"Asked in words of its own (pre_prompt, post_prompt), unlike all other rows: {named}.")
    if beside and SHAPES[kind] == "choice":
        notes.append(
            "Published rows come without intervals; those shown are worked out here from the published "
            "percentage and the number of items."
        )
    if len({task.tables for task in tasks}) > 1:
        notes.append("The runs used different tables (fingerprints differ): compare them with care.")
    if kind in TEXT_KINDS:
        notes += _judge_notes(tasks, beside)
    return notes


def _judge_notes(tasks: Sequence[TaskSummary], beside: bool) -> list[str]:
    stamps = {replace(stamp, server="") for task in tasks for stamp in task.judges}
    servers = sorted({stamp.server for task in tasks for stamp in task.judges} - {""})  # 0.1.0 noted none
    notes = []
    if len(stamps) > 1:
        notes.append("The runs were judged by different judges or prompts: axis scores compare only under one judge.")
    elif len(servers) > 1:
        notes.append(
            f"One judge's name on several servers ({', '.join(servers)}): it may stand for other weights there."
        )
    if beside:
        notes.append("The published scores are GPT-4o's judgements under the paper's own prompts.")
    return notes
