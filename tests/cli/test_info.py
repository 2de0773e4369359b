"""``medq info``: every setting is listed, the key is not."""

import platform
import subprocess
import sys
from importlib import metadata

import pytest
from typer.testing import CliRunner

from medq_tasks import __version__
from medq_tasks.cli import app, facts
from medq_tasks.harness.health import check
from medq_tasks.harness.health.trap import Trap
from medq_tasks.harness.plugin import task_folder
from medq_tasks.settings import Settings
from tests.judge.server import FakeServer


def said(*words):
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def test_the_path_is_printed_alone():
    assert said("tasks-path") == f"{task_folder()}\n"


def test_versions_of_package_harness_and_python():
    versions = f"lmms-eval {metadata.version('lmms-eval')}, Python {platform.python_version()}"
    assert said("--version") == f"medq-tasks {__version__}, {versions}\n"


def test_the_version_without_a_harness(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert "lmms-eval not installed, Python" in said("--version")


def test_the_version_needs_nothing_heavy():
    code = "import sys; from medq_tasks.cli import app; app(['--version'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"lmms_eval", "torch", "numpy", "openai", "datasets", "yaml"}


def checked(monkeypatch, traps, *words):
    asked = []
    monkeypatch.setattr(check, "check", lambda backends, *, ask_servers: asked.append((backends, ask_servers)) or traps)
    return CliRunner().invoke(app, ["info", "--check", *words]), asked


def test_a_machine_without_traps(monkeypatch):
    done, asked = checked(monkeypatch, [])
    assert (done.exit_code, done.output) == (0, "nothing found\n")
    assert asked == [(["qwen2_vl"], True)]


@pytest.mark.parametrize("stops", [True, False])
def test_one_line_and_exit_code_1_for_a_trap(stops, monkeypatch):
    done, asked = checked(monkeypatch, [Trap("a\nb", "c", stops=stops)], "--no-probe", "--model", "vllm, openai")
    assert (done.exit_code, done.output) == (1, f"{'stops' if stops else 'falsifies'} a run: a b. Cure: c\n")
    assert asked == [(["vllm", "openai"], False)]


def test_settings_in_force_and_never_the_key(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDQ_JUDGE_API_KEY", "sk-secret")
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "some-judge")
    output = said("info", "--no-probe")
    assert "sk-secret" not in output
    assert "some-judge" in output
    for name in ("MEDQ_DATA_DIR", "MEDQ_CACHE_DIR", "MEDQ_JUDGE_BASE_URL", "MEDQ_JUDGE_CONCURRENCY"):
        assert name in output


def test_missing_files_are_named(monkeypatch, tmp_path):
    (tmp_path / "medqbench_QA_test.tsv").touch()
    told = facts.data(Settings.from_env({"MEDQ_DATA_DIR": str(tmp_path)}))
    assert told["files found"] == "medqbench_QA_test.tsv"
    assert "medqbench_paired_description_dev.tsv" in told["files missing"]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("test-model", "test-model: reachable"),
        ("elsewhere", "elsewhere: reachable, but it does not list this model (1 listed)"),
    ],
)
def test_the_judge_is_asked_whether_it_is_there(model, told):
    with FakeServer(lambda ask: "never asked") as server:
        env = {"MEDQ_JUDGE_BASE_URL": server.base_url, "MEDQ_JUDGE_MODEL": model}
        assert facts.judge(Settings.from_env(env), probe=True)["judge"] == told


def test_a_judge_that_is_down_is_told_within_seconds():
    env = {"MEDQ_JUDGE_BASE_URL": "http://127.0.0.1:9/v1"}
    assert "not reachable" in facts.judge(Settings.from_env(env), probe=True)["judge"]


def test_no_judge_is_told_with_the_cure():
    assert "MEDQ_JUDGE_API_KEY" in facts.judge(Settings.from_env({}), probe=True)["judge"]


def test_a_setting_is_a_line_and_no_path_is_broken_at_any_width(monkeypatch, tmp_path):
    there = tmp_path / ("a long folder name " * 6) / "prompts.yaml"
    there.parent.mkdir(parents=True)
    there.touch()
    monkeypatch.setenv("MEDQ_JUDGE_PROMPTS", str(there))
    monkeypatch.setenv("COLUMNS", "40")
    lines = said("info", "--no-probe").splitlines()
    (line,) = [line for line in lines if "MEDQ_JUDGE_PROMPTS" in line]
    assert line.endswith(f" {there}")
    assert [line.split()[0] for line in lines if line.split()[:1] and "MEDQ_" in line.split()[0]] == [
        *facts.settings(Settings.from_env({}))
    ]


@pytest.mark.parametrize("name", ["MEDQ_PROMPTS", "MEDQ_JUDGE_PROMPTS", "MEDQ_DATA_DIR"])
def test_a_path_that_leads_nowhere_is_said_to(name):
    told = facts.settings(Settings.from_env({name: "/nowhere/at/all"}))[name]
    assert told.startswith("/nowhere/at/all  (there is no such file or folder)")
