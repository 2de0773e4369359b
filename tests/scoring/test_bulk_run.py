"""Judging in bulk through the command: submitted, looked after, collected, finished by ordinary calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.errors import JudgeError, RunError, SettingsError
from tests.judge.batch_server import BatchServer, completion
from tests.judge.server import FakeServer
from tests.runs import factory

TASK = "medq_reasoning_no_reference"
COUNT = 3  # items, twelve questions


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "judge-1")
    records = [factory.reasoning(number, "no_reference") for number in range(COUNT)]
    return factory.write_run(tmp_path / "run", {TASK: [r for r in records if r.state == "answered"]})


def judge(run: Path, server: BatchServer | FakeServer, *words: str) -> Result:
    return CliRunner().invoke(app, ["judge", str(run), "--base-url", server.base_url, *words], env={"COLUMNS": "160"})


def judged(run: Path) -> list[dict[str, object]]:
    (file,) = run.rglob("*.judged.judge-1*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [axis for line in lines for axis in line["judgements"][0]["axes"].values()]


def test_a_batch_is_submitted_looked_after_and_collected(run: Path):
    with BatchServer(lambda number, line: completion("Score: 2"), looks=2) as server:
        for _ in range(2):
            told = judge(run, server, "--batch")
            assert told.exit_code == 0, told.exception
            assert "batch_0: in_progress, 0 of" in told.output
            assert not list(run.rglob("*.judged.judge-1*"))
        assert len(server.batches) == 1  # called again: the same batch is looked at
        told = judge(run, server, "--batch")
        assert told.exit_code == 0, told.exception
        assert "replies collected." in told.output
        assert {axis["score"] for axis in judged(run)} == {2}
        assert {axis["usage"]["prompt"] for axis in judged(run)} == {10}
        assert not list(run.glob("judge-batch*"))
        request = server.requests[0]
        assert (request["method"], request["url"]) == ("POST", "/v1/chat/completions")
        assert (request["body"]["model"], request["body"]["temperature"]) == ("judge-1", 0)
        assert judge(run, server, "--batch").exit_code == 0  # nothing is open: nothing is submitted
        assert len(server.batches) == 1


def test_waiting_looks_until_it_is_done(run: Path):
    with BatchServer(lambda number, line: completion("Score: 1"), looks=3) as server:
        told = judge(run, server, "--batch", "--wait", "0.01")
        assert told.exit_code == 0, told.exception
        assert told.output.count("in_progress") == 3
        assert {axis["score"] for axis in judged(run)} == {1}


def test_an_expired_batch_keeps_what_it_has_and_ordinary_calls_finish_it(run: Path):
    failed = {"response": None, "error": {"code": "server_error", "message": "try again"}}
    said = {0: None, 1: failed, 2: completion("Score: 2", "length"), 3: completion("Well.")}
    with BatchServer(lambda number, line: said.get(number, completion("Score: 2")), status="expired") as server:
        told = judge(run, server, "--batch")
        assert told.exit_code == 0, told.exception
        assert "1 line failed (try again)" in told.output
        assert "4 questions are open" in told.output
        scores = [axis["score"] for axis in judged(run)]
        assert scores.count(None) == 4
        reasons = {axis["reason"] for axis in judged(run) if axis["score"] is None}
        assert all("no whole reply with a score was among those collected" in reason for reason in reasons)
        asked = len(server.requests)
        again = judge(run, server, "--batch")  # the next batch asks for these alone
        assert again.exit_code == 0, again.exception
        assert len(server.requests) == asked + 4


def test_files_for_servers_without_a_batch_api(run: Path, tmp_path: Path):
    requests, replies = tmp_path / "requests.jsonl", tmp_path / "replies.jsonl"
    with FakeServer() as server:
        told = judge(run, server, "--export", str(requests))
        assert told.exit_code == 0, told.exception
        lines = [json.loads(line) for line in requests.read_text().splitlines()]
        assert f"{len(lines)} requests written" in told.output
        replies.write_text(
            "".join(json.dumps({"custom_id": line["custom_id"], **completion("Score: 0")}) + "\n" for line in lines[1:])
            + json.dumps({"custom_id": lines[0]["custom_id"], "response": "Score: 1"})
        )
        told = judge(run, server, "--collect", str(replies))
        assert told.exit_code == 0, told.exception
        assert sorted(axis["score"] for axis in judged(run)) == [0] * (len(lines) - 1) + [1]
        assert server.asks == []
        assert judge(run, server).exit_code == 0
        assert server.asks == []  # ordinary calls find what was collected


def test_what_is_of_another_run_is_refused(run: Path, tmp_path: Path):
    odd = tmp_path / "odd.jsonl"
    odd.write_text(json.dumps({"custom_id": "x", **completion("Score: 0")}) + "\nno JSON\n")
    with FakeServer() as server:
        for words in (["--collect", str(odd)], ["--collect", str(tmp_path / "none")]):
            told = judge(run, server, *words)
            assert isinstance(told.exception, RunError)
        assert "none of its 2 lines answers a question of this run" in str(
            judge(run, server, *words[:1], str(odd)).exception
        )
    with BatchServer(lambda number, line: completion("Score: 2")) as server:
        told = judge(run, server, "--batch-id", "batch_of_another")
        assert isinstance(told.exception, JudgeError)
        assert "no batch batch_of_another" in str(told.exception)


def test_ordinary_calls_wait_for_a_batch(run: Path):
    with BatchServer(lambda number, line: completion("Score: 2"), looks=2) as server:
        assert judge(run, server, "--batch").exit_code == 0
        told = judge(run, server)
        assert isinstance(told.exception, RunError)
        assert "a batch of this judge is under way" in str(told.exception)


@pytest.mark.parametrize("status", ["queued", "IN_PROGRESS"])
def test_a_status_that_is_not_known_ends_nothing(run: Path, status: str):
    with BatchServer(lambda number, line: completion("Score: 2"), status=status) as server:
        for _ in range(2):
            assert judge(run, server, "--batch").exit_code == 0
        assert len(server.batches) == 1
        server.status = "COMPLETED"
        assert judge(run, server, "--batch").exit_code == 0
        assert {axis["score"] for axis in judged(run)} == {2}


def test_a_batch_that_is_complete_and_has_no_file_yet_is_kept(run: Path):
    with BatchServer(lambda number, line: completion("Score: 2")) as server:
        answered = server._answered
        server._answered = lambda file: {  # type: ignore[method-assign]
            name: value for name, value in answered(file).items() if name != "output_file_id"
        }
        assert judge(run, server, "--batch").exit_code == 0
        (note,) = run.glob("judge-batch*")
        assert json.loads(note.read_text())["batch"] == "batch_0"


def test_a_batch_that_failed_as_a_whole_is_an_error(run: Path):
    with BatchServer(status="failed") as server:
        told = judge(run, server, "--batch")
        assert isinstance(told.exception, JudgeError)
        assert "batch_0: failed" in str(told.exception)


def test_a_parameter_that_a_batch_s_lines_are_refused_for_is_left_out_at_once(run: Path):
    body = {"error": {"message": "Unsupported value: 'temperature' does not support 0", "param": "temperature"}}
    refused = {"response": {"status_code": 400, "body": body}, "error": None}

    def reply(number: int, line: dict) -> dict:
        return refused if "temperature" in line["body"] else completion("Score: 1")

    with BatchServer(reply) as server:
        told = judge(run, server, "--batch")
        assert told.exit_code == 0, told.exception
        assert "the server refuses temperature" in told.output
        assert {axis["score"] for axis in judged(run)} == {1}
        assert len(server.batches) == 2


def test_what_is_kept_with_a_score_is_not_replaced(run: Path, tmp_path: Path):
    requests, replies = tmp_path / "requests.jsonl", tmp_path / "replies.jsonl"
    with FakeServer("Score: 1") as server:
        assert judge(run, server, "--export", str(requests)).exit_code == 0
        keys = [json.loads(line)["custom_id"] for line in requests.read_text().splitlines()]
        cut = [json.dumps({"custom_id": key, **completion("Score: 0", "length")}) for key in keys[:4]]
        replies.write_text("\n".join([*cut, json.dumps({"custom_id": keys[4], **completion("Score: 0")})]))
        assert judge(run, server).exit_code == 0  # all are paid for
        asked = len(server.asks)
        assert judge(run, server, "--collect", str(replies)).exit_code == 0
        assert {axis["score"] for axis in judged(run)} == {1}
        assert len(server.asks) == asked


def test_the_note_comes_before_the_batch(run: Path, monkeypatch: pytest.MonkeyPatch):
    def full(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("medq_tasks.scoring.bulk_run.write_whole", full)
    with BatchServer(lambda number, line: completion("Score: 2")) as server:
        assert isinstance(judge(run, server, "--batch").exception, PermissionError)
        assert server.batches == {}


def test_a_server_without_a_batch_api_is_told_with_the_cure(run: Path):
    with BatchServer(absent=True) as server:
        told = judge(run, server, "--batch")
    assert isinstance(told.exception, JudgeError)
    assert "no Batch API: then use --export FILE and --collect FILE" in str(told.exception)
    assert not list(run.glob("judge-batch*"))  # it was refused: nothing is under way


def test_ways_that_exclude_each_other(run: Path):
    with FakeServer() as server:
        two = ["--judge-model", "a", "--judge-model", "b"]
        odd = (["--batch", "--export", "x"], ["--wait", "3"], [*two, "--export", "x"], [*two, "--batch-id", "x"])
        for words in odd:
            assert isinstance(judge(run, server, *words).exception, SettingsError)
