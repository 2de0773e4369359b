"""Which judge is meant where nobody has named a model."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.errors import JudgeError
from medq_tasks.judge import JudgeSession
from medq_tasks.judge.items import item_of
from medq_tasks.judge.which import named
from medq_tasks.settings import JudgeSettings, Settings
from tests.judge.server import FakeServer

ITEM = item_of("no_reference", "Sharp. Verdict: good", "Sharp. The quality is good.")


def test_a_named_model_is_meant_and_nobody_is_asked() -> None:
    given = JudgeSettings("judge-1", "http://127.0.0.1:9/v1")
    assert named(given) is given


def test_the_only_model_of_the_server_is_meant() -> None:
    with FakeServer(models=["judge-7"]) as server:
        given = JudgeSettings(base_url=server.base_url)
        assert named(given) == replace(given, model="judge-7")


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (["a", "b"], "its server lists 2. Set MEDQ_JUDGE_MODEL to one of a, b."),
        ([f"m{n}" for n in range(9)], "lists 9. Set MEDQ_JUDGE_MODEL to one of m0, m1, m2, m3, m4, ..."),
        ([], "its server lists 0. Set MEDQ_JUDGE_MODEL or load a model into the server."),
    ],
)
def test_of_several_models_none_is_chosen(models: list[str], message: str) -> None:
    with FakeServer(models=models) as server, pytest.raises(JudgeError) as told:
        named(JudgeSettings(base_url=server.base_url))
    assert message in str(told.value)


@pytest.mark.parametrize("odd", [None, "", "  ", 7, ["x"]])
def test_what_is_no_name_is_no_model(odd: object) -> None:
    with FakeServer(models=[odd, "judge-7", "judge-7"]) as server:  # type: ignore[list-item]
        assert named(JudgeSettings(base_url=server.base_url)).model == "judge-7"


def test_a_model_without_key_or_server_is_no_judge(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    session = JudgeSession(Settings(None, tmp_path, JudgeSettings("judge-1")))
    assert not session.available
    assert session.score(ITEM) == {}
    assert "No judge is configured" in caplog.text


def test_a_key_alone_asks_nobody() -> None:
    with pytest.raises(JudgeError, match="no judge model is named, and there is no default"):
        named(JudgeSettings(api_key="sk-x"))
    with pytest.raises(JudgeError, match="No judge is configured"):
        named(JudgeSettings())


def test_a_server_that_is_not_there_is_asked_again_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with FakeServer(models=["judge-7"]) as server:
        port, address = server.port, server.base_url
    session = JudgeSession(Settings(None, tmp_path, JudgeSettings(base_url=address)))
    with caplog.at_level(logging.WARNING):
        assert session.score(ITEM) == {}
    assert "The four axes stay empty: no judge model is named, and its server does not say which it has" in caplog.text
    up = FakeServer(models=["judge-7"]).start(port)
    try:
        assert session.score(ITEM) == {}  # not at once: a thousand items would each wait for it
        session._ask_from = 0.0
        assert session.score(ITEM)["consistency"].score == 2
        assert {ask.body["model"] for ask in up.asks} == {"judge-7"}
    finally:
        up.stop()
    assert session.stamp.model == "judge-7"
