"""What is put before the judge, and what is settled without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from medq_tasks import answers
from medq_tasks.records import AXES, AxisJudgement


@dataclass(frozen=True)
class JudgeItem:
    """One reply of a model beside its reference."""

    kind: Literal["no_reference", "comparison"]
    reply: str  # the text to judge, without the model's thinking; "" when there is none
    reference: str
    failed: bool = False  # the model's request failed in the harness: there is no reply at all


def item_of(kind: Literal["no_reference", "comparison"], reply: str, reference: str) -> JudgeItem:
    """The item for a reply as the harness handed it over."""
    if answers.failure(reply) is not None:
        return JudgeItem(kind, "", reference, failed=True)
    return JudgeItem(kind, answers.final_text(reply).strip(), reference)


def settled(item: JudgeItem) -> dict[str, AxisJudgement] | None:
    """The judgement of an item that is not sent, or None for one that is.

    No answer is a wrong answer: 0 on every axis, as in perception. An item without a reference cannot be judged, which
    is not the model's fault: unscored.
    """
    if item.failed:
        said = AxisJudgement(0, reason="request failed")
    elif not item.reply.strip():
        said = AxisJudgement(0, reason="empty reply")
    elif not item.reference.strip():
        said = AxisJudgement(None, reason="the table holds no reference text")
    else:
        return None
    return dict.fromkeys(AXES, said)
