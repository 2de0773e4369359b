"""One pass over the questions: who is asked how often, what another run is waited for, what is told when all fails."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import json
import logging
from pathlib import Path

import pytest

from medq_tasks.judge import asking
from medq_tasks.judge.client import JudgeClient
from medq_tasks.records import AXES
from medq_tasks.store.ledger import Ledger
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer
from tests.judge.test_session import KEY, QUICK, axis_of, items, make

ONCE = dataclasses.replace(QUICK, max_retries=0)


@pytest.mark.parametrize(("rounds", "times"), [(1, 1), (3, 3)])
def test_a_call_that_fails_in_passing_gets_as_many_rounds_as_set(tmp_path: Path, rounds: int, times: int):
    def answer(ask: Ask) -> Answer | str:
        return fake.server_error(503) if axis_of(ask) == "preciseness" else "Score: 2"

    with FakeServer(answer) as server:
        session = make(server, tmp_path, dataclasses.replace(ONCE, rounds=rounds), concurrency=1)
        said = session.score(items(1)[0])
    assert [said[axis].score for axis in AXES] == [2, None, 2, 2]
    assert said["preciseness"].attempts == times
    assert said["preciseness"].reason.startswith("judge: HTTP 503")
    # The others go first: the failed call is put behind them.
    assert [axis_of(ask) for ask in server.asks][4:] == ["preciseness"] * (times - 1)
    assert session.calls == len(server.asks) == 3 + times


def test_a_dead_server_is_not_asked_by_those_who_wait(tmp_path: Path):
    options = dataclasses.replace(ONCE, rounds=9, give_up_after=3)
    with FakeServer(lambda _: fake.server_error(503)) as server:
        said = make(server, tmp_path, options, concurrency=1).score(items(1)[0])
    assert len(server.asks) == 3 + 1  # and a harmless prompt
    assert [judgement.score for judgement in said.values()] == [None] * 4
    assert sum("judge: not asked, 3 calls in a row failed" in judgement.reason for judgement in said.values()) == 3


def test_a_judge_without_words_and_one_without_a_score_are_told_apart(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    replies = {"preciseness": "", "completeness": "no idea"}
    with FakeServer(lambda ask: replies.get(axis_of(ask), "Score: 0")) as server:
        said = make(server, tmp_path, ONCE).score(items(1)[0])
    assert (said["preciseness"].reason, said["preciseness"].attempts) == ("the judge sent no text", 3)
    assert said["completeness"].reason == "no score could be read in 3 replies of the judge"
    (message,) = caplog.messages
    assert message.startswith("Judge judge-1: 2 of 4 axes could not be scored (1: ")
    assert "1: the judge sent no text" in message


def test_an_item_asked_for_twice_is_one_question(tmp_path: Path):
    twin = dataclasses.replace(items(1)[0])
    with FakeServer("Score: 2") as server:
        session = make(server, tmp_path)
        session.enqueue([items(1)[0], twin, *items(2)])
        session.score(twin)
        session.enqueue(items(2))  # known by now
        session.score(items(2)[1])
    assert len(server.asks) == session.calls == 8


def test_what_another_run_is_asking_is_waited_for_and_never_asked_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A stand-in for the other run: it holds every key at first, and answers while this one waits."""
    tries: collections.Counter[str] = collections.Counter()
    released: list[str] = []
    waits: list[float] = []
    sleep = asyncio.sleep

    def claim(ledger: Ledger, key: str) -> bool:
        tries[key] += 1
        if tries[key] == 2:
            line = json.dumps({"key": key, "reply": "Score: 1", "dropped": ["temperature"]})
            (ledger.folder / f"{key}.jsonl").write_text(line + "\n")
        return tries[key] > 2

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(Ledger, "claim", claim)
    monkeypatch.setattr(Ledger, "release", lambda _, key: released.append(key))
    monkeypatch.setattr(asyncio, "sleep", noted)
    with FakeServer("Score: 2") as server:
        session = make(server, tmp_path)
        before = session.stamp
        said = session.score(items(1)[0])
    assert server.asks == []
    assert [judgement.score for judgement in said.values()] == [1] * 4
    assert session.stamp != before  # the other run's server refused a parameter
    assert sorted(released) == sorted(tries)
    assert waits.count(asking._POLL) >= 4 * 2  # no spinning


def test_two_runs_at_one_place_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The order is drawn anew where another run is met, and once only."""
    tries: collections.Counter[str] = collections.Counter()

    def claim(_: Ledger, key: str) -> bool:
        tries[key] += 1
        return len(tries) > 1 or tries[key] > 1

    monkeypatch.setattr(Ledger, "claim", claim)
    shuffled: list[int] = []
    monkeypatch.setattr("random.Random.shuffle", lambda _, queue: (shuffled.append(len(queue)), queue.reverse()))
    with FakeServer("Score: 2") as server:
        make(server, tmp_path, concurrency=1).score(items(1)[0])
    assert shuffled == [4]
    # Completeness was held and went to the end; reversed, it comes first.
    assert axis_of(server.asks[0]) == "completeness"


def test_an_unforeseen_error_loses_no_answer_and_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    released: list[str] = []
    real = JudgeClient.ask

    async def ask(client: JudgeClient, messages: object) -> str:
        if client.calls >= 2:
            raise RuntimeError(f"broken {KEY}")
        return await real(client, messages)  # type: ignore[arg-type]

    monkeypatch.setattr(JudgeClient, "ask", ask)
    monkeypatch.setattr(Ledger, "release", lambda _, key: released.append(key))
    with FakeServer("Score: 2") as server:
        said = make(server, tmp_path, ONCE, concurrency=1).score(items(1)[0])
    assert [said[axis].score for axis in AXES] == [2, 2, None, None]
    assert {said[axis].reason for axis in AXES[2:]} == {"judge: RuntimeError('broken ***')"}
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "Judging stopped: RuntimeError('broken ***')"
    ]
    assert len(released) == 3  # the one that broke, too


@pytest.mark.parametrize(("rank", "shown"), [(None, True), ("0", True), ("1", False)])
def test_the_bar_is_shown_by_the_first_of_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rank: str | None, shown: bool
):
    monkeypatch.delenv("RANK", raising=False)
    if rank is not None:
        monkeypatch.setenv("RANK", rank)
    with FakeServer("Score: 2") as server:
        make(server, tmp_path).score(items(1)[0])
    told = capsys.readouterr().err
    assert ("Judging (judge-1): 100%" in told and "4/4" in told) is shown
