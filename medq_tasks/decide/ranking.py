"""Which place among each other, and beside published rows, several runs of one task can claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from medq_tasks.decide.compare import common_items, common_values
from medq_tasks.errors import RunError
from medq_tasks.runs import measures
from medq_tasks.runs.differences import DIFFERENCES, task_differences
from medq_tasks.runs.picture_groups import groups_of, labels_of
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.stats import (
    ALPHA,
    Rank,
    Share,
    holm,
    pair_test,
    ranks,
    share_of,
    share_of_counts,
    unpaired_difference,
)


@dataclass(frozen=True)
class Entrant:
    """One run's task on a leaderboard."""

    run: Run
    task: TaskRun
    label: str = ""


@dataclass(frozen=True)
class PublishedPlace:
    """Between which places a run stands among published rows that come with counts: 1 to their number + 1."""

    best: int
    worst: int
    of: int


def rank(entrants: Sequence[Entrant], metric: str) -> list[Rank]:
    """The places of at least two runs by paired tests of ``metric``, over the items that each two have a value for.

    Raises:
        RunError: two of them cannot be ranked: other items, or asked or judged in another way. Says what differs.
    """
    tests = []
    for (i, first), (j, second) in combinations(enumerate(entrants), 2):
        _check(first, second)
        both = common_values(*common_items(first.task, second.task), metric)
        if not both.a:
            raise RunError(f"{_both(first, second)} have no item with a value in common")
        tests.append(pair_test(i, j, both.a, both.b, both.clusters))
    return ranks(len(entrants), tests)


def _check(first: Entrant, second: Entrant) -> None:
    found = task_differences(first.run, first.task, second.run, second.task)
    kinds = dict.fromkeys(DIFFERENCES[one.kind] for one in found)
    if kinds:
        raise RunError(f"{_both(first, second)} differ in {', '.join(kinds)}")
    if {one.identity for one in first.task.records} != {one.identity for one in second.task.records}:
        raise RunError(f"{_both(first, second)} hold different items")


def _both(first: Entrant, second: Entrant) -> str:
    return f"{first.label or first.run.name} and {second.label or second.run.name}"


def beside_published(
    tasks: Sequence[TaskRun], metric: str, published: Mapping[str, tuple[float, int]]
) -> list[PublishedPlace | None]:
    """Where each task stands among published shares, corrected over all pairs of a task and a row.

    The published rows' items are not at hand, so that each pair is two independent samples: far less is told apart than
    by the paired tests of ``rank``.

    Args:
        tasks: of runs on the items that the published rows are about.
        metric: a share.
        published: share and number of items per row.

    Returns:
        None for a task without an interval (all its items show one picture).
    """
    shares = [_share(task, metric) for task in tasks]
    rows = [share_of_counts(*row) for row in published.values()]
    pairs = [unpaired_difference(row, share) if share else None for share in shares for row in rows]
    adjusted = holm([pair.p_value if pair else None for pair in pairs])
    places: list[PublishedPlace | None] = []
    for number, share in enumerate(shares):
        mine = slice(number * len(rows), (number + 1) * len(rows))
        beyond = [
            pair.difference
            for pair, p in zip(pairs[mine], adjusted[mine], strict=True)
            if pair and p is not None and p <= ALPHA
        ]
        better, worse = sum(difference < 0 for difference in beyond), sum(difference > 0 for difference in beyond)
        places.append(PublishedPlace(1 + better, len(rows) + 1 - worse, len(rows) + 1) if share else None)
    return places


def _share(task: TaskRun, metric: str) -> Share | None:
    values = measures.measure(task, metric).values
    return share_of(list(values.values()), labels_of(groups_of(task.records), values))
