"""Ten thousand calls against a server that fails on a fifth of the prompts."""

from __future__ import annotations

import collections
from collections.abc import Callable
from pathlib import Path

from medq_tasks.judge import ClientOptions
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer
from tests.judge.test_session import axis_of, items, make


def soak_answer(faults: dict[str, int]) -> Callable[[Ask], Answer | str]:
    """A fault for the first one or two tries of every fifth prompt, of ten kinds in turn; then the score."""
    kinds = [
        fake.too_many(), fake.too_many(retry_after=0.05), fake.server_error(), fake.server_error(503), fake.dropped(),
        fake.malformed(), fake.no_choices(), fake.refusal(), fake.hang(3), Answer(drip=0.05),
    ]  # fmt: skip
    tries: collections.Counter[str] = collections.Counter()

    def answer(ask: Ask) -> Answer | str:
        number = int(ask.text.split("Text ")[1].split(":")[0])
        prompt = f"{number} {axis_of(ask)}"
        tries[prompt] += 1
        level = number % 3
        if number % 5 == 0 and tries[prompt] <= 1 + number % 2:
            kind = kinds[number // 5 % len(kinds)]
            faults["answers" if kind.drip else "faults"] += 1
            return Answer(text=f"Score: {level}", drip=kind.drip) if kind.drip else kind
        faults["answers"] += 1
        return f"Score: {level}"

    return answer


def test_soak_of_ten_thousand_calls_with_a_fifth_faulty(tmp_path: Path):
    """10,000 calls; every fifth prompt meets one or two faults. All are scored, and each extra call follows a fault."""
    faults: dict[str, int] = collections.Counter()
    options = ClientOptions(timeout=1.0, max_retries=4, rounds=3, pause=0.01)
    with FakeServer(soak_answer(faults)) as server:
        session = make(server, tmp_path, options, concurrency=64)
        session.enqueue(items(2_500))
        wrong = [
            item.reply
            for number, item in enumerate(items(2_500))
            if [said.score for said in session.score(item).values()] != [number % 3] * 4
        ]
    assert wrong == []
    assert faults["faults"] >= 1_800  # 2,000 faulty prompts, a tenth of them slow rather than wrong
    assert faults["answers"] == 10_000  # nothing was paid twice
    assert len(server.asks) == 10_000 + faults["faults"]
