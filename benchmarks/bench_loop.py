"""The loop of a local model on a GPU: host time per item of our task beside a task of the bare harness.

    python -m benchmarks loop [--quick]

``qwen2_vl`` of lmms-eval with a checkpoint of Qwen2-VL-2B's size and random weights, its real processor, and the same
pictures, questions and options on both sides. The bare harness's task hands over plain pictures, which the backend
packs as JPEG; ours is ``medq_perception``. Each turn is a whole ``lmms-eval`` process per side, side by side in time.

* host: wall time of ``generate_until`` less the time inside the model's ``generate`` (the GPU waited for), per item.
* loop: wall time of ``generate_until`` per item, with replies of 8 tokens, which is where host time weighs most.

Without a GPU, or with --quick, the checkpoint is tiny: that shows that it runs, and its figures mean nothing.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.bench_transport import AIM
from tests.data import factory

TOKENS = 8
SIDES = {"bare harness, JPEG": "bare_quality", "ours": "medq_perception"}
_MARK = "LOOP "
_SIZE_2B = {
    "text_config": {
        "hidden_size": 1536,
        "intermediate_size": 8960,
        "num_hidden_layers": 28,
        "num_attention_heads": 12,
        "num_key_value_heads": 2,
    },
    "vision_config": {"depth": 32, "embed_dim": 1280, "hidden_size": 1536, "num_heads": 16},
}
_BARE_YAML = """\
task: bare_quality
dataset_path: parquet
dataset_kwargs: {{data_files: {{test: {table}}}}}
test_split: test
output_type: generate_until
doc_to_visual: !function bare_hooks.visual
doc_to_text: !function bare_hooks.text
doc_to_target: answer
process_results: !function bare_hooks.result
generation_kwargs: {{max_new_tokens: {tokens}, temperature: 0, do_sample: false}}
metric_list: [{{metric: accuracy, aggregation: mean, higher_is_better: true}}]
metadata: {{version: 1.0}}
"""
_BARE_HOOKS = """\
def visual(doc):
    return [doc["image"].convert("RGB")]


def text(doc, lmms_eval_specific_kwargs=None):
    return doc["text"]


def result(doc, results):
    return {"accuracy": float(results[0].strip()[:1] == doc["answer"])}
"""


def picture(row: int) -> bytes:
    """A PNG file of 512 to 640 pixels a side, smooth with some noise: about as large as the benchmark's."""
    noise = np.random.default_rng(row)
    side = 512 + row % 5 * 32
    smooth = Image.fromarray(noise.integers(0, 255, (16, 16, 3), dtype=np.uint8)).resize((side, side))
    pixels = np.asarray(smooth, dtype=float) + noise.normal(0, 2, (side, side, 3))
    file = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, format="PNG")
    return file.getvalue()


def prepare(folder: Path, count: int) -> None:
    """The table in the official schema, and the same as a table of the bare harness with its YAML."""
    import datasets

    rows = factory.perception_rows(count)
    files = [picture(row) for row in range(count)]
    for row, data in zip(rows, files, strict=True):
        row["image"] = factory.cell(data)
    (folder / "data").mkdir()
    factory.write_tsv(folder / "data", "perception", rows, "test")
    texts = [row["question"] + "\n" + "\n".join(f"{x}. {row[x]}" for x in "ABCD" if row[x]) for row in rows]
    columns = {
        "image": [{"bytes": data, "path": None} for data in files],
        "text": [f"{text}\nAnswer with the option's letter." for text in texts],
        "answer": [row["answer"] for row in rows],
    }
    table = datasets.Dataset.from_dict(columns).cast_column("image", datasets.Image())
    yamls = folder / "bare"
    yamls.mkdir()
    table.to_parquet(yamls / "table.parquet")
    (yamls / "bare_quality.yaml").write_text(_BARE_YAML.format(table=yamls / "table.parquet", tokens=TOKENS))
    (yamls / "bare_hooks.py").write_text(_BARE_HOOKS)


