"""MedQ-Perception: the target, and what a reply is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medq_tasks import judge
from medq_tasks.data.doc import Doc
from medq_tasks.harness import aggregate
from medq_tasks.scoring import replies
from medq_tasks.settings import Settings


def doc_to_target(doc: Doc) -> str:
    """The letter of the right option."""
    return str(doc["answer"])


def process_results(doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """The item's value for each metric, and its whole record under ``record``."""
    record = judge.second_reading(replies.read_choice(doc, results[0]), Settings.from_env())
    return aggregate.result(doc, record)
