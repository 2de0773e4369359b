"""Judging as a run of lmms-eval does it: official-schema tables, the tasks, a model that answers at once.

    python -m benchmarks.judge_in_harness [--share 1.0] [--latency 0.2]

Prints one line of JSON. Used by ``bench_judge``. The run is made twice in this process, first with no judge: what the
harness itself needs after the model's last reply is then known, and everything is imported.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.bench_judge import DESCRIPTION, IN_FLIGHT, LATENCY, REFERENCE, server
from medq_tasks.families import file_name

TASKS = ["medq_reasoning"]
NO_REFERENCE, COMPARISON = 221, 133  # rows of the official tables


def make_tables(folder: Path, share: float) -> int:
    """The test split's reasoning tables in the official schema; returns the number of rows in all."""
    from PIL import Image

    def picture(shade: int) -> str:
        packed = io.BytesIO()
        Image.new("RGB", (64, 64), (shade % 256, shade // 256, 90)).save(packed, "PNG")
        return base64.b64encode(packed.getvalue()).decode("ascii")

    rows = 0
    for split in ("test",):
        for kind, count, columns in (
            ("no_reference", NO_REFERENCE, ["image"]),
            ("comparison", COMPARISON, ["image_a", "image_b"]),
        ):
            lines = ["\t".join(["index", *columns, "description", "modality"])]
            for number in range(max(1, round(count * share))):
                pictures = [picture(rows + shade) for shade in range(len(columns))]
                lines.append("\t".join([str(number), *pictures, f"{split} {number}. {REFERENCE}", "CT"]))
                rows += 1
            (folder / file_name(kind, split)).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return rows


def evaluate() -> tuple[float, float, dict[str, Any]]:
    """One run; returns seconds and CPU seconds after the model's last reply, and the harness's results."""
    from lmms_eval.api.model import lmms
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    from medq_tasks.harness.plugin import task_folder

    class AtOnce(lmms):
        """Has its answer ready, so that only what comes after the model is measured."""

        ended = (0.0, 0.0)

        def generate_until(self, requests: list[Any]) -> list[str]:
            replies = [f"{request.task_name} {request.doc_id}. {DESCRIPTION}" for request in requests]
            self.ended = (time.perf_counter(), time.process_time())
            return replies

        def loglikelihood(self, requests: list[Any]) -> Any:
            raise NotImplementedError

        generate_until_multi_round = loglikelihood

    model = AtOnce()
    manager = TaskManager(include_path=str(task_folder()), include_defaults=False, model_name="at-once")
    results = simple_evaluate(model=model, tasks=TASKS, task_manager=manager, bootstrap_iters=0)
    return time.perf_counter() - model.ended[0], time.process_time() - model.ended[1], results


def judged_run(folder: Path, rows: int, latency: float) -> dict[str, float]:
    """Seconds without and with a judge; from the first question to the last answer as the server saw them."""
    without, without_cpu, _ = evaluate()
    with server(latency) as url:
        os.environ["MEDQ_JUDGE_BASE_URL"] = url
        phase, cpu, results = evaluate()
        with urllib.request.urlopen(url.removesuffix("/v1") + "/figures") as answer:
            figures = json.load(answer)
    found = results["results"]
    if any(found[task]["judged,none"] != 1 for task in found if "judged,none" in found[task]):
        raise SystemExit("not all items were judged")
    return {"rows": rows, **figures, "phase": phase, "phase_cpu": cpu, "without": without, "without_cpu": without_cpu}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="share of the official number of rows")
    parser.add_argument("--latency", type=float, default=LATENCY)
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("MEDQ_", "OPENAI_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="medq-bench-") as name:
        folder = Path(name)
        rows = make_tables(folder, given.share)
        os.environ |= {"MEDQ_DATA_DIR": name, "MEDQ_CACHE_DIR": str(folder / "cache")}
        os.environ["MEDQ_JUDGE_CONCURRENCY"] = str(IN_FLIGHT)
        print(json.dumps(judged_run(folder, rows, given.latency)))


if __name__ == "__main__":
    main()
