from __future__ import annotations

import pytest

from medq_tasks.judge.items import JudgeItem, item_of, settled
from medq_tasks.records import AXES, AxisJudgement

FAILED = "[LMMS_EVAL_REQUEST_FAILED after 3 retries] Error: 500"


@pytest.mark.parametrize(
    ("reply", "item"),
    [
        (" <think>Hm.</think> Noisy. \n", JudgeItem("comparison", "Noisy.", "ref", failed=False)),
        ("<think>All of it is thinking.</think>", JudgeItem("comparison", "", "ref", failed=False)),
        (FAILED, JudgeItem("comparison", "", "ref", failed=True)),
    ],
)
def test_the_judge_gets_the_answer_without_the_thinking(reply: str, item: JudgeItem):
    assert item_of("comparison", reply, "ref") == item


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (JudgeItem("no_reference", "", "", failed=True), AxisJudgement(0, reason="request failed")),
        (JudgeItem("no_reference", " \n", ""), AxisJudgement(0, reason="empty reply")),
        (JudgeItem("no_reference", "Noisy.", " "), AxisJudgement(None, reason="the table holds no reference text")),
    ],
)
def test_what_is_settled_without_a_judge_costs_no_call(item: JudgeItem, said: AxisJudgement):
    assert settled(item) == dict.fromkeys(AXES, said)


def test_a_reply_beside_its_reference_is_sent():
    assert settled(JudgeItem("no_reference", "Noisy.", "Blurred.")) is None
