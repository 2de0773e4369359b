"""One whole use of an installed medq-tasks: evaluate, judge, report, gate. Ends with 0 when all of it works.

    PYTHON .ci/smoke.py      PYTHON: of the environment to prove; its bin folder need not be on PATH

The sample set's perception and one judged reasoning task, through the `lmms-eval` command, with the model that has no
weights and a judge on this machine that always says "Score: 2"; then the headline model's backend on a tiny checkpoint.
What must come out follows from that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
JUDGE = Path(__file__).resolve().parents[1] / "tests" / "judge" / "server.py"
PERCEPTION, REASONING = "medq_mini_perception", "medq_mini_no_reference"
LAST: list[str] = []  # what the commands printed


def main() -> None:
    """Run it in a folder and a cache of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        judge = subprocess.Popen([sys.executable, str(JUDGE)], stdout=subprocess.PIPE, text=True)
        try:
            assert judge.stdout is not None
            use(Path(scratch), judge.stdout.readline().strip())
        finally:
            judge.kill()


def use(folder: Path, judge: str) -> None:
    """All steps, with the judge at this address."""
    run, tiny = folder / "run", folder / "tiny"
    os.environ |= {"MEDQ_CACHE_DIR": str(folder / "cache"), "NO_PROXY": "127.0.0.1"}
    os.environ |= {"MEDQ_JUDGE_BASE_URL": judge, "MEDQ_JUDGE_MODEL": "test-model", "CUDA_VISIBLE_DEVICES": ""}
    for words in (["--version"], ["--help"], ["report", "--help"], ["info", "--check", "--no-probe"]):
        command(folder, "medq", *words)
    os.environ["HF_HUB_OFFLINE"] = "1"
    evaluate(folder, f"{PERCEPTION},{REASONING}", run, "--model", "medq_baseline", "--batch_size", "1")
    command(folder, "medq", "report", str(run), "-o", str(folder / "page.html"))
    bounds = ("--min", f"{PERCEPTION}.accuracy=0.9", "--min", f"{REASONING}.judged=1")
    command(folder, "medq", "gate", str(run), *bounds)
    expect("overall", results(run)[REASONING]["overall,none"], 8.0)  # four axes, two points each
    # The headline model, whose backend needs more of the environment than any other part.
    command(folder, "python", "-m", "medq_tasks.fidelity.tiny", str(tiny))
    model = ("--model", "qwen2_vl", "--model_args", f"pretrained={tiny},device=cpu,device_map=cpu")
    few = ("--gen_kwargs", "max_new_tokens=4", "--limit", "4", "--batch_size", "2")
    evaluate(folder, PERCEPTION, folder / "qwen", *model, *few)
    expect("request failures", results(folder / "qwen")[PERCEPTION]["request_failures,none"], 0)


def evaluate(folder: Path, tasks: str, out: Path, *words: str) -> None:
    """One run of the harness; whether it did what it should shows in what it wrote, not in its exit code."""
    command(folder, "lmms-eval", "--tasks", tasks, "--output_path", str(out), "--log_samples", *words)
    if not list(out.rglob("*_results.json")):
        sys.exit(f"{LAST[-1]}\nsmoke: the harness wrote no results for {tasks}")


def results(out: Path) -> dict[str, dict[str, object]]:
    """The metrics of the one run below ``out``, by task."""
    (file,) = out.rglob("*_results.json")
    return dict(json.loads(file.read_text(encoding="utf-8"))["results"])


def expect(name: str, found: object, wanted: object) -> None:
    """End with a line when a number is not what it must be."""
    if found != wanted:
        sys.exit(f"smoke: {name} is {found}, must be {wanted}")


def command(folder: Path, *words: str) -> None:
    """Run a command of this environment; its output is shown when it fails."""
    print("+", *words, flush=True)
    done = subprocess.run(
        [str(BIN / words[0]), *words[1:]], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    LAST.append(done.stdout)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nsmoke: {' '.join(words)} ended with {done.returncode}")


if __name__ == "__main__":
    main()
