"""Every dialect of an OpenAI-compatible server that was met, as one table: what comes back, and what is made of it.

Servers are played, in the words that they use; docs/judge.md has the same table for people.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.judge.reach import reach
from medq_tasks.records import Usage
from medq_tasks.settings import JudgeSettings
from tests.cases import check_all
from tests.judge.server import Answer, Ask, FakeServer
from tests.judge.test_session import items, make


def message(content: Any, finish: str = "stop", **more: Any) -> Answer:
    """A completion with this content."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **more}}
    return Answer(raw=json.dumps({"choices": [choice], "model": "m"}).encode())


def refusing(parameter: str, status: int, body: Any, kind: str = "application/json") -> Callable[[Ask], Answer | str]:
    """A server that answers only requests without the parameter."""
    raw = body.encode() if isinstance(body, str) and kind != "application/json" else json.dumps(body).encode()
    refused = Answer(status=status, raw=raw, headers={"content-type": kind})
    return lambda ask: refused if parameter in ask.body else "Score: 2"


@dataclass(frozen=True)
class Case:
    """``answer``: what the server does; ``score`` and ``reason``: what must come of it."""

    answer: Callable[[Ask], Answer | str] | Answer
    score: int | None = 2
    reason: str = ""
    judge: dict[str, Any] = field(default_factory=dict)


