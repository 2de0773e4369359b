"""What one types: examples for the end of each command's help. A test parses every one of them by the real command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EXAMPLES: Mapping[str, Sequence[str]] = {
    "info": ("medq info", "medq info --check --model qwen2_vl,vllm"),
    "tasks-path": ('lmms-eval tasks list --include_path "$(medq tasks-path)"',),
    "data check": ("medq data check", "medq data check /data/MedQ-Bench"),
    "fidelity": (
        "medq fidelity --model qwen2_vl",
        "medq fidelity --model llava_hf --model_args pretrained=/models/llava-1.5-7b-hf,device=cuda",
        "medq fidelity --model openai --image-transport jpeg85 --json",
    ),
    "report": (
        "medq report runs/qwen2-vl -o report.html",
        "medq report runs/qwen2-vl runs/gemma --markdown",
        "medq report runs/qwen2-vl --judge Qwen2.5-72B-Instruct --json",
    ),
    "judge": (
        "medq judge runs/qwen2-vl --base-url http://127.0.0.1:8000/v1 --judge-model Qwen2.5-72B-Instruct",
        "medq judge runs/qwen2-vl --judge-model gpt-4.1 --batch --wait 60",
        "medq judge runs/qwen2-vl --judge-model model-a --judge-model model-b --judge-model model-c",
    ),
    "compare": (
        "medq compare runs/old runs/new",
        "medq compare runs/old runs/new --primary accuracy --by modality --markdown",
        "medq compare runs/old runs/new --judge-a gpt-4.1 --judge-b gpt-4.1 --allow-different prompts",
    ),
    "gate": (
        "medq gate runs/new --min accuracy=0.55 --max unanswered=0.02",
        "medq gate runs/new --baseline runs/old --max-drop accuracy=0.02 --junit gate.xml",
        "medq gate runs/new --min medq_reasoning_comparison.overall=5 --require medq_bench",
    ),
    "align": (
        "medq align runs/qwen2-vl --sample 200 -o sheet.csv --html form.html",
        "medq align runs/qwen2-vl ann.csv bob.csv",
        "medq align runs/qwen2-vl ann.csv --json > calibration.json",
    ),
    "plan": (
        "medq plan",
        "medq plan --split dev --model-tokens-per-s 900 --judge-latency 0.8",
        "medq plan --prices prices.yaml --model gpt-4.1",
    ),
    "history": ("medq history runs/tonight --file history.jsonl --html leaderboard.html",),
    "explain": (
        "medq explain runs/qwen2-vl --id 17",
        'echo "So it is B." | medq explain --options A=Yes --options B=No',
        'echo "Blurred. Verdict: reject" | medq explain --verdict no_reference',
    ),
    "import": (
        "medq import Qwen2-VL-7B_MedqbenchMCQ_test.xlsx -o runs/imported",
        "medq import replies.jsonl -o runs/imported --task medq_perception --model my-model",
    ),
    "view": ("medq view runs/qwen2-vl",),
    "runs": ("medq runs",),
}


def epilog(command: str) -> str | None:
    """The examples as the end of a help page: a line each, never joined or broken (``\\b`` says that to click)."""
    lines = EXAMPLES.get(command)
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) if lines else None
