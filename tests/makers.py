"""Small records for tests; every field that a test does not name has an unremarkable value."""

from __future__ import annotations

import dataclasses
from typing import Any

from medq_tasks.records import AxisJudgement, PerceptionRecord, ReasoningRecord, Slices


def perception(state: str = "right", **changes: Any) -> PerceptionRecord:
    record = PerceptionRecord(
        id="7",
        row=6,
        table="0123456789abcdef",
        question="Is there noise?",
        options={"A": "Yes", "B": "No"},
        answer="A",
        reply="A",
        choice="A",
        state=state,  # type: ignore[arg-type]
        slices=Slices(question_type="yes_or_no", modality="ct", severity="mild"),
    )
    return dataclasses.replace(record, **changes)


def reasoning(scores: tuple[int | None, ...] | None = (2, 1, 2, 0), **changes: Any) -> ReasoningRecord:
    """``scores`` in the order of the axes; None = no judge was configured."""
    axes = ("completeness", "preciseness", "consistency", "quality_accuracy")
    record = ReasoningRecord(
        id="3",
        row=2,
        table="fedcba9876543210",
        kind="no_reference",
        question="",
        reference="Sharp. The quality is good.",
        reference_verdict="good",
        reply="Sharp.\nVerdict: good",
        verdict="good",
        state="answered",
        axes={} if scores is None else {axis: AxisJudgement(score) for axis, score in zip(axes, scores, strict=True)},
    )
    return dataclasses.replace(record, **changes)
