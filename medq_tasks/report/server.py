"""The report page from a local server: one page, the pictures of its tables in full, and nothing else.

Only this machine reaches it (127.0.0.1), and only who knows its address: the first part of every path is a random
token. A page of somebody else's, whose name is made to lead to this machine (DNS rebinding), sends that name as Host
and is refused. Nothing is written and no folder is read: a path is the page, the number of a picture, or not found.
"""

from __future__ import annotations

import hmac
import secrets
import socketserver
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from medq_tasks.errors import MedqError
from medq_tasks.report.picture_mode import ICON, SERVED

if TYPE_CHECKING:
    from medq_tasks.report.picture_sources import Source

HOST = "127.0.0.1"
# Any port: through `ssh -L 9000:127.0.0.1:41234` a browser asks for localhost:9000.
_NAMES = (HOST, "localhost", "::1")
# Beside the page's own policy, of which a browser keeps what both allow: images from here alone, and no frame around.
_POLICY = "img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # pictures of patients do not stay in a browser's folder
}
_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect x="1" y="1" width="22" height="22" rx="6" '
    b'fill="#0b6e69"/><path d="M4 13h3.2l2-5 3.4 9 2.3-6 1.2 2H20" fill="none" stroke="#fff" stroke-width="1.8"/></svg>'
)
_PIECE = 1 << 18  # bytes written at once: the limit of time is for each, not for a page of many megabytes


@dataclass(frozen=True)
class Answer:
    """What a request gets."""

    status: HTTPStatus
    kind: str
    body: bytes | memoryview
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """What there is to see, for whoever knows the token."""

    page: bytes = b""
    pictures: Sequence[Source] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def answer(self, host: str, path: str) -> Answer:
        """What a request for ``path`` that names ``host`` gets; whoever lacks the token learns nothing else."""
        parts = path.partition("?")[0].split("/", 2) if path.startswith("/") else []
        token = parts[1] if len(parts) > 1 else ""
        if not (_is_ours(host) and hmac.compare_digest(token.encode(), self.token.encode())):
            return _words(HTTPStatus.FORBIDDEN, "Open the whole address that `medq view` printed.")
        if len(parts) < 3:  # without the last slash the page's links would lead elsewhere
            return Answer(HTTPStatus.MOVED_PERMANENTLY, "text/plain", b"", {"Location": f"/{self.token}/"})
        if parts[2] == "":
            return Answer(HTTPStatus.OK, "text/html; charset=utf-8", self.page)
        if parts[2] == ICON:
            return Answer(HTTPStatus.OK, "image/svg+xml", _ICON)
        number = parts[2].removeprefix(SERVED)
        known = parts[2] == SERVED + number and number.isascii() and number.isdecimal() and len(number) < 10
        if known and int(number) < len(self.pictures):
            from medq_tasks.report.picture_files import full  # Pillow and numpy: a port in use is told before

            subtype, data = full(self.pictures[int(number)].view)
            return Answer(HTTPStatus.OK, f"image/{subtype}", data)
        return _words(HTTPStatus.NOT_FOUND, "There is the page and its pictures, and nothing else.")


def _is_ours(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _NAMES
    except ValueError:
        return False


def _words(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode())


class PageServer(ThreadingHTTPServer):
    """Serves ``site`` until it is shut down. A context manager; the port is held from the beginning."""

    daemon_threads = True  # a browser that keeps a connection open does not keep the command from ending

    def __init__(self, port: int = 0, tell: Callable[[str], object] = print) -> None:
        """Bind to ``port`` of this machine, 0 for a free one; ``tell`` gets what goes wrong, one sentence each.

        Raises:
            MedqError: the port cannot be had.
        """
        self.site = Site()
        self.tell = tell
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise MedqError(
                f"--port {port}: cannot be used ({error.strerror}). Choose another, or leave it out for a free one."
            ) from error

    def show(self, page: bytes, pictures: Sequence[Source]) -> None:
        """What is served from now on."""
        self.site = replace(self.site, page=page, pictures=pictures)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_address[1]}/{self.site.token}/"

    def server_bind(self) -> None:
        """As a plain server does: http.server's asks the network for this machine's name, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that has gone away in the middle of an answer is no fault."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            self.tell(f"a request could not be answered ({type(error).__name__}: {error})")


class _Handler(BaseHTTPRequestHandler):
    """One request. HTTP 1.0: each has a connection of its own, and none is waited for."""

    server: PageServer
    timeout = 30  # seconds for a request to arrive, and for a piece of an answer to leave
    server_version, sys_version = "medq", ""

    def do_GET(self) -> None:
        """The page, a picture, or why not."""
        self._send(self._found())

    def do_HEAD(self) -> None:
        """The same without its body."""
        self._send(self._found(), body=False)

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # any other method
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        found = self._found()
        if found.status is not HTTPStatus.FORBIDDEN:
            found = Answer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"Only GET and HEAD.", {"Allow": "GET, HEAD"})
        self._send(found)

    def _found(self) -> Answer:
        try:
            return self.server.site.answer(self.headers.get("Host", ""), self.path)
        except Exception as error:  # a picture that cannot be read is told, and the page goes on
            self.server.tell(f"{self.path.rpartition('/')[2]}: cannot be shown ({type(error).__name__}: {error})")
            return _words(HTTPStatus.INTERNAL_SERVER_ERROR, "This cannot be shown; the terminal says why.")

    def _send(self, answer: Answer, *, body: bool = True) -> None:
        self.send_response(answer.status)
        for name, value in {**_HEADERS, **answer.more}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        for start in range(0, len(answer.body) if body else 0, _PIECE):
            self.wfile.write(answer.body[start : start + _PIECE])

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: each look at a sample would be a line."""
