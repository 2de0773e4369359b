"""A chat completion, read."""

import json
from typing import Any

import pytest

from medq_tasks.judge.reply import Reply, read_reply
from medq_tasks.judge.response import Response


def _read(choice: Any) -> Reply | None:
    return read_reply(Response(200, "application/json", json.dumps({"choices": [choice]})))


@pytest.mark.parametrize("text", ["<html>sign in</html>", "", "[]", '{"choices": []}', '{"choices": [{}]}'])
def test_what_is_no_completion_is_no_reply(text: str) -> None:
    assert read_reply(Response(200, "text/html", text)) is None


def test_the_text_and_why_it_ended() -> None:
    assert _read({"message": {"content": "4"}, "finish_reason": "stop"}) == Reply("4", "stop")
    assert _read({"message": {"content": "4"}, "stop_reason": "max_tokens"}) == Reply("4", "max_tokens")
    assert _read({"message": {"content": None, "refusal": "I cannot"}}) == Reply("I cannot", "refusal")


def test_a_text_in_parts_is_the_text_of_its_parts() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Score: 0"}]},
        {"type": "text", "text": "Score: "},
    ]
    assert _read({"message": {"content": [*parts, {"type": "text", "text": "2"}, None]}}) == Reply("Score: 2")
    assert _read({"message": {"content": [{"type": "image"}]}}) == Reply("")


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply("4"), ""),
        (Reply("4", "eos_token"), ""),
        (Reply("4", "MAX_TOKENS"), "the judge's reply was cut off at its token limit (finish_reason: MAX_TOKENS)"),
        (Reply("4", "SAFETY"), "the judge's reply was withheld by a filter (finish_reason: SAFETY)"),
        (Reply(" ", "stop"), "the judge sent no text"),
        (Reply("", "odd"), "the judge sent no text (finish_reason: odd)"),
    ],
)
def test_a_problem_is_told_in_the_servers_word(reply: Reply, problem: str) -> None:
    assert reply.problem == problem
