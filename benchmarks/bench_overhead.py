"""What the plugin costs a run beyond the harness and the model: start-up, time per item, memory per item.

    python -m benchmarks overhead [--quick]

* start-up: fresh processes that import ``lmms_eval.models`` and then what it loads of this plugin, and the index of
  the task definitions;
* per item: the hooks over the embedded sample set, x1, x4 and x16 of it. Decoding is told apart from the rest, because
  whoever shows a picture to a model has to decode it;
* long replies: reading 4,000 characters of reasoning, in which every sentence may hold the answer;
* memory: what stays allocated after all hooks have run over all items, records thrown away and records kept.

All times but the whole command's are CPU time of one core: on an idle machine the same as by the clock.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

AIM_START = 0.1  # seconds
AIM_ITEM = 1e-3  # seconds
THOUGHT = "The edges of the bone are well defined, and I see some grain in the soft tissue near the border. "
GROWTH = (1, 4, 16)
REPLIES = {
    "perception": "The image shows clear noise, but no motion.\n\nThe answer is (B).",
    "no_reference": "The image is sharp, with mild noise in the dark parts. Contrast is fair.\n\nVerdict: usable",
    "comparison": "The first image is sharper and has less noise than the second image.\n\nVerdict: first",
}

# The harness loads its plugins with a stand-in for ours that does nothing; then ours is loaded and timed by itself.
_START = """
import sys, time, types
start = time.process_time()
stand_in = types.ModuleType("medq_tasks.harness.plugin")
stand_in.register = list
sys.modules["medq_tasks"] = types.ModuleType("medq_tasks")
sys.modules["medq_tasks.harness.plugin"] = stand_in
import lmms_eval.models
harness = time.process_time() - start
del sys.modules["medq_tasks"], sys.modules["medq_tasks.harness.plugin"]
start = time.process_time()
import medq_tasks.harness.plugin
medq_tasks.harness.plugin.register()
print(harness, time.process_time() - start)
"""


def start_up(repeats: int) -> tuple[float, float]:
    """Least seconds of ``import lmms_eval.models`` without the plugin, and of the plugin, in fresh processes."""
    found = []
    for _ in range(repeats):
        done = subprocess.run([sys.executable, "-c", _START], capture_output=True, text=True, check=True)
        found.append([float(word) for word in done.stdout.split()])
    harness, ours = (min(one) for one in zip(*found, strict=True))
    return harness, ours


def command(repeats: int) -> float:
    """Least seconds of the whole command ``lmms-eval models``."""
    tool = Path(sys.executable).parent / "lmms-eval"
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([tool, "models"], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def index() -> tuple[float, float]:
    """Seconds of our index, and of the harness's own indexing of the same folder."""
    from lmms_eval.tasks import TaskManager

    from medq_tasks.harness import plugin

    manager = TaskManager(include_defaults=False)
    folder = str(plugin.task_folder())
    theirs = min(_timed(lambda: manager.initialize_tasks(folder, include_defaults=False)) for _ in range(3))
    return min(_timed(plugin.task_index) for _ in range(3)), theirs


def items(kind: str) -> list[dict[str, Any]]:
    """All rows of a table of the sample set, as the harness hands them to the hooks."""
    import datasets

    from medq_tasks.data import prepare
    from medq_tasks.settings import Settings

    table = prepare(kind, "mini", Settings.from_env())  # type: ignore[arg-type]
    return list(datasets.load_from_disk(str(table.path))["mini"])


def hooks(kind: str) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """The work of one item by name; "decode" is the part that any reader of the picture has."""
    from medq_tasks import answers, pixels, records
    from medq_tasks.data.doc import image_bytes
    from medq_tasks.harness import inputs, perception
    from medq_tasks.scoring import replies

    def visual_beyond_decoding(doc: dict[str, Any]) -> None:
        for picture in doc["__decoded"]:
            pixels.hand_over(picture, "png")
        image_bytes(doc)

    reply = REPLIES[kind]

    def reading(doc: dict[str, Any]) -> Any:
        return records.to_dict(replies.read(doc, reply))

    assert answers.failure(reply) is None
    return {
        "decode": lambda doc: [pixels.decode(data) for data in image_bytes(doc)],
        "doc_to_text": inputs.doc_to_text,
        "doc_to_visual beyond decoding": visual_beyond_decoding,
        "process_results": reading if kind != "perception" else lambda doc: perception.process_results(doc, [reply]),
    }


