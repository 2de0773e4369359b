"""What is left of an interrupted run, and what a new one makes of it."""

import asyncio
import hashlib
import json
import types
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from medq_tasks.harness import resume
from tests.judge.server import Answer, FakeServer, server_error


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


def kept_before(folder, server, text, reply):
    """What 0.1.0 kept of a request: a key without a form number, the completion as pydantic writes it."""
    key = hashlib.sha256(json.dumps([f"{server.base_url}/", payload(text)], sort_keys=True).encode()).hexdigest()
    with (folder / "replies-0000.jsonl").open("a") as file:
        file.write(json.dumps({"key": key, "reply": reply, "attempt": 1, "time": 1.0}) + "\n")


def completion(text):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})


def test_what_0_1_0_kept_is_given_again_but_for_what_it_may_have_changed(model, tmp_path, warned):
    with FakeServer(lambda ask: ask.text.upper()) as server:
        old = {
            "one": completion("kept"),
            "two": completion("and/***"),
            "three": completion("see http://x"),
            "four": "{",
        }
        for text, reply in old.items():
            kept_before(tmp_path, server, text, reply)
        for _ in range(2):
            said = ask(model(server), tmp_path, *map(payload, old))
            assert said == ["kept", "TWO", "THREE", "FOUR"]
        assert [asked.text for asked in server.asks] == ["two", "three", "four"]
    (line,) = warned
    assert "3 kept replies were damaged, or may have been changed by 0.1.0: asked again" in line


ODD = [
    "and/or-motion_blur",
    "see https://user@host, or ://...@",
    "sk-abcdefgh12345678",
    "\ud800 B",
    "B\x00",
    "a\u2028b",
]


@pytest.mark.parametrize("reply", ODD)
def test_a_reply_comes_back_to_the_letter(model, tmp_path, reply):
    with FakeServer(reply) as server:
        assert ask(model(server), tmp_path, payload("one")) == [reply]
        assert ask(model(server), tmp_path, payload("one")) == [reply]
        assert len(server.asks) == 1


def test_a_kept_reply_that_was_damaged_is_asked_again(model, tmp_path, warned):
    with FakeServer("B") as server:
        ask(model(server), tmp_path, payload("one"))
        (file,) = tmp_path.glob("*.jsonl")
        file.write_text(file.read_text().replace("choices", "chioces"))
        assert ask(model(server), tmp_path, payload("one")) == ["B"]
        assert len(server.asks) == 2
    assert "1 kept reply was damaged" in warned[0]


def test_asking_anew_passes_over_what_was_kept_and_keeps_the_new(model, tmp_path):
    with FakeServer(lambda ask: f"reply {ask.number}") as server:
        one = model(server)
        assert ask(one, tmp_path, payload("one")) == ["reply 0"]
        with resume.keeping(one, tmp_path, anew=True) as keeps:
            said = [one.client.chat.completions.create(**payload("one")) for _ in range(2)]
        assert [each.choices[0].message.content for each in said] == ["reply 1", "reply 1"]
        assert keeps.given == 1  # a repeated request of this run
        assert ask(one, tmp_path, payload("one")) == ["reply 1"]


def odd(message, **more):
    choice = {"index": 0, "finish_reason": "eos", "message": {"role": "assistant", **message}}
    return Answer(raw=json.dumps({"choices": [choice], **more}).encode())


ODD_SERVERS = {
    "a finish_reason of its own, no id": odd({"content": "B"}),
    "parts": odd({"content": [{"type": "text", "text": "B"}]}),
    "more than the schema": odd({"content": "B", "reasoning_content": "because"}, created=1.5, cost={"usd": 1}),
}


@pytest.mark.parametrize("answer", ODD_SERVERS.values(), ids=ODD_SERVERS)
def test_a_completion_that_the_client_takes_is_kept_whatever_its_schema(model, tmp_path, answer):
    with FakeServer(lambda ask: answer) as server:
        one, given = model(server), []
        for _ in range(2):
            with resume.keeping(one, tmp_path):
                given.append(one.client.chat.completions.create(**payload("one")))
        same = [one.model_dump(exclude_unset=True, warnings=False) for one in given]
        assert same[0] == same[1]
        assert len(server.asks) == 1


def test_a_blank_reply_is_asked_again(model, tmp_path):
    with FakeServer(" \n") as server:
        for _ in range(2):
            assert ask(model(server), tmp_path, payload("one")) == [" \n"]
        assert len(server.asks) == 2


def test_a_reply_that_cannot_be_kept_is_given_and_told(model, tmp_path, monkeypatch, warned):
    def refuses(self, **_):
        raise ValueError("cannot be written")

    monkeypatch.setattr(openai.types.chat.ChatCompletion, "model_dump", refuses)
    with FakeServer("B") as server:
        assert ask(model(server), tmp_path, payload("one"), payload("two")) == ["B", "B"]
        assert len(server.asks) == 2
    assert warned == [
        "medq-tasks: 2 replies could not be kept (ValueError: cannot be written): the next run asks again."
    ]


def test_stars_in_the_name_of_a_model_do_not_make_a_reply_of_0_1_0_unusable(model, tmp_path):
    with FakeServer("new") as server:
        kept_before(tmp_path, server, "one", completion("kept").replace('"m"', '"***/model"'))
        assert ask(model(server), tmp_path, payload("one")) == ["kept"]
