"""Whom a refusal concerns, in the words of the servers, and what is said of it."""

from __future__ import annotations

import json
import socket
import ssl
from pathlib import Path

import pytest

from medq_tasks.judge.refusal import read_refusal, unreached
from medq_tasks.judge.response import Response
from tests.cases import check_all

CASES = [json.loads(line) for line in (Path(__file__).parent / "refusal_cases.jsonl").read_text().splitlines()]


def test_whom_a_refusal_concerns():
    def check(case: dict) -> None:
        kind = "text/html" if case["body"].startswith("<") else "application/json" if case["body"][:1] in "{[" else ""
        assert read_refusal(Response(case["status"], kind or "text/plain", case["body"])).trouble == case["concerns"]

    check_all([(f"{case['server']} {case['status']}", case) for case in CASES], check)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (
            Response(200, "text/html", "<html><title>Sign in</title>x", "login.corp"),
            "HTTP 200 from login.corp, to which the request was redirected, text/html: Sign in",
        ),
        (Response(200, "", ""), "HTTP 200, no content type: an empty body"),
        (Response(200, "application/json", '{"error": {"message": "busy"}}'), "HTTP 200 with an error: busy"),
        (Response(200, "application/json", '{"a": 1}'), 'HTTP 200, application/json: {"a": 1}'),
        (Response(404, "text/plain", "404 page not found"), "HTTP 404, text/plain: 404 page not found"),
        (Response(400, "application/json", '{"a":' * 20_000), "HTTP 400, application/json: " + '{"a":' * 20_000),
    ],
)
def test_a_reason_names_what_was_seen(response: Response, said: str):
    assert read_refusal(response).said == said


def test_a_call_that_took_too_long_has_no_other_reason():
    import httpx
    import openai

    error = openai.APITimeoutError(request=httpx.Request("POST", "http://judge/v1"))
    assert unreached(error) == ("", False)
    error.__cause__ = ConnectionRefusedError(111, "no")  # what the package makes of it with aiohttp
    assert unreached(error) == ("connection refused", False)


def test_the_words_of_a_page_say_nothing_of_a_prompt():
    assert read_refusal(Response(403, "text/html", "<p>Forbidden. Our content policy</p>")).trouble == "all prompts"


def test_a_wrong_name_and_a_wrong_certificate_are_certain_and_a_refused_connection_is_not():
    def behind(cause: Exception) -> Exception:
        error = RuntimeError("Connection error.")
        error.__cause__ = cause
        return error

    assert unreached(behind(socket.gaierror(socket.EAI_NONAME, "Name not known"))) == (
        "the host name is not known (Name not known)",
        True,
    )
    assert unreached(behind(socket.gaierror(socket.EAI_AGAIN, "Temporary")))[1] is False
    assert unreached(behind(ConnectionRefusedError(111, "no"))) == ("connection refused", False)
    assert unreached(behind(ssl.SSLCertVerificationError("self-signed")))[1] is True
    assert unreached(behind(ValueError("odd"))) == ("Connection error. (ValueError('odd'))", False)
