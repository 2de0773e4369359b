"""How names of metrics, slices and outcomes are written for people, in one place for page, terminal and Markdown."""

from __future__ import annotations

METRICS = {
    "accuracy": "Accuracy",
    "accuracy_yes_or_no": "Yes-or-No",
    "accuracy_what": "What",
    "accuracy_how": "How",
    "overall": "Overall",
    "completeness": "Completeness",
    "preciseness": "Preciseness",
    "consistency": "Consistency",
    "quality_accuracy": "Quality accuracy",
    "verdict_accuracy": "Verdict",
    "judged": "Judged",
    "unanswered": "Unanswered",
    "request_failures": "Failed",
}
SHORT = {
    "completeness": "Complete",
    "preciseness": "Precise",
    "consistency": "Consist.",
    "quality_accuracy": "Quality",
}
SLICES = {
    "question_type": "Question type",
    "modality": "Modality",
    "severity": "Severity",
    "scope": "General or specific",
    "grain": "Coarse or fine",
    "source": "Image source",
    "degradation": "Degradation",
}
VALUES = {
    "": "not given",
    "yes_or_no": "Yes-or-No",
    "what": "What",
    "how": "How",
    "ct": "CT",
    "mri": "MRI",
    "histopathology": "Histopathology",
    "endoscopy": "Endoscopy",
    "fundus": "Fundus",
    "none": "None",
    "mild": "Mild",
    "severe": "Severe",
    "general": "General",
    "specific": "Modality-specific",
    "coarse": "Coarse-grained",
    "fine": "Fine-grained",
    "authentic": "Authentic",
    "simulated": "Simulated",
    "ai_generated": "AI-generated",
}
KIND_TITLES = {
    "perception": "Perception",
    "no_reference": "No-reference reasoning",
    "comparison": "Comparison reasoning",
}
SPLITS = {"test": "test split", "dev": "dev split", "mini": "embedded sample set"}
SCALE = {"overall": 8.0, "completeness": 2.0, "preciseness": 2.0, "consistency": 2.0, "quality_accuracy": 2.0}


def value(text: str) -> str:
    """A slice's value for people; the table's own word where it is not one of ours."""
    return VALUES.get(text, text)


def number(metric: str, amount: float | None) -> str:
    """A metric's value as it is printed: shares in %, axes with three digits, counts whole, a dash for None."""
    if amount is None:
        return "–"
    if metric in SCALE:
        return f"{amount:.3f}"
    if metric == "request_failures":
        return f"{amount:,.0f}"
    return f"{100 * amount:.2f}"
