"""MedQ-Reasoning: the target, and what a description is worth, with and without a judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medq_tasks import judge, metrics, records
from medq_tasks.data.doc import Doc
from medq_tasks.families import FAMILIES
from medq_tasks.harness import aggregate
from medq_tasks.scoring import replies
from medq_tasks.settings import Settings


def doc_to_target(doc: Doc) -> str:
    """The reference text."""
    return str(doc["reference"])


def process_results(doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """The item's value for each metric, and its whole record under ``record``."""
    record = judge.judged(replies.read_text(doc, results[0]), judge.session_for(Settings.from_env()))
    return {
        **aggregate.row(FAMILIES[record.kind].metrics, metrics.reasoning_values(record)),
        "record": records.to_dict(record),
        "pictures": list(doc.get("sizes") or ()),
    }
