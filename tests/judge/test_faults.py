"""The session against a server at fault: what it costs, what is asked again, when it is left alone."""

from __future__ import annotations

import collections
import dataclasses
import logging
import time
from pathlib import Path

import pytest

from medq_tasks.judge import JudgeItem
from medq_tasks.judge.parameters import BASE_PARAMETERS
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer
from tests.judge.test_session import KEY, QUICK, items, make


@pytest.mark.parametrize(
    "fault",
    [
        fake.too_many(),
        fake.too_many(retry_after=0.05),
        fake.server_error(),
        fake.server_error(503),
        fake.hang(5),
        fake.dropped(),
        fake.malformed(),
        fake.no_choices(),
        fake.refusal(),
        Answer(text=None),
        Answer(text="Score: 20"),
        Answer(raw=b"<html>busy</html>", headers={"content-type": "text/html"}),
        Answer(raw=b'{"error": {"message": "busy"}}'),
        Answer(raw=b""),
        Answer(drip=0.3),
    ],
)
def test_one_fault_per_prompt_costs_one_more_call_and_no_score(tmp_path: Path, fault: Answer):
    seen: collections.Counter[str] = collections.Counter()

    def answer(ask: Ask) -> Answer | str:
        prompt = ask.text.split("Score: x")[0]
        seen[prompt] += 1
        return fault if seen[prompt] == 1 else "Score: 2"

    with FakeServer(answer) as server:
        session = make(server, tmp_path)
        session.enqueue(items(2))
        for item in items(2):
            assert [said.score for said in session.score(item).values()] == [2, 2, 2, 2]
    assert set(seen.values()) == {1 if fault.drip else 2}


def test_retry_after_is_obeyed(tmp_path: Path):
    times: list[float] = []

    def answer(ask: Ask) -> Answer | str:
        times.append(time.monotonic())
        return fake.too_many(retry_after=1) if len(times) == 1 else "Score: 2"

    with FakeServer(answer) as server:
        make(server, tmp_path, concurrency=1).score(items(1)[0])
    assert times[1] - times[0] >= 1.0


def test_an_unreadable_reply_is_asked_again_with_a_reminder_then_left_unscored(tmp_path: Path):
    with FakeServer("It is rather good.") as server:
        said = make(server, tmp_path).score(items(1)[0])
    assert all(judgement.score is None for judgement in said.values())
    assert said["consistency"].reply == "It is rather good."
    assert said["consistency"].attempts == 3
    assert "no score could be read" in said["consistency"].reason
    assert len(server.asks) == 12
    assert len({ask.text for ask in server.asks}) == 12  # at temperature 0 the same words would bring the same reply


def test_unscored_axes_get_a_new_chance_in_the_next_run(tmp_path: Path):
    with FakeServer("no idea") as server:
        make(server, tmp_path).score(items(1)[0])
    with FakeServer("Score: 1") as server:
        said = make(server, tmp_path).score(items(1)[0])
        assert len(server.asks) == 4
    assert [judgement.score for judgement in said.values()] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (fake.error(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"), "HTTP 401"),
        (fake.error(403, "Forbidden"), "HTTP 403"),
        (fake.error(404, "The model `judge-1` does not exist", "model_not_found"), "does not exist"),
        (fake.error(429, "You exceeded your quota", "insufficient_quota", x_should_retry="false"), "quota"),
    ],
)
def test_a_refusal_of_key_or_model_stops_early_with_one_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Answer, said: str
):
    with FakeServer(lambda ask: fault) as server:
        session = make(server, tmp_path)
        session.enqueue(items(200))
        found = session.score(items(1)[0])
        other = session.score(JudgeItem("comparison", "Later item.", "ref"))
        assert len(server.asks) <= 8  # what was in flight when the first answer came
    assert all(judgement.score is None and said in judgement.reason for judgement in found.values())
    assert all(judgement.score is None for judgement in other.values())
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    assert "800 of 800" in caplog.text


