"""What it costs to keep every reply the moment it arrives, and what a second run saves.

    python -m benchmarks.bench_resume [--quick]

Requests with a picture of 200 kB go through the OpenAI client to a local server that answers at once, one after the
other: first plainly (the baseline and, with a server that costs nothing, the limit), then with
``medq_tasks.harness.resume`` keeping them, then again from what was kept.
"""

from __future__ import annotations

import argparse
import base64
import os
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openai

from medq_tasks.harness import resume
from tests.judge.server import FakeServer

PICTURE_BYTES = 200_000
GROWTH = (1, 4, 16)


def payloads(count: int) -> list[dict[str, Any]]:
    """Different requests of one size."""
    picture = base64.b64encode(os.urandom(PICTURE_BYTES)).decode()
    parts = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}]
    return [
        {
            "model": "m",
            "temperature": 0,
            "messages": [{"role": "user", "content": [*parts, {"type": "text", "text": f"{n}"}]}],
        }
        for n in range(count)
    ]


def seconds(model: Any, requests: list[dict[str, Any]], folder: Path | None) -> float:
    """Seconds for all requests, opening and closing of the kept replies included."""
    start = time.perf_counter()
    with resume.keeping(model, folder) if folder else nullcontext():
        for request in requests:
            model.client.chat.completions.create(**request)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=80, help="requests of the smallest run")
    parser.add_argument("--quick", action="store_true", help="x1 and x4 only")
    given = parser.parse_args()
    print("| requests | plain, ms each | kept, ms each | beside plain | again, ms each | beside plain |")
    print("|---|---|---|---|---|---|")
    for times in GROWTH[:2] if given.quick else GROWTH:
        requests = payloads(given.items * times)
        with FakeServer("The answer is (B).") as server, tempfile.TemporaryDirectory(prefix="medq-bench-") as name:
            client = openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0)
            model = SimpleNamespace(client=client)
            seconds(model, requests[:5], None)  # the connection is open
            plain, kept, again = (seconds(model, requests, folder) for folder in (None, Path(name), Path(name)))
            assert len(server.asks) == 5 + 2 * len(requests)
        each = [1e3 * one / len(requests) for one in (plain, kept, again)]
        print(f"| {len(requests)} | {each[0]:.2f} | {each[1]:.2f} | {kept / plain:.2f} x ", end="")
        print(f"| {each[2]:.2f} | {again / plain:.2f} x |", flush=True)


if __name__ == "__main__":
    main()
