"""An alias is answered under another name: the record says which."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from medq_tasks.judge import JudgeSession, judged
from medq_tasks.records import ReasoningRecord, from_dict, to_dict
from medq_tasks.runs.differences import notes
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.settings import JudgeSettings, Settings
from tests.judge.server import Answer, FakeServer
from tests.runs import factory

NAME = "medq_reasoning_no_reference"


def completion(model: object) -> Answer:
    message = {"message": {"content": "Score: 2"}, "finish_reason": "stop"}
    return Answer(raw=json.dumps({"model": model, "choices": [message]}).encode())


def judge(folder: Path, model: object) -> ReasoningRecord:
    with FakeServer(lambda ask: completion(model)) as server:
        settings = Settings(None, folder, JudgeSettings("judge", server.base_url))
        record, again = (judged(factory.reasoning(0, scores=None), JudgeSession(settings)) for _ in range(2))
        assert len(server.asks) == 4  # the second from the ledger, under the same name
    assert [said.model for said in again.axes.values()] == [said.model for said in record.axes.values()]
    return record


def task(record: ReasoningRecord) -> TaskRun:
    return TaskRun(NAME, "no_reference", "test", "1.0", (record,))


def test_the_name_that_the_server_gives_itself_is_kept(tmp_path: Path) -> None:
    record = judge(tmp_path, "judge-2026-01-01")
    assert {said.model for said in record.axes.values()} == {"judge-2026-01-01"}
    assert from_dict(to_dict(record)) == record
    assert task(record).answered_as == ("judge-2026-01-01",)


def test_the_name_that_was_asked_for_and_none_are_nothing_to_tell(tmp_path: Path) -> None:
    for number, model in enumerate(("judge", None, 7)):
        assert task(judge(tmp_path / str(number), model)).answered_as == ()


def test_two_runs_that_were_answered_by_others_are_told_apart(tmp_path: Path) -> None:
    sides = [task(judge(tmp_path / str(n), f"judge-{n}")) for n in range(2)]
    a, b = (Run("m", "", "1", None, {NAME: side}) for side in sides)
    assert any("the judge's server answered as judge-0 in A, judge-1 in B." in note for note in notes(a, b))
    assert not any("answered as" in note for note in notes(a, replace(a)))


def test_a_key_in_the_name_is_kept_nowhere_nor_is_half_of_it(tmp_path: Path) -> None:
    key = "sk-0123456789abcdefghij"
    with FakeServer(lambda ask: completion("x" * 193 + key)) as server:
        session = JudgeSession(Settings(None, tmp_path, JudgeSettings("judge", server.base_url, api_key=key)))
        record = judged(factory.reasoning(0, scores=None), session)
        session.close()
    kept = "".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*") if file.is_file())
    assert "x" * 150 in kept
    for text in (kept, str(record)):
        assert key[:7] not in text
