"""The server of a page: what it answers to whom, and its life from a free port to its end."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from medq_tasks.errors import MedqError
from medq_tasks.report.server import PageServer, Site
from tests.data.factory import png


@dataclass
class Picture:
    """A file where a table's would be."""

    view: memoryview


PAGE = b"<!doctype html><p>page</p>"
PICTURES = [Picture(memoryview(png(number))) for number in range(2)]
SITE = Site(PAGE, PICTURES, "secret")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/secret/", 200),
        ("/secret/?x=1", 200),
        ("/secret/pictures/1", 200),
        ("/secret/icon", 200),
        ("/secret", 301),
        ("/secret/pictures/2", 404),  # there are two
        ("/secret/pictures/", 404),
        ("/secret/pictures/-1", 404),
        ("/secret/pictures/²", 404),
        ("/secret/pictures/" + "9" * 5000, 404),
        ("/secret/pictures/0/", 404),
        ("/secret/../../etc/passwd", 404),
        ("/secret//etc/passwd", 404),
        ("/", 403),
        ("", 403),
        ("*", 403),
        ("//[", 403),
        ("/secre/", 403),
        ("/secret2/", 403),
        ("/pictures/1", 403),
        ("//secret/", 403),
        ("http://127.0.0.1/secret/", 403),
        ("/s%65cret/", 403),
        ("/geheimnis-äöü/", 403),
    ],
)
def test_a_path_is_the_page_a_picture_or_nothing(path: str, status: int) -> None:
    assert SITE.answer("127.0.0.1:8000", path).status == status


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:9000", "LOCALHOST", "[::1]:8000"])
def test_this_machine_may_be_called_by_its_own_names_and_any_port(host: str) -> None:
    assert SITE.answer(host, "/secret/").status == 200


@pytest.mark.parametrize(
    "host", ["", "example.org", "example.org:8000", "127.0.0.1.example.org", "localhost.", "[", "x@example.org"]
)
def test_a_name_that_was_made_to_lead_here_is_refused(host: str) -> None:
    assert SITE.answer(host, "/secret/").status == 403


def test_each_server_has_a_token_of_its_own() -> None:
    tokens = {Site().token for _ in range(3)}
    assert {len(token) for token in tokens} == {32}  # 128 bits
    assert len(tokens) == 3


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def server(told: list[str]) -> Iterator[PageServer]:
    """Running in a thread; its port is free again afterwards, and the thread has ended."""
    with PageServer(tell=told.append) as made:
        made.show(PAGE, PICTURES)  # type: ignore[arg-type]
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()
    port = urlsplit(made.address).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def ask(server: PageServer, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.address).port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_the_page_and_the_very_bytes_of_its_pictures(server: PageServer) -> None:
    root = urlsplit(server.address).path
    answer, body = ask(server, root)
    assert (answer.status, body) == (200, PAGE)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for number in range(2):
        answer, body = ask(server, f"{root}pictures/{number}")
        assert (answer.headers["Content-Type"], body) == ("image/png", png(number))
    assert answer.headers["Content-Security-Policy"].startswith("img-src 'self'; frame-ancestors 'none'")
    said = {name: answer.headers[name] for name in ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")}
    assert list(said.values()) == ["nosniff", "no-referrer", "no-store"]
    assert answer.headers["Server"].strip() == "medq"
    answer, body = ask(server, root[:-1])
    assert (answer.status, answer.headers["Location"]) == (301, root)


def test_head_has_the_length_and_no_body_and_nothing_else_is_allowed(server: PageServer, told: list[str]) -> None:
    root = urlsplit(server.address).path
    answer, body = ask(server, root, "HEAD")
    assert (answer.status, answer.headers["Content-Length"], body) == (200, str(len(PAGE)), b"")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        answer, body = ask(server, root, method)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert ask(server, "/", method)[0].status == 403
    assert ask(server, root, Host="example.org")[0].status == 403
    assert told == []


def test_a_picture_that_cannot_be_read_is_told_and_the_rest_goes_on(server: PageServer, told: list[str]) -> None:
    server.show(PAGE, [Picture(memoryview(b"no picture")), PICTURES[1]])  # type: ignore[list-item]
    root = urlsplit(server.address).path
    answer, body = ask(server, f"{root}pictures/0")
    assert (answer.status, body) == (500, b"This cannot be shown; the terminal says why.")
    assert ask(server, f"{root}pictures/1")[1] == png(1)
    (line,) = told
    assert line.startswith("0: cannot be shown (ValueError: not a picture file of a known format")


def test_a_port_in_use_is_one_clear_error(server: PageServer) -> None:
    port = int(urlsplit(server.address).port or 0)
    with pytest.raises(MedqError, match=rf"^--port {port}: cannot be used \(.*\)\. Choose another, or leave it out"):
        PageServer(port)
