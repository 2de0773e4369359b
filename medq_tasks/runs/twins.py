"""What a run says twice, held against each other: what the harness printed, and the samples that it is made from.

A total that no longer follows from its samples was changed, or one of the two files is of another run. Totals are the
harness's own sums of the very values that are worked out here, whatever the order of items (``torchrun``), so they may
differ by the rounding of a sum of floats and by nothing else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from medq_tasks import metrics
from medq_tasks.families import FAMILIES
from medq_tasks.records import JudgeStamp, PerceptionRecord, ReasoningRecord, Record, choice_state
from medq_tasks.wording.counts import count

ROUNDING = 1e-9  # of sums of at most thousands of values near 1; the smallest step of a metric is 1 / items
_Results = Mapping[str, Any]


def task_problems(place: str, name: str, results: _Results, records: Sequence[Record]) -> Iterator[str]:
    """What the results file at ``place`` says of a task and its samples do not; each a complete sentence.

    Args:
        place: the results file, for the message.
        name: of the task.
        results: the content of the file.
        records: those of the run's own samples, one per item; not of a later judgement, which has totals of its own.
    """
    printed = (results.get("results") or {}).get(name)
    if not isinstance(printed, Mapping):
        yield f"{place}: says nothing of {name}, of which there are samples."
        return
    yield from states(place, name, records)
    yield from totals(place, name, printed, records)
    yield from _summary(place, name, results, records)
    yield from _sizes(place, name, results, records)


def states(place: str, name: str, records: Sequence[Record]) -> Iterator[str]:
    """Whether each choice was counted as what it is, right or wrong by the key beside it."""
    choices = [record for record in records if isinstance(record, PerceptionRecord) and record.state != "failed"]
    odd = [record.id for record in choices if record.state != choice_state(record.choice, record.answer)]
    if odd:
        shown = ", ".join(odd[:5])
        items = count(len(odd), "item")
        yield f"{place}: the state of {items} of {name} does not follow from choice and answer ({shown})."


def totals(place: str, name: str, printed: _Results, records: Sequence[Record]) -> Iterator[str]:
    """Each metric that is printed and not what the records give. A metric that is not printed is none that differs."""
    own = metrics.of_records(records)
    for metric, said in _by_metric(printed).items():
        if metric in FAMILIES[records[0].kind].metrics and not _agree(said, own.get(metric)):
            yield _differ(place, f"{metric} of {name}", said, own.get(metric), len(records))


def group_problems(place: str, results: _Results, records: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """Each metric of a group that is neither the mean of its tasks nor that mean weighted by their items.

    Groups with a task that has no records here are left alone.
    """
    printed = results.get("results") or {}
    members = results.get("group_subtasks") or {}
    for group in members:
        tasks = _leaves(group, members)
        if any(not records.get(task) for task in tasks):
            continue
        own = {task: metrics.of_records(records[task]) for task in tasks}
        for metric, said in _by_metric(printed.get(group) or {}).items():
            known = [(own[task][metric], len(records[task])) for task in tasks if metric in own[task]]
            if metric not in metrics.METRICS or not known:
                continue
            even = sum(value for value, _ in known) / len(known)
            items = sum(size for _, size in known)
            if not (_agree(said, even) or _agree(said, sum(value * size for value, size in known) / items)):
                yield _differ(place, f"{metric} of {group}", said, even, items)


def _summary(place: str, name: str, results: _Results, records: Sequence[Record]) -> Iterator[str]:
    """How many items in which state, on which table, by which judge."""
    said = told_of(results, name, "summary", "record")
    stamps = {record.judge for record in records if isinstance(record, ReasoningRecord) and record.judge}
    own = {
        "items": len(records),
        "states": dict(Counter(record.state for record in records)),
        "tables": sorted({record.table for record in records}),
        "judges": sorted(_judge(stamp) for stamp in stamps),
    }
    for key, value in own.items():
        if key in said:
            there = sorted(map(_judge, said[key])) if key == "judges" else said[key]
            if there != value:
                yield _differ(place, f"{key} of {name}", there, value, len(records))


def told_of(results: _Results, name: str, key: str, row: str) -> Mapping[str, Any]:
    """What a run says of a task beside its metrics: ``key`` of its configuration; {} where it says nothing.

    Before 0.2.0 it stood among the results, as a list of one in a row of its own.
    """
    printed = (results.get("results") or {}).get(name) or {}
    old = next((value for entry, value in printed.items() if entry.split(",")[0] == row), None)
    found = old[0] if isinstance(old, list) and old else metadata_of((results.get("configs") or {}).get(name)).get(key)
    return found if isinstance(found, Mapping) else {}


def metadata_of(config: object) -> Mapping[str, Any]:
    """What this package has noted in a task's configuration; {} where nothing."""
    found = config
    for key in ("metadata", "medq"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _sizes(place: str, name: str, results: _Results, records: Sequence[Record]) -> Iterator[str]:
    """How many items were asked, of which table."""
    sizes = (results.get("n-samples") or {}).get(name) or {}
    asked, rows = sizes.get("effective"), sizes.get("original")
    if isinstance(asked, int) and len(records) > asked:
        yield _differ(place, f"number of items of {name}", asked, len(records), len(records))
    table = table_stamp((results.get("configs") or {}).get(name))
    fingerprint = str(table.get("fingerprint") or "")
    odd = sorted({record.table for record in records if not fingerprint.startswith(record.table)})
    if fingerprint and odd:
        yield _differ(place, f"table of {name}", fingerprint[:16], ", ".join(odd), len(records))
    if table.get("kind") not in (None, records[0].kind):
        yield _differ(place, f"kind of {name}", table["kind"], records[0].kind, len(records))
    if isinstance(rows, int) and table.get("rows") not in (None, rows):
        yield f"{place}: the table of {name} has {table['rows']} rows by its stamp, and {rows} as it was asked."


def table_stamp(config: object) -> Mapping[str, Any]:
    """What a task's configuration says of its table (``data.provenance.task_metadata``); {} where it says nothing."""
    found = metadata_of(config).get("table")
    return found if isinstance(found, Mapping) and found.get("fingerprint") else {}


def own_stamp(config: object, records: Sequence[Record]) -> Mapping[str, Any]:
    """The stamp of the table that all ``records`` are from; {} where the configuration names another, or none."""
    stamp = table_stamp(config)
    mine = all(str(stamp.get("fingerprint")).startswith(record.table) for record in records)
    return stamp if mine else {}


def _by_metric(printed: _Results) -> dict[str, Any]:
    """By name alone. Of several filters the last counts, as the last line of an item counts among the samples."""
    return {key.split(",", 1)[0]: value for key, value in printed.items()}


def _agree(said: Any, own: float | None) -> bool:
    if own is None or not isinstance(said, int | float):
        return own is None and said in (None, "N/A")
    return math.isclose(said, own, rel_tol=ROUNDING, abs_tol=ROUNDING)


def _leaves(name: str, members: Mapping[str, Any]) -> list[str]:
    """The tasks of a group, of its groups too; a task is its own."""
    return [leaf for part in members[name] for leaf in _leaves(part, members)] if members.get(name) else [name]


def _judge(stamp: Any) -> str:
    """A judge as both sides know it: by what decides its scores, whatever else a later version keeps of it."""
    said = vars(stamp) if isinstance(stamp, JudgeStamp) else stamp
    return " ".join(str(said.get(key)) for key in ("model", "prompts_hash", "settings_hash"))


def _differ(place: str, what: str, there: object, here: object, items: int) -> str:
    said, own = (f"{value:.12g}" if isinstance(value, float) else str(value) for value in (there, here))
    return f"{place}: {what} is {said} there, and {own} by the samples ({count(items, 'item')})."
