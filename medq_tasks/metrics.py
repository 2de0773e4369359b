"""What is known of each metric, and from records to the numbers of the contract.

``METRICS`` is the one place where a metric is described: tables, charts, comparisons and gates follow from it. One
function says what an item is worth, one rule aggregates.

A metric that does not apply to an item has no value there, so a slice that the table does not hold, or an axis with no
judge, is absent from the result: never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medq_tasks.records import AXES, QUESTION_TYPES, PerceptionRecord, ReasoningRecord, Record

# "share" of items, 0 to 1: mean, Wilson's interval. "score" of a grader, one of the whole numbers from 0 to ``top``:
# mean, interval over those levels. "count" of items: sum, without an end and without an interval.
Scale = Literal["share", "score", "count"]


@dataclass(frozen=True)
class Metric:
    """What is known of a metric, apart from what an item is worth. No value is below 0."""

    name: str
    title: str
    short: str = ""  # title where a column must be narrow, "" where ``title`` is narrow enough
    scale: Scale = "share"
    top: int | None = 1  # the highest value, None for a count
    lower_is_better: bool = False
    main: bool = False  # the one figure of its task
    stand_in: str = ""  # the metric that is the task's one figure where this one has no value for any item
    column: bool = False  # of leaderboards; what is none tells what went wrong and stands beside them
    compared: bool = False  # between two runs; parts of a metric are not: its slices are
    sliced: bool = False  # whether the comparison looks at slices too

    @property
    def reduce(self) -> Callable[[Sequence[float]], float]:
        """What makes the metric of its per-item values (at least one; some may be ``Grouped``)."""
        return total if self.scale == "count" else mean

    @property
    def levels(self) -> tuple[int, ...]:
        """Every value that an item can have; () for a count, of which nobody says more than its sum."""
        return () if self.top is None else tuple(range(self.top + 1))

    def levels_among(self, values: Iterable[float]) -> tuple[float, ...]:
        """``levels``, with half steps where the values hold some: medians of a panel of judges."""
        if self.scale != "score" or all(float(value).is_integer() for value in values):
            return self.levels
        return tuple(step / 2 for step in range(2 * (self.top or 0) + 1))

    @property
    def full(self) -> int:
        """Where an axis for this metric ends: ``top``, or 1 for a count, which fits an axis of its own alone."""
        return 1 if self.top is None else self.top


def _score(name: str, title: str, short: str, top: int, *, main: bool = False, stand_in: str = "") -> Metric:
    return Metric(name, title, short, "score", top, False, main, stand_in, column=True, compared=True, sliced=True)


# In the order in which they are shown.
METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "Accuracy", main=True, column=True, compared=True, sliced=True),
        Metric("accuracy_yes_or_no", "Yes-or-No", column=True),
        Metric("accuracy_what", "What", column=True),
        Metric("accuracy_how", "How", column=True),
        Metric("unanswered", "Unanswered", lower_is_better=True, compared=True),
        _score("overall", "Overall", "", 8, main=True, stand_in="verdict_accuracy"),
        _score("completeness", "Completeness", "Complete", 2),
        _score("preciseness", "Preciseness", "Precise", 2),
        _score("consistency", "Consistency", "Consist.", 2),
        _score("quality_accuracy", "Quality accuracy", "Quality", 2),
        Metric("judged", "Judged"),
        Metric("off_scale", "Off scale", scale="count", top=None, lower_is_better=True),
        Metric("verdict_accuracy", "Verdict", column=True, compared=True, sliced=True),
        Metric("marked", "Marked verdicts"),
        Metric("request_failures", "Failed", scale="count", top=None, lower_is_better=True),
    )
}

PERCEPTION = ("accuracy", *(f"accuracy_{name}" for name in QUESTION_TYPES), "unanswered", "request_failures")
REASONING = ("overall", *AXES, "judged", "off_scale", "verdict_accuracy", "marked", "request_failures")


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

    An axis that the judge could not score has no value (the mean is over scored items, and ``judged`` says how many;
    ``off_scale`` how many of them because the judge insisted on a level that the axis does not have);
    a failed request or an empty reply scores 0 on every axis, as it counts as wrong in perception.
    ``marked``: of the replies there are, those with the verdict line that was asked for: how little rests on prose.
    ``verdict_accuracy`` has a value wherever the reference's own verdict can be read.
    """
    values = {
        "judged": float(record.overall is not None),
        "request_failures": float(record.state == "failed"),
    }
    if record.marked is not None and record.state == "answered":
        values["marked"] = float(record.marked)
    if record.reference_verdict is not None:
        values["verdict_accuracy"] = float(record.verdict == record.reference_verdict)
    for axis in AXES:
        score = record.axes[axis].score if axis in record.axes else None
        if score is not None:
            values[axis] = float(score)
    if record.overall is not None:
        values["overall"] = float(record.overall)
    if record.axes:
        values["off_scale"] = float(sum(said.off_scale is not None for said in record.axes.values()))
    return values


def item_values(record: Record) -> dict[str, float]:
    """What one item adds to each metric; a metric without a value for the item is absent."""
    if isinstance(record, PerceptionRecord):
        return perception_values(record)
    return reasoning_values(record)


def perception_metrics(records: Iterable[PerceptionRecord]) -> dict[str, float]:
    """All perception metrics of a set of items (accuracies and shares 0 to 1, ``request_failures`` a count)."""
    return of_records(records)


def reasoning_metrics(records: Iterable[ReasoningRecord]) -> dict[str, float]:
    """All reasoning metrics of a set of items (axes 0 to 2, ``overall`` 0 to 8, shares 0 to 1)."""
    return of_records(records)


class Grouped(float):
    """An item's value that says which items it belongs with (``group``) and as which form of them (``level``).

    A number like any other for whoever wants a mean; a reducer that compares forms of an item, such as a drop from
    level to level, finds them by ``by_group``.
    """

    group: str
    level: str

    def __new__(cls, value: float, group: str = "", level: str = "") -> Grouped:
        """``value`` with what it belongs to."""
        made = super().__new__(cls, value)
        made.group, made.level = group, level
        return made


def by_group(values: Iterable[float]) -> dict[str, dict[str, float]]:
    """Group -> level -> value, of those that say so, in the order met; of a level met twice the last one counts."""
    groups: dict[str, dict[str, float]] = {}
    for value in values:
        if isinstance(value, Grouped):
            groups.setdefault(value.group, {})[value.level] = float(value)
    return groups


def total(values: Sequence[float]) -> float:
    """Sum, of counts."""
    return float(sum(values))


def mean(values: Sequence[float]) -> float:
    """Mean of at least one value."""
    return total(values) / len(values)


def combine(name: str, values: Sequence[float]) -> float:
    """One metric from its per-item values (at least one), by its reducer."""
    return METRICS[name].reduce(values)


def of_records(records: Iterable[Record]) -> dict[str, float]:
    """All metrics of a set of items of one kind; absent where no item has a value."""
    columns: dict[str, list[float]] = {}
    for record in records:
        for name, value in item_values(record).items():
            columns.setdefault(name, []).append(value)
    return {name: combine(name, values) for name, values in columns.items()}
