"""The answer first: one sentence per pair of runs, by the paired statistics of ``compare``, for every output alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from medq_tasks.decide.compare import ComparedMetric, common_items, compare_measure
from medq_tasks.decide.ranking import Entrant
from medq_tasks.errors import RunError
from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS, Metric
from medq_tasks.records import KINDS, Kind
from medq_tasks.runs import measures
from medq_tasks.runs.differences import DIFFERENCES, task_differences
from medq_tasks.runs.panel import judges_in_words
from medq_tasks.runs.run import Run, TaskRun, labels
from medq_tasks.stats import ALPHA, FEW_CLUSTERS, Paired, holm
from medq_tasks.wording.figures import p_text
from medq_tasks.wording.names import KIND_TITLES, SPLITS

MOST_IN_FULL = 4  # runs of which every pair gets its sentence; of more, the best against each of the others
Outcome = Literal["beats", "undecided", "refused"]
_TOLD_BY_VALUE = ("version", "judge-model", "image-transport")  # the others are hashes, which tell a reader nothing


@dataclass(frozen=True)
class Answer:
    """What is to be said of two runs on one kind of task and split. ``first`` has the higher value."""

    kind: Kind
    split: str
    title: str  # "Perception, test split"
    text: str  # the sentence, without the title
    outcome: Outcome  # "beats": beyond chance at 5 %; "undecided": not; "refused": they cannot be compared
    first: int  # place in the list of runs that was given
    second: int
    tasks: tuple[str, str]  # their names in the two runs
    metric: str
    paired: Paired | None = None  # second -> first, so that its difference is not below 0; None: refused
    p_value: float | None = None  # corrected over ``pairs``
    pairs: int = 1  # how many pairs of runs were tested for this kind and split
    refusal: str = ""  # why they cannot be compared

    @property
    def line(self) -> str:
        """Title and sentence."""
        return f"{self.title}: {self.text}"


@dataclass(frozen=True)
class _Pair:
    first: tuple[int, Entrant]
    second: tuple[int, Entrant]
    metric: Metric
    row: ComparedMetric | None = None
    refusal: str = ""


def answers(runs: Sequence[Run], names: Sequence[str] = ()) -> list[Answer]:
    """The sentences, best pair first within a kind and split; none for a single run.

    Args:
        runs: as the report shows them.
        names: what each is called; by default as ``runs.run.labels`` says.
    """
    called = list(names) or labels(runs)
    boards: dict[tuple[Kind, str], list[tuple[int, Entrant]]] = {}
    for place, run in enumerate(runs):
        for task in run.ordered:
            boards.setdefault((task.kind, task.split), []).append((place, Entrant(run, task, called[place])))
    splits = {split: place for place, split in enumerate(SPLITS)}
    order = sorted(boards, key=lambda key: (splits.get(key[1], len(splits)), key[1], KINDS.index(key[0])))
    return [answer for key in order for answer in _of_board(*key, _named(boards[key]))]


def _named(entrants: list[tuple[int, Entrant]]) -> list[tuple[int, Entrant]]:
    """The entrants; a run that has several tasks of the kind is named with the task."""
    often = {place for place, _ in entrants if sum(other == place for other, _ in entrants) > 1}
    return [
        (place, replace(one, label=f"{one.label} · {one.task.name}") if place in often else one)
        for place, one in entrants
    ]


def _of_board(kind: Kind, split: str, entrants: list[tuple[int, Entrant]]) -> list[Answer]:
    pairs = [_tested(a, b) for a, b in combinations(entrants, 2) if not _one_run(a[1], b[1])]
    adjusted = holm([pair.row.paired.p_value if pair.row else None for pair in pairs])
    tested = sum(pair.row is not None for pair in pairs)
    found = [_answer(kind, split, pair, p, tested) for pair, p in zip(pairs, adjusted, strict=True)]
    ranked = sorted(found, key=lambda one: (one.paired is None, -_mean(one.paired, 1), -_mean(one.paired, 0)))
    if len(entrants) <= MOST_IN_FULL or not ranked:
        return ranked
    best = (ranked[0].first, ranked[0].tasks[0])
    return [one for one in ranked if best in ((one.first, one.tasks[0]), (one.second, one.tasks[1]))]


def _one_run(a: Entrant, b: Entrant) -> bool:
    """Whether both are one run's replies as two judges see them: no answer about models is in that."""
    return (a.run.folder, a.run.when, a.task.name) == (
        b.run.folder,
        b.run.when,
        b.task.name,
    ) and a.run.folder is not None


def _mean(paired: Paired | None, side: int) -> float:
    found = None if paired is None else (paired.mean_a, paired.mean_b)[side]
    return 0.0 if found is None else found


