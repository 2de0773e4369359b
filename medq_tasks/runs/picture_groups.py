"""Items that share a picture: they are not independent, and a fair interval knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from medq_tasks.data import find_table, open_table
from medq_tasks.records import Identity, Record, picture_digest
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.settings import Settings

NOT_KNOWN = (
    "each item counts by itself, since nothing says here which items share a picture (a run of 0.1.0 whose table is "
    "not in MEDQ_CACHE_DIR, or --no-by-picture): intervals may be too narrow, and p-values too small."
)
Groups = dict[Identity, int]  # item -> number of its group
Change = Callable[[Record], Record]


def groups_of(records: Sequence[Record]) -> Groups | None:
    """The group of each item: items with a picture in common, also by way of others, are one group.

    Numbered in the order of the records. None where the pictures of any item are not known.
    """
    if not records or not all(record.pictures for record in records):
        return None
    parents: dict[object, object] = {}

    def root(node: object) -> object:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = parents[parent]  # a shorter way for the next one
            node = parent
        return node

    for record in records:
        for digest in record.pictures:
            parents[root(digest)] = root(record.identity)
    numbers: dict[object, int] = {}
    return {item: numbers.setdefault(root(item), len(numbers)) for item in (record.identity for record in records)}


def labels_of(groups: Groups | None, items: Iterable[Identity]) -> list[int] | None:
    """The group of each of the items, in their order, as statistics take it; None where groups are not known."""
    return None if groups is None else [groups[item] for item in items]


def by_picture(run: Run, settings: Settings, wanted: bool = True) -> Run:
    """The run as its numbers are to be made: ``with_pictures``, or where that is not wanted ``without_pictures``."""
    return with_pictures(run, settings) if wanted else without_pictures(run)


def with_pictures(run: Run, settings: Settings) -> Run:
    """The run with the pictures of records that do not name them from the prepared table, where that is here."""

    def change(task: TaskRun) -> Change:
        held = (record for records in (task.records, *task.judgements.values()) for record in records)
        lacking = {record.table for record in held if not record.pictures}
        digests = {table: _digests(table, settings) for table in sorted(lacking)}

        def fill(record: Record) -> Record:
            found = digests.get(record.table, ())
            known = record.pictures or not 0 <= record.row < len(found)
            return record if known else replace(record, pictures=found[record.row])

        return fill

    return _changed(run, change)


def without_pictures(run: Run) -> Run:
    """The run as if nobody knew which items share a picture: each counts by itself."""
    return _changed(run, lambda task: lambda record: replace(record, pictures=()))


def _changed(run: Run, change_of: Callable[[TaskRun], Change]) -> Run:
    """The run with each of its records changed, those of further judgements as well."""
    tasks = {}
    for name, task in run.tasks.items():
        change = change_of(task)
        others = {slug: tuple(map(change, records)) for slug, records in task.judgements.items()}
        tasks[name] = replace(task, records=tuple(map(change, task.records)), judgements=others)
    return replace(run, tasks=tasks)


def _digests(fingerprint: str, settings: Settings) -> tuple[tuple[str, ...], ...]:
    """The digests of every row's pictures; () where no such table is prepared on this machine, or it is damaged.

    Only looked up: to draw or prepare a table for this would take a report minutes, without a word.
    """
    found = find_table(fingerprint, settings) if fingerprint else None
    if found is None:
        return ()
    try:
        return _read(found.path)
    except (OSError, ValueError):  # Arrow's own errors are such
        return ()


@lru_cache(maxsize=8)  # runs of one night are of few tables, and a table never changes
def _read(folder: Path) -> tuple[tuple[str, ...], ...]:
    with open_table(folder) as table:
        return tuple(tuple(map(picture_digest, table.images(row))) for row in range(len(table)))
