"""A server on 127.0.0.1 that answers as OpenAI's and Anthropic's APIs do, and keeps the pictures it was sent."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Sent:
    """One picture on the wire: its bytes and the media type that the request gave it."""

    data: bytes
    media_type: str


class Recorder:
    """Records while used as a context manager; ``url`` is the base to give to a backend."""

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """For example ``http://127.0.0.1:40123``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self) -> list[Sent]:
        """The pictures since the last call, in the order of arrival."""
        with self._lock:
            taken, self._sent = self._sent, []
        return taken

    def keep(self, body: Any) -> None:
        """Keep every picture in a request's JSON body."""
        found = list(_pictures(body))
        with self._lock:
            self._sent.extend(found)


def _pictures(part: Any) -> Iterator[Sent]:
    if isinstance(part, str) and part.startswith("data:image/"):
        head, _, text = part.partition(",")
        yield Sent(base64.b64decode(text), head.removeprefix("data:").partition(";")[0])
    elif isinstance(part, dict):
        if part.get("type") == "base64" and "media_type" in part:
            yield Sent(base64.b64decode(part["data"]), part["media_type"])
            return
        for value in part.values():
            yield from _pictures(value)
    elif isinstance(part, list):
        for value in part:
            yield from _pictures(value)


_OPENAI_REPLY = {
    "id": "recorded",
    "object": "chat.completion",
    "created": 0,
    "model": "recorder",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
_ANTHROPIC_REPLY = {
    "id": "recorded",
    "type": "message",
    "role": "assistant",
    "model": "recorder",
    "content": [{"type": "text", "text": "A"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0, the class's default, closes each connection: an async client would take up an open one again in an
        # event loop that is gone, fail, and send the picture twice.

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            recorder.keep(json.loads(body))
            reply = json.dumps(_ANTHROPIC_REPLY if self.path.endswith("/messages") else _OPENAI_REPLY).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the command's table is the output."""

    return Handler