def _tested(a: tuple[int, Entrant], b: tuple[int, Entrant]) -> _Pair:
    first, second = a[1], b[1]
    metric = _metric(first.task, second.task)
    empty = [one.label for one in (first, second) if not one.task.records]
    if empty:
        return _Pair(a, b, metric, refusal=f"of {' and '.join(empty)} only totals are left")
    differing = list(task_differences(first.run, first.task, second.run, second.task))
    if differing:
        valued = next((one for one in differing if one.kind in _TOLD_BY_VALUE), None)
        if valued is not None and valued.a > valued.b:
            return _tested(b, a)  # one reason has one wording
        told = (
            DIFFERENCES[one.kind] + (f" ({one.a} against {one.b})" if one.kind in _TOLD_BY_VALUE else "")
            for one in {one.kind: one for one in differing}.values()
        )
        return _Pair(a, b, metric, refusal=f"they differ in {', '.join(told)}")
    try:
        row = compare_measure(*common_items(second.task, first.task), metric.name)
    except RunError:
        return _Pair(a, b, metric, refusal="they have no item in common")
    if row.paired.difference is None:
        return _Pair(a, b, metric, refusal="no item has a value in both")
    if row.paired.difference < 0:
        return _tested(b, a)
    return _Pair(a, b, metric, row)


def _metric(a: TaskRun, b: TaskRun) -> Metric:
    """The figure of the kind; its stand-in where one of the two has no value for it (no judge)."""
    main = FAMILIES[a.kind].main
    known = all(main.name in measures.metric_names(task) for task in (a, b))
    return main if known or not main.stand_in else METRICS[main.stand_in]


def _answer(kind: Kind, split: str, pair: _Pair, p: float | None, tested: int) -> Answer:
    (first, one), (second, other) = pair.first, pair.second
    if pair.row is None:
        outcome: Outcome = "refused"
        text = f"{one.label} and {other.label} cannot be compared: {pair.refusal}."
    else:
        beaten = p is not None and p <= ALPHA
        outcome = "beats" if beaten else "undecided"
        undecided = f"No difference is shown between {one.label} and {other.label}:"
        said = f"{one.label} beats {other.label} by" if beaten else undecided
        text = f"{said} {_size(pair)}, {_p(p, tested)}, on {_items(pair.row, one.task, other.task)}{_judge(pair)}."
    return Answer(
        kind,
        split,
        f"{KIND_TITLES[kind]}, {SPLITS.get(split, split)}",
        text,
        outcome,
        first,
        second,
        (one.task.name, other.task.name),
        pair.metric.name,
        pair.row.paired if pair.row else None,
        p,
        tested,
        pair.refusal,
    )


def _size(pair: _Pair) -> str:
    """``11.4 points (7.7 to 15.0)``; of scores, ``0.53 of 8 (0.31 to 0.75)``."""
    assert pair.row is not None
    share = pair.metric.scale == "share"
    scale, digits = (100, 1) if share else (1, 2)
    of = "points" if share else f"of {pair.metric.top}"
    of += "" if pair.metric.main else f" of {pair.metric.title.lower()} accuracy"
    found = pair.row.paired
    ends = (
        "no interval"
        if found.interval is None
        else " to ".join(f"{scale * end + 0.0:.{digits}f}" for end in (found.interval.low, found.interval.high))
    )
    return f"{scale * (found.difference or 0):.{digits}f} {of} ({ends})"


def _p(p: float | None, tested: int) -> str:
    told = p_text(p)
    return f"p {told if told.startswith('<') else f'= {told}'}" + (f" (Holm, {tested} pairs)" if tested > 1 else "")


def _items(row: ComparedMetric, one: TaskRun, other: TaskRun) -> str:
    """``the same 1,305 items``, or how many of how many have a value in both; and pictures, where they are few."""
    every = len({record.identity for record in one.records} | {record.identity for record in other.records})
    n = row.paired.n
    table = one.n_original if one.n_original == other.n_original else None
    partial = table is not None and every < table
    if n == every:
        told = f"the same {n:,} of {table:,} items" if partial else f"the same {n:,} items"
    else:
        told = f"{n:,} of {every:,} items{f' (the table has {table:,})' if partial else ''}, those with a value in both"
    few = row.pictures is not None and row.pictures < min(n, FEW_CLUSTERS)
    return told + (f" of {row.pictures} {'picture' if row.pictures == 1 else 'pictures'}" if few else "")


def _judge(pair: _Pair) -> str:
    if pair.metric.scale != "score":
        return ""
    return f", judged by {judges_in_words(dict.fromkeys(stamp.model for stamp in pair.first[1].task.stamps))}"
