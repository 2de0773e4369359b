"""From the words of a question or an option to what the measures know: modality, problem, strength."""

from __future__ import annotations

import re

from medq_tasks.demo.baseline.signatures import SIGNATURES

_MODALITIES = (
    ("ct", r"\bct\b|computed tomograph|\bcbct\b"),
    ("mri", r"\bmri?\b|magnetic resonance"),
    ("histopathology", r"patholog|histolog|\bslide\b|h\s?&\s?e\b|microscop|biops"),
    ("endoscopy", r"endoscop|colonoscop|gastroscop|laparoscop"),
    ("fundus", r"fundus|retina|ophthalm|\bcfp\b"),
)

# (problems, pattern). A text may match several. The first group of a shared word goes to whatever the modality knows.
_PROBLEMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("noise",), r"nois|grain|speckle|low[- ]dose"),
    (("sparse",), r"sparse|few(er)? view|limited[- ]angle|insufficient view"),
    (("metal",), r"metal|implant|beam[- ]harden"),
    (("ring",), r"\brings?\b|concentric"),
    (("aliasing",), r"alias|fold(ed)?[- ]?over|wrap|undersampl"),
    (("motion",), r"motion|movement|moving|ghost|smear"),
    (("bias", "light"), r"inhomogen|bias[- ]field|non[- ]?uniform|intensity (variation|drift)"),
    (("light", "bias"), r"illuminat|uneven|shading|shadow|vignett|lighting|brightness (variation|differ)"),
    (("contrast",), r"contrast|haz[ey]|washed|faded"),
    (("stain", "cast"), r"stain"),
    (("cast", "stain"), r"colou?r|white balance|\bhue\b|\btint"),
    (("specular",), r"specular|reflect|highlight|glare"),
    (("exposure",), r"expos|too bright|satura|excessive(ly)? bright|brightness\b(?! (variation|differ))"),
    (("jpeg",), r"compress|jpe?g|block"),
    (("bubble",), r"bubble"),
    (("fold",), r"\bfold(s|ed|ing)?\b(?![- ]?over)|crease|wrinkle|dark (spot|blot|band)|thread|overlap"),
)
_BLUR = r"blur|focus|sharp|clarity|resolution|fine detail|crisp"
_STREAK = r"streak|stripe"
_NOTHING = (
    r"^\s*(none|nothing|normal|clean)\b|\bno\b[\w\s]*\b(degradation|artifact|artefact|problem|issue|distortion|defect)"
    r"|\bnone of\b|\bno\s*$|good quality|free of"
)
OVERALL = r"quality|degrad|artifact|artefact|distort|defect|problem|impair|diagnos|acceptab|usab|overall|abnormal"

_NONE = r"\b(no|none|not|absent|never|without|negligible|invisible|excellent|good|great|perfect|clean|sharp|clear|even|uniform|normal|imperceptible|zero)\b"  # noqa: E501
_MILD = r"\b(mild|mildly|slight|slightly|minor|minimal|minimally|small|weak|weakly|little|somewhat|fair|usable|acceptable|some|light)\b"  # noqa: E501
_MEDIUM = r"\b(moderate|moderately|medium|average|intermediate)\b"
_SEVERE = r"\b(severe|severely|strong|strongly|major|very|heavy|heavily|poor|bad|reject|unusable|large|extreme|extremely|significant|significantly|marked|markedly|serious|seriously|obvious|completely|unacceptable|highly)\b"  # noqa: E501


def modality_of(text: str) -> str:
    """The modality that the text names; "" when it names none, or several."""
    named = [modality for modality, pattern in _MODALITIES if re.search(pattern, text, re.IGNORECASE)]
    return named[0] if len(named) == 1 else ""


def problems_of(text: str, modality: str) -> tuple[str, ...]:
    """The problems that the text names; those that the modality knows come first, shared words go to them alone."""
    found: list[str] = []
    for names, pattern in _PROBLEMS:
        if re.search(pattern, text, re.IGNORECASE):
            found += _known_first(names, modality)
    if re.search(_STREAK, text, re.IGNORECASE) and not {"sparse", "metal"} & set(found):
        found += ["sparse", "metal"]
    if re.search(_BLUR, text, re.IGNORECASE) and "motion" not in found:
        found += _known_first(("defocus", "motion"), modality)
    return tuple(dict.fromkeys(found))


def says_nothing_wrong(option: str) -> bool:
    """Whether an option of a "What" question stands for a picture without problems."""
    return re.search(_NOTHING, option, re.IGNORECASE) is not None


def strength_of(option: str, *, of_quality: bool) -> float | None:
    """How strong a problem an option stands for: 0 none, 1 mild, 1.5 medium, 2 severe; None when it names no strength.

    "High" and "low" turn round with what they speak of: ``of_quality`` is True for "How high is the image quality?".
    """
    text = option.lower()
    if re.search(r"\bunusable\b|\bnot (usable|acceptable)\b|\bunacceptable\b", text):
        return 2.0
    for pattern, strength in ((r"\bhigh(ly)?\b", 2.0), (r"\blow\b", 1.0)):
        if re.search(pattern, text):
            return (0.0 if strength == 2.0 else 2.0) if of_quality else strength
    if re.search(r"\bnot?\b|\bnever\b", text):
        return 0.0
    # "slightly noticeable" is mild although "noticeable" alone would be more; "very good" is none, "very poor" severe
    for pattern, strength in ((_MILD, 1.0), (_MEDIUM, 1.5)):
        if re.search(pattern, text):
            return strength
    if re.search(_NONE, text):
        return 0.0
    return 2.0 if re.search(_SEVERE, text) else None


def _known_first(names: tuple[str, ...], modality: str) -> list[str]:
    known = [name for name in names if name in SIGNATURES.get(modality, {})]
    return known[:1] if len(names) > 1 and known else list(names)
