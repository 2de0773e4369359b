"""From runs to numbers: every metric with its interval and count, for a whole task and for each of its slices.

Which number an item is worth is said in ``metrics.py`` alone, how intervals are made in docs/statistics.md. Items that
share a picture count together. Failures, unanswered and unjudged items stand beside every number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS, Metric, item_values
from medq_tasks.records import (
    AXES,
    MODALITIES,
    QUESTION_TYPES,
    SEVERITIES,
    SLICE_FIELDS,
    TEXT_KINDS,
    Identity,
    JudgeStamp,
    Kind,
    PerceptionRecord,
    PromptStamp,
    ReasoningRecord,
    Record,
)
from medq_tasks.runs.confusion import Confusion, severity_confusion
from medq_tasks.runs.differences import other_words
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.panel import AxisAgreement, is_panel, panel_agreement
from medq_tasks.runs.picture_groups import Groups, groups_of, labels_of
from medq_tasks.runs.run import Run, TaskRun, labels
from medq_tasks.runs.second_reader import SecondReadings, second_readings
from medq_tasks.stats import FEW_CLUSTERS, Calibrated, Interval, mean_interval, share_interval

_ORDER = (*QUESTION_TYPES, *MODALITIES, *SEVERITIES, "general", "specific", "coarse", "fine")
_MOST_VALUES = 30  # of free text such as degradation: a table of several hundred one-item rows helps nobody


@dataclass(frozen=True)
class Value:
    """One metric: its value, 95 % interval (None where there is none) and what it rests on.

    ``n``: items. ``pictures``: groups of them that share no picture with each other; None where that is not known.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    method: str = ""
    pictures: int | None = None

    @property
    def few_pictures(self) -> int | None:
        """How many, where items share so few that their interval is in doubt (see ``FEW_CLUSTERS``); else None."""
        shared = self.pictures is not None and self.pictures < self.n
        return self.pictures if shared and self.pictures is not None and self.pictures < FEW_CLUSTERS else None


@dataclass(frozen=True)
class Cell:
    """The numbers of one set of items. ``states`` counts outcomes; ``unjudged`` items lack an axis score."""

    n: int
    metrics: dict[str, Value]
    states: dict[str, int]
    unjudged: int = 0
    chance: float | None = None  # expected accuracy of a random choice among the options (perception)
    pictures: int | None = None  # as in ``Value``


@dataclass(frozen=True)
class Slice:
    """One value of one slice field, e.g. modality = ct. ``inferred``: items where it was worked out, not read."""

    by: str
    value: str
    cell: Cell
    inferred: int = 0


@dataclass(frozen=True)
class TaskSummary:
    """Everything the report says about one task of one run."""

    name: str
    kind: Kind
    split: str
    version: str
    tables: tuple[str, ...]
    n_original: int | None
    limit: float | None
    judgement: str
    judges: tuple[JudgeStamp, ...]
    total: Cell
    slices: tuple[Slice, ...]
    confusion: Confusion | None = None  # severity answers of How questions (perception)
    axis_scores: dict[str, dict[str, int]] = field(default_factory=dict)  # axis -> "0"/"1"/"2"/"unscored" -> items
    chance_by_type: dict[str, float] = field(default_factory=dict)  # metric name -> share
    stamped: bool = False  # whether the run says which table it was made on, and its records are of that very table
    answered_as: tuple[str, ...] = ()  # as whom the judge's server answered, where under another name
    prompts: tuple[PromptStamp, ...] = ()  # in which words the questions were put; () where the run does not say
    second_readings: tuple[SecondReadings, ...] = ()  # of replies that no rule could read
    other_words: str = ""  # in which words the questions were put, where they are not this package's
    panel: tuple[AxisAgreement, ...] = ()  # how far its judges agree, of a panel
    calibrated: dict[str, Calibrated] = field(default_factory=dict)  # axis -> mean with the judge's error, where told
    not_calibrated: dict[str, str] = field(default_factory=dict)  # axis -> why there is none, where one was asked for
    totals_only: bool = False  # nothing is left of its items: values without intervals, and no slices

    @property
    def partial(self) -> bool:
        """Whether rows of the table were not asked or are missing."""
        return self.n_original is not None and self.total.n < self.n_original

    @property
    def figure(self) -> Metric:
        """The task's one figure: that of its kind, or its stand-in where only that has a value."""
        main = FAMILIES[self.kind].main
        lacking = main.name not in self.total.metrics and main.stand_in in self.total.metrics
        return METRICS[main.stand_in] if lacking else main


@dataclass(frozen=True)
class RunSummary:
    """One run: who, when, what went wrong, and its tasks."""

    label: str
    model: str
    model_args: str
    when: str
    folder: str
    problems: tuple[str, ...]
    tasks: tuple[TaskSummary, ...]
    origin: str = OF_HARNESS  # what logged the replies
    made: str = ""  # ``when``, for people
    utc: str = ""  # the same moment in ISO 8601 with a zone; "" where the run does not say


def summarise(runs: Sequence[Run]) -> list[RunSummary]:
    """The numbers of all runs, in the order given, under distinct labels."""
    return [_run(run, label) for run, label in zip(runs, labels(runs), strict=True)]


def _run(run: Run, label: str) -> RunSummary:
    tasks = tuple(summarise_task(task, other_words(run, task)) for task in run.ordered)
    folder = str(run.folder or "")
    return RunSummary(
        label, run.model, run.model_args, run.when, folder, run.problems, tasks, run.origin, run.made, run.utc
    )


