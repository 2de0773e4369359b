"""From records to the numbers of the contract. One function says what an item is worth, one rule aggregates.

A metric that does not apply to an item has no value there, so a slice that the table does not hold, or an axis with no
judge, is absent from the result: never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from medq_tasks.records import AXES, QUESTION_TYPES, PerceptionRecord, ReasoningRecord

PERCEPTION = ("accuracy", *(f"accuracy_{name}" for name in QUESTION_TYPES), "unanswered", "request_failures")
REASONING = ("overall", *AXES, "judged", "verdict_accuracy", "request_failures")

# Counts are summed over items, everything else is a mean over the items that have a value.
COUNTS = frozenset({"request_failures"})


def perception_values(record: PerceptionRecord) -> dict[str, float]:
    """What one multiple-choice item adds to each metric. Unanswered and failed items count as wrong."""
    right = float(record.state == "right")
    values = {
        "accuracy": right,
        "unanswered": float(record.state == "unanswered"),
        "request_failures": float(record.state == "failed"),
    }
    if record.slices.question_type:
        values[f"accuracy_{record.slices.question_type}"] = right
    return values


def reasoning_values(record: ReasoningRecord) -> dict[str, float]:
    """What one free-text item adds to each metric.

    An axis that the judge could not score has no value (the mean is over scored items, and ``judged`` says how many);
    a failed request or an empty reply scores 0 on every axis, as it counts as wrong in perception.
    ``verdict_accuracy`` has a value wherever the reference's own verdict can be read.
    """
    values = {
        "judged": float(record.overall is not None),
        "request_failures": float(record.state == "failed"),
    }
    if record.reference_verdict is not None:
        values["verdict_accuracy"] = float(record.verdict == record.reference_verdict)
    for axis in AXES:
        score = record.axes[axis].score if axis in record.axes else None
        if score is not None:
            values[axis] = float(score)
    if record.overall is not None:
        values["overall"] = float(record.overall)
    return values


def perception_metrics(records: Iterable[PerceptionRecord]) -> dict[str, float]:
    """All perception metrics of a set of items (accuracies and shares 0 to 1, ``request_failures`` a count)."""
    return _aggregate(records, perception_values)


def reasoning_metrics(records: Iterable[ReasoningRecord]) -> dict[str, float]:
    """All reasoning metrics of a set of items (axes 0 to 2, ``overall`` 0 to 8, shares 0 to 1)."""
    return _aggregate(records, reasoning_values)


def combine(name: str, values: Sequence[float]) -> float:
    """One metric from its per-item values (at least one): the sum of a count, else the mean."""
    total = float(sum(values))
    return total if name in COUNTS else total / len(values)


def _aggregate(records: Iterable[object], values_of: Callable[..., dict[str, float]]) -> dict[str, float]:
    columns: dict[str, list[float]] = {}
    for record in records:
        for name, value in values_of(record).items():
            columns.setdefault(name, []).append(value)
    return {name: combine(name, values) for name, values in columns.items()}
