"""MedQ-Perception: the target, and what a reply is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medq_tasks import answers, metrics, records
from medq_tasks.hooks import aggregate
from medq_tasks.hooks.inputs import options_of
from medq_tasks.records import PerceptionRecord, Slices


def doc_to_target(doc: Mapping[str, Any]) -> str:
    """The letter of the right option."""
    return str(doc["answer"])


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Any]:
    """The item's value for each metric, and its whole record under ``record``."""
    record = read(doc, results[0])
    return {
        **aggregate.row(metrics.PERCEPTION, metrics.perception_values(record)),
        "record": records.to_dict(record),
        "pictures": list(doc.get("sizes") or ()),
    }


def read(doc: Mapping[str, Any], reply: str) -> PerceptionRecord:
    """The record of one reply to one row of a perception table."""
    options = options_of(doc)
    choice: str | None = None
    failure = answers.failure(reply)
    if failure is not None:
        state, reason = "failed", failure
    else:
        reading = answers.explain_choice(reply, options)
        choice, reason = reading.choice, "" if reading.choice else reading.reason
        state = "unanswered" if choice is None else "right" if choice == doc["answer"] else "wrong"
    return PerceptionRecord(
        id=doc["id"],
        row=doc["row"],
        table=doc["table"],
        question=doc["question"],
        options=options,
        answer=doc["answer"],
        reply=reply,
        choice=choice,
        state=state,  # type: ignore[arg-type]
        reason=reason,
        slices=slices_of(doc),
    )


def slices_of(doc: Mapping[str, Any]) -> Slices:
    """What the item can be grouped by, from its row."""
    names = ("question_type", "modality", "severity", "scope", "grain", "degradation", "source")
    return Slices(**{name: doc[name] for name in names}, inferred=tuple(doc["inferred"]))
