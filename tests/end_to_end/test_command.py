"""The command that users type, as a process of its own, with the real backends."""

import json
from pathlib import Path

import pytest

from medq_tasks import records
from medq_tasks.plugin import task_folder
from tests.end_to_end.conftest import command
from tests.judge.server import FakeServer

TASK = "medq_mini_perception"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    from medq_tasks.fidelity.tiny import build_tiny_qwen2_vl

    folder = tmp_path_factory.mktemp("tiny")
    build_tiny_qwen2_vl(folder)
    return folder


def on_qwen2_vl(tiny, out, *more):
    model = f"pretrained={tiny},device=cpu,device_map=cpu"
    return (
        *("--tasks", TASK, "--model", "qwen2_vl", "--model_args", model, "--gen_kwargs", "max_new_tokens=4"),
        *("--output_path", str(out), "--log_samples", *more),
    )


def outcome(out: Path):
    """Metrics (one value a name) and records by id of the one run below ``out``."""
    (result,) = out.rglob("*_results.json")
    (samples,) = out.rglob(f"*_samples_{TASK}.jsonl")
    lines = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
    found = [records.from_dict(line["record"]) for line in lines]
    metrics = json.loads(result.read_text(encoding="utf-8"))["results"][TASK]
    return {name: value for name, value in metrics.items() if name.endswith(",none")}, {item.id: item for item in found}


def test_the_headline_command_and_two_ranks_agree_to_the_last_digit(tiny, tmp_path):
    # 7 items: an uneven shard for two ranks.
    command("lmms-eval", *on_qwen2_vl(tiny, tmp_path / "one", "--limit", "7"))
    ranks = ("--nproc_per_node", "2", "--master_port", "29517", "-m", "lmms_eval")
    command("torchrun", *ranks, *on_qwen2_vl(tiny, tmp_path / "two", "--limit", "7"))
    metrics, found = outcome(tmp_path / "one")
    assert len(found) == 7
    assert metrics["request_failures,none"] == 0
    assert outcome(tmp_path / "two") == (metrics, found)


def test_the_chat_path_through_an_openai_server(tmp_path):
    with FakeServer(lambda ask: "The answer is (B).") as server:
        command(
            *("lmms-eval", "--tasks", TASK, "--model", "openai", "--limit", "5"),
            *("--model_args", f"model_version=some-model,base_url={server.base_url},api_key=none"),
            *("--output_path", str(tmp_path), "--log_samples"),
        )
        asks = [ask for ask in server.asks if ask.images]
    _, found = outcome(tmp_path)
    assert len(asks) == len(found) == 5
    assert all(ask.images[0].startswith("data:image/png;base64,") for ask in asks)
    assert {record.choice for record in found.values()} == {"B"}


def test_few_shot_is_refused(tiny, tmp_path):
    done = command("lmms-eval", *on_qwen2_vl(tiny, tmp_path, "--num_fewshot", "2"), check=False)
    assert done.returncode == 1
    assert "zero-shot" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_in_the_data_ends_the_run_once_and_clearly(tiny, tmp_path):
    (tmp_path / "data").mkdir()
    env = {"MEDQ_DATA_DIR": str(tmp_path / "data")}
    words = [word if word != TASK else "medq_perception" for word in on_qwen2_vl(tiny, tmp_path / "out")]
    done = command("lmms-eval", *words, env=env, check=False)
    assert done.returncode == 1
    assert done.stderr.count("medqbench_QA_test.tsv") >= 1
    assert "Traceback" not in done.stderr
    assert "RetryError" not in done.stderr


def test_our_tasks_are_listed_beside_a_second_plugin_and_an_own_include_path(tmp_path):
    # The second plugin does what ours does: wraps TaskManager and returns no models.
    plugin = tmp_path / "site"
    (plugin / "second_plugin-1.0.dist-info").mkdir(parents=True)
    (plugin / "second_plugin-1.0.dist-info" / "METADATA").write_text("Name: second-plugin\nVersion: 1.0\n")
    (plugin / "second_plugin-1.0.dist-info" / "entry_points.txt").write_text(
        "[lmms_eval.models]\nsecond = second_plugin:register\n"
    )
    (plugin / "second_plugin.py").write_text("def register():\n    import lmms_eval.tasks\n    return []\n")
    own = tmp_path / "own"
    own.mkdir()
    (own / "my_task.yaml").write_text("task: my_own_task\ndataset_path: json\noutput_type: generate_until\n")
    done = command(
        "lmms-eval", "--tasks", "list", "--include_path", str(own), env={"PYTHONPATH": str(plugin)}, check=False
    )
    listed = {line.strip(" -") for line in (done.stdout + done.stderr).splitlines()}
    assert {"medq_perception", "medq_bench", "my_own_task", "mme"} <= listed


def test_the_path_serves_where_the_harness_has_no_hook():
    path = command("medq", "tasks-path").stdout.strip()
    assert Path(path) == task_folder()
    done = command("lmms-eval", "tasks", "list", "--include-path", path)
    assert "medq_perception" in done.stdout + done.stderr
