"""The example workflows: valid YAML, and every command line in them is one that the real commands accept."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.decide.gate_rules import parse_bound
from medq_tasks.records import Record
from tests.runs import factory

EXAMPLES = Path(__file__).parent.parent / "examples"
SLURM = EXAMPLES / "slurm-two-nodes.sh"
CANARY = EXAMPLES / "canary.yml"  # of this project itself; the others evaluate a user's model
WORKFLOWS = sorted(set(EXAMPLES.glob("*.yml")) - {CANARY})
TASKS = ("medq_perception", "medq_reasoning_no_reference", "medq_reasoning_comparison")


def workflow(path: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in workflow(path)["jobs"].values():
        yield from job["steps"]


def commands(path: Path, program: str) -> list[list[str]]:
    """The arguments of every call of ``program`` in the steps, without redirections."""
    found = []
    for step in steps(path):
        for line in step.get("run", "").replace("\\\n", " ").splitlines():
            words = shlex.split(re.sub(r">>.*", "", line))
            if words[:1] == [program]:
                found.append(words[1:])
    return found


def test_there_are_two() -> None:
    assert [path.name for path in WORKFLOWS] == ["github-actions-gate.yml", "scheduled-leaderboard.yml"]


def test_the_canary_proves_the_newest_versions_with_the_script_of_the_ci() -> None:
    (job,) = workflow(CANARY)["jobs"].values()
    assert True in workflow(CANARY)
    (line,) = [line for step in job["steps"] for line in step.get("run", "").splitlines() if ".ci/" in line]
    script, end, _ = shlex.split(line)
    text = (EXAMPLES.parent / script).read_text(encoding="utf-8")
    assert f"{end}) resolution=highest" in text
    # What the CI proves on each change and the week's job have an interpreter in common.
    run = (EXAMPLES.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert [version for version in job["strategy"]["matrix"]["python"] if f"ends newest {version}" in run]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
class TestWorkflow:
    def test_it_has_what_github_wants(self, path: Path) -> None:
        loaded = workflow(path)
        assert loaded["name"]
        assert True in loaded  # the key `on`, which YAML 1.1 reads as a truth value
        for job in loaded["jobs"].values():
            assert job["runs-on"]
            assert job["timeout-minutes"]
        for step in steps(path):
            assert ("run" in step) != ("uses" in step)
            assert step["name"]

    def test_nothing_that_somebody_typed_is_pasted_into_a_shell(self, path: Path) -> None:
        for step in steps(path):
            assert "${{" not in step.get("run", "")

    def test_every_medq_line_is_accepted_by_the_real_command(self, path: Path) -> None:
        group: Any = typer.main.get_command(app)
        lines = commands(path, "medq")
        assert len(lines) >= 2
        for name, *arguments in lines:
            command = group.commands[name]
            command.make_context(name, list(arguments))  # raises on an unknown option or a bad value

    def test_every_variable_is_set(self, path: Path) -> None:
        for job in workflow(path)["jobs"].values():
            for step in job["steps"]:
                used = set(re.findall(r"\$([A-Z_]+)", step.get("run", "")))
                known = {*job["env"], "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "PWD"}
                assert used <= known, step["name"]

    def test_every_harness_line_writes_samples_to_the_folder_that_the_gate_reads(self, path: Path) -> None:
        (words,) = commands(path, "lmms-eval")
        assert words[words.index("--output_path") + 1] == "$OUT"
        assert "--log_samples" in words
        assert words[words.index("--tasks") + 1] == "medq_bench"


def test_the_gates_of_the_example_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very lines of the example, on a run that is good enough and on a baseline that is no better."""
    tasks: dict[str, list[Record]] = {
        TASKS[0]: [factory.perception(number, right=number % 3 > 0) for number in range(90)],
        TASKS[1]: [factory.reasoning(number) for number in range(30)],
        TASKS[2]: [factory.reasoning(number, "comparison") for number in range(30)],
    }
    for name in ("OUT", "MEDQ_BASELINE"):
        monkeypatch.setenv(name, str(factory.write_run(tmp_path / name, tasks)))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    lines = [line for line in commands(WORKFLOWS[0], "medq") if line[0] in ("gate", "compare")]
    assert [line[0] for line in lines] == ["gate", "gate", "compare"]
    for line in lines:
        result = CliRunner().invoke(app, [os.path.expandvars(word) for word in line])
        assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "OUT").glob("*.xml")} == {"gate.xml", "gate-baseline.xml"}
    assert (tmp_path / "summary.md").read_text().count("medq gate: pass") == 2


def slurm_words(tmp_path: Path) -> list[str]:
    """What the Slurm script hands to srun, with stand-ins for what only a cluster has."""
    for name, does in (("scontrol", "echo node-1; echo node-2"), ("srun", 'printf "%s\\n" "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    told = {"SHARED": str(tmp_path), "SLURM_JOB_NODELIST": "node-[1-2]", "SLURM_NNODES": "2", "SLURM_JOB_ID": "7"}
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", str(SLURM)], env={**told, "PATH": path}, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_slurm_script_starts_a_launcher_on_each_node(tmp_path: Path) -> None:
    words = slurm_words(tmp_path)
    assert words[: words.index("-m")] == [
        *("torchrun", "--nnodes", "2", "--nproc_per_node", "8", "--rdzv_backend", "c10d", "--rdzv_id", "7"),
        *("--rdzv_endpoint", "node-1:29400"),
    ]
    assert words[words.index("-m") + 1] == "lmms_eval"
    assert words[-2:] == ["--log_samples", "--predict_only"]
    assert words[words.index("--use_cache") + 1] == f"{tmp_path}/lmms-cache"


def test_the_thresholds_of_the_example_can_be_read() -> None:
    for line in commands(WORKFLOWS[0], "medq"):
        for flag, value in itertools.pairwise(line):
            if flag in ("--min", "--max", "--max-drop"):
                assert parse_bound(value).name