def build(folder: Path, large: bool) -> Path:
    """The tiny checkpoint; ``large``: its layers those of Qwen2-VL-2B, bfloat16, random."""
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    from medq_tasks.fidelity.tiny import build_tiny_qwen2_vl

    build_tiny_qwen2_vl(folder)
    if large:
        config = AutoConfig.from_pretrained(folder)
        for part, sizes in _SIZE_2B.items():
            for name, value in sizes.items():
                setattr(getattr(config, part), name, value)
        config.text_config.rope_parameters["mrope_section"] = [16, 24, 24]
        config.text_config.layer_types = ["full_attention"] * config.text_config.num_hidden_layers
        (folder / "model.safetensors").unlink()
        with torch.device("cuda"):
            model = AutoModelForImageTextToText.from_config(config, dtype=torch.bfloat16)
        model.save_pretrained(folder)
    return folder


def measured(folder: Path, task: str, device: str) -> dict[str, float]:
    """One ``lmms-eval`` process: {"host": ms, "loop": ms} per item."""
    words = [sys.executable, "-m", "benchmarks.bench_loop", "--child", "--tasks", task, "--model", "qwen2_vl"]
    words += ["--model_args", f"pretrained={folder / 'model'},device={device},device_map={device}", "--batch_size", "1"]
    words += [
        "--gen_kwargs",
        f"max_new_tokens={TOKENS}",
        "--verbosity",
        "ERROR",
        "--include_path",
        str(folder / "bare"),
    ]
    env = {**os.environ, "MEDQ_DATA_DIR": str(folder / "data"), "MEDQ_CACHE_DIR": str(folder / "cache")}
    env |= {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf")}
    done = subprocess.run(words, env=env, text=True, capture_output=True)
    line = next((line for line in done.stdout.splitlines() if line.startswith(_MARK)), None)
    if line is None:
        raise SystemExit(f"{task}: nothing was measured.\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return json.loads(line.removeprefix(_MARK))


def child() -> None:
    """``lmms-eval`` with clocks around the backend's loop and the model's part of it."""
    import torch
    from lmms_eval.__main__ import cli_evaluate
    from lmms_eval.models import get_model
    from transformers import Qwen2VLForConditionalGeneration

    spent = {"model": 0.0}
    backend = get_model("qwen2_vl")
    loop, generate = backend.generate_until, Qwen2VLForConditionalGeneration.generate

    def timed_generate(self: Any, *args: Any, **options: Any) -> Any:
        _wait(torch)
        start = time.perf_counter()
        try:
            return generate(self, *args, **options)
        finally:
            _wait(torch)
            spent["model"] += time.perf_counter() - start

    def timed_loop(self: Any, requests: list[Any]) -> list[str]:
        loop(self, requests[:2])  # what is loaded and compiled once
        spent["model"] = 0.0
        start = time.perf_counter()
        replies = loop(self, requests)
        whole = time.perf_counter() - start
        host = {"host": whole - spent["model"], "loop": whole}
        print(_MARK + json.dumps({name: 1e3 * value / len(requests) for name, value in host.items()}), flush=True)
        return replies

    Qwen2VLForConditionalGeneration.generate = timed_generate  # type: ignore[method-assign]
    backend.generate_until = timed_loop
    sys.argv = ["lmms-eval", *sys.argv[2:]]
    cli_evaluate()


def _wait(torch: Any) -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tiny checkpoint, few items")
    quick = parser.parse_args().quick
    gpu = torch.cuda.is_available()
    large, count, turns = gpu and not quick, 4 if quick else 60, 1 if quick else 3
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(folder, count)
        build(folder / "model", large)
        where = torch.cuda.get_device_name() if gpu else "no GPU: the figures mean nothing"
        print(f"{where}; checkpoint {'of 2B size' if large else 'tiny'}; {count} items, {turns} turns\n")
        print("| turn | side | host, ms per item | loop, ms per item |\n|---|---|---|---|")
        ratios = []
        for turn in range(turns):
            found = {}
            for name, task in SIDES.items():
                found[name] = measured(folder, task, "cuda:0" if gpu else "cpu")
                print(f"| {turn + 1} | {name} | {found[name]['host']:.1f} | {found[name]['loop']:.1f} |", flush=True)
            bare, ours = (found[name]["host"] for name in SIDES)
            ratios.append(ours / bare)
    median = float(np.median(ratios))
    said = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"\nHost time, ours to the bare harness's: {said}; median {median:.2f}, aim {AIM}", end="")
    print(f": {'met' if median <= AIM else 'MISSED'}." if large else " (tells nothing here).")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child()
    else:
        main()
