"""Small records for tests; every field that a test does not name has an unremarkable value."""

from __future__ import annotations

import dataclasses
from typing import Any

from medq_tasks.records import AXES, AxisJudgement, Judgement, JudgeStamp, PerceptionRecord, ReasoningRecord, Slices


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


def judgement(scores: tuple[int | None, ...], stamp: JudgeStamp | None = None) -> Judgement:
    """One score per axis, in the order of the axes."""
    return Judgement(stamp, {axis: AxisJudgement(score) for axis, score in zip(AXES, scores, strict=True)})


def reasoning(
    scores: tuple[int | None, ...] | None = (2, 1, 2, 0), stamp: JudgeStamp | None = None, **changes: Any
) -> ReasoningRecord:
    """``scores`` in the order of the axes; None = no judge was configured."""
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
        marked=True,
        judgements=() if scores is None else (judgement(scores, stamp),),
    )
    return dataclasses.replace(record, **changes)
