"""A real language model behind a real server judges the sample set, through the real commands; `make judge-e2e`.

Proves the path and nothing of quality: this judge is far too small to judge (it scores mostly 0), only its form counts.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from medq_tasks import records
from medq_tasks.records import AxisJudgement, ReasoningRecord
from medq_tasks.runs.load import load_runs
from tests.end_to_end.commands import command

pytestmark = pytest.mark.real_judge

PACKAGES = Path(__file__).parents[2] / ".venv-judge"  # see tools/real-judge.lock
STARTER = Path(__file__).with_name("llama_server.py")
NAME = "smollm2-135m-instruct"
TASKS = ("medq_mini_no_reference", "medq_mini_comparison")
GRAMMAR = json.dumps({"grammar": 'root ::= "Score: " [012]'})
ITEMS = 3  # of each task: 24 questions to the judge, one to three seconds each
ASKED = 3  # times at most that one question is asked when no score can be read in the reply


@dataclass(frozen=True)
class Server:
    """A llama.cpp server that runs."""

    address: str

    def work(self) -> dict[str, int]:
        """Tokens that it has read, found in its own cache, and written, since it started."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.address}/metrics", timeout=60) as response:
            text = response.read().decode()
        counts = dict(re.findall(r"(?m)^llamacpp:(\w+_total) (\d+)$", text))
        names = ("prompt_tokens_total", "prompt_tokens_cached_total", "tokens_predicted_total")
        return {name: int(counts[name]) for name in names}

    def judges(self, **more: str) -> dict[str, str]:
        """The settings that make it the judge."""
        return {
            "MEDQ_JUDGE_BASE_URL": f"{self.address}/v1",
            "MEDQ_JUDGE_MODEL": NAME,
            "MEDQ_JUDGE_CONCURRENCY": "1",  # it takes one request at a time, and those that queue run out of time
            "NO_PROXY": "127.0.0.1",
            **more,
        }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log"
    env = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    words = [sys.executable, str(STARTER), NAME]
    with (
        log.open("w") as told,
        subprocess.Popen(
            words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told, text=True
        ) as process,
    ):
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, f"the server did not start; make judge-e2e installs it:\n{log.read_text()}"
        yield Server(address)
        process.kill()


@pytest.fixture(scope="module")
def judged(server: Server, shared_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was predicted without a judge, and judged afterwards."""
    folder = tmp_path_factory.mktemp("run")
    env = {"MEDQ_CACHE_DIR": str(shared_cache)}
    evaluate(folder, ITEMS, env, "--predict_only")
    command("medq", "judge", str(folder), env={**env, **in_form(server)})
    return folder


def in_form(server: Server) -> dict[str, str]:
    return server.judges(MEDQ_JUDGE_EXTRA_BODY=GRAMMAR, MEDQ_JUDGE_MAX_TOKENS="16")


def evaluate(folder: Path, items: int, env: dict[str, str], *more: str) -> None:
    words = ["--tasks", ",".join(TASKS), "--model", "medq_baseline", "--limit", str(items), "--batch_size", "1"]
    command("lmms-eval", *words, "--output_path", str(folder), "--log_samples", *more, env=env)


def reported(folder: Path) -> dict[str, Any]:
    return dict(json.loads(command("medq", "report", str(folder), "--json").stdout))


def axes_of(found: list[Any]) -> list[AxisJudgement]:
    return [said for record in found if isinstance(record, ReasoningRecord) for said in record.axes.values()]


def test_every_axis_has_a_score_in_the_form_of_the_grammar(judged):
    (run,) = load_runs([judged])
    for task in TASKS:
        axes = axes_of(list(run.tasks[task].records))
        assert len(axes) == 4 * ITEMS
        assert [said.reply for said in axes] == [f"Score: {said.score}" for said in axes]
        assert {said.score for said in axes} <= {0, 1, 2}


def test_the_report_has_the_scores_and_the_tokens(judged):
    report = reported(judged)
    (run,) = report["runs"]
    assert {task["name"]: task["total"]["metrics"]["judged"]["value"] for task in run["tasks"]} == dict.fromkeys(
        TASKS, 1
    )
    spent = report["usage"][NAME]
    assert spent["calls"] >= 1
    assert spent["calls_without_count"] == 0
    assert spent["prompt_tokens"] > spent["completion_tokens"] > 0


def test_judged_again_nothing_is_asked(judged, server, shared_cache):
    before, usage = server.work(), reported(judged)["usage"]
    command("medq", "judge", str(judged), env={"MEDQ_CACHE_DIR": str(shared_cache), **in_form(server)})
    assert server.work() == before
    assert reported(judged)["usage"] == usage


def test_a_judge_that_does_not_keep_to_the_form_ends_and_every_axis_says_why(server, shared_cache, tmp_path):
    """Judged within the run: without a grammar this model writes on until it is cut off."""
    limit = 48
    before = server.work()
    evaluate(tmp_path, 1, {"MEDQ_CACHE_DIR": str(shared_cache), **server.judges(MEDQ_JUDGE_MAX_TOKENS=str(limit))})
    for task in TASKS:
        (log,) = tmp_path.rglob(f"*_samples_{task}.jsonl")
        lines = log.read_text(encoding="utf-8").splitlines()
        axes = axes_of([records.from_dict(json.loads(line)["record"]) for line in lines])
        assert len(axes) == 4
        unscored = [said for said in axes if said.score is None]
        assert any("cut off at its token limit" in said.reason for said in unscored)
        assert all(said.reason for said in unscored)
    # What bounds the time on any machine: the limit, and the number of times that a question is asked.
    wrote = server.work()["tokens_predicted_total"] - before["tokens_predicted_total"]
    assert 0 < wrote <= limit * 8 * ASKED
