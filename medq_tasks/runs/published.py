"""The published results on the test split, as data, each with its source. Nothing here is computed by this package.

Only a complete run on the test split is comparable with these rows. Perception accuracies are shares (0 to 1),
axes 0 to 2, overall 0 to 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from medq_tasks.records import AXES, Kind

PAPER = "arXiv 2510.01691"
PAPER_URL = "https://arxiv.org/abs/2510.01691"
PROJECT_URL = "https://github.com/liujiyaoFDU/MedQ-Bench"

# Who gave the published scores of reasoning, and what became of it (the provider's notice of 2026-04-22).
JUDGE = "gpt-4o-2024-05-13"
JUDGE_PROMPTS = "reference implementation (VLMEvalKit)"  # their name when they are read from a checkout of it
JUDGE_ENDS = "2026-10-23"

# Items of the test split; derived from the published percentages, which are exact fractions of these.
TEST_ITEMS: dict[Kind, int] = {"perception": 1305, "no_reference": 221, "comparison": 133}
_TYPE_ITEMS = {"accuracy": 1305, "accuracy_yes_or_no": 558, "accuracy_what": 258, "accuracy_how": 489}
_PERCEPTION = tuple(_TYPE_ITEMS)

# Accuracy by severity, averaged over the published models (project page).
SEVERITY_AVERAGE = {"none": 0.72, "mild": 0.56, "severe": 0.67}


@dataclass(frozen=True)
class PublishedRow:
    """One published line. ``items`` holds the denominator per metric where the percentages are fractions of it."""

    model: str
    metrics: dict[str, float]
    source: str
    note: str = ""
    experts: bool = False
    items: dict[str, int] | None = None


def _perception(
    model: str, yes_or_no: float, what: float, how: float, overall: float, note: str = "", exact: bool = True
) -> PublishedRow:
    percent = (overall, yes_or_no, what, how)
    metrics = {name: round(value / 100, 4) for name, value in zip(_PERCEPTION, percent, strict=True)}
    return PublishedRow(
        model, metrics, f"{PAPER}, perception on the test split", note, items=dict(_TYPE_ITEMS) if exact else None
    )


def _reasoning(model: str, task: str, *values: float) -> PublishedRow:
    metrics = dict(zip((*AXES, "overall"), values, strict=True))
    return PublishedRow(model, metrics, f"{PAPER}, {task} reasoning on the test split")


# Failed requests were dropped in these two rows: their percentages are fractions of smaller, unpublished counts.
_DROPPED = "failed requests were left out of the denominator"

PERCEPTION = (
    PublishedRow(
        "Human experts",
        {"accuracy": 0.825},
        f"{PAPER}, human experts on the test split",
        "number of items not published",
        experts=True,
    ),
    _perception("GPT-5", 82.26, 60.47, 58.28, 68.97),
    _perception("GPT-4o", 78.48, 49.64, 57.32, 64.79, _DROPPED, exact=False),
    _perception("Grok-4", 73.30, 48.84, 59.10, 63.14),
    _perception("Qwen2.5-VL-72B", 78.67, 42.25, 56.44, 63.14),
    _perception("Gemini-2.5-Pro", 75.13, 55.02, 50.54, 61.88, _DROPPED, exact=False),
    _perception("InternVL3-38B", 69.71, 57.36, 52.97, 61.00),
    _perception("Claude-4-Sonnet", 71.51, 46.51, 54.60, 60.23),
    _perception("InternVL3-8B", 72.04, 47.67, 52.97, 60.08),
    _perception("Qwen2.5-VL-32B", 67.38, 43.02, 58.69, 59.31),
    _perception("Mistral-Medium-3", 65.95, 48.84, 52.97, 57.70),
    _perception("MedGemma-27B", 67.03, 48.06, 50.72, 57.16),
    _perception("Qwen2.5-VL-7B", 57.89, 48.45, 54.40, 54.71),
    _perception("Lingshu-32B", 50.36, 50.39, 51.74, 50.88, "accuracy worked out from the three parts"),
)

NO_REFERENCE = (
    _reasoning("GPT-5", "no-reference", 1.195, 1.118, 1.837, 1.529, 5.679),
    _reasoning("GPT-4o", "no-reference", 1.009, 1.027, 1.878, 1.407, 5.321),
    _reasoning("Qwen2.5-VL-32B", "no-reference", 1.077, 0.928, 1.977, 1.290, 5.272),
    _reasoning("Gemini-2.5-Pro", "no-reference", 0.878, 0.891, 1.688, 1.561, 5.018),
    _reasoning("Grok-4", "no-reference", 0.982, 0.846, 1.801, 1.389, 5.017),
)

COMPARISON = (
    _reasoning("GPT-5", "comparison", 1.293, 1.556, 1.925, 1.564, 6.338),
    _reasoning("GPT-4o", "comparison", 1.105, 1.414, 1.632, 1.562, 5.713),
    _reasoning("Grok-4", "comparison", 1.150, 1.233, 1.820, 1.459, 5.662),
    _reasoning("Gemini-2.5-Pro", "comparison", 1.053, 1.233, 1.774, 1.534, 5.594),
    _reasoning("InternVL3-8B", "comparison", 0.985, 1.278, 1.797, 1.474, 5.534),
)

ROWS: dict[Kind, tuple[PublishedRow, ...]] = {
    "perception": PERCEPTION,
    "no_reference": NO_REFERENCE,
    "comparison": COMPARISON,
}
EXPERT_ACCURACY = 0.825
