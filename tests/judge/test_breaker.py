"""When the breaker opens: never before a harmless prompt has failed as well."""

from __future__ import annotations

import pytest

from medq_tasks.judge.breaker import Breaker, harmless
from medq_tasks.judge.refusal import CallFailed, Trouble

PASSING = CallFailed("HTTP 503", "passing")
KEY = CallFailed("HTTP 401", "all prompts")
UNCLEAR = CallFailed("HTTP 400", "unclear")
LONG = CallFailed("too long", "this prompt")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_a_server_that_is_down_is_left_alone_for_a_while(clock: list[float]):
    breaker = Breaker(3, 60)
    assert [breaker.suspects(PASSING) for _ in range(2)] == [False, False]
    breaker.success()
    assert [breaker.suspects(PASSING) for _ in range(3)] == [False, False, True]
    assert breaker.judge(PASSING, PASSING)
    assert breaker.reason == "3 calls in a row failed, last: HTTP 503"
    assert not breaker.suspects(PASSING)  # those that were in flight
    breaker.success()
    clock[0] += 59.9
    assert breaker.open  # a reply that was on its way does not close it
    clock[0] += 0.1
    assert not breaker.open
    assert [breaker.suspects(PASSING) for _ in range(3)] == [False, False, True]  # counted anew
    breaker.success()
    assert (breaker.open, breaker.reason, breaker.worked) == (False, None, True)


def test_a_reply_to_another_call_while_the_harmless_prompt_waits_ends_the_row():
    """A local server with a queue: some calls run out of time in it, others are answered."""
    breaker = Breaker(3, 60)
    assert [breaker.suspects(PASSING) for _ in range(3)] == [False, False, True]
    breaker.success()
    assert not breaker.judge(PASSING, PASSING)
    assert breaker.reason is None


def test_a_wrong_key_is_left_alone_for_good_also_after_calls_have_worked(clock: list[float]):
    breaker = Breaker(3, 60)
    breaker.success()
    assert breaker.suspects(KEY)
    assert breaker.judge(KEY, KEY)
    clock[0] += 1e9
    assert (breaker.open, breaker.reason) == (True, "HTTP 401")


@pytest.mark.parametrize(
    ("trouble", "asked_after"), [("all prompts", 1), ("passing", 3), ("unclear", 24), ("this prompt", None)]
)
def test_a_harmless_prompt_is_asked_after_some_failures_and_its_answer_closes_the_case(
    trouble: Trouble, asked_after: int | None
):
    breaker, failed = Breaker(3, 60), CallFailed("so", trouble)
    for _ in range(2):
        asked = next((count for count in range(1, 1_000) if breaker.suspects(failed)), None)
        assert asked == asked_after
        assert not breaker.judge(failed, None)


@pytest.mark.parametrize(
    ("failed", "fared", "opens_after"),
    [(KEY, KEY, 1), (KEY, UNCLEAR, 3), (KEY, PASSING, 3), (KEY, LONG, None), (UNCLEAR, UNCLEAR, 24), (UNCLEAR, KEY, 24),
     (UNCLEAR, PASSING, 24), (UNCLEAR, LONG, None), (PASSING, UNCLEAR, 3), (PASSING, LONG, None), (PASSING, KEY, 3)],
)  # fmt: skip
def test_it_opens_only_when_the_harmless_prompt_failed_too(
    failed: CallFailed, fared: CallFailed, opens_after: int | None
):
    breaker = Breaker(3, 60)
    opened = (breaker.suspects(failed) and breaker.judge(failed, fared) for _ in range(1, 200))
    assert next((count for count, one in enumerate(opened, 1) if one), None) == opens_after


def test_calls_that_were_not_sent_count_for_nothing():
    assert not Breaker(1, 60).suspects(CallFailed("not asked", "stopped"))


def test_the_harmless_prompt_has_the_form_of_the_others():
    (system, user) = harmless([{"role": "system", "content": "a"}, {"role": "user", "content": "b"}])
    assert (system["role"], user["role"], system["content"]) == ("system", "user", user["content"])
