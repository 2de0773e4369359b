"""Free-text replies of the reasoning tasks, composed from measures. They end in the verdict asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medq_tasks.demo.baseline import findings as found
from medq_tasks.demo.baseline.findings import Finding
from medq_tasks.demo.baseline.quality_measures import Measures

# What is said of a problem when it is mild and when it is severe.
_SEEN: Mapping[str, tuple[str, str]] = {
    "noise": ("a fine grain of noise lies over the tissue", "strong noise hides tissue borders"),
    "sparse": ("faint sparse-view streaks cross the slice", "dense straight streaks cover the slice"),
    "metal": ("thin streaks radiate from a metal object", "broad metal streaks cover the tissue"),
    "ring": ("faint ring artifacts surround the centre", "strong ring artifacts cover the slice"),
    "aliasing": ("weak folded-over copies (aliasing) can be seen", "strong aliasing folds the anatomy over itself"),
    "motion": ("motion leaves slightly smeared edges or ghosts", "motion blurs or ghosts the whole image"),
    "bias": ("brightness drifts slowly over the tissue", "brightness falls off steeply and a part is nearly black"),
    "stain": ("the staining is shifted in color", "the staining is grossly abnormal"),
    "jpeg": ("slight compression blocks are visible", "heavy compression blocks replace fine structure"),
    "bubble": ("a small air bubble hides some tissue", "large air bubbles hide much of the tissue"),
    "defocus": ("fine edges are slightly out of focus", "the image is strongly out of focus"),
    "fold": ("a narrow dark tissue fold crosses the field", "a broad dark tissue fold hides tissue"),
    "light": ("illumination is uneven and one side is darker", "illumination is very uneven, one side nearly black"),
    "specular": ("a few specular reflections hide small spots", "many large specular reflections hide the surface"),
    "contrast": ("contrast is lowered by a pale veil", "contrast is nearly lost under a dense veil"),
    "exposure": ("the image is somewhat overexposed", "the image is heavily overexposed"),
    "cast": ("the colors are shifted (color cast)", "the colors are grossly wrong (color cast)"),
}  # fmt: skip
_ABSENT = {
    "ct": "noise, streaks or rings",
    "mri": "noise, aliasing, motion artifacts or intensity inhomogeneity",
    "histopathology": "blur, compression, staining problem, air bubble or fold",
    "endoscopy": "motion blur, uneven light, reflections, overexposure or loss of contrast",
    "fundus": "blur, uneven illumination, color cast or loss of contrast",
}


def describe(measures: Measures, modality: str) -> str:
    """Three or four sentences on one picture and the verdict: good, usable or reject."""
    modality = modality or found.guess_modality(measures)
    findings = found.find(measures, modality)
    seen = _present(findings)
    sentences = [f"I measured this image as {_article(modality)} image. {_appearance(seen, modality, 'the image')}"]
    if seen:
        sentences.append(f"The deciding measure is {seen[0].because}.")
        sentences.append(_effect(seen[0]))
    else:
        sentences.append("Structures are sharp enough and contrast is sufficient.")
    return " ".join(sentences) + f"\nVerdict: {verdict(findings)}"


def compare(first: Measures, second: Measures, modality: str) -> str:
    """A comparison of two pictures and the verdict: first or second. Equal pictures give "first", and it says so."""
    modality = modality or found.guess_modality(first)
    one, two = found.find(first, modality), found.find(second, modality)
    bad, worse = found.badness(one), found.badness(two)
    better = "first" if bad <= worse else "second"
    sentences = [
        _appearance(_present(one), modality, "the first image"),
        _appearance(_present(two), modality, "the second image"),
        f"Taken together, the measured degradation is {bad:.2f} for the first and {worse:.2f} for the second image.",
    ]
    if bad == worse:
        sentences.append("The measures cannot tell them apart, so naming the first is a guess.")
    else:
        sentences.append(f"The {better} image has the higher quality.")
    return " ".join(sentences) + f"\nVerdict: {better}"


def verdict(findings: Mapping[str, Finding]) -> str:
    """good without a problem, usable with mild ones, reject with a severe one."""
    level = max(finding.level for finding in findings.values())
    if level == 0:
        return "good"
    return "usable" if level < 1.5 else "reject"


def _present(findings: Mapping[str, Finding]) -> list[Finding]:
    """The problems that are there, strongest first, at most two: the others are mostly side effects of these."""
    there = [finding for finding in findings.values() if finding.level > 0]
    return sorted(there, key=lambda finding: (-finding.presence, finding.problem))[:2]


def _appearance(seen: Sequence[Finding], modality: str, image: str) -> str:
    if not seen:
        return f"In {image} I find no {_ABSENT[modality]}."
    parts = [_SEEN[finding.problem][0 if finding.level < 1.5 else 1] for finding in seen]
    return f"In {image}, {', and '.join(parts)}."


def _effect(finding: Finding) -> str:
    if finding.level < 1.5:
        return "This is mild: the relevant structures can still be read."
    return "This is severe: relevant structures are lost."


def _article(modality: str) -> str:
    name = {"ct": "CT", "mri": "MRI"}.get(modality, modality)
    return f"an {name}" if modality in ("mri", "endoscopy") else f"a {name}"
