"""Model and judge on a server that nobody here wrote: ``transformers serve``."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from medq_tasks import records
from tests.end_to_end.checkpoints import build_that_says

START_SECONDS = 120


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Base URL of a server that loads the checkpoint which a request names."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    env = {**os.environ, "HF_HUB_CACHE": str(folder), "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    tool = Path(sys.executable).parent / "transformers"
    with (folder / "log").open("w") as log:
        words = [str(tool), "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
        process = subprocess.Popen(words, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process, folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


def _wait(url, process, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


@pytest.mark.parametrize("backend", ["openai", "async_openai"])
def test_model_and_judge_on_a_real_server(backend, server, tmp_path_factory, monkeypatch):
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    from medq_tasks.harness.plugin import task_folder

    folder = tmp_path_factory.mktemp(backend)
    model = build_that_says("B", folder / "model")
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server)
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", str(build_that_says("Score: 2", folder / "judge")))
    results = simple_evaluate(
        model=backend,
        model_args=f"model_version={model},base_url={server},api_key=none,max_retries=1",
        tasks=["medq_mini"],
        task_manager=TaskManager(include_path=str(task_folder()), include_defaults=False, model_name=backend),
        gen_kwargs="max_new_tokens=8",
        limit=3,
        bootstrap_iters=0,
    )
    found = {task: [records.from_dict(line["record"]) for line in lines] for task, lines in results["samples"].items()}
    perception = found["medq_mini_perception"]
    assert {record.reply for items in found.values() for record in items} == {"B"}
    metrics = {task: values for task, values in results["results"].items() if task in found}
    rights = sum(record.answer == "B" for record in perception)
    assert metrics["medq_mini_perception"]["accuracy,none"] == rights / 3
    for task in ("medq_mini_no_reference", "medq_mini_comparison"):
        assert metrics[task]["overall,none"] == 8.0
        assert metrics[task]["judged,none"] == 1.0
        assert {said.reply for record in found[task] for said in record.axes.values()} == {"Score: 2"}
    assert all(values["request_failures,none"] == 0 for values in metrics.values())
