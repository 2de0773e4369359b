"""What a judge was asked, so that a page can show it: the prompts once, and of each answer how its texts went in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medq_tasks.judge import fence
from medq_tasks.judge.items import item_of, settled
from medq_tasks.judge.rubric import Rubric
from medq_tasks.records import AXES, TEXT_KINDS, JudgeStamp, ReasoningRecord

_BLANKS = " \t\r\n"  # what sample.js takes off a reply, as the judge's item does


def used(stamp: JudgeStamp, rubrics: Sequence[Rubric]) -> Rubric | None:
    """The rubric that somebody judged by, where it is at hand."""
    return next((rubric for rubric in rubrics if rubric.hash == stamp.prompts_hash), None)


def told(stamp: JudgeStamp, rubric: Rubric | None) -> dict[str, Any]:
    """A judge by name and hash of the prompts, and these where they are at hand."""
    named = {"name": f"{stamp.model} · {stamp.prompts}", "hash": stamp.prompts_hash}
    if rubric is None:
        return named
    prompts = {kind: {axis: rubric.prompt(kind, axis) for axis in AXES} for kind in TEXT_KINDS}
    marks = [rubric.model_mark, rubric.reference_mark]
    return {**named, "prompts": prompts, "system": rubric.system, "marks": marks, "fenced": rubric.fenced}


def tag(record: ReasoningRecord, rubric: Rubric) -> str | None:
    """What stands in the marks around the two texts, "" where there are none.

    None where the texts went in otherwise than they are logged (without thinking, shortened, defused), or nobody was
    asked: then there is no telling the prompt letter by letter.
    """
    item = item_of(record.kind, record.reply, record.reference)
    texts = (item.reply, item.reference)
    if settled(item) is not None or texts[0] != record.reply.strip(_BLANKS):
        return None
    if rubric.fenced:
        return fence.tag_of(*texts) if all(fence.defuse(text) == text for text in texts) else None
    plain = all(fence.shorten(text) == text == text.encode("utf-8", "replace").decode() for text in texts)
    return "" if plain else None
