"""One call at a time against the fault-injecting server, and the breaker that calls share."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Callable

import pytest

from medq_tasks.judge.client import Breaker, CallFailed, ClientOptions, JudgeClient, Parameters, new_client
from medq_tasks.settings import JudgeSettings
from tests.cases import check_all
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer

KEY = "own-server-key-0123456789"
ONCE = ClientOptions(timeout=0.5, max_retries=0, bodies=3, pause=0.0123)


def ask(answer: Callable[[Ask], Answer | str] | Answer | str, options: ClientOptions = ONCE) -> tuple[str, int]:
    """The reply to one question, and how many requests were sent for it."""
    said = (lambda _: answer) if isinstance(answer, Answer) else answer

    async def inside(server: FakeServer) -> str:
        settings = JudgeSettings("judge-1", server.base_url, KEY)
        async with JudgeClient(settings, Parameters(), options) as client:
            return await client.ask([{"role": "user", "content": "Score?"}])

    with FakeServer(said) as server:
        return asyncio.run(inside(server)), len(server.asks)


def failure(answer: Answer, options: ClientOptions = ONCE) -> tuple[str, str]:
    with pytest.raises(CallFailed) as error:
        ask(answer, options)
    return error.value.trouble, error.value.reason


def test_whose_fault_a_status_is():
    """Another round, this prompt alone, or every prompt: it decides what the rest of a run does."""
    statuses = {
        "refused": [(401, ""), (403, ""), (404, ""), (429, "insufficient_quota"), (400, "model_not_found"),
            (400, "invalid_api_key")],
        "passing": [(408, ""), (409, ""), (425, ""), (429, ""), (429, "rate_limit_exceeded"), (500, ""), (503, "")],
        "this call": [(400, ""), (402, ""), (410, ""), (413, ""), (422, ""), (499, "")],
    }  # fmt: skip

    def check(case: tuple[str, int, str]) -> None:
        trouble, status, code = case
        said = failure(fake.error(status, "Of this kind", code or None))
        assert said == (trouble, f"HTTP {status}: Of this kind")

    check_all([(f"{row}", (trouble, *row)) for trouble, rows in statuses.items() for row in rows], check)


def test_an_unusable_body_is_asked_for_again_a_few_times(monkeypatch: pytest.MonkeyPatch):
    bodies = {
        "half a JSON text": (fake.malformed(), "reply is not valid JSON ("),
        "no choice": (fake.no_choices(), "reply without choices"),
        "a gateway's error": (Answer(raw=b'{"error": {"code": 5}}'), "reply without choices: {'code': 5}"),
        "a list": (Answer(raw=b"[]"), "reply without choices"),
        "choices that are none": (Answer(raw=b'{"choices": "x"}'), "reply without choices"),
    }  # fmt: skip
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", noted)

    def check(case: tuple[Answer, str]) -> None:
        waits.clear()
        trouble, reason = failure(case[0])
        assert trouble == "passing"
        assert reason.startswith(case[1])
        assert (len(reason) > len(case[1])) == ("JSON" in reason)
        assert waits.count(0.0123) == 2  # between three tries
        assert ask(lambda asked: case[0] if asked.number < 2 else "Score: 1") == ("Score: 1", 3)

    check_all(bodies, check)


def test_a_choice_without_text_is_an_empty_reply():
    choices = [
        '[{"message": {"content": null}}]',
        '[{"message": {"content": ["Score: 2"]}}]',
        '[{"message": 1}]',
        "[2]",
    ]
    for choice in choices:
        assert ask(Answer(raw=f'{{"choices": {choice}}}'.encode())) == ("", 1)


def test_a_reply_that_only_drips_ends_at_the_deadline():
    options = dataclasses.replace(ONCE, deadline=0.1)  # each byte comes within the timeout
    assert failure(Answer(drip=4), options) == ("passing", "no whole reply within 0.1 s")


def test_a_silent_server_and_a_lost_connection_are_passing_and_say_why():
    for fault in (fake.hang(5), fake.dropped()):
        trouble, reason = failure(fault, dataclasses.replace(ONCE, timeout=0.05))
        assert trouble == "passing"
        assert re.fullmatch(r"(Request timed out|Connection error)\. \(\w+\(.+\)\)", reason)  # with the cause


def test_what_the_package_refuses_by_itself_stops_the_run(monkeypatch: pytest.MonkeyPatch):
    import openai

    async def refuse(*_: object, **__: object) -> None:
        raise openai.OpenAIError(f"no credentials beside {KEY}")

    monkeypatch.setattr(openai.AsyncOpenAI, "post", refuse)
    with pytest.raises(CallFailed) as error:
        ask(Answer())
    assert (error.value.trouble, error.value.reason) == ("refused", "no credentials beside ***")


def test_the_packages_own_retries_are_as_many_as_asked_for():
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
    assert (trouble, reason) == ("this call", "HTTP 400: bad key ***")
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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def passing() -> CallFailed:
    return CallFailed("HTTP 503", "passing")


def test_the_breaker_opens_after_failures_in_a_row_and_for_a_while(clock: list[float]):
    breaker = Breaker(3, 60)
    assert [breaker.failure(passing()) for _ in range(2)] == [False, False]
    breaker.success()
    assert [breaker.failure(passing()) for _ in range(3)] == [False, False, True]
    assert breaker.reason == "3 calls in a row failed, last: HTTP 503"
    assert not breaker.failure(passing())  # it is open: those that were in flight open it no second time
    clock[0] += 59.9
    assert breaker.open
    clock[0] += 0.1
    assert not breaker.open
    assert [breaker.failure(passing()) for _ in range(3)] == [False, False, True]  # counted anew
    clock[0] += 60
    breaker.success()
    assert (breaker.open, breaker.reason) == (False, None)


def test_a_refusal_opens_the_breaker_for_good_unless_calls_have_worked(clock: list[float]):
    breaker = Breaker(3, 60)
    assert breaker.failure(CallFailed("HTTP 401", "refused"))
    clock[0] += 1e9
    assert (breaker.open, breaker.reason) == (True, "HTTP 401")
    worked = Breaker(3, 60)
    worked.success()
    assert [worked.failure(CallFailed("HTTP 403", "refused")) for _ in range(3)] == [False, False, True]


def test_calls_that_were_not_sent_count_for_nothing(clock: list[float]):
    breaker = Breaker(1, 60)
    assert not breaker.failure(CallFailed("not asked", "stopped"))
    assert not breaker.open
