"""From the records of a task to the rows of a table in an experiment tracker, none of which is known here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS, item_values
from medq_tasks.records import RULES, SLICE_FIELDS, Identity, PerceptionRecord, Record

# Columns that every table of a kind has; of the others those in which some row says something.
_ALWAYS = ("id", "prompt", "reply", "reading", "reference", "state")


def table_of(
    records: Sequence[Record], prompts: Sequence[str], pictures: Mapping[Identity, Sequence[Any]]
) -> tuple[list[str], list[list[Any]]]:
    """Names of the columns, and a row per item in the order of ``records``.

    Args:
        records: of one task, at least one.
        prompts: what the model was asked, in the same order.
        pictures: by item what stands for its pictures, in order; an item that is not there has none.
    """
    slots = max((len(cells) for cells in pictures.values()), default=0)
    rows = [
        _row(record, prompt, _slots(pictures.get(record.identity, ()), slots))
        for record, prompt in zip(records, prompts, strict=True)
    ]
    columns = [name for name in rows[0] if name in _ALWAYS or any(row[name] not in (None, "") for row in rows)]
    return columns, [[row[name] for name in columns] for row in rows]


def by_loss(records: Sequence[Record]) -> list[Record]:
    """The records by their share of what the main figure of their task can be, or of what stands in for it, the least
    first: where room is short, the items that somebody will want to look at come before the others."""

    def share(record: Record) -> float:
        values, main = item_values(record), FAMILIES[record.kind].main
        known = (METRICS[name] for name in (main.name, main.stand_in) if name in values)
        return next((values[metric.name] / metric.full for metric in known), 1.0)

    return sorted(records, key=share)


def _slots(cells: Sequence[Any], slots: int) -> dict[str, Any]:
    names = ["picture"] if slots == 1 else [f"picture_{place}" for place in range(1, slots + 1)]
    return dict(zip(names, [*cells, *[None] * (slots - len(cells))], strict=True))


def _row(record: Record, prompt: str, pictures: Mapping[str, Any]) -> dict[str, Any]:
    values = item_values(record)
    compared = [name for name in FAMILIES[record.kind].metrics if METRICS[name].compared]
    return {
        "id": record.id,
        "variant": record.variant,
        **pictures,
        "question": record.question,
        "prompt": prompt,
        **_reading(record),
        "state": record.state,
        "reason": record.reason,
        "read_by": "" if record.read_by == RULES else record.read_by,
        **{name: values.get(name) for name in compared},
        "judge": _judge(record),
        **{name: getattr(record.slices, name) for name in SLICE_FIELDS},
    }


def _reading(record: Record) -> dict[str, Any]:
    """Reply, reading and reference; the last two in one spelling, so that a tracker can compare them."""
    if isinstance(record, PerceptionRecord):
        options = "\n".join(f"{letter}. {text}" for letter, text in record.options.items())
        return {"options": options, "reply": record.reply, "reading": record.choice, "reference": record.answer}
    return {
        "reply": record.reply,
        "reading": record.verdict,
        "reference": record.reference_verdict,
        "reference_text": record.reference,
    }


def _judge(record: Record) -> str:
    stamp = None if isinstance(record, PerceptionRecord) else record.judge
    return stamp.model if stamp else ""
