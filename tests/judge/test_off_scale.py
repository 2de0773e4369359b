"""A level that an axis does not have: asked again, then unscored, counted, and not asked a third time."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks import metrics
from medq_tasks.judge import JudgeSession, judged
from medq_tasks.judge.client import ClientOptions
from medq_tasks.records import AXES, ReasoningRecord, levels_of
from medq_tasks.settings import JudgeSettings, Settings
from tests.judge.server import Answer, Ask, FakeServer, server_error
from tests.runs import factory

QUICK = ClientOptions(pause=0.01, head_start=0.0)


def judge(folder: Path, server: FakeServer, kind: str = "comparison") -> ReasoningRecord:
    session = JudgeSession(Settings(None, folder, JudgeSettings("judge-1", server.base_url)), QUICK)
    record = judged(factory.reasoning(0, kind, scores=None), session)
    session.close()
    return record


def test_the_pair_s_quality_has_no_middle() -> None:
    assert levels_of("comparison", "quality_accuracy") == (0, 2)
    others = [(kind, axis) for kind in ("no_reference", "comparison") for axis in AXES]
    assert {levels_of(*one) for one in others if one != ("comparison", "quality_accuracy")} == {(0, 1, 2)}  # type: ignore[arg-type]


def test_a_judge_that_insists_leaves_the_axis_unscored_and_is_not_asked_again(tmp_path: Path) -> None:
    with FakeServer("Score: 1") as server:
        record = judge(tmp_path, server)
        said = record.axes["quality_accuracy"]
        assert (said.score, said.off_scale, said.attempts) == (None, 1, 3)
        assert said.reason == "off scale: the judge gave 1, and this axis has 0 and 2 only"
        assert {record.axes[axis].score for axis in AXES[:3]} == {1}
        assert len(server.asks) == 3 + 3
        assert sum("two levels only" in ask.text for ask in server.asks) == 1
        again = judge(tmp_path, server)
        assert len(server.asks) == 6
    assert (again.axes["quality_accuracy"].off_scale, again.axes["quality_accuracy"].attempts) == (1, 0)
    values = metrics.reasoning_values(record)
    assert (values["off_scale"], values["judged"]) == (1.0, 0.0)
    assert "quality_accuracy" not in values
    assert "overall" not in values


def test_a_reminder_may_help(tmp_path: Path) -> None:
    with FakeServer(lambda ask: "Score: 2" if "two levels" in ask.text else "Score: 1") as server:
        said = judge(tmp_path, server).axes["quality_accuracy"]
    assert (said.score, said.off_scale, said.attempts) == (2, None, 2)


class Says:
    """A judge that says these one after the other about the axis with two levels, and 2 about the others."""

    def __init__(self, *replies: str) -> None:
        self.replies = list(replies)

    def __call__(self, ask: Ask) -> Answer | str:
        if "x is 0 or 2" not in ask.text:
            return "Score: 2"
        return self.replies.pop(0) if self.replies else server_error()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_level_that_is_not_there_counts_wherever_it_stands_among_replies_without_a_score(
    tmp_path: Path, place: int
) -> None:
    replies = ["I cannot say."] * 3
    replies[place] = "Score: 1"
    with FakeServer(Says(*replies)) as server:
        said = judge(tmp_path, server).axes["quality_accuracy"]
        assert (said.score, said.off_scale, said.attempts) == (None, 1, 3)
        before = len(server.asks)
        assert judge(tmp_path, server).axes["quality_accuracy"].off_scale == 1
        assert len(server.asks) == before


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    """Replies are kept; asked again at temperature 0 they would be the same."""
    says = Says("Score: 1", "Score: 1")
    with FakeServer(says) as server:
        said = judge(tmp_path, server).axes["quality_accuracy"]
        assert (said.score, said.off_scale) == (None, None)  # the server was gone before the last reminder
        says.replies.append("Score: 0")
        before = len(server.asks)
        said = judge(tmp_path, server).axes["quality_accuracy"]
        assert (said.score, said.off_scale) == (0, None)
        assert len(server.asks) - before == 1


@pytest.mark.parametrize(("kind", "scores"), [("no_reference", {1}), ("comparison", {1, None})])
def test_other_axes_keep_their_middle(tmp_path: Path, kind: str, scores: set[int | None]) -> None:
    with FakeServer("Score: 1") as server:
        record = judge(tmp_path, server, kind)
    assert {said.score for said in record.axes.values()} == scores


def test_without_a_judge_nothing_is_counted() -> None:
    assert "off_scale" not in metrics.reasoning_values(factory.reasoning(0, scores=None))
    assert metrics.reasoning_values(factory.reasoning(0))["off_scale"] == 0
