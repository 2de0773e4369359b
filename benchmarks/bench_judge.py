"""How fast many judge calls are made: against one call at a time, the ideal, from the ledger, and inside lmms-eval.

    python -m benchmarks judge [--quick]

The server is local, a process of its own, and waits 200 ms before each answer (20 ms for the growth table). The work is
that of both test tables: 354 items, doubled to 708 as with the dev split, four axes each: 2,832 calls. The ideal is
calls x latency / calls in flight. One call at a time is measured on a sample and multiplied up.

Inside lmms-eval the test split is judged (354 items of two tasks, 1,416 calls), from a model that has its replies
ready. "Calls under way" is the time in which the server had any, "first question to last answer" holds its pauses, and
"all after the model's last reply" also holds what the harness does with each item, which a run without a judge needs
too and is shown beside it.
On a machine with other work the clock says more about that work: the CPU time a call is the figure to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medq_tasks.judge import JudgeItem, JudgeSession
from medq_tasks.settings import JudgeSettings, Settings

ITEMS, AXES, LATENCY, IN_FLIGHT = 708, 4, 0.2, 32
AIM = 1.10  # times the ideal
MANY = 2_500  # items of the last line of the growth table: 10,000 calls
ROOT = Path(__file__).parent.parent
SERVER = ROOT / "tests" / "judge" / "server.py"
DESCRIPTION = "Fine grain in the dark parts, soft edges and a streak near the border; contrast is fair. " * 6
REFERENCE = "Moderate noise and slight blur, no streaks; the anatomy can be read. The image is usable. " * 4


@contextmanager
def server(latency: float) -> Iterator[str]:
    """A local judge that answers ``Score: 2`` after ``latency`` seconds; yields its base URL."""
    process = subprocess.Popen(
        [sys.executable, str(SERVER), "--latency", str(latency)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def items(count: int) -> list[JudgeItem]:
    return [JudgeItem("no_reference", f"Item {n}. {DESCRIPTION}", REFERENCE) for n in range(count)]


def judge(url: str, cache: Path, count: int, in_flight: int) -> tuple[float, float, int]:
    """Judge ``count`` items; returns seconds, CPU seconds of this process, and calls made."""
    settings = Settings(None, cache, JudgeSettings(base_url=url, api_key="none", concurrency=in_flight))
    session = JudgeSession(settings)
    work = items(count)
    start, cpu = time.perf_counter(), time.process_time()
    session.enqueue(work)
    scored = sum(said.score == 2 for item in work for said in session.score(item).values())
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    if scored != count * AXES:
        raise SystemExit(f"only {scored} of {count * AXES} axes were scored")
    return seconds, cpu, session.calls


def line(name: str, seconds: float, calls: int, ideal: float, note: str = "") -> None:
    print(f"{name:<46} {calls:>7,} calls {seconds:9.2f} s   {seconds / ideal:6.2f} x ideal  {note}", flush=True)


def in_harness(quick: bool) -> None:
    """The same through lmms-eval, in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.judge_in_harness", *(["--share", "0.1"] if quick else [])]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])
    found = json.loads(done.stdout.splitlines()[-1])
    calls, ideal = found["asks"], found["asks"] * LATENCY / IN_FLIGHT
    cpu = 1000 * (found["phase_cpu"] - found["without_cpu"]) / calls
    print("\nThrough lmms-eval, the test split's two tasks:")
    line("calls under way", found["busy"], calls, ideal, f"(aim {AIM:.2f})")
    line("first question to last answer", found["seconds"], calls, ideal)
    line("all after the model's last reply", found["phase"], calls, ideal, f"({cpu:.1f} ms CPU a call for the judge)")
    line("the same without a judge", found["without"], 0, ideal)
    print(f"server: {found['most_in_flight']} in flight at most, {1000 * found['cpu'] / calls:.1f} ms CPU a call")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    quick = parser.parse_args().quick
    count = ITEMS // 10 if quick else ITEMS
    calls, ideal = count * AXES, count * AXES * LATENCY / IN_FLIGHT
    import openai  # noqa: F401  its import (half a second or more) is the interpreter's cost, not the judge's

    with tempfile.TemporaryDirectory() as folder, server(LATENCY) as url:
        cache = Path(folder)
        print(f"{calls:,} calls, {1000 * LATENCY:.0f} ms each, {IN_FLIGHT} in flight: ideal {ideal:.1f} s; ", end="")
        print(f"load of the machine {os.getloadavg()[0]:.1f}\n")
        sample = 4 if quick else 12
        seconds, _, made = judge(url, cache / "one", sample, 1)
        total = seconds / made * calls
        line("one at a time", total, calls, ideal, f"(multiplied up from {made} calls, {seconds:.1f} s)")
        seconds, cpu, made = judge(url, cache / "many", count, IN_FLIGHT)
        line(f"{IN_FLIGHT} in flight", seconds, made, ideal, f"(aim {AIM:.2f}; {1000 * cpu / made:.1f} ms CPU a call)")
        seconds, _, made = judge(url, cache / "many", count, IN_FLIGHT)
        line("again, all from the ledger", seconds, made, ideal)
    print("\nGrowth, 20 ms a call:")
    with tempfile.TemporaryDirectory() as folder, server(LATENCY / 10) as url:
        for size in (count // 8, count // 2, MANY // (10 if quick else 1)):
            seconds, cpu, made = judge(url, Path(folder) / str(size), size, IN_FLIGHT)
            ideal = made * LATENCY / 10 / IN_FLIGHT
            each = f"({1000 * seconds / made:.2f} ms a call, {1000 * cpu / made:.2f} ms CPU)"
            line(f"{size:,} items", seconds, made, ideal, each)
    in_harness(quick)


if __name__ == "__main__":
    main()
