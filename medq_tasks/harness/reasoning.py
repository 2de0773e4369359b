"""MedQ-Reasoning: the target, and what a description is worth, with and without a judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medq_tasks import judge
from medq_tasks.data.doc import Doc
from medq_tasks.harness import aggregate
from medq_tasks.scoring import replies
from medq_tasks.settings import Settings


def doc_to_target(doc: Doc) -> str:
    """The reference text."""
    return str(doc["reference"])


def process_results(doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """The item's value for each metric, and its whole record under ``record``."""
    settings = Settings.from_env()
    record = judge.judged(replies.read_text(doc, results[0]), judge.session_for(settings))
    return aggregate.result(doc, judge.second_reading(record, settings))
