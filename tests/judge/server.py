"""An OpenAI-compatible server on 127.0.0.1 that answers what a test tells it to, faults included.

It can play the judge or, for lmms-eval's ``openai`` backend, the model. In a test::

    with FakeServer(lambda ask: "Score: 2") as server:
        ...  # server.base_url, server.asks

As a process of its own (for benchmarks): ``python tests/judge/server.py --latency 0.2`` prints its base URL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ask:
    """One request as it arrived."""

    number: int  # 0, 1, 2 ... in order of arrival
    path: str
    headers: dict[str, str]  # names in lower case
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All text parts of all messages, in order."""
        return "\n".join(_text(message.get("content")) for message in self.body.get("messages", []))

    @property
    def images(self) -> list[str]:
        """The image URLs (data URLs) of all messages, in order."""
        contents = [message.get("content") for message in self.body.get("messages", [])]
        parts = [part for content in contents if isinstance(content, list) for part in content]
        return [part["image_url"]["url"] for part in parts if part.get("type") == "image_url"]


@dataclass(frozen=True)
class Answer:
    """What to send back. The default is a healthy completion with ``text`` as its content."""

    text: str | None = "Score: 2"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # sent instead of a completion
    delay: float = 0.0  # seconds before the answer starts
    held: threading.Event | None = None  # nothing is sent before it is set
    drop: bool = False  # close the connection without an answer
    drip: float = 0.0  # seconds over which the body is spread, byte group by byte group
    finish_reason: str = "stop"


def error(status: int, message: str, code: str | None = None, param: str | None = None, **headers: str) -> Answer:
    """An error in the form that OpenAI uses; header names are written with underscores."""
    body = {"error": {"message": message, "type": "test", "code": code, "param": param}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, raw=json.dumps(body).encode(), headers=named)


def too_many(retry_after: float | None = None) -> Answer:
    """429, with or without Retry-After."""
    if retry_after is None:
        return error(429, "Rate limit reached")
    return error(429, "Rate limit reached", retry_after=f"{retry_after:g}")


def server_error(status: int = 500) -> Answer:
    """500 or a neighbour of it, with an HTML body as proxies send it."""
    return Answer(status=status, raw=b"<html><body><h1>502 Bad Gateway</h1>score 2</body></html>")


def hang(seconds: float) -> Answer:
    """An answer that comes too late."""
    return Answer(delay=seconds)


def dropped() -> Answer:
    """The connection closes before a byte is sent."""
    return Answer(drop=True)


def malformed() -> Answer:
    """Status 200 with half a JSON text."""
    return Answer(raw=b'{"id": "x", "choices": [{"message": {"content": "Score: 2')


def no_choices() -> Answer:
    """Status 200, valid JSON, nothing in it."""
    return Answer(raw=b'{"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": []}')


def refusal() -> Answer:
    """A polite reply without a score."""
    return Answer(text="I'm sorry, but I can't help with evaluating this medical content.")


class FakeServer:
    """Runs in a thread of its own between ``__enter__`` and ``__exit__``."""

    def __init__(
        self,
        answer: Callable[[Ask], Answer | str] | str = "Score: 2",
        *,
        latency: float = 0.0,
        models: Sequence[str] = ("test-model",),
    ) -> None:
        self._answer = answer if callable(answer) else (lambda ask: answer)
        listed = [{"id": model, "object": "model"} for model in models]
        self._models = json.dumps({"object": "list", "data": listed}).encode()
        self._latency = latency
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.asks: list[Ask] = []
        self.connections = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self.first = 0.0  # time.monotonic() when the first question arrived
        self.last = 0.0  # and when the last answer left
        self.busy = 0.0  # seconds in which at least one question was being answered
        self._since = 0.0  # since when one is
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self, port: int = 0) -> FakeServer:
        """Listen on ``port`` (0: any free one) and serve until ``stop``."""
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", port, limit=2**26)
        server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        """Close everything, open connections too."""
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> FakeServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _cancel_all(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = head[0].split(" ", 2)
        if method == "GET":
            return await self._send(writer, Answer(raw=self._figures() if path == "/figures" else self._models))
        ask = Ask(len(self.asks), path, headers, json.loads(body or b"{}"))
        self.asks.append(ask)
        self.first = self.first or time.monotonic()
        said = self._answer(ask)
        answer = Answer(text=said) if isinstance(said, str) else said
        if not self.in_flight:
            self._since = time.monotonic()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._send(writer, answer)
        finally:
            self.in_flight -= 1
            self.last = time.monotonic()
            self.busy += 0 if self.in_flight else self.last - self._since

    def _figures(self) -> bytes:
        """What a bench asks of a server in a process of its own, at ``GET /figures``."""
        figures = {
            "asks": len(self.asks),
            "most_in_flight": self.most_in_flight,
            "seconds": self.last - self.first,
            "busy": self.busy,
            "cpu": time.process_time(),
        }
        return json.dumps(figures).encode()

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        if self._latency or answer.delay:
            await asyncio.sleep(self._latency + answer.delay)
        while answer.held is not None and not answer.held.is_set():
            await asyncio.sleep(0.01)
        if answer.drop:
            return False
        body = _completion(answer) if answer.raw is None else answer.raw
        named = {"content-type": "application/json", "content-length": str(len(body)), **answer.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        start = f"HTTP/1.1 {answer.status} X\r\n{head}\r\n".encode("latin-1")
        if not answer.drip:
            writer.write(start + body)  # one system call
            await writer.drain()
            return True
        writer.write(start)
        size = max(1, -(-len(body) // 20))
        for place in range(0, len(body), size):
            writer.write(body[place : place + size])
            await writer.drain()
            await asyncio.sleep(answer.drip / 20)
        return True


def _completion(answer: Answer) -> bytes:
    choice = {
        "index": 0,
        "finish_reason": answer.finish_reason,
        "message": {"role": "assistant", "content": answer.text},
    }
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    whole = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(whole).encode()


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content or [] if part.get("type") == "text")


def main() -> None:
    """Serve one fixed text with a fixed latency until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--text", default="Score: 2")
    given = parser.parse_args()
    server = FakeServer(given.text, latency=given.latency).start(given.port)
    print(server.base_url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
