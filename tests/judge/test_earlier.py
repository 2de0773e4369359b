"""A ledger of 0.1.0: nobody pays twice for an upgrade, and no server gets another one's scores."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from medq_tasks.records import AXES
from tests.judge.server import FakeServer
from tests.judge.test_session import items, make

# Of the first, the second, the third and the first attempt at the four axes of items(1)[0], as 0.1.0 made them.
KEYS = [
    "8068531b17649398fd3223a9a5ac889f838cd360c1ed4e93d602a23500507278",
    "f528f0ccb8bb1da8b4264b93cf9f66964db5ff712f7200527cfb1ec44c059e13",
    "caddd5dcbfc3005996ff881de6a12c7bd08acc2c63ded0d4e0ad3ba769fa5cb1",
    "7674fd2a8980d49a14a76b3babb74b5980eae2584a35edfe1dd7afa737e2df96",
]


def kept_by_010(cache: Path, count: int = 4) -> Path:
    """A folder as a run under 0.1.0 left it, which came to ``count`` of the four axes."""
    folder = cache / "judge" / "judge-1-65316c99"
    folder.mkdir(parents=True)
    said = zip(KEYS[:count], (0, 1, 2, 1), (1, 2, 3, 1), strict=False)
    lines = [
        json.dumps({"key": key, "reply": f"Score: {level}", "attempt": attempt, "time": 1.5}) + "\n"
        for key, level, attempt in said
    ]
    (folder / "replies-0000.jsonl").write_text("".join(lines))
    return folder


def scores(server: FakeServer, cache: Path, count: int = 1) -> list[list[int | None]]:
    session = make(server, cache)
    session.enqueue(items(count))
    said = [[session.score(item)[axis].score for axis in AXES] for item in items(count)]
    session.close()
    return said


def test_the_first_server_pays_for_nothing_and_the_second_is_asked_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    folder = kept_by_010(tmp_path)
    with FakeServer("Score: 2") as a, FakeServer("Score: 0") as b:
        assert scores(a, tmp_path) == [[0, 1, 2, 1]]
        assert a.asks == []
        assert [message for message in caplog.messages if "4 replies of 0.1.0, which did not note the server, are "
                "taken as this server's." in message]  # fmt: skip
        caplog.clear()
        assert scores(b, tmp_path) == [[0, 0, 0, 0]]
        assert len(b.asks) == 4
        (told,) = caplog.messages
        assert f"4 replies of 0.1.0, which did not note the server, are taken as those of {a.base_url}" in told
        assert "this one is asked anew" in told
        caplog.clear()
        assert (scores(b, tmp_path), len(b.asks)) == ([[0, 0, 0, 0]], 4)
        assert "0.1.0" not in caplog.text  # b has replies of its own
        assert (scores(a, tmp_path), len(a.asks)) == ([[0, 1, 2, 1]], 0)
    assert (folder / "server-of-0.1.0.txt").read_text() == a.base_url + "\n"
    assert list(folder.glob(".writing-*")) == []


def test_a_run_that_was_interrupted_under_010_is_resumed_and_pays_for_the_rest_once(tmp_path: Path):
    kept_by_010(tmp_path, 2)
    with FakeServer("Score: 2") as server:
        assert scores(server, tmp_path, 2) == [[0, 1, 2, 2], [2, 2, 2, 2]]
        assert len(server.asks) == 2 + 4
        assert scores(server, tmp_path, 2) == [[0, 1, 2, 2], [2, 2, 2, 2]]
        assert len(server.asks) == 2 + 4


def test_a_folder_without_replies_of_010_names_nobody(tmp_path: Path):
    with FakeServer("Score: 2") as server:
        scores(server, tmp_path)
        scores(server, tmp_path, 2)
    assert list(tmp_path.rglob("server-of-*")) == []


def test_where_the_server_cannot_be_written_down_it_is_asked_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    kept_by_010(tmp_path)

    def refuse(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("medq_tasks.judge.earlier.write_new", refuse)
    with FakeServer("Score: 2") as server:
        assert (scores(server, tmp_path), len(server.asks)) == ([[2, 2, 2, 2]], 4)
    assert "are nobody's, as it cannot be written down: this one is asked anew" in caplog.text


def test_of_two_servers_at_once_one_gets_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The second writes its name between the first one's look and its own."""
    folder = kept_by_010(tmp_path)
    link = os.link

    def late(source: Path, target: Path) -> None:
        (folder / "server-of-0.1.0.txt").write_text("http://other/v1\n")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with FakeServer("Score: 2") as server:
        assert (scores(server, tmp_path), len(server.asks)) == ([[2, 2, 2, 2]], 4)
    assert (folder / "server-of-0.1.0.txt").read_text() == "http://other/v1\n"
