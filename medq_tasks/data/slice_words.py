"""The vocabulary of slice columns: the names they may have, and the words they may hold.

The names in the official files are not published, so any sensible one is recognised (compared by
``schema.column_name``). Words are compared in lower case with every mark between them read as a blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from medq_tasks.severity_words import LEVEL_WORDS

# Slice -> column names, in the order of trust when a table has several of them.
ALIASES: Mapping[str, tuple[str, ...]] = {
    slice_name: tuple(names.split())
    for slice_name, names in {
        "question_type": "question_type questiontype qtype q_type question_category question_kind",
        "modality": "modality image_modality imaging_modality modality_type modality_name",
        "severity": "severity degradation_severity severity_level degradation_level distortion_level artifact_severity",
        "scope": "scope general_specific general_or_specific generality specificity question_scope "
        "modality_specific is_modality_specific is_general",
        "grain": "grain granularity coarse_fine coarse_or_fine grained pair_type comparison_type "
        "comparison_granularity comparison_level",
        "degradation": "degradation degradation_type degradations degradation_name distortion distortion_type "
        "artifact artefact artifact_type artefact_type",
        "source": "source image_source data_source source_type origin image_origin provenance",
    }.items()
}
# Names that could mean several slices: such a column is used for the slice whose words most of its values are.
BROAD = (
    *("type", "image_type", "category", "subcategory", "sub_category", "class"),
    *("level", "subset", "task_type", "tag", "group"),
)

# "True" in these columns means the first word, "False" the second.
FLAGS: Mapping[str, tuple[str, str]] = {
    "modality_specific": ("specific", "general"),
    "is_modality_specific": ("specific", "general"),
    "is_general": ("general", "specific"),
}

_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "question_type": {
        "yes_or_no": "yes or no, yesorno, yes no, yesno, yes no question, y n, yn, binary",
        "what": "what, what question, which",
        "how": "how, how question",
    },
    "severity": {level: f"{words.both}, {words.cell}" for level, words in LEVEL_WORDS.items()},
    "scope": {
        "general": "general, generic, common, modality agnostic, modality independent",
        "specific": "specific, modality specific, modality related",
    },
    "grain": {
        "coarse": "coarse, coarse grained, coarsegrained, coarse grain",
        "fine": "fine, fine grained, finegrained, fine grain",
    },
    "source": {
        "authentic": "authentic, real, real world, clinical, in the wild, real clinical",
        "simulated": "simulated, simulation, physics based, physics based simulation, physics based reconstruction",
        "ai_generated": "ai generated, aigenerated, generated, aigc, ai, ai synthesized, ai enhanced",
    },
}
_FOLDED: Mapping[str, Mapping[str, str]] = {
    slice_name: {spelling: word for word, listed in words.items() for spelling in listed.split(", ")}
    for slice_name, words in _SPELLINGS.items()
}

# Searched as whole words. A text that fits two of them, or names a neighbour (PET/CT is no CT, retinal OCT no fundus
# photograph), stays as it is written.
_MODALITIES: Mapping[str, re.Pattern[str]] = {
    modality: re.compile(rf"\b(?:{pattern})\b")
    for modality, pattern in {
        "ct": r"ct|ldct|cbct|cect|hrct|ncct|computed tomograph\w*|computerized tomograph\w*",
        "mri": r"mri?|[fs]mri|magnetic resonance\w*|nmr|t[12]|t[12]wi?|t1ce|t1 weighted|flair|dwi",
        "histopathology": r"histo\w*|patho\w*|wsi|whole slide\w*|h e|he stain\w*|ha?ematoxylin\w*",
        "endoscopy": r"\w*endoscop\w*|colonoscop\w*|gastroscop\w*|laparoscop\w*|bronchoscop\w*|cystoscop\w*",
        "fundus": r"\w*fundus\w*|cfp|retina\w*|ophthalmoscop\w*",
    }.items()
}
_NEIGHBOUR = re.compile(r"\b(oct|octa|pet|spect|optical coherence)\b")

# Answers that are steps of one scale: such a question asks how much, whatever its first word is.
_SCALE = frozenset(
    word
    for words in (
        "none no not normal at all slight slightly mild mildly minor minimal moderate moderately medium noticeable",
        "significant severe severely heavy heavily strong strongly extreme extremely very low high poor fair good",
        "excellent bad acceptable degradation distortion quality noise blur",
    )
    for word in words.split()
)
_SCALE_WORDS = 3  # a step has few words; longer options are statements


def plain(text: str) -> str:
    """The text as words are compared: lower case, one blank for every run of other marks."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def fold(slice_name: str, text: str) -> str | None:
    """A cell of a slice column in the one spelling that records use; "" when it is missing; None for unknown words.

    "None" is a severity; in every other column it is a missing value.
    """
    words = plain(text)
    if words in ("", "nan", "na", "n a", "null") or (words == "none" and slice_name != "severity"):
        return ""
    if slice_name == "degradation":
        return " ".join(text.split())
    if slice_name == "modality":
        fitting = [modality for modality, pattern in _MODALITIES.items() if pattern.search(words)]
        return fitting[0] if len(fitting) == 1 and not _NEIGHBOUR.search(words) else None
    return _FOLDED[slice_name].get(words)


def flag(column: str, text: str) -> str | None:
    """What a true/false cell of one of the ``FLAGS`` columns means, or None when it is no such cell."""
    words = plain(text)
    if column not in FLAGS or words not in ("true", "false", "1", "0", "1 0", "0 0", "yes", "no"):
        return None
    return FLAGS[column][words in ("false", "0", "0 0", "no")]


def infer_question_type(question: str, options: Mapping[str, str]) -> str:
    """Yes-or-No by the options; How by the word, or by options that are steps of a scale; else What."""
    spoken = [plain(text) for text in options.values()]
    if any(re.match(r"yes\b", text) for text in spoken) and any(re.match(r"no\b", text) for text in spoken):
        return "yes_or_no"
    if re.search(r"\bhow\b", question.casefold()):
        return "how"
    steps = [set(text.split()) <= _SCALE and 0 < len(text.split()) <= _SCALE_WORDS for text in spoken]
    return "how" if steps and all(steps) else "what"
