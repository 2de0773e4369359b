"""How kinds, splits, slices and their values are written for people; titles of metrics are in ``metrics.METRICS``."""

from __future__ import annotations

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
SPLITS = {"test": "test split", "dev": "dev split", "mini": "embedded sample set", "": "split not recorded"}


def value(text: str) -> str:
    """A slice's value for people; the table's own word where it is not one of ours."""
    return VALUES.get(text, text)
