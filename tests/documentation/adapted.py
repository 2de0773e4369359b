"""How the commands of the pages are run here: only what names data, weights, servers or keys is another.

Names in braces are filled in: ``{judge}`` and ``{model}`` are addresses of servers of the tests, ``{batch}`` is that of
one with a Batch API, ``{tiny}`` is a folder with a tiny checkpoint of random weights.
"""

from __future__ import annotations

from collections.abc import Mapping

TINY = "pretrained={tiny},device=cpu,device_map=cpu"
# In any command: (what the page says, what is said here), in this order.
REPLACED: tuple[tuple[str, str], ...] = (
    ("pretrained=Qwen/Qwen2-VL-7B-Instruct", TINY),
    ("pretrained=/shared/qwen2-vl-7b", TINY),
    ("--model qwen2_vl --output_path", f"--model qwen2_vl --model_args {TINY} --output_path"),
    ("--model gemma3 --model_args pretrained=FOLDER,device=cpu", f"--model qwen2_vl --model_args {TINY}"),
    ("base_url=http://127.0.0.1:8000/v1,api_key=none", "base_url={model},api_key=none"),
    ("model_version=gpt-4o", "model_version=gpt-4o,base_url={model}"),
    ("http://127.0.0.1:8000/v1", "{judge}"),
    ("http://127.0.0.1:8001/v1", "{judge}"),
    ("http://127.0.0.1:8080/v1", "{judge}"),
    ("http://new-host:8000/v1", "{judge}"),
    ("--tasks medq_mini", "--limit 1 --tasks medq_mini"),  # medq_baseline measures each picture
    ("accelerate launch --num_processes 8 -m lmms_eval", "lmms-eval"),  # tests/end_to_end/test_ranks.py has the ranks
    ("torchrun --standalone --nproc_per_node 8 -m lmms_eval", "lmms-eval"),
    ("MEDQ_DATA_DIR=/data/MedQ-Bench", "MEDQ_DATA_DIR={data}"),
)  # fmt: skip
# Behind any command that has this: a tiny checkpoint of random weights never ends its sentence.
ADDED: Mapping[str, str] = {"--model qwen2_vl --model_args pretrained={tiny}": "--gen_kwargs max_new_tokens=2"}
# Variables of single commands, by a part of them.
VARIABLES: Mapping[str, Mapping[str, str]] = {
    " --batch": {"MEDQ_JUDGE_BASE_URL": "{batch}"},
    " --export": {"MEDQ_JUDGE_MODEL": "judge-2"},  # the batch of the other one is under way
    " --collect": {"MEDQ_JUDGE_MODEL": "judge-2"},
}
# In the commands of README's tables.
IN_TABLES: tuple[tuple[str, str], ...] = (
    ("FILE... -o RUN", "Qwen2-VL-7B_MedqbenchMCQ_test.xlsx -o IMPORTED"),
    ("RUN...", "RUN"),
    ("--model NAME", "--model openai"),
)
# Commands that cannot be run here, by their beginning: why not, and which file proves them as far as can be.
NOT_HERE: Mapping[str, tuple[str, str]] = {
    "make ": ("makes environments, or runs this very suite; the target is looked up in the Makefile", "Makefile"),
    "pip install .": ("installs", "tests/end_to_end/test_install.py"),
    "pip uninstall ": ("uninstalls", "tests/end_to_end/test_install.py"),
    "medq info --check": ("imports lmms-eval in a process of its own: 20 s each", "tests/harness/health/test_check.py"),
    "vllm serve ": ("needs a GPU", "tests/end_to_end/test_real_server.py"),
    "python3 -m sglang.launch_server ": ("needs a GPU", "tests/end_to_end/test_real_server.py"),
    "medq view ": ("a server does not end", "tests/cli/test_view.py"),
    "transformers serve ": ("a server does not end", "tests/end_to_end/test_real_server.py"),
    "SHARED=/shared/me ": ("needs Slurm; the script runs with a stand-in", "tests/test_examples.py"),
    ".venv/bin/python -m benchmarks": ("takes minutes", "tests/tools/test_benchmarks.py"),
}
# What is run before the commands of a page.
BEFORE: Mapping[str, tuple[str, ...]] = {"docs/upgrading.md": ("medq judge runs/old", "medq judge runs/new")}
# Folders of runs that a page names and that no command before makes.
RUNS: Mapping[str, tuple[str, ...]] = {
    "README.md": ("RUN", "A", "B", "OLD"),
    "docs/align.md": ("RUN",),
    "docs/gate.md": ("RUN", "OLD"),
    "docs/history.md": ("RUN", "OTHER_RUN"),
    "docs/judge.md": ("RUN", "runs/qwen2-vl", "runs/gpt-5"),
    "docs/report.md": ("RUN", "OTHER_RUN"),
    "docs/upgrading.md": ("runs/old", "runs/new"),
}
