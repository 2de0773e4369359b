"""Two runs on the same items: is B better than A beyond chance, where, and on which items did they part?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from medq_tasks.decide.flips import Flip, FlipCount, flips
from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS
from medq_tasks.records import SLICE_FIELDS, Identity
from medq_tasks.runs import measures
from medq_tasks.runs.differences import Difference, differences, notes, refuse
from medq_tasks.runs.measures import Where
from medq_tasks.runs.picture_groups import NOT_KNOWN, groups_of, labels_of
from medq_tasks.runs.run import Run, TaskRun, labels
from medq_tasks.stats import SHARE, Paired, holm, paired_difference

# Degradation is left out of the default: with its 40 types, Holm's correction would leave nothing to see.
DEFAULT_FIELDS = tuple(name for name in SLICE_FIELDS if name != "degradation")


@dataclass(frozen=True)
class ComparedMetric:
    """One metric in one slice (``where`` is empty for the whole task). Differences are B minus A."""

    task: str
    metric: str
    where: Where
    paired: Paired
    left_out: int  # items that both runs hold, without a value in one of them (not judged)
    # Corrected over all slices of this metric and task, or over all rows of whole tasks; of the primary row its own.
    p_holm: float | None = None
    primary: bool = False  # the question that was asked first
    pictures: int | None = None  # groups of items that share no picture with each other; None: not known

    @property
    def slice(self) -> str:
        """``modality=ct``, or "" for the whole task."""
        return ",".join(f"{field}={value}" for field, value in self.where)


@dataclass(frozen=True)
class RunComparison:
    """Everything ``medq compare`` shows."""

    label_a: str
    label_b: str
    rows: tuple[ComparedMetric, ...]
    flips: tuple[Flip, ...]
    allowed: tuple[Difference, ...]  # differences that would have been refused
    notes: tuple[str, ...]
    flip_counts: tuple[FlipCount, ...] = ()
    made: tuple[str, str] = ("", "")  # when A and B were made
    judges: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # task -> who judged A's and B's; "" nobody

    def judged(self, task: str) -> str:
        """Whose scores are compared, for the title of a task; "" where neither run has any."""
        a, b = self.judges.get(task, ("", ""))
        if a == b:
            return f", judged by {a}" if a else ""
        return f", judged by {a or 'nobody'} in A and {b or 'nobody'} in B"


def compare(
    a: Run,
    b: Run,
    *,
    allow: Collection[str] = (),
    fields: Sequence[str] = DEFAULT_FIELDS,
    primary: str | None = None,
) -> RunComparison:
    """Compare two runs task by task, on the items that both hold; those that share a picture count together.

    Args:
        a: what is compared with (the baseline).
        b: what is compared.
        allow: names of differences (see ``differences.DIFFERENCES``) that are accepted, or "all".
        fields: the slices to look at.
        primary: name of the row that is the question asked first (as in ``measures.find``): it is not corrected for
            the others, nor they for it.

    Raises:
        RunError: no task or no item in common, a difference that is not allowed, or ``primary`` is no row.
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
    parted: list[Flip] = []
    counts: list[FlipCount] = []
    told = list(notes(a, b))
    for name in shared:
        task_a, task_b = common_items(a.tasks[name], b.tasks[name])
        told += [] if _known(task_a, task_b) else [f"{name}: {NOT_KNOWN}"]
        rows += _rows(task_a, task_b, list(dict.fromkeys(fields)))
        changed, counted = flips(task_a, task_b)
        parted += changed
        counts += counted
    label_a, label_b = labels([a, b])
    rows = _corrected(_asked_first(rows, b, primary))
    return RunComparison(
        label_a,
        label_b,
        tuple(rows),
        tuple(parted),
        tuple(found),
        tuple(told),
        tuple(counts),
        (a.made, b.made),
        {name: (_judges(a.tasks[name]), _judges(b.tasks[name])) for name in shared},
    )


def _judges(task: TaskRun) -> str:
    return ", ".join(dict.fromkeys(stamp.model for stamp in task.stamps))