def per_item(docs: list[dict[str, Any]], work: Callable[[dict[str, Any]], Any]) -> float:
    """Mean seconds of ``work`` over the documents."""
    return _timed(lambda: _each(work, docs)) / len(docs)


def memory(docs: list[dict[str, Any]], kind: str, times: int) -> tuple[float, float]:
    """Bytes per item that stay allocated: with every result thrown away, and with the records kept."""
    work = hooks(kind)
    run = [work["doc_to_text"], work["decode"], work["process_results"]]
    for step in run:  # what is loaded and cached once is not kept per item
        _each(step, docs)
    thrown = _left(lambda: [_each(step, docs * times) for step in run])
    kept: list[Any] = []
    held = _left(lambda: kept.extend(work["process_results"](doc) for doc in docs * times))
    count = len(docs) * times
    return thrown / count, held / count


def _left(run: Callable[[], Any]) -> int:
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    run()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after - before


def _each(work: Callable[[Any], Any], docs: Iterable[Any]) -> None:
    for doc in docs:
        work(doc)


def _timed(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _verdict(found: float, aim: float) -> str:
    return "met" if found <= aim else "MISSED"


def report_start_up(quick: bool) -> None:
    harness, ours = start_up(3 if quick else 9)
    indexing, theirs = index()
    added = ours + indexing
    print("## Start-up (CPU time)\n\n| part | the harness alone, ms | added, ms |\n|---|---|---|")
    print(f"| `import lmms_eval.models`, which loads plugins | {harness * 1e3:.0f} | {ours * 1e3:.0f} |")
    print(f"| index of our definitions (read as the harness does: {theirs * 1e3:.0f}) | | {indexing * 1e3:.0f} |")
    print(f"\nAdded in all: {added * 1e3:.0f} ms; aim {AIM_START * 1e3:.0f} ms: {_verdict(added, AIM_START)}.")
    print(f"The whole command `lmms-eval models`: {command(2 if quick else 5) * 1e3:.0f} ms.\n")


def report_items(kind: str, quick: bool) -> None:
    docs = items(kind)
    work = hooks(kind)
    for doc in docs:
        doc["__decoded"] = work["decode"](doc)
    growth = GROWTH[:2] if quick else GROWTH
    print(f"## CPU time per item, {kind} ({len(docs)} items x {', '.join(map(str, growth))})\n")
    print("| work | " + " | ".join(f"x{times}, µs" for times in growth) + " |\n|---|" + "---|" * len(growth))
    last: dict[str, float] = {}
    for name, step in work.items():
        found = [per_item(docs * times, step) for times in growth]
        last[name] = found[-1]
        print(f"| {name} | " + " | ".join(f"{seconds * 1e6:.0f}" for seconds in found) + " |")
    beyond = sum(seconds for name, seconds in last.items() if name != "decode")
    print(
        f"\nBeyond decoding: {beyond * 1e6:.0f} µs per item, {beyond / last['decode']:.2f} of the decoding time; ",
        end="",
    )
    print(f"aim {AIM_ITEM * 1e6:.0f} µs: {_verdict(beyond, AIM_ITEM)}.")
    if kind == "perception":
        from medq_tasks.harness import perception

        reply = THOUGHT * (4000 // len(THOUGHT)) + "\n\nThe answer is (B)."
        long = per_item(docs, lambda doc: perception.process_results(doc, [reply]))
        print(f"A reply of {len(reply):,} characters: process_results {long * 1e6:.0f} µs.")
    thrown, kept = memory([{k: v for k, v in doc.items() if k != "__decoded"} for doc in docs], kind, 4)
    print(f"Memory that stays: {thrown:.0f} bytes per item; {kept / 1024:.1f} KiB more for each record that is kept.\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, x1 and x4 only")
    given = parser.parse_args()
    report_start_up(given.quick)
    for kind in REPLIES:
        report_items(kind, given.quick)


if __name__ == "__main__":
    main()
