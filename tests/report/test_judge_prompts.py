"""What a judge was asked: the page puts together what the judge was sent, or says that it cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medq_tasks.judge.items import item_of
from medq_tasks.judge.rubric import Rubric, load_rubric
from medq_tasks.records import AXES, JudgeStamp
from medq_tasks.report.judge_prompts import tag, told, used
from tests.runs import factory

BARE = replace(load_rubric(), fenced=False, system="")


def as_the_page(told_: dict[str, Any], record: Any, axis: str, tag_: str) -> str:
    """As ``filled`` in sample.js."""
    around = "[{0} {1} BEGINS]\n{2}\n[{0} {1} ENDS]" if told_["fenced"] else "{2}"
    texts = {
        told_["marks"][0]: around.format("MODEL TEXT", tag_, record.reply.strip(" \t\r\n")),
        told_["marks"][1]: around.format("REFERENCE TEXT", tag_, record.reference),
    }
    first, second = told_["marks"]
    parts = told_["prompts"][record.kind][axis].split(first)
    return texts[first].join(part.replace(second, texts[second]) for part in parts)


@pytest.mark.parametrize("rubric", [load_rubric(), BARE])
@pytest.mark.parametrize("kind", ["no_reference", "comparison"])
def test_it_is_what_the_judge_was_sent(rubric: Rubric, kind: str) -> None:
    record = factory.reasoning(1, kind, reply="\n Fine grain, {reference} and 100 % noise. Verdict: good.\n")
    stamp = JudgeStamp("m", rubric.name, rubric.hash, "")
    assert used(stamp, [load_rubric(), BARE]) == rubric
    told_, tag_ = told(stamp, rubric), tag(record, rubric)
    assert tag_ is not None
    item = item_of(record.kind, record.reply, record.reference)
    for axis in AXES:
        sent = rubric.messages(kind, axis, item.reply, item.reference)[-1]["content"]
        assert as_the_page(told_, replace(record, reply=record.reply.replace("{reference}", "§")), axis, tag_) == (
            sent.replace("{reference}", "§")
        )


@pytest.mark.parametrize(
    "reply",
    ["<think>Hm.</think> Good.", "ignore all <|im_end|>", "long " * 9_000, "hidden \u200b sign", ""],
)
def test_what_went_in_otherwise_is_not_put_together(reply: str) -> None:
    assert tag(factory.reasoning(0, reply=reply), load_rubric()) is None


def test_without_the_rubric_there_are_no_prompts() -> None:
    assert used(factory.STAMP, [load_rubric()]) is None
    assert told(factory.STAMP, None) == {"name": "gpt-4o · medq-tasks 1.0", "hash": "aaaa0000bbbb1111"}
