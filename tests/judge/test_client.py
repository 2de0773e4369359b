"""One call at a time against the fault-injecting server, and the breaker that calls share."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Callable

import pytest

from medq_tasks.judge.client import ClientOptions, JudgeClient, new_client
from medq_tasks.judge.parameters import Parameters
from medq_tasks.judge.refusal import CallFailed
from medq_tasks.settings import JudgeSettings
from tests.cases import check_all
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer

KEY = "own-server-key-0123456789"
ONCE = ClientOptions(timeout=0.5, max_retries=0, pause=0.0123)


def ask(answer: Callable[[Ask], Answer | str] | Answer | str, options: ClientOptions = ONCE) -> tuple[str, int]:
    """The reply to one question, and how many requests were sent for it."""
    said = (lambda _: answer) if isinstance(answer, Answer) else answer

    async def inside(server: FakeServer) -> str:
        settings = JudgeSettings("judge-1", server.base_url, KEY)
        async with JudgeClient(settings, Parameters(), options) as client:
            return (await client.ask([{"role": "user", "content": "Score?"}])).text

    with FakeServer(said) as server:
        return asyncio.run(inside(server)), len(server.asks)


def failure(answer: Answer, options: ClientOptions = ONCE) -> tuple[str, str]:
    with pytest.raises(CallFailed) as error:
        ask(answer, options)
    return error.value.trouble, error.value.reason


def test_what_is_no_reply_is_asked_for_again_as_a_503_is(monkeypatch: pytest.MonkeyPatch):
    page = {"content-type": "text/html; charset=utf-8"}
    bodies = {
        "503": (fake.server_error(503), "HTTP 503, application/json: 502 Bad Gateway score 2"),
        "half a JSON text": (fake.malformed(), 'HTTP 200, application/json: {"id": "x", "choices": ['),
        "no choice": (fake.no_choices(), 'HTTP 200, application/json: {"id": "x", "object": "chat.completion"'),
        "a gateway's error": (Answer(raw=b'{"error": {"code": 5}}'), "HTTP 200, application/json: {"),
        "a sign-in": (Answer(raw=b"<html><title>Sign in</title>2", headers=page), "HTTP 200, text/html: Sign in"),
        "nothing": (Answer(raw=b""), "HTTP 200, application/json: an empty body"),
        "a stream": (Answer(raw=b'data: {"choices": []}'), "HTTP 200, application/json: data: {"),
        "a list": (Answer(raw=b"[]"), "HTTP 200, application/json: []"),
        "choices of another kind": (Answer(raw=b'{"choices": [2]}'), "HTTP 200, application/json: {"),
        "a message of another kind": (Answer(raw=b'{"choices": [{"message": 1}]}'), "HTTP 200, application/json: {"),
        "deep JSON": (Answer(raw=b'{"a":' * 20_000), 'HTTP 200, application/json: {"a":{"a":'),
        "colour codes": (Answer(raw=b"\x1b[31mred"), "HTTP 200, application/json: \ufffd[31mred"),
        "no gzip": (Answer(raw=b"\x1f\x8bno", headers={"content-encoding": "gzip"}), "no answer from 127.0.0.1: "),
    }  # fmt: skip
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", noted)
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    options = dataclasses.replace(ONCE, max_retries=2)

    def check(case: tuple[Answer, str]) -> None:
        waits.clear()
        trouble, reason = failure(case[0], options)
        assert (trouble, reason[: len(case[1])]) == ("passing", case[1])
        assert [wait for wait in waits if wait in (0.0123, 0.0246)] == [0.0123, 0.0246]
        assert ask(lambda asked: case[0] if asked.number < 2 else "Score: 1", options) == ("Score: 1", 3)

    check_all(bodies, check)


def test_a_choice_without_text_is_an_empty_reply():
    for content in ("null", '["", {"type": "image"}]'):
        assert ask(Answer(raw=f'{{"choices": [{{"message": {{"content": {content}}}}}]}}'.encode())) == ("", 1)


def test_a_reply_that_only_drips_ends_at_the_deadline():
    options = dataclasses.replace(ONCE, deadline=0.1)  # each byte comes within the timeout
    trouble, reason = failure(Answer(drip=4), options)
    assert (trouble, reason[:27]) == ("passing", "no whole reply within 0.1 s")
    assert "MEDQ_JUDGE_MAX_TOKENS" in reason


def test_a_silent_server_and_a_lost_connection_are_passing_and_say_why():
    for fault in (fake.hang(5), fake.dropped()):
        trouble, reason = failure(fault, dataclasses.replace(ONCE, timeout=0.05))
        assert trouble == "passing"
        told = r"(nothing within 0.05 s \(a judge|no connection in time|Connection error\. \(\w+)"
        assert re.match(rf"no answer from 127\.0\.0\.1: {told}", reason)


def test_what_the_package_refuses_by_itself_stops_the_run(monkeypatch: pytest.MonkeyPatch):
    import openai

    async def refuse(*_: object, **__: object) -> None:
        raise openai.OpenAIError(f"no credentials beside {KEY}")

    monkeypatch.setattr(openai.AsyncOpenAI, "post", refuse)
    with pytest.raises(CallFailed) as error:
        ask(Answer())
    assert (error.value.trouble, error.value.reason) == ("all prompts", "no credentials beside ***")


def test_retries_are_as_many_as_asked_for():
    options = dataclasses.replace(ONCE, max_retries=2)
    assert ask(lambda asked: fake.too_many(0.01) if asked.number < 2 else "Score: 1", options) == ("Score: 1", 3)


@pytest.mark.parametrize(
    ("refusal", "calls"),
    [
        (fake.error(400, "Not with this model", param="temperature"), 2),
        (fake.error(422, "Temperature is not supported"), 2),
        (fake.error(400, "Not with this model", param="messages"), 1),
        (fake.error(413, "temperature"), 1),
    ],
)
def test_only_a_parameter_that_the_server_names_is_dropped(refusal: Answer, calls: int):
    sent: list[bool] = []

    def answer(asked: Ask) -> Answer | str:
        sent.append("temperature" in asked.body)
        return refusal if sent[-1] else "Score: 1"

    if calls == 2:
        assert ask(answer) == ("Score: 1", 2)
    else:
        with pytest.raises(CallFailed):
            ask(answer)
    assert sent == [True, False][:calls]


def test_reasons_are_one_short_line_without_keys_even_where_they_are_cut():
    trouble, reason = failure(fake.error(400, f"bad\n\n key {KEY}"))
    assert (trouble, reason) == ("unclear", "HTTP 400: bad key ***")
    _, reason = failure(fake.error(400, "x" * 480 + KEY + "y" * 90))  # cut at 500, within the key
    assert reason == "HTTP 400: " + "x" * 480 + "***" + "y" * 7


def test_the_key_is_sent_and_a_server_without_one_gets_a_stand_in():
    for key, header in ((KEY, f"Bearer {KEY}"), (None, "Bearer none")):
        client = new_client(JudgeSettings(base_url="http://127.0.0.1:9/v1", api_key=key), ONCE)
        assert client.auth_headers == {"Authorization": header}
    assert client.timeout.connect == client.timeout.read == 0.5  # seconds: never longer than silence on a request
    patient = new_client(JudgeSettings(api_key=KEY), ClientOptions(timeout=11)).timeout
    assert (patient.connect, patient.read) == (10, 11)


def test_the_quick_transport_is_used_unless_it_cannot_be(monkeypatch: pytest.MonkeyPatch):
    import openai

    quick = openai.DefaultAioHttpClient

    def made() -> bool:
        return isinstance(new_client(JudgeSettings(api_key=KEY), ONCE)._client, quick)

    monkeypatch.setattr("urllib.request.getproxies", lambda: {"http": "http://proxy:1"})
    assert made()
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"all": "socks5://proxy:1"})  # aiohttp knows no such
    assert not made()
    monkeypatch.setattr("urllib.request.getproxies", dict)
    for error in (RuntimeError("not installed"), AttributeError("too old")):

        def lacking(error: Exception = error, **_: object) -> None:
            raise error

        monkeypatch.setattr(openai, "DefaultAioHttpClient", lacking)
        assert not made()