def summarise_task(task: TaskRun, other_words: str = "") -> TaskSummary:
    """All numbers of one task; ``other_words`` is known by its run."""
    seen = [record for record in task.records if isinstance(record, PerceptionRecord)]
    return TaskSummary(
        name=task.name,
        kind=task.kind,
        split=task.split,
        version=task.version,
        tables=task.tables,
        n_original=task.n_original,
        limit=task.limit,
        judgement=task.judgement,
        judges=task.stamps,
        total=_totals(task) if task.totals_only else cell(task.records),
        slices=tuple(_slices(task.records)),
        confusion=severity_confusion(seen),
        axis_scores=_axis_scores(task.records),
        chance_by_type=_chance_by_type(seen),
        stamped=task.stamped,
        answered_as=task.answered_as,
        prompts=task.prompts,
        second_readings=second_readings(task.records),
        other_words=other_words,
        panel=panel_agreement(task.records),
        totals_only=task.totals_only,
    )


def _totals(task: TaskRun) -> Cell:
    """What is known of a task without records."""
    items = task.n_effective or int(task.told.get("items") or 0)
    values = {name: value for name, value in task.metrics.items() if value is not None}
    judged = values.get("judged", 0.0) if task.kind in TEXT_KINDS else 1.0
    return Cell(
        n=items,
        metrics={name: Value(float(value), None, None, items) for name, value in values.items()},
        states=dict(task.told.get("states") or {}),
        unjudged=items - round(judged * items),
    )


def cell(records: Sequence[Record]) -> Cell:
    """Metrics, outcome counts and chance level of a set of items of one kind; those of one picture hang together."""
    groups = groups_of(records)
    columns: dict[str, dict[Identity, float]] = {}
    for record in records:
        for name, value in item_values(record).items():
            columns.setdefault(name, {})[record.identity] = value
    texts = [record for record in records if isinstance(record, ReasoningRecord)]
    return Cell(
        n=len(records),
        metrics={name: _value(METRICS[name], values, groups) for name, values in columns.items()},
        states=dict(Counter(record.state for record in records)),
        unjudged=sum(record.overall is None for record in texts),
        chance=chance([record for record in records if isinstance(record, PerceptionRecord)]),
        pictures=None if groups is None else len({groups[record.identity] for record in records}),
    )


def _value(metric: Metric, items: Mapping[Identity, float], groups: Groups | None) -> Value:
    values = list(items.values())
    labels = labels_of(groups, items)
    found = _interval(metric, values, labels)
    low, high, method = (None, None, "") if found is None else (found.low, found.high, found.method)
    return Value(metric.reduce(values), low, high, len(values), method, None if labels is None else len(set(labels)))


def _interval(metric: Metric, values: Sequence[float], labels: Sequence[Hashable] | None) -> Interval | None:
    if metric.scale == "count":
        return None
    if metric.scale == "share":
        return share_interval(values, labels)
    return mean_interval(values, metric.levels_among(values), labels)


def chance(records: Iterable[PerceptionRecord]) -> float | None:
    """Expected accuracy of choosing at random: the mean of 1 / number of options; None without items."""
    shares = [1 / len(record.options) for record in records if record.options]
    return sum(shares) / len(shares) if shares else None


def _chance_by_type(records: Sequence[PerceptionRecord]) -> dict[str, float]:
    groups = {"accuracy": list(records)}
    for name in QUESTION_TYPES:
        groups[f"accuracy_{name}"] = [record for record in records if record.slices.question_type == name]
    levels = {name: chance(group) for name, group in groups.items()}
    return {name: level for name, level in levels.items() if level is not None}


def _slices(records: Sequence[Record]) -> Iterable[Slice]:
    for by in SLICE_FIELDS:
        parts: dict[str, list[Record]] = {}
        for record in records:
            parts.setdefault(getattr(record.slices, by), []).append(record)
        if set(parts) == {""}:
            continue  # the table does not say: no slice, rather than one called "not given"
        parts = _shortened(parts)
        for value in _ordered(parts):
            inferred = sum(by in record.slices.inferred for record in parts[value])
            yield Slice(by, value, cell(parts[value]), inferred)


def _shortened(groups: dict[str, list[Record]]) -> dict[str, list[Record]]:
    """The largest groups as they are, all others as one that says how many values it holds."""
    if len(groups) <= _MOST_VALUES:
        return groups
    kept = sorted(groups, key=lambda value: (-len(groups[value]), value))[: _MOST_VALUES - 1]
    rest = [record for value, records in groups.items() if value not in kept for record in records]
    return {**{value: groups[value] for value in kept}, f"{len(groups) - len(kept)} further values": rest}


def _ordered(groups: dict[str, list[Record]]) -> list[str]:
    """Our own values in their natural order, then the table's own words by count, "not given" last."""

    def rank(value: str) -> tuple[bool, int, int, str]:
        known = _ORDER.index(value) if value in _ORDER else len(_ORDER)
        return (value == "", known, -len(groups[value]), value)

    return sorted(groups, key=rank)


def _axis_scores(records: Sequence[Record]) -> dict[str, dict[str, int]]:
    """Items per judge score and axis; {} when nothing was judged."""
    texts = [record for record in records if isinstance(record, ReasoningRecord)]
    if not any(record.axes for record in texts):
        return {}
    steps = ("0", "0.5", "1", "1.5", "2") if any(map(is_panel, texts)) else ("0", "1", "2")
    counts = {axis: dict.fromkeys((*steps, "unscored"), 0) for axis in AXES}
    for record in texts:
        for axis in AXES:
            score = record.axes[axis].score if axis in record.axes else None
            counts[axis]["unscored" if score is None else f"{score:g}"] += 1
    return counts
