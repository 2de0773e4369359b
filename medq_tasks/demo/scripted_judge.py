"""A judge for the demo that is no model: it counts words, so that the pipeline has a judge without network or key.

``python -m medq_tasks.demo.scripted_judge COMMAND...`` runs a command with this judge and no other: whatever judge, key
or prompts the user's own environment names, the command does not see them, so that nothing of a demo is sent or paid.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "scripted-judge-not-a-model"
NOTE = f"{NAME} is a script that counts words which text and reference share: its scores mean nothing."
_FULL, _SOME = 0.45, 0.3  # shares of the reference's words, chosen so that a demo shows all levels
_TEXT = re.compile(r"\[(MODEL|REFERENCE) TEXT (\w+) BEGINS\]\n(.*?)\n\[\1 TEXT \2 ENDS\]", re.DOTALL)
_LEVEL_1 = re.compile(r"^1 =", re.MULTILINE)
_KEPT = "MEDQ_CACHE_DIR"


def judge(prompt: str) -> str:
    """A reply with a score, by how many of the reference's words the model's text holds; the same for every axis.

    Args:
        prompt: as the built-in prompts put it: both texts between their marks, and the levels of the axis.
    """
    texts = {match[1]: set(re.findall(r"[a-z]{4,}", match[3].lower())) for match in _TEXT.finditer(prompt)}
    reference, said = texts.get("REFERENCE", set()), texts.get("MODEL", set())
    share = len(reference & said) / len(reference) if reference else 0.0
    score = 2 if share >= _FULL else 1 if share >= _SOME and _LEVEL_1.search(prompt) else 0
    told = f"{len(reference & said)} of the {len(reference)} words of the reference are in the text."
    return f"A script counted words: {told}\nScore: {score}"


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The address of a server on this machine that answers as an OpenAI-compatible one with one model does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def without_other_judges(environ: Mapping[str, str], address: str) -> dict[str, str]:
    """The environment with this judge in place of the user's settings; only the cache folder stays as it was."""
    kept = {
        name: value
        for name, value in environ.items()
        if name == _KEPT or not name.startswith(("MEDQ_", "OPENAI_", "AZURE_OPENAI_"))
    }
    spared = ",".join(filter(None, (environ.get("NO_PROXY") or environ.get("no_proxy"), "127.0.0.1")))
    return kept | {
        "MEDQ_JUDGE_BASE_URL": address,
        "MEDQ_JUDGE_MODEL": NAME,
        "NO_PROXY": spared,
        "no_proxy": spared,
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # many calls over one connection

    def do_GET(self) -> None:
        self._answer({"object": "list", "data": [{"id": NAME, "object": "model"}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        prompt = "\n".join(str(message["content"]) for message in request["messages"] if message["role"] == "user")
        message = {"role": "assistant", "content": judge(prompt)}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        spent = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), 0)
        self._answer({"object": "chat.completion", "model": NAME, "choices": [choice], "usage": spent})

    def _answer(self, body: Mapping[str, object]) -> None:
        reply = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the command's output is the demo."""


def main(command: Sequence[str]) -> int:
    """Run the command with this judge; its exit code."""
    with serving() as address:
        return subprocess.run(command, env=without_other_judges(os.environ, address), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
