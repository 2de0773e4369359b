"""A server with a Batch API on 127.0.0.1: files, batches, their states, and replies as a test wants them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = dict[str, Any] | None  # a line of the output without its custom_id; None: the batch ended before it was asked


def completion(text: str, finish: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
    return {
        "response": {"status_code": 200, "body": {"choices": [choice], "model": "m-1", "usage": usage}},
        "error": None,
    }


class BatchServer:
    """``looks``: how often a batch is still under way when it is looked at. ``absent``: there is no Batch API."""

    def __init__(
        self,
        reply: Callable[[int, dict[str, Any]], Reply] = lambda number, line: None,
        *,
        looks: int = 0,
        status: str = "completed",
        absent: bool = False,
    ) -> None:
        self.reply, self.looks, self.status, self.absent = reply, looks, status, absent
        self.files: dict[str, str] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                server.get(self)

            def do_POST(self) -> None:
                server.post(self)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> BatchServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def post(self, http: BaseHTTPRequestHandler) -> None:
        body = http.rfile.read(int(http.headers.get("content-length", 0)))
        if self.absent:
            _send(http, {"error": {"message": "unknown path"}}, 404)
        elif http.path == "/v1/files":
            found = re.search(rb'filename="requests.jsonl".*?\r\n\r\n(.*?)\r\n--', body, re.DOTALL)
            name = f"file-{len(self.files)}"
            self.files[name] = found[1].decode() if found else ""
            _send(http, {"id": name, "object": "file", "purpose": "batch"})
        elif http.path == "/v1/batches":
            said = json.loads(body)
            name = f"batch_{len(self.batches)}"
            self.batches[name] = {"looks": self.looks, **self._answered(said["input_file_id"])}
            _send(http, self._batch(name))
        else:
            _send(http, {"error": {"message": "no ordinary calls here"}}, 500)

    def get(self, http: BaseHTTPRequestHandler) -> None:
        if found := re.fullmatch(r"/v1/files/(.+)/content", http.path):
            _send(http, self.files[found[1]])
        elif (name := http.path.rpartition("/")[2]) in self.batches:
            _send(http, self._batch(name))
            self.batches[name]["looks"] -= 1
        else:
            _send(http, {"error": {"message": f"no batch {name}"}}, 404)

    def _answered(self, file: str) -> dict[str, Any]:
        lines = [json.loads(line) for line in self.files[file].splitlines()]
        self.requests += lines
        said = [(line["custom_id"], self.reply(number, line)) for number, line in enumerate(lines)]
        output = [{"custom_id": key, **one} for key, one in said if one and not one.get("error")]
        errors = [{"custom_id": key, **one} for key, one in said if one and one.get("error")]
        names = {}
        for kind, part in (("output_file_id", output), ("error_file_id", errors)):
            if part:
                names[kind] = f"file-{len(self.files)}"
                self.files[names[kind]] = "".join(json.dumps(line) + "\n" for line in part)
        return {"input_file_id": file, "total": len(lines), "completed": len(output), "failed": len(errors), **names}

    def _batch(self, name: str) -> dict[str, Any]:
        own = self.batches[name]
        done = own["looks"] <= 0
        files = {kind: own.get(kind) if done else None for kind in ("output_file_id", "error_file_id")}
        counts = {kind: own[kind] if done else 0 for kind in ("completed", "failed")} | {"total": own["total"]}
        return {
            "id": name,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": own["input_file_id"],
            "completion_window": "24h",
            "created_at": 0,
            "status": self.status if done else "in_progress",
            "request_counts": counts,
            **files,
        }


def _send(http: BaseHTTPRequestHandler, said: object, status: int = 200) -> None:
    data = (said if isinstance(said, str) else json.dumps(said)).encode()
    http.send_response(status)
    http.send_header("content-type", "application/jsonl" if isinstance(said, str) else "application/json")
    http.send_header("content-length", str(len(data)))
    http.end_headers()
    http.wfile.write(data)