def test_a_dead_server_is_given_up_quickly(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with FakeServer() as server:
        pass  # its port is closed now
    session = make(server, tmp_path, dataclasses.replace(QUICK, max_retries=0))
    session.enqueue(items(700))
    found = session.score(items(1)[0])
    assert session.calls <= 16  # of 2,800: eight failures, and what was in flight beside them
    assert all(judgement.score is None and "judge:" in judgement.reason for judgement in found.values())
    assert "calls in a row failed" in caplog.text


def test_a_prompt_that_the_server_rejects_does_not_stop_the_others(tmp_path: Path):
    def answer(ask: Ask) -> Answer | str:
        return fake.error(400, "context length exceeded") if "Text 3:" in ask.text else "Score: 2"

    with FakeServer(answer) as server:
        session = make(server, tmp_path, concurrency=1)
        session.enqueue(items(10))
        scores = [session.score(item)["consistency"].score for item in items(10)]
        assert len(server.asks) == 40
    assert scores == [2, 2, 2, None, 2, 2, 2, 2, 2, 2]


def test_a_refused_parameter_is_dropped_once_and_shows_in_the_stamp(tmp_path: Path):
    def answer(ask: Ask) -> Answer | str:
        if "temperature" in ask.body:
            return fake.error(
                400, "Unsupported value: 'temperature' does not support 0", "unsupported_value", "temperature"
            )
        return "Score: 1"

    with FakeServer(answer) as server:
        session = make(server, tmp_path, concurrency=1)
        before = session.stamp
        session.enqueue(items(5))
        assert session.score(items(1)[0])["consistency"].score == 1
        assert len(server.asks) == 20 + 1
        again = make(server, tmp_path)
        again.score(items(1)[0])
        assert len(server.asks) == 20 + 1
    assert BASE_PARAMETERS == {"temperature": 0}
    assert session.stamp.settings_hash != before.settings_hash
    assert again.stamp == session.stamp


def test_a_reply_that_is_not_http_costs_one_call_more(tmp_path: Path):
    """The transport's own error must not end the pass over all other calls."""

    def answer(ask: Ask) -> Answer:
        return Answer(headers={"content-length": "many"}) if ask.number == 1 else Answer()

    with FakeServer(answer) as server:
        session = make(server, tmp_path, concurrency=1)
        session.enqueue(items(3))
        scores = [said.score for item in items(3) for said in session.score(item).values()]
    assert scores == [2] * 12
    assert len(server.asks) == 13


@pytest.mark.parametrize("status", [403, 410])
def test_of_a_model_that_is_gone_or_not_for_this_key_the_cure_is_one_that_is_listed(
    tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
):
    gone = fake.error(status, "The model `judge-1` was retired or is not yours", "model_not_found")
    with FakeServer(lambda ask: gone, models=("judge-2",)) as server:
        make(server, tmp_path, concurrency=1).score(items(1)[0])
    assert any("Cure: set MEDQ_JUDGE_MODEL to one of judge-2" in message for message in caplog.messages)
    assert len(server.asks) == 2  # the question and the harmless one


def test_a_first_reply_that_takes_long_is_told_while_it_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    patient = dataclasses.replace(QUICK, timeout=5.0, slow=0.05, head_start=0.01)
    with FakeServer("Score: 2", latency=0.3) as server:
        make(server, tmp_path, patient).score(items(1)[0])
    (told,) = [message for message in caplog.messages if "no reply yet" in message]
    assert "no reply yet after 0.05 s, and 5 s is the longest wait" in told
    assert "MEDQ_JUDGE_MAX_TOKENS" in told


def test_a_judge_that_does_not_stop_is_asked_twice_and_no_more(tmp_path: Path):
    impatient = dataclasses.replace(QUICK, timeout=0.2, max_retries=6, rounds=3)
    with FakeServer(lambda ask: fake.hang(5)) as server:
        said = make(server, tmp_path, impatient, concurrency=4).score(items(1)[0])
        assert {judgement.score for judgement in said.values()} == {None}
        assert all("MEDQ_JUDGE_MAX_TOKENS" in judgement.reason for judgement in said.values())
        assert len(server.asks) == 8  # four axes, twice each


def test_a_large_pass_says_what_it_will_take(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with FakeServer() as server:
        session = make(server, tmp_path, concurrency=32)
        session.enqueue(items(126))
        session.score(items(1)[0])
        assert any("504 calls, about" in message for message in caplog.messages)
        caplog.clear()
        session.enqueue(items(200)[126:])
        session.score(items(200)[-1])
        assert not any("calls, about" in message for message in caplog.messages)  # 296: not worth a word
