"""Every answer of a judge's server to the question for its models."""

import http.server
import json
import threading

import pytest

from medq_tasks.judge.reach import reach
from medq_tasks.settings import JudgeSettings


def asked(body, status=200, model="here", key=None):
    """``reach`` with a server that answers every GET with this."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()  # seconds to its end
        try:
            return reach(JudgeSettings(model, f"http://127.0.0.1:{server.server_port}/v1", key))
        finally:
            server.shutdown()


def models(*names):
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}).encode()


def test_a_server_that_lists_the_model():
    told = asked(models("other", "here"))
    assert (told.said, told.cure, told.client) == ("reachable", "", True)


def test_one_question_and_little_patience(monkeypatch):
    given = {}

    def made(**settings):
        given.update(settings)
        raise ValueError("none here")

    monkeypatch.setattr("openai.OpenAI", made)
    reach(JudgeSettings(base_url="http://127.0.0.1:9/v1"))
    address = {"api_key": "none", "base_url": "http://127.0.0.1:9/v1", "default_query": {}}
    assert given == {**address, "timeout": 5, "max_retries": 0}


def test_a_server_that_lists_others():
    told = asked(models("a", "b"))
    assert told.said == "reachable, but it does not list this model (2 listed)"
    assert told.cure == "set MEDQ_JUDGE_MODEL to one of a, b"
    assert asked(models(*"abcde")).cure.endswith("a, b, c, d, e")
    assert asked(models(*"abcdefg")).cure.endswith("a, b, c, d, e, ...")
    assert asked(models()).cure == "load a model into the server"


@pytest.mark.parametrize(
    ("status", "cure"), [(401, "API_KEY"), (403, "API_KEY"), (404, "/v1"), (500, "the server's own log")]
)
def test_a_server_that_refuses(status, cure):
    told = asked(b"{}", status)
    assert told.said.startswith(f"the server answers, but with HTTP {status}")
    assert cure in told.cure


@pytest.mark.parametrize("body", [b"<html><title>Sign in</title>welcome</html>", b"{}", b"[1]", b"null", b"", b"\xff"])
def test_something_that_is_no_such_server(body):
    told = asked(body)
    assert told.said.startswith("the server answers, but with HTTP 200")
    assert "/v1" in told.cure
    assert ("Sign in" in told.said) == (b"Sign in" in body)


def test_what_a_server_says_is_one_line_without_the_key():
    long = "x" * 280 + "sk-secret-12345678 \x1b[31m [/INST]\nsecond line"
    told = asked(json.dumps({"error": {"message": long}}).encode(), 401, key="sk-secret-12345678")
    assert len(told.said) <= 300
    assert "secret" not in told.said
    assert told.said.isprintable()
    names = asked(models("a\x1b[31m", "b" * 500)).cure
    assert names.isprintable()
    assert len(names) < 200


def test_a_name_that_nobody_has():
    told = reach(JudgeSettings(base_url="http://no-such-host.invalid/v1"))
    assert "MEDQ_JUDGE_BASE_URL" in told.cure
    assert told.said.startswith("not reachable: ")


def test_nobody_there():
    told = reach(JudgeSettings(base_url="http://127.0.0.1:9/v1"))
    assert told.said.startswith("not reachable")
    assert "MEDQ_JUDGE_BASE_URL" in told.cure


@pytest.mark.parametrize(
    ("proxies", "named"),
    [
        (["https_proxy"], "HTTPS_PROXY"),
        (["ALL_PROXY"], "ALL_PROXY"),
        (["https_proxy", "all_proxy"], "ALL_PROXY and HTTPS_PROXY"),
    ],
)
def test_nobody_there_through_a_proxy(proxies, named, monkeypatch):
    # The client's error names neither; without a proxy none is blamed.
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "elsewhere")
    assert "_PROXY" not in reach(JudgeSettings(base_url="http://127.0.0.1:9/v1")).cure
    for proxy in proxies:
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    cure = reach(JudgeSettings(base_url="https://127.0.0.1:9/v1")).cure
    assert cure.startswith(f"correct or unset {named}, or name the server in NO_PROXY; else start it")


def test_a_client_that_cannot_be_made(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "ftp://proxy:1")
    told = reach(JudgeSettings(api_key="sk-x"))
    assert told.said.startswith("no client can be made (ValueError")
    assert (told.cure, told.client) == ("medq info --check", False)
