"""Everything a run can be asked for by name: a metric of a task, whole or in a slice.

A name is ``[TASK.]METRIC[FIELD=VALUE,...]``: ``accuracy``, ``medq_reasoning_no_reference.overall``,
``accuracy[modality=ct,severity=mild]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from medq_tasks import metrics
from medq_tasks.errors import RunError
from medq_tasks.families import FAMILIES
from medq_tasks.records import SLICE_FIELDS, Identity
from medq_tasks.runs.run import Run, TaskRun

_NAME = re.compile(r"(?:(?P<task>\w+)\.)?(?P<metric>\w+)(?:\[(?P<where>[^\]]*)\])?")

Where = tuple[tuple[str, str], ...]  # the conditions of a slice: (field, value) pairs, () for the whole task


@dataclass(frozen=True)
class Measure:
    """One metric over the items of one slice: a value per record, by its identity."""

    task: str
    metric: str
    where: Where
    values: dict[Identity, float]

    @property
    def key(self) -> tuple[str, str, Where]:
        """Task, metric and slice."""
        return self.task, self.metric, self.where

    @property
    def name(self) -> str:
        """The full name, as it can be given to ``medq gate``."""
        return full_name(self.task, self.metric, self.where)

    @property
    def value(self) -> float:
        """Sum of a count, mean of anything else."""
        return metrics.combine(self.metric, list(self.values.values()))


def measure(task: TaskRun, metric: str, where: Where = ()) -> Measure:
    """The values of ``metric`` over the items of ``task`` that meet every condition."""
    values: dict[Identity, float] = {}
    for record in task.records:
        if all(getattr(record.slices, field) == value for field, value in where):
            found = metrics.item_values(record).get(metric)
            if found is not None:
                values[record.identity] = found
    return Measure(task.name, metric, where, values)


def metric_names(task: TaskRun) -> list[str]:
    """The metrics that at least one item of the task has a value for, in the order of the contract."""
    return list(dict.fromkeys(name for record in task.records for name in metrics.item_values(record)))


def main_metric(task: TaskRun) -> str:
    """The task's one figure: ``accuracy``, ``overall``, or without any judge ``verdict_accuracy``."""
    main = FAMILIES[task.kind].main
    if not main.stand_in or any(main.name in metrics.item_values(record) for record in task.records):
        return main.name
    return main.stand_in


def slice_values(tasks: Iterable[TaskRun], field: str) -> list[str]:
    """The values of a slice field that occur in any of the tasks, sorted; unknown ("") is no slice."""
    found = {getattr(record.slices, field) for task in tasks for record in task.records}
    return sorted(found - {""})


def full_name(task: str, metric: str, where: Where = ()) -> str:
    """``TASK.METRIC[FIELD=VALUE,...]``."""
    conditions = ",".join(f"{field}={value}" for field, value in where)
    return f"{task}.{metric}" + (f"[{conditions}]" if conditions else "")


def find(run: Run, name: str) -> Measure:
    """The measure that ``name`` means in ``run``.

    Raises:
        RunError: the name cannot be read, means nothing here, or more than one thing; the message lists what there is.
    """
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise RunError(f"{name!r} is not a name of the form [TASK.]METRIC[FIELD=VALUE,...]. {_offer(run)}")
    where = _where(name, match["where"] or "")
    tasks = [task for task in run.tasks.values() if match["task"] in (None, task.name)]
    if not tasks:
        raise RunError(f"{name}: the run has no task {match['task']!r}. {_offer(run)}")
    holders = [task for task in tasks if match["metric"] in metric_names(task)]
    if not holders:
        raise RunError(f"{name}: the run has no value of {match['metric']!r}. {_offer(run)}")
    found = [made for task in holders if (made := measure(task, match["metric"], where)).values]
    if not found:
        raise RunError(f"{name}: no item of the run is in this slice. {_offer(run)}")
    if len(holders) > 1:
        choice = ", ".join(full_name(task.name, match["metric"], where) for task in holders)
        raise RunError(f"{name}: more than one task has it. Say which: {choice}.")
    return found[0]


def _where(name: str, text: str) -> Where:
    pairs: list[tuple[str, str]] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        field, equals, value = (piece.strip() for piece in part.partition("="))
        if field not in SLICE_FIELDS or not equals:
            raise RunError(f"{name}: {part!r} is not FIELD=VALUE. The fields are {', '.join(SLICE_FIELDS)}.")
        pairs.append((field, value))
    return tuple(pairs)


def _offer(run: Run) -> str:
    names = [full_name(task.name, metric) for task in run.tasks.values() for metric in metric_names(task)]
    slices = [
        f"{field}={'|'.join(known)}" for field in SLICE_FIELDS if (known := slice_values(run.tasks.values(), field))
    ]
    offer = f"There is: {', '.join(names)}."
    return offer + (f" Slices, as in NAME[FIELD=VALUE]: {', '.join(slices)}." if slices else "")