def common_items(a: TaskRun, b: TaskRun) -> tuple[TaskRun, TaskRun]:
    """Both tasks with only the records (by identity) that both hold.

    Raises:
        RunError: there are none.
    """
    shared = {record.identity for record in a.records} & {record.identity for record in b.records}
    if not shared:
        raise RunError(f"{a.name}: the runs have no item in common. Run both on the same split, with the same --limit.")
    return _only(a, shared), _only(b, shared)


def compare_measure(a: TaskRun, b: TaskRun, metric: str, where: Where = ()) -> ComparedMetric:
    """One row: ``metric`` over the items with a value in both tasks (of ``common_items``)."""
    both = common_values(a, b, metric, where)
    levels = METRICS[metric].levels_among([*both.a, *both.b]) or SHARE
    paired = paired_difference(both.a, both.b, both.clusters, levels=levels)
    pictures = None if both.clusters is None else paired.clusters
    return ComparedMetric(a.name, metric, where, paired, both.left_out, pictures=pictures)


@dataclass(frozen=True)
class CommonValues:
    """A metric's values over the items that have one in both tasks, in one order."""

    a: tuple[float, ...]
    b: tuple[float, ...]
    clusters: tuple[int, ...] | None  # the group of pictures of each item; None: not known
    left_out: int  # items with a value in one of the tasks only


def common_values(a: TaskRun, b: TaskRun, metric: str, where: Where = ()) -> CommonValues:
    """The values of ``metric`` in two tasks of the same items (of ``common_items``).

    Items hang together by these items alone: what joins two of them outside of the slice does not count.
    """
    values_a, values_b = (measures.measure(task, metric, where).values for task in (a, b))
    ids = sorted(values_a.keys() & values_b.keys())
    used = set(ids)
    groups = next(
        (found for task in (a, b) if (found := groups_of([r for r in task.records if r.identity in used]))), None
    )
    labels = labels_of(groups, ids)
    clusters = None if labels is None else tuple(labels)
    left_out = len(values_a.keys() ^ values_b.keys())
    return CommonValues(tuple(values_a[i] for i in ids), tuple(values_b[i] for i in ids), clusters, left_out)


def _only(task: TaskRun, ids: Collection[Identity]) -> TaskRun:
    return replace(task, records=tuple(record for record in task.records if record.identity in ids))


def _known(a: TaskRun, b: TaskRun) -> bool:
    return any(all(record.pictures for record in task.records) for task in (a, b))


def _rows(a: TaskRun, b: TaskRun, fields: Sequence[str]) -> Iterator[ComparedMetric]:
    known = {*measures.metric_names(a), *measures.metric_names(b)}
    # Slices are A's: the runs may only differ there where other tables were allowed.
    places: list[Where] = [((field, value),) for field in fields for value in measures.slice_values([a], field)]
    row = partial(compare_measure, a, b)
    for metric in (metric for name, metric in METRICS.items() if metric.compared and name in known):
        yield row(metric.name)
        if metric.sliced:
            yield from (found for where in places if (found := row(metric.name, where)).paired.n)


def _asked_first(rows: Sequence[ComparedMetric], run: Run, name: str | None) -> list[ComparedMetric]:
    """The rows, the one of this name marked.

    Raises:
        RunError: the name is none of the run's, or of no row.
    """
    if name is None:
        return list(rows)
    wanted = measures.find(run, name)
    marked = [replace(row, primary=(row.task, row.metric, row.where) == wanted.key) for row in rows]
    if any(row.primary and not row.paired.n for row in marked):
        raise RunError(f"--primary {name}: no item has a value in both runs.")
    if not any(row.primary for row in marked):
        listed = ", ".join(measures.full_name(row.task, row.metric) for row in rows if not row.where)
        raise RunError(f"--primary {name}: no row of the comparison. There is: {listed}, and their slices.")
    return marked


def _corrected(rows: Sequence[ComparedMetric]) -> list[ComparedMetric]:
    """Holm's correction within each family: all rows of whole tasks, and the slices of each metric of each task."""
    families: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows):
        if not row.primary:
            families.setdefault((row.task, row.metric) if row.where else (), []).append(place)
    adjusted = [row.paired.p_value for row in rows]
    for places in families.values():
        for place, p in zip(places, holm([rows[place].paired.p_value for place in places]), strict=True):
            adjusted[place] = p
    return [replace(row, p_holm=p) for row, p in zip(rows, adjusted, strict=True)]
