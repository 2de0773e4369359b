"""Two runs on the same items: is B better than A beyond chance, where, and on which items did they part?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS
from medq_tasks.records import SLICE_FIELDS, Identity, PerceptionRecord, ReasoningRecord, Record
from medq_tasks.runs import measures
from medq_tasks.runs.differences import Difference, differences, notes, refuse
from medq_tasks.runs.measures import Where
from medq_tasks.runs.run import Run, TaskRun, labels
from medq_tasks.stats import Paired, holm, paired_difference

# Degradation is left out of the default: with its 40 types, Holm's correction would leave nothing to see.
DEFAULT_FIELDS = tuple(name for name in SLICE_FIELDS if name != "degradation")
Groups = Mapping[Identity, int]  # number of its group of pictures (see ``picture_groups``), per record


@dataclass(frozen=True)
class ComparedMetric:
    """One metric in one slice (``where`` is empty for the whole task). Differences are B minus A."""

    task: str
    metric: str
    where: Where
    paired: Paired
    left_out: int  # items that both runs hold, without a value in one of them (not judged)
    p_holm: float | None = None  # slices only: corrected over all slices of this metric and task

    @property
    def slice(self) -> str:
        """``modality=ct``, or "" for the whole task."""
        return ",".join(f"{field}={value}" for field, value in self.where)


@dataclass(frozen=True)
class Flip:
    """An item that one run got right and the other did not (reasoning: the verdict agrees with the reference's)."""

    task: str
    id: str
    change: str  # "right -> wrong" or "wrong -> right", from A to B
    question: str
    expected: str
    reading_a: str
    reading_b: str


@dataclass(frozen=True)
class RunComparison:
    """Everything ``medq compare`` shows."""

    label_a: str
    label_b: str
    rows: tuple[ComparedMetric, ...]
    flips: tuple[Flip, ...]
    allowed: tuple[Difference, ...]  # differences that would have been refused
    notes: tuple[str, ...]


def compare(
    a: Run,
    b: Run,
    *,
    allow: Collection[str] = (),
    fields: Sequence[str] = DEFAULT_FIELDS,
    groups: Mapping[str, Groups] | None = None,
) -> RunComparison:
    """Compare two runs task by task, on the items that both hold.

    Args:
        a: what is compared with (the baseline).
        b: what is compared.
        allow: names of differences (see ``differences.DIFFERENCES``) that are accepted, or "all".
        fields: the slices to look at.
        groups: per task, the group of pictures of each item; by default items count as independent.

    Raises:
        RunError: no task or no item in common, or a difference that is not allowed.
    """
    shared = [name for name in a.tasks if name in b.tasks]
    if not shared:
        raise RunError(
            f"the runs have no task in common: {', '.join(a.tasks)} against {', '.join(b.tasks)}. "
            "Compare runs of the same split."
        )
    found = differences(a, b)
    refuse(found, allow)
    rows: list[ComparedMetric] = []
    flips: list[Flip] = []
    for name in shared:
        task_a, task_b = common_items(a.tasks[name], b.tasks[name])
        rows += _rows(task_a, task_b, fields, (groups or {}).get(name))
        flips += _flips(task_a, task_b)
    label_a, label_b = labels([a, b])
    return RunComparison(label_a, label_b, tuple(rows), tuple(flips), tuple(found), tuple(notes(a, b)))


def common_items(a: TaskRun, b: TaskRun) -> tuple[TaskRun, TaskRun]:
    """Both tasks with only the records (by identity) that both hold.

    Raises:
        RunError: there are none.
    """
    shared = {record.identity for record in a.records} & {record.identity for record in b.records}
    if not shared:
        raise RunError(f"{a.name}: the runs have no item in common. Run both on the same split, with the same --limit.")
    return _only(a, shared), _only(b, shared)


def compare_measure(
    a: TaskRun, b: TaskRun, metric: str, where: Where = (), *, groups: Groups | None = None
) -> ComparedMetric:
    """One row: ``metric`` over the items with a value in both tasks (of ``common_items``)."""
    values_a, values_b = (measures.measure(task, metric, where).values for task in (a, b))
    ids = sorted(values_a.keys() & values_b.keys())
    clusters = None if groups is None else [groups[i] for i in ids]
    paired = paired_difference([values_a[i] for i in ids], [values_b[i] for i in ids], clusters)
    return ComparedMetric(a.name, metric, where, paired, len(values_a.keys() ^ values_b.keys()))


def _only(task: TaskRun, ids: Collection[Identity]) -> TaskRun:
    return replace(task, records=tuple(record for record in task.records if record.identity in ids))


def _rows(a: TaskRun, b: TaskRun, fields: Sequence[str], groups: Groups | None) -> Iterator[ComparedMetric]:
    known = {*measures.metric_names(a), *measures.metric_names(b)}
    # Slices are A's: the runs may only differ there where other tables were allowed.
    places: list[Where] = [((field, value),) for field in fields for value in measures.slice_values([a], field)]
    row = partial(compare_measure, a, b, groups=groups)
    for metric in (metric for name, metric in METRICS.items() if metric.compared and name in known):
        yield row(metric.name)
        if metric.sliced:
            yield from _corrected(row(metric.name, where) for where in places)


def _corrected(rows: Iterable[ComparedMetric]) -> list[ComparedMetric]:
    listed = [row for row in rows if row.paired.n]
    adjusted = holm([row.paired.p_value for row in listed])
    return [replace(row, p_holm=p) for row, p in zip(listed, adjusted, strict=True)]


def _flips(a: TaskRun, b: TaskRun) -> Iterator[Flip]:
    others = {record.identity: record for record in b.records}
    for record in a.records:
        other = others[record.identity]
        before, after = _right(record), _right(other)
        if before is None or after is None or before == after:
            continue
        change = "right -> wrong" if before else "wrong -> right"
        name = " ".join(filter(None, record.identity))
        yield Flip(a.name, name, change, record.question, _expected(record), reading(record), reading(other))


def _right(record: Record) -> bool | None:
    if isinstance(record, PerceptionRecord):
        return record.state == "right"
    return None if record.reference_verdict is None else record.verdict == record.reference_verdict


def _expected(record: Record) -> str:
    if isinstance(record, PerceptionRecord):
        return _option(record, record.answer)
    return record.reference_verdict or ""


def reading(record: Record) -> str:
    """How the reply was read: the option or the verdict (with the judge's sum), or why there is none."""
    if isinstance(record, PerceptionRecord):
        return _option(record, record.choice) if record.choice else record.state
    return _verdict(record)


def _option(record: PerceptionRecord, letter: str) -> str:
    return f"{letter}. {record.options.get(letter, '')}"


def _verdict(record: ReasoningRecord) -> str:
    said = record.verdict or ("no verdict" if record.state == "answered" else record.state)
    return said if record.overall is None else f"{said} (judged {record.overall} of {METRICS['overall'].top})"
