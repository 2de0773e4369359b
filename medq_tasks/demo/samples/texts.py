"""Wording of the sample set: questions with their options, and the reference texts of the reasoning items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medq_tasks.demo.samples import catalogue
from medq_tasks.demo.samples.catalogue import Degradation
from medq_tasks.demo.samples.draw import pick, shuffled
from medq_tasks.demo.samples.shot import Shot
from medq_tasks.records import SEVERITIES

NOTHING = "No visible degradation"

_MODALITY = {
    "ct": "CT image",
    "mri": "MRI image",
    "histopathology": "histopathology image",
    "endoscopy": "endoscopy image",
    "fundus": "fundus image",
}


@dataclass(frozen=True)
class Asked:
    """A question, its right option, and the wrong ones in the order in which they are to be shown."""

    question: str
    answer: str
    others: tuple[str, ...]
    scope: str


# --- questions ------------------------------------------------------------------------------------------------------

# Verbs agree with the degradation: {is_} is "is" or "are", {does} is "does" or "do".
_THERE = (
    "{Is} there {phrase} visible in this {image}?",
    "Does this {image} show {phrase}?",
    "Is this {image} affected by {phrase}?",
    "Can {phrase} be seen in this {image}?",
)
_FREE = (
    "Is this {image} free of {phrase}?",
    "Is this {image} without visible {bare}?",
)

_WHAT = (
    "What type of degradation is most visible in this {image}?",
    "What is the main quality problem of this {image}?",
    "Which quality problem affects this {image} the most?",
    "What degrades the quality of this {image}?",
    "Which of these can be seen in this {image}?",
    "What kind of artifact or degradation does this {image} show?",
)

# (template, options for none, mild, severe)
_HOW = (
    ("How severe {is_} the {bare} in this {image}?", ("None", "Mild", "Severe")),
    ("How strongly {does} {bare} affect this {image}?", ("Not at all", "Slightly", "Strongly")),
    ("How noticeable {is_} the {bare} in this {image}?", ("Not noticeable", "Slightly noticeable", "Very noticeable")),
    ("How would you rate the overall quality of this {image}?", ("Good", "Usable", "Reject")),
    ("How would you grade the {bare} in this {image}?", ("Absent", "Minor", "Major")),
    ("How good is the technical quality of this {image}?", ("Excellent", "Fair", "Poor")),
)


def ask_yes_or_no(modality: str, present: Degradation | None, yes: bool, turn: int, rng: np.random.Generator) -> Asked:
    """A question whose right answer is Yes when ``yes``, else No.

    An untouched picture can only be "free of" something when the answer is to be Yes.
    """
    free = yes if present is None else turn % 3 == 2
    wording = _FREE[turn % len(_FREE)] if free else _THERE[turn % len(_THERE)]
    asked = present if present and free != yes else pick(_absent(modality, present), rng)
    right, wrong = ("Yes", "No") if yes else ("No", "Yes")
    return Asked(_worded(wording, modality, asked), right, (wrong,), asked.scope)


def ask_what(modality: str, present: Degradation | None, count: int, turn: int, rng: np.random.Generator) -> Asked:
    """A question with ``count`` options: what is in the picture among others that are certainly not."""
    absent = shuffled([item.label for item in _absent(modality, present)], rng)
    right = present.label if present else NOTHING
    others = absent if present is None else shuffled([NOTHING, *absent[: count - 2]], rng)
    question = _WHAT[turn].format(image=_MODALITY[modality])
    return Asked(question, right, tuple(others[: count - 1]), present.scope if present else "general")


def ask_how(modality: str, present: Degradation | None, severity: str, turn: int, rng: np.random.Generator) -> Asked:
    """A question for the strength of one degradation, or for the overall quality."""
    asked = present or pick(catalogue.CATALOGUE[modality], rng)
    wording, scale = _HOW[turn]
    right = scale[SEVERITIES.index(severity)]
    others = tuple(option for option in scale if option != right)
    scope = asked.scope if "{bare}" in wording else "general"
    return Asked(_worded(wording, modality, asked), right, others if rng.random() < 0.5 else others[::-1], scope)


def _absent(modality: str, present: Degradation | None) -> list[Degradation]:
    """Degradations that are not in the picture and could not be taken for the one that is."""
    group = catalogue.CATALOGUE[modality]
    if present is None:
        return list(group)
    return [item for item in group if item.key != present.key and item.key not in present.unlike]


def _worded(wording: str, modality: str, asked: Degradation) -> str:
    verb = "are" if asked.plural else "is"
    return wording.format(
        Is=verb.capitalize(), is_=verb, does="do" if asked.plural else "does",
        phrase=asked.phrase, bare=asked.bare, image=_MODALITY[modality],
    )  # fmt: skip


# --- reference texts ------------------------------------------------------------------------------------------------

# What is seen at mild and at severe, and what stays unharmed.
_SEEN: dict[str, tuple[str, str]] = {
    "ct_noise": (
        "A fine grain lies over the soft tissue, while the borders of organs and bone stay clear",
        "Coarse grain covers the whole slice and drowns the differences between soft tissues",
    ),
    "ct_sparse": (
        "Thin straight streaks, the mark of too few views, cross the slice at low contrast",
        "Dense straight streaks from too few views cross the whole slice and cover its structures",
    ),
    "ct_metal": (
        "Thin bright and dark streaks radiate from one small metal object and fade with distance",
        "Broad bright and dark streaks radiate from several metal objects and wipe out the tissue between them",
    ),
    "ct_ring": (
        "Faint concentric rings can be seen around the centre of the slice",
        "Strong concentric rings run over the whole slice and cover the anatomy",
    ),
    "mri_noise": (
        "A fine grain can be seen in tissue and background, and tissue contrast is slightly reduced",
        "Heavy grain covers tissue and background alike and hides the borders between tissues",
    ),
    "mri_aliasing": (
        "Faint folded copies of the anatomy overlap its edges along the phase-encoding direction",
        "Bright folded copies of the anatomy overlap large parts of the picture",
    ),
    "mri_motion": (
        "Weak ghosts repeat the edges along the phase-encoding direction and contours are slightly smeared",
        "Many ghosts along the phase-encoding direction smear the anatomy until details are lost",
    ),
    "mri_bias": (
        "Brightness falls slowly from one side to the other although the tissue is the same",
        "Brightness falls steeply across the picture and a large part is almost black",
    ),
    "defocus": (
        "Fine edges are slightly blurred in all directions, larger structures stay clear",
        "The whole picture is strongly blurred and fine structures have disappeared",
    ),
    "motion": (
        "Edges are slightly smeared in one direction, larger structures stay clear",
        "The whole picture is smeared in one direction and fine structures have disappeared",
    ),
    "light": (
        "The illumination is uneven: one side is visibly darker, but its structures can still be made out",
        "The illumination is very uneven: one side is almost black and shows no structure",
    ),
    "contrast": (
        "A pale veil lowers the contrast, and small structures stand out less",
        "A dense veil takes nearly all contrast away, and structures can hardly be told from their surroundings",
    ),
    "cast": (
        "The colors are shifted in a way that tissue does not have, while structures stay sharp",
        "The colors are grossly wrong over the whole picture, so that tissue cannot be judged by color",
    ),
    "specular": (
        "A few small white specular reflections hide tiny parts of the surface",
        "Many large white specular reflections hide parts of the surface all over the picture",
    ),
    "exposure": (
        "The picture is somewhat too bright, and the brightest parts begin to lose detail",
        "The picture is heavily overexposed, and large parts are plain white without detail",
    ),
    "stain": (
        "The staining is shifted towards blue and violet, but cells and glands can be told apart",
        "The staining is grossly abnormal: a dark violet covers the tissue and hides the usual colors",
    ),
    "jpeg": (
        "Slight compression blocks and color smears can be seen at the edges",
        "Heavy compression blocks replace the fine structure of cells and falsify colors",
    ),
    "bubble": (
        "One small air bubble with a dark rim hides a small part of the tissue",
        "Large air bubbles with dark rims cover a great part of the tissue and haze what is under them",
    ),
    "fold": (
        "A narrow dark tissue fold crosses the field, the tissue beside it is well seen",
        "A broad dark tissue fold crosses the field and hides a large part of the tissue",
    ),
}

_OPENING = (
    "This is {a} {image}.",
    "The picture is {a} {image}.",
    "Shown here is {a} {image}.",
)
_CLEAN = (
    "Edges are sharp and fine structures can be followed.",
    "Structures are well defined down to fine detail.",
    "Fine detail is crisp and borders are clear.",
)
_CLEAN_MORE = (
    "No {bare} and no other artifact can be seen, and contrast is sufficient.",
    "There is neither {bare} nor another visible artifact, and contrast is good.",
    "It is free of {bare} and of other artifacts, with good contrast.",
)
_BESIDE = (
    "There is no sign of {bare}.",
    "No {bare} can be seen.",
    "It shows no {bare}.",
)
_EFFECT = {
    "mild": (
        "The {noun} is mild and the relevant structures can still be read.",
        "This {noun} is slight: it disturbs, but hides nothing important.",
    ),
    "severe": (
        "The {noun} is severe and the relevant structures cannot be read with confidence.",
        "This {noun} is so strong that important structures are lost.",
    ),
}
_VERDICT = {
    "none": ("Overall the quality of this picture is good.", "The overall quality is good."),
    "mild": ("Overall the picture is usable.", "All in all this picture is usable."),
    "severe": ("Overall this picture should be rejected.", "The overall verdict is reject."),
}


def describe(shot: Shot, rng: np.random.Generator) -> str:
    """The reference of a no-reference item: four or five sentences that end in the verdict."""
    image = _MODALITY[shot.modality]
    sentences = [pick(_OPENING, rng).format(a="an" if image[0] in "eM" else "a", image=image)]
    if shot.severity == "none":
        unseen = pick(catalogue.CATALOGUE[shot.modality], rng)
        sentences += [pick(_CLEAN, rng), pick(_CLEAN_MORE, rng).format(bare=unseen.bare)]
    else:
        present = catalogue.find(shot.degradation)
        other = pick(_absent(shot.modality, present), rng)
        sentences += [
            f"{_seen(present, shot.severity)}.",
            pick(_EFFECT[shot.severity], rng).format(noun=_noun(present)),
            pick(_BESIDE, rng).format(bare=other.bare),
        ]
    return " ".join([*sentences, pick(_VERDICT[shot.severity], rng)])


def compare(first: Shot, second: Shot, better: str, rng: np.random.Generator) -> str:
    """The reference of a comparison item: four sentences that end in which image has the higher quality."""
    sentences = [f"Both images show the same {_MODALITY[first.modality].removesuffix(' image')} view."]
    for name, shot in (("first", first), ("second", second)):
        if shot.severity == "none":
            sentences.append(
                f"The {name} image has no visible degradation; edges are sharp and contrast is sufficient."
            )
        else:
            seen = _seen(catalogue.find(shot.degradation), shot.severity)
            sentences.append(f"In the {name} image, {seen[0].lower()}{seen[1:]}.")
    closing = (
        "Overall, the {better} image has the higher quality.",
        "Therefore the {better} image is of higher quality.",
    )
    return " ".join([*sentences, pick(closing, rng).format(better=better)])


def _seen(degradation: Degradation, severity: str) -> str:
    mild, severe = _SEEN.get(degradation.key) or _SEEN[degradation.key.rpartition("_")[2]]
    return mild if severity == "mild" else severe


def _noun(degradation: Degradation) -> str:
    """The degradation as a singular noun, so that one verb form fits all: "ring artifact pattern"."""
    bare = degradation.bare.split(" (")[0]
    return f"{bare.removesuffix('s')} pattern" if degradation.plural else bare
