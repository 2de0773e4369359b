"""On which items two runs parted, by the task's own figure: right or wrong, a verdict, or what the judge gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS
from medq_tasks.records import PerceptionRecord, ReasoningRecord, Record
from medq_tasks.runs.run import TaskRun

_VERDICT = "verdict_accuracy"


@dataclass(frozen=True)
class Flip:
    """An item that the two runs do not have alike."""

    task: str
    id: str
    change: str  # from A to B: "right -> wrong" or "wrong -> right"; of scores "5 -> 2"
    question: str
    expected: str
    reading_a: str
    reading_b: str
    metric: str = ""  # what it is that changed
    difference: float = 0.0  # B minus A


@dataclass(frozen=True)
class FlipCount:
    """How many items of a task changed, by one metric."""

    task: str
    metric: str
    n: int  # items with a value in both runs
    lower: int  # lower in B, or right in A and wrong in B
    higher: int
    own: bool = True  # whether the metric is the task's own figure here: that of a judged task is the judge's

    @property
    def words(self) -> str:
        """``accuracy: 3 right -> wrong, 5 wrong -> right, 82 alike``."""
        scored = METRICS[self.metric].scale == "score"
        names = ("lower in B", "higher in B") if scored else ("right -> wrong", "wrong -> right")
        alike = self.n - self.lower - self.higher
        return f"{self.metric}: {self.lower:,} {names[0]}, {self.higher:,} {names[1]}, {alike:,} alike"


def flips(a: TaskRun, b: TaskRun) -> tuple[list[Flip], list[FlipCount]]:
    """What changed from task ``a`` to ``b`` (of ``common_items``), by each metric that an item has alone, and counts.

    Changed scores come largest first: of hundreds that moved by a point, those that moved by five are worth a look.
    """
    found: list[Flip] = []
    counts: list[FlipCount] = []
    for metric in _metrics(a, b):
        pairs = list(_pairs(a, b, metric))
        moved = [_flip(a.name, metric, *pair) for pair in pairs if pair[1] != pair[3]]
        own = not counts
        if METRICS[metric].scale == "score":
            moved.sort(key=lambda flip: -abs(flip.difference))
        lower = sum(flip.difference < 0 for flip in moved)
        counts.append(FlipCount(a.name, metric, len(pairs), lower, len(moved) - lower, own))
        found += moved
    return found, counts


def _metrics(a: TaskRun, b: TaskRun) -> Sequence[str]:
    """The task's own figure first; of judged texts the verdict as well, which needs no judge."""
    main = FAMILIES[a.kind].main
    if not main.stand_in:
        return (main.name,)
    return (main.name, _VERDICT) if any(_pairs(a, b, main.name)) else (_VERDICT,)


def _pairs(a: TaskRun, b: TaskRun, metric: str) -> Iterator[tuple[Record, float, Record, float]]:
    others = {record.identity: record for record in b.records}
    for record in a.records:
        other = others[record.identity]
        before, after = _value(record, metric), _value(other, metric)
        if before is not None and after is not None:
            yield record, before, other, after


def _value(record: Record, metric: str) -> float | None:
    if isinstance(record, PerceptionRecord):
        return float(record.state == "right")
    if metric == _VERDICT:
        return None if record.reference_verdict is None else float(record.verdict == record.reference_verdict)
    return None if record.overall is None else float(record.overall)


def _flip(task: str, metric: str, record: Record, before: float, other: Record, after: float) -> Flip:
    if METRICS[metric].scale == "score":
        change = f"{before:g} -> {after:g}"
    else:
        change = "right -> wrong" if before else "wrong -> right"
    name = " ".join(filter(None, record.identity))
    readings = (reading(record), reading(other))
    return Flip(task, name, change, record.question, _expected(record), *readings, metric, after - before)


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
