"""What a second reader made of the replies that no rule could read: counted apart from what counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medq_tasks.records import PerceptionRecord, Record

_NONE = "none"


@dataclass(frozen=True)
class SecondReadings:
    """Counts of items. ``right``: of those read, the ones that agree with the key or the reference's verdict."""

    model: str
    asked: int
    read: int
    right: int
    counted: bool
    items: int  # of the task that have a key or a reference verdict, read by whomever
    right_by_rules: int
    right_by_others: int = 0  # whose readings count, of a run that was read by several

    @property
    def words(self) -> str:
        """A sentence for people; shares over all items, unread ones wrong."""
        told = f"{self.model} read {self.read} of {self.asked} replies that no rule could; {self.right} of them right"
        share = (self.right_by_rules + self.right_by_others + self.right) / max(1, self.items)
        if self.counted:
            alone = self.right_by_rules / max(1, self.items)
            return f"{told}. They count (MEDQ_READER_COUNTS=1): {share:.3f}; by rules alone it would be {alone:.3f}."
        return f"{told}. They do not count; with them it would be {share:.3f}."


def second_readings(records: Sequence[Record]) -> tuple[SecondReadings, ...]:
    """One entry per second reader that was asked; () where none was."""
    keyed = sum(_key(record) is not None for record in records)
    models = dict.fromkeys(record.read_by for record in records if record.second is not None)
    by_rules = sum(_right(record, _value(record)) for record in records if record.second is None)
    asked = {model: [r for r in records if r.read_by == model and r.second is not None] for model in models}
    counting = {model: sum(_right(r, _value(r)) for r in its) for model, its in asked.items()}
    others = {model: sum(counting.values()) - counting[model] for model in models}
    return tuple(_of(model, asked[model], keyed, by_rules, others[model]) for model in models)


def _of(model: str, asked: Sequence[Record], items: int, by_rules: int, by_others: int) -> SecondReadings:
    read = [record for record in asked if record.second != _NONE]
    right = sum(_right(record, record.second) for record in read)
    counted = any(_value(record) is not None for record in read)
    return SecondReadings(model, len(asked), len(read), right, counted, items, by_rules, by_others)


def _value(record: Record) -> str | None:
    return record.choice if isinstance(record, PerceptionRecord) else record.verdict


def _right(record: Record, value: str | None) -> bool:
    return value is not None and value == _key(record)


def _key(record: Record) -> str | None:
    return record.answer if isinstance(record, PerceptionRecord) else record.reference_verdict
