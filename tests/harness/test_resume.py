"""What is left of an interrupted run, and what a new one makes of it."""

import asyncio
import os
import sqlite3
import types
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from medq_tasks.harness import resume
from tests.judge.server import FakeServer, server_error


def payload(text, **more):
    return {"model": "m", "messages": [{"role": "user", "content": text}], "temperature": 0, **more}


def ask(model, folder, *payloads):
    """One run: every payload through the model's client, as a backend sends it."""
    with resume.keeping(model, folder) as keeps:
        assert keeps
        said = [model.client.chat.completions.create(**one) for one in payloads]
    return [completion.choices[0].message.content for completion in said]


@pytest.fixture
def model():
    made = types.SimpleNamespace(client=None)

    def at(server):
        made.client = openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0)
        return made

    return at


def test_a_reply_that_arrived_is_never_asked_for_again(model, tmp_path):
    with FakeServer(lambda ask: ask.text.upper()) as server:
        assert ask(model(server), tmp_path, payload("one"), payload("two")) == ["ONE", "TWO"]
        assert ask(model(server), tmp_path, payload("two"), payload("three")) == ["TWO", "THREE"]
        assert [asked.text for asked in server.asks] == ["one", "two", "three"]


def test_it_is_on_disk_before_the_next_request_leaves(model, tmp_path):
    stored = []

    def answer(ask):
        stored.append(sum(file.stat().st_size for file in tmp_path.glob("*.jsonl")))
        return "B"

    with FakeServer(answer) as server:
        ask(model(server), tmp_path, payload("one"), payload("two"), payload("three"))
    assert stored[0] == 0
    assert stored[0] < stored[1] < stored[2]


def test_another_picture_prompt_model_or_server_is_another_question(model, tmp_path):
    def picture(data):
        return payload([{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}])

    asks = (picture("AAAA"), picture("BBBB"), payload("one"), payload("one", max_tokens=9))
    with FakeServer("x") as first, FakeServer("y") as second:
        assert ask(model(first), tmp_path, *asks, *asks) == ["x"] * 8
        assert ask(model(second), tmp_path, asks[0]) == ["y"]
        assert (len(first.asks), len(second.asks)) == (4, 1)


def test_sampled_empty_and_failed_requests_are_asked_again(model, tmp_path):
    with FakeServer(lambda ask: "" if ask.text == "empty" else "B") as server:
        for _ in range(2):
            ask(model(server), tmp_path, payload("sampled", temperature=0.7), payload("empty"), payload("n", n=2))
        assert len(server.asks) == 6
    with FakeServer(lambda ask: server_error() if ask.number == 0 else "B") as server:
        with pytest.raises(openai.InternalServerError):
            ask(model(server), tmp_path, payload("failed"))
        assert ask(model(server), tmp_path, payload("failed")) == ["B"]


def test_the_same_request_twice_at_once_is_asked_once(model, tmp_path):
    with FakeServer("B", latency=0.3) as server:
        one = model(server)
        with resume.keeping(one, tmp_path), ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: one.client.chat.completions.create(**payload("two")), range(4)))
        assert len(server.asks) == 1


def test_an_async_client_keeps_its_replies_too(tmp_path):
    async def twice(server):
        client = openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0)
        said = []
        for _ in range(2):
            with resume.keeping(types.SimpleNamespace(client=client), tmp_path):
                said.append(await client.chat.completions.create(**payload("one")))
        return [completion.choices[0].message.content for completion in said]

    with FakeServer("B") as server:
        assert asyncio.run(twice(server)) == ["B", "B"]
        assert len(server.asks) == 1


def test_an_async_client_asks_the_same_at_once_only_once_and_samples_and_streams_anew(tmp_path):
    async def at_once(server, *payloads):
        client = openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0)
        with resume.keeping(types.SimpleNamespace(client=client), tmp_path):
            await asyncio.gather(*(client.chat.completions.create(**one) for one in payloads))

    with FakeServer("B", latency=0.1) as server:
        asyncio.run(at_once(server, *[payload("one")] * 3, *[payload("sampled", temperature=0.7)] * 2))
        assert sorted(asked.text for asked in server.asks) == ["one", "sampled", "sampled"]
        asyncio.run(at_once(server, *[payload("one", stream=True)] * 2))
        assert len(server.asks) == 5


def test_the_client_is_given_back_as_it_was_and_other_clients_are_left_alone(model, tmp_path):
    with FakeServer("B") as server:
        one = model(server)
        ask(one, tmp_path, payload("one"))
        one.client.chat.completions.create(**payload("one"))
        assert len(server.asks) == 2
    for other in (types.SimpleNamespace(), types.SimpleNamespace(client=object())):
        with resume.keeping(other, tmp_path) as keeps:
            assert not keeps


@pytest.mark.parametrize(
    ("count", "batch", "sizes"), [(0, 1, []), (128, 1, [128]), (300, 1, [128, 128, 44]), (300, 32, [256, 44])]
)
def test_steps_keep_order_and_fill_batches(count, batch, sizes):
    pieces = list(resume.steps(range(count), batch))
    assert [len(piece) for piece in pieces] == sizes
    assert [one for piece in pieces for one in piece] == list(range(count))


def database(path, *rows):
    """A store's database with (key, task, reply) rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(path)
    made.execute(f"CREATE TABLE responses ({resume._COLUMNS.replace('cache_key', 'cache_key PRIMARY KEY')})")
    made.executemany("INSERT INTO responses VALUES (?, 'generate_until', ?, 0, 0, '{}', ?, 0)", rows)
    made.commit()
    return made


def test_what_interrupted_runs_left_is_taken_over_for_our_tasks_only(tmp_path):
    database(tmp_path / "killed" / "rank_0.db", ("a", "ours", "A"), ("x", "other", "X")).close()
    database(tmp_path / "killed" / "rank_1.db", ("b", "ours", "B")).close()
    database(tmp_path / "done" / "rank_0.db", ("d", "ours", "D")).close()
    (tmp_path / "done" / ".merged").touch()
    for file in (tmp_path / "done").iterdir():
        os.utime(file, (9, 9))  # within one tick of the clock
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "rank_0.db").write_bytes(b"no database" * 99)
    own = database(tmp_path / "now" / "rank_0.db", ("a", "ours", "newer"))
    taken = resume.adopt(own, tmp_path, tmp_path / "now" / "rank_0.db", {"ours"})
    assert taken == 1
    assert dict(own.execute("SELECT cache_key, response FROM responses")) == {"a": "newer", "b": "B"}


@pytest.mark.parametrize("written", ["rank_0.db", "rank_0.db-wal"])  # the log beside it, until the file is closed
def test_a_job_that_used_a_merged_folder_again_and_was_killed_is_taken_over(tmp_path, written):
    mark = tmp_path / "job" / ".merged"
    database(tmp_path / "job" / "rank_0.db", ("a", "ours", "A")).close()
    mark.touch()
    os.utime(tmp_path / "job" / "rank_0.db", (8, 8))
    os.utime(mark, (9, 9))
    (tmp_path / "job" / written).touch()
    own = database(tmp_path / "now" / "rank_0.db")
    assert resume.adopt(own, tmp_path, tmp_path / "now" / "rank_0.db", {"ours"}) == 1
