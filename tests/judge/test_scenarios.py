"""Generated mixtures of faults: every prompt that the server would answer gets its score; a dead one is left alone."""

from __future__ import annotations

import collections
import dataclasses
import random
from pathlib import Path

import pytest

from medq_tasks.judge import ClientOptions
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer
from tests.judge.test_session import items, make

OPTIONS = ClientOptions(timeout=2.0, max_retries=3, pause=0.001, rounds=3)
OWN = [  # a prompt's own, for ever
    fake.error(400, "maximum context length"), fake.error(400, "Bad Request"), fake.error(403, "Forbidden"),
    fake.error(403, "Your input was flagged"), fake.error(413, "no"), fake.error(422, "no"), fake.error(451, "no"),
    fake.error(404, "no"), fake.error(401, "no"), Answer(text="", finish_reason="content_filter"),
    Answer(text="A score of 2 ", finish_reason="length"),
]  # fmt: skip
PASSING = [
    fake.too_many(), fake.server_error(503), fake.malformed(), fake.no_choices(), fake.dropped(), Answer(raw=b""),
    Answer(raw=b"<html>Sign in</html>", headers={"content-type": "text/html"}), Answer(raw=b'{"error": "busy"}'),
]  # fmt: skip
ALL = [
    fake.error(401, "no", "invalid_api_key"), fake.error(404, "no", "model_not_found"), fake.error(403, "Forbidden"),
    fake.error(429, "no", "insufficient_quota"), fake.error(402, "no"), fake.error(404, "Not Found"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_each_prompt_fares_by_itself_however_many_are_refused_and_where(tmp_path: Path, seed: int):
    drawn = random.Random(seed)
    start = drawn.choice((0, 20))
    fates = {n: drawn.choice(OWN) for n in range(start, start + 50)}
    passing = {n: drawn.choice(PASSING) for n in drawn.sample(range(100), 40) if n not in fates}
    tries: collections.Counter[str] = collections.Counter()

    def answer(ask: Ask) -> Answer | str:
        number = int(ask.text.split("Text ")[1].split(":")[0]) if "Text " in ask.text else -1
        tries[ask.text] += 1
        return fates.get(number) or (passing[number] if number in passing and tries[ask.text] == 1 else "Score: 1")

    with FakeServer(answer) as server:
        session = make(server, tmp_path, OPTIONS, concurrency=drawn.choice((1, 8, 32)))
        session.enqueue(items(100))
        found = {n: {said.score for said in session.score(item).values()} for n, item in enumerate(items(100))}
    assert found == {n: {None} if n in fates else {1} for n in range(100)}


@pytest.mark.parametrize("fault", ALL)
@pytest.mark.parametrize("after", [0, 60])
def test_what_concerns_all_prompts_ends_after_a_handful_also_after_calls_have_worked(
    tmp_path: Path, fault: Answer, after: int
):
    with FakeServer(lambda ask: "Score: 1" if ask.number < after else fault) as server:
        session = make(server, tmp_path, OPTIONS, concurrency=8)
        session.enqueue(items(100))
        session.score(items(1)[0])
    assert len(server.asks) - after <= (2 if after == 0 else 8 + 2)


@pytest.mark.parametrize("fault", PASSING)
def test_a_server_that_never_gives_a_reply_is_left_alone(tmp_path: Path, fault: Answer):
    with FakeServer(lambda _: fault) as server:
        session = make(server, tmp_path, dataclasses.replace(OPTIONS, head_start=0.05), concurrency=8)
        session.enqueue(items(100))
        session.score(items(1)[0])
    assert len(server.asks) <= 16 * 4 + 1
