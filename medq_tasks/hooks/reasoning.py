"""MedQ-Reasoning: the target, and what a description is worth, with and without a judge."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from medq_tasks import answers, judge, metrics, records
from medq_tasks.hooks import aggregate
from medq_tasks.hooks.perception import slices_of
from medq_tasks.records import ReasoningRecord
from medq_tasks.settings import Settings


def doc_to_target(doc: Mapping[str, Any]) -> str:
    """The reference text."""
    return str(doc["reference"])


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Any]:
    """The item's value for each metric, and its whole record under ``record``."""
    record = judge.judged(read(doc, results[0]), judge.session_for(Settings.from_env()))
    return {
        **aggregate.row(metrics.REASONING, metrics.reasoning_values(record)),
        "record": records.to_dict(record),
        "pictures": list(doc.get("sizes") or ()),
    }


def read(doc: Mapping[str, Any], reply: str) -> ReasoningRecord:
    """The record of one reply to one row of a reasoning table, not judged yet."""
    kind = doc["kind"]
    failure = answers.failure(reply)
    text = "" if failure else answers.final_text(reply)
    record = ReasoningRecord(
        id=doc["id"],
        row=doc["row"],
        table=doc["table"],
        kind=kind,
        question=doc["question"],
        reference=doc["reference"],
        reference_verdict=answers.read_verdict(doc["reference"], kind),
        reply=reply,
        verdict=answers.read_verdict(text, kind) if text else None,
        state="answered",
        slices=slices_of(doc),
    )
    if failure is not None:
        return dataclasses.replace(record, state="failed", reason=failure)
    if not text.strip():
        return dataclasses.replace(record, state="empty", reason="no text outside the model's thinking")
    return record
