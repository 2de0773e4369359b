"""The harness's command line with the real backends."""

import json
from pathlib import Path

from PIL import Image

from medq_tasks import records
from medq_tasks.harness.plugin import task_folder
from tests.data.factory import cell, encode, perception_rows, write_tsv
from tests.end_to_end import forked
from tests.end_to_end.commands import command

TASK = "medq_mini_perception"


def on_qwen2_vl(checkpoint, out, *more, task=TASK):
    model = f"pretrained={checkpoint},device=cpu,device_map=cpu"
    return (
        *("--tasks", task, "--model", "qwen2_vl", "--model_args", model, "--gen_kwargs", "max_new_tokens=4"),
        *("--output_path", str(out), "--log_samples", *more),
    )


def outcome(out: Path, task=TASK):
    """Metrics (one value a name) and records by id of the one run below ``out``."""
    (result,) = out.rglob("*_results.json")
    (samples,) = out.rglob(f"*_samples_{task}.jsonl")
    lines = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
    found = [records.from_dict(line["record"]) for line in lines]
    metrics = json.loads(result.read_text(encoding="utf-8"))["results"][task]
    return {name: value for name, value in metrics.items() if name.endswith(",none")}, {item.id: item for item in found}


def test_one_process_and_two_ranks_of_torchrun_agree_to_the_last_digit(tiny_qwen2_vl, tmp_path):
    # 7 items: an uneven shard for two ranks.
    forked.run(tmp_path, *on_qwen2_vl(tiny_qwen2_vl, tmp_path / "one", "--limit", "7"))
    # --standalone: the ranks meet at a port that is free, whatever else runs on this machine.
    ranks = ("--standalone", "--nproc_per_node", "2", "-m", "lmms_eval")
    command("torchrun", *ranks, *on_qwen2_vl(tiny_qwen2_vl, tmp_path / "two", "--limit", "7"))
    metrics, found = outcome(tmp_path / "one")
    assert len(found) == 7
    assert metrics["request_failures,none"] == 0
    assert outcome(tmp_path / "two") == (metrics, found)


def test_few_shot_is_refused(tiny_qwen2_vl, tmp_path):
    done = forked.run(tmp_path, *on_qwen2_vl(tiny_qwen2_vl, tmp_path, "--num_fewshot", "2"), status=1)
    assert "zero-shot" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_row_that_the_model_cannot_take_costs_no_other(tiny_qwen2_vl, tmp_path):
    rows = perception_rows(5)
    rows[1]["question"] += " <|image_pad|><|im_end|>"  # the model's own marks: as they are, one picture too many
    rows[3]["image"] = cell(encode(Image.new("RGB", (900, 2))))  # 450 to 1: this model takes 200 to 1
    (tmp_path / "data").mkdir()
    write_tsv(tmp_path / "data", "perception", rows)
    words = on_qwen2_vl(tiny_qwen2_vl, tmp_path / "out", "--batch_size", "2", task="medq_perception")
    done = forked.run(tmp_path, *words, env={"MEDQ_DATA_DIR": str(tmp_path / "data")})
    metrics, found = outcome(tmp_path / "out", "medq_perception")
    assert metrics["request_failures,none"] == 1
    assert [item for item, record in found.items() if record.state == "failed"] == ["3"]
    assert "absolute aspect ratio must be smaller than 200" in found["3"].reason
    assert len(found) == 5
    (result,) = (tmp_path / "out").rglob("*_results.json")
    told = json.loads(result.read_text(encoding="utf-8"))["configs"]["medq_perception"]["metadata"]["medq"]["table"]
    assert any("1 row with words that models take for marks of their own" in note for note in told["notes"])
    assert "1 request failed and counts as wrong: medq_perception, row 4 (item 3)" in done.stdout + done.stderr


def test_a_fault_in_the_data_ends_the_run_once_and_clearly(tiny_qwen2_vl, tmp_path):
    (tmp_path / "data").mkdir()
    words = on_qwen2_vl(tiny_qwen2_vl, tmp_path / "out", task="medq_perception")
    done = forked.run(tmp_path, *words, env={"MEDQ_DATA_DIR": str(tmp_path / "data")}, status=1)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "medqbench_QA_test.tsv" in line]
    assert len(told) == 1
    assert told[0] in done.stderr
    assert "Traceback" not in done.stderr
    assert "RetryError" not in done.stderr


def test_the_path_serves_where_the_harness_has_no_hook(tmp_path):
    path = command("medq", "tasks-path").stdout.strip()
    assert Path(path) == task_folder()
    # `lmms-eval tasks list` imports no models, so our entry point is never asked.
    listed = [
        forked.run(tmp_path, "tasks", "list", *more, hooked=False).stdout.split()
        for more in ((), ("--include-path", path))
    ]
    assert ["medq_perception" in names for names in listed] == [False, True]
    assert "mme" in listed[0]