LIMITED = {"max_tokens": 48}
TGI = {"error": "Input validation error: `temperature` must be strictly positive", "error_type": "validation"}
OPENAI = {
    "error": {
        "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
        "type": "invalid_request_error",
        "param": "max_tokens",
        "code": "unsupported_parameter",
    }
}
VALUE = {"error": {"message": "Unsupported value: 'temperature' does not support 0 with this model.", "param": None}}
FASTAPI = {"detail": [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted", "type": "extra"}]}
CAMEL = {"message": "maxTokens: Extra inputs are not permitted"}
HARMONY = "analysisAll is named but one.assistantfinalScore: 2"
CASES = {
    "a text": Case(message("Score: 2")),
    "parts": Case(message([{"type": "text", "text": "Score: "}, {"type": "text", "text": "2"}])),
    "parts, thinking among them": Case(
        message([{"type": "thinking", "thinking": [{"type": "text", "text": "Score: 0"}]}, {"text": "Score: 2"}])
    ),
    "parts of the responses form": Case(message([{"type": "output_text", "text": "Score: 2"}])),
    "parts that are texts": Case(message(["Score: ", "2"])),
    "one part": Case(message({"type": "text", "text": "Score: 2"})),
    "text beside thinking": Case(message("Score: 2", reasoning_content="Score: 0")),
    "thinking alone": Case(message(None, reasoning_content="Score: 2"), None, "its thinking alone, and no text"),
    "thinking alone, newer name": Case(message("", reasoning="So 2."), None, "its thinking alone, and no text"),
    "thinking in tags": Case(message("<think>0, or 1?</think>\nScore: 2")),
    "harmony": Case(message("<|channel|>analysis<|message|>0?<|end|><|channel|>final<|message|>Score: 2")),
    "harmony without its marks": Case(message(HARMONY)),
    "cut off": Case(message("Score: 2", "length"), None, "cut off at its token limit (finish_reason: length)"),
    "a filter": Case(message("", "content_filter"), None, "withheld by a filter"),
    "error as a text, 422": Case(refusing("temperature", 422, TGI)),
    "error as a text, 400": Case(refusing("temperature", 400, {"error": "temperature is not supported"})),
    "error as JSON text": Case(refusing("temperature", 400, "temperature is not supported")),
    "error as plain text": Case(refusing("temperature", 400, "unknown field: temperature", "text/plain")),
    "error as an object": Case(refusing("temperature", 400, VALUE)),
    "error in a list": Case(refusing("temperature", 400, [VALUE])),
    "error of a validator": Case(refusing("temperature", 422, FASTAPI)),
    "error in a page": Case(
        refusing("temperature", 400, "<html><body>Bad request: temperature</body></html>", "text/html")
    ),
    "the limit under its other name": Case(refusing("max_tokens", 400, OPENAI), judge=LIMITED),
    "the limit in camels": Case(refusing("max_tokens", 400, CAMEL), judge=LIMITED),
    "a parameter of the user's": Case(
        refusing("grammar", 400, {"error": "unknown field `grammar`"}),
        None,
        "`grammar` is of MEDQ_JUDGE_EXTRA_BODY",
        {"extra_body": '{"grammar": "root"}'},
    ),
    "Cohere's thinking": Case(
        message("<|START_THINKING|>Score: 0?<|END_THINKING|><|START_RESPONSE|>Score: 2<|END_RESPONSE|>")
    ),
    "a plain completion's text": Case(Answer(raw=b'{"choices": [{"text": "Score: 2", "finish_reason": "stop"}]}')),
    "a message that is a text": Case(Answer(raw=b'{"choices": [{"message": "Score: 2"}]}')),
    "parts of no type": Case(message([{"type": None, "text": "Score: 2"}])),
    "cut off, in SGLang's own form": Case(
        message("Score: 2", {"type": "length", "length": 9}), None, "cut off at its token limit"  # type: ignore[arg-type]
    ),
    "a guardrail": Case(message("Score: 2", "guardrail_intervened"), None, "withheld by a filter"),
    "a stop token": Case(message("Score: 2", "stop_token")),
    "errors in a list of their own": Case(refusing("temperature", 400, {"errors": [{"message": "bad temperature"}]})),
    "a model that is not there": Case(
        Answer(status=404, raw=b'{"error": {"message": "The model `x` does not exist."}}'), None, "does not exist"
    ),
}  # fmt: skip


def test_dialects(tmp_path: Path) -> None:
    def check(named: tuple[str, Case]) -> None:
        name, case = named
        answer = case.answer if callable(case.answer) else (lambda _: case.answer)
        with FakeServer(answer) as server:
            said = make(server, tmp_path / name, **case.judge).score(items(1)[0])["completeness"]
        assert said.score == case.score
        assert case.reason in said.reason

    check_all(((name, (name, case)) for name, case in CASES.items()), check)


def test_a_limit_and_an_extra_body_go_into_every_request(tmp_path: Path) -> None:
    body = '{"grammar": "root ::= \\"Score: \\" [012]", "seed": 1}'
    with FakeServer() as server:
        session = make(server, tmp_path, max_tokens=48, extra_body=body)
        session.score(items(1)[0])
        sent = server.asks[0].body
        assert (sent["max_tokens"], sent["grammar"], sent["seed"]) == (48, 'root ::= "Score: " [012]', 1)
        assert json.loads(session.stamp.parameters) == {"temperature": 0, "max_tokens": 48, **json.loads(body)}
        for others in ({"max_tokens": 49}, {"max_tokens": 48}, {}):  # another question each, and none of the above
            make(server, tmp_path, **others).score(items(1)[0])
        assert len(server.asks) == 16
        make(server, tmp_path, max_tokens=48, extra_body=body, timeout=77.0).score(items(1)[0])
        assert len(server.asks) == 16  # how long one waits shapes no reply


def test_an_address_without_v1_is_asked_there_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def answer(ask: Ask) -> Answer | str:
        return "Score: 2" if ask.path.startswith("/v1/") else Answer(status=404, raw=b"Not Found")

    with FakeServer(answer) as server:
        bare = server.base_url.removesuffix("/v1")
        said = make(bare, tmp_path).score(items(1)[0])
        assert {judgement.score for judgement in said.values()} == {2}
        assert sum("with /v1 at its end" in message for message in caplog.messages) == 1
        asked = len(server.asks)
        make(server.base_url, tmp_path).score(items(1)[0])  # corrected: what was paid for is found
        assert len(server.asks) == asked


def test_nothing_there_with_v1_either_is_told(tmp_path: Path) -> None:
    with FakeServer(lambda ask: Answer(status=404, raw=b"Not Found")) as server:
        said = make(server.base_url.removesuffix("/v1"), tmp_path).score(items(1)[0])["completeness"]
        assert "nor is there anything at /v1" in said.reason
        assert {ask.path for ask in server.asks} == {"/chat/completions", "/v1/chat/completions"}


ADDRESSES = {
    "/v1": "/v1/chat/completions",
    "/v1/": "/v1/chat/completions",
    "/v1/chat/completions": "/v1/chat/completions",  # the whole endpoint, as some pages show it
    "/openai/v1": "/openai/v1/chat/completions",
    "/openai/v1/?api-version=preview": "/openai/v1/chat/completions?api-version=preview",
    "/openai/deployments/gpt?api-version=2024-10-21": (
        "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    ),
    "/openai/deployments/gpt/chat/completions?api-version=2024-10-21": (
        "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    ),
}


def test_addresses_as_people_paste_them(tmp_path: Path) -> None:
    with FakeServer() as server:
        root = server.base_url.removesuffix("/v1")

        def check(case: tuple[str, str]) -> None:
            server.asks.clear()
            make(root + case[0], tmp_path / case[0].replace("/", "_"), api_key="key-0123456789").score(items(1)[0])
            assert {ask.path for ask in server.asks} == {case[1]}
            headers = server.asks[0].headers
            classic = "/deployments/" in case[0]
            assert headers.get("api-key") == ("key-0123456789" if classic else None)
            assert headers.get("authorization") == (None if classic else "Bearer key-0123456789")

        check_all(((given, (given, asked)) for given, asked in ADDRESSES.items()), check)
        settings = JudgeSettings("gpt", f"{root}/openai/deployments/gpt?api-version=1", "key-0123456789")
        assert "not asked" in reach(settings).said


def test_moving_a_server_on_purpose_reuses_its_replies(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with FakeServer("Score: 1") as old, FakeServer("Score: 2") as new:
        make(old, tmp_path).score(items(1)[0])
        said = make(new, tmp_path, replies_of=old.base_url).score(items(1)[0])
        assert {judgement.score for judgement in said.values()} == {1}
        assert new.asks == []
        assert any(f"4 of them are replies of {old.base_url}" in message for message in caplog.messages)
        assert make(new, tmp_path).score(items(1)[0])["completeness"].score == 2  # not said: another server


def test_tokens_are_kept_with_every_reply_and_read_again(tmp_path: Path) -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 7,
        "total_tokens": 107,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }

    def answer(ask: Ask) -> Answer:
        said = "Well." if ask.number == 0 else "Score: 2"
        body = {"choices": [{"message": {"content": said}, "finish_reason": "stop"}], "usage": usage}
        return Answer(raw=json.dumps(body).encode())

    with FakeServer(answer) as server:
        spent = [judgement.usage for judgement in make(server, tmp_path, concurrency=1).score(items(1)[0]).values()]
        assert spent[1:] == [Usage(1, 1, 100, 7, 64, 5)] * 3
        assert spent[0] == Usage(2, 2, 200, 14, 128, 10)  # asked again, as no score could be read
        kept = [judgement.usage for judgement in make(server, tmp_path).score(items(1)[0]).values()]
        assert kept == spent
        assert len(server.asks) == 5


COUNTS = {
    "as OpenAI": ({"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}, (1, 9, 2)),
    "thinking in the total alone": ({"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 111}, (1, 9, 102)),
    "as Anthropic": ({"input_tokens": 9, "output_tokens": 2}, (1, 9, 2)),
    "texts and floats": ({"prompt_tokens": "9", "completion_tokens": 2.0}, (1, 9, 2)),
    "half a count": ({"prompt_tokens": 9, "completion_tokens": None}, (0, 9, 0)),
    "no numbers": ({"prompt_tokens": -1, "completion_tokens": True}, (0, 0, 0)),
    "none": (None, (0, 0, 0)),
}


def test_counts_of_servers(tmp_path: Path) -> None:
    def check(case: tuple[Any, tuple[int, int, int]]) -> None:
        body = {"choices": [{"message": {"content": "Score: 2"}}], "usage": case[0]}
        with FakeServer(lambda ask: Answer(raw=json.dumps(body).encode())) as server:
            said = make(server, tmp_path / str(server.port)).score(items(1)[0])["completeness"].usage
        assert said is not None
        assert (said.metered, said.prompt, said.completion) == case[1]

    check_all(COUNTS, check)


def test_a_reply_that_is_asked_for_anew_stays_paid(tmp_path: Path) -> None:
    with FakeServer(lambda ask: "Well." if ask.number < 12 else "Score: 2") as one:
        make(one, tmp_path / "one").score(items(1)[0])
        said = make(one, tmp_path / "one").score(items(1)[0])
        assert sum(axis.usage.calls for axis in said.values() if axis.usage) == len(one.asks) == 16


def test_a_key_of_azure_s_goes_nowhere_else(tmp_path: Path) -> None:
    with FakeServer() as other:
        moved = Answer(status=307, raw=b"", headers={"location": f"http://localhost:{other.port}/chat/completions"})
        with FakeServer(lambda ask: moved) as server:
            address = server.base_url.removesuffix("/v1") + "/openai/deployments/gpt?api-version=1"
            said = make(address, tmp_path).score(items(1)[0])
        assert other.asks == []
        assert {axis.score for axis in said.values()} == {None}


def test_user_and_password_of_an_address(tmp_path: Path) -> None:
    with FakeServer() as server:
        address = server.base_url.replace("//", "//me:p%40ss@")
        said = make(address, tmp_path, api_key=None).score(items(1)[0])
        assert {axis.score for axis in said.values()} == {2}
        assert server.asks[0].headers["authorization"] == "Basic bWU6cEBzcw=="  # base64 of "me:p@ss"
        said = make(address, tmp_path / "two", api_key="key-0123456789").score(items(1)[0])
        assert server.asks[-1].headers["authorization"] == "Bearer key-0123456789"


def test_a_secret_in_the_extra_body_is_not_written_down(tmp_path: Path) -> None:
    with FakeServer() as server:
        session = make(server, tmp_path, extra_body='{"api_key": "sk-inner-0123456789", "seed": 1}')
        session.score(items(1)[0])
        assert server.asks[0].body["api_key"] == "sk-inner-0123456789"
        assert json.loads(session.stamp.parameters) == {"api_key": "***", "seed": 1, "temperature": 0}


def test_requests_that_failed_are_counted(tmp_path: Path) -> None:
    with FakeServer(lambda ask: Answer(status=503, raw=b"") if ask.number == 0 else "Score: 2") as server:
        said = make(server, tmp_path, concurrency=1).score(items(1)[0])
        assert [judgement.usage.calls for judgement in said.values() if judgement.usage] == [2, 1, 1, 1]
