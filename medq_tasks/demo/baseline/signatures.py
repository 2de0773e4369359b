"""What each problem looks like in terms of measures, per modality. Thresholds are data: ``thresholds.json``.

A problem is there when *all* of its signs are. A sign names a measure, the side of the threshold on which the problem
lies, and what it tells the problem from: that is what its threshold was fitted on. "none" stands for pictures
without any problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """A measure that lies above (or below) its threshold when the problem is there."""

    measure: str
    above: bool
    against: tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """The signs of one problem, and the measure (with its direction) that tells severe from mild."""

    signs: tuple[Sign, ...]
    severity: str
    severe_above: bool


def _above(measure: str, *against: str) -> Sign:
    return Sign(measure, True, against)


def _below(measure: str, *against: str) -> Sign:
    return Sign(measure, False, against)


SIGNATURES: Mapping[str, Mapping[str, Signature]] = {
    "ct": {
        "noise": Signature(
            (_above("noise", "none"), _below("lines", "metal", "ring"), _below("streaks", "sparse")), "noise", True
        ),
        "sparse": Signature(
            (_above("noise", "none"), _above("streaks", "none", "noise", "metal", "ring")), "streaks", True
        ),
        "metal": Signature(
            (_above("noise", "none"), _above("lines", "noise", "sparse"), _below("rings", "ring")), "noise", True
        ),
        "ring": Signature((_above("rings", "none", "noise", "sparse", "metal"),), "rings", True),
    },
    "mri": {
        "noise": Signature((_above("noise", "none", "aliasing", "motion", "bias"),), "noise", True),
        "aliasing": Signature((_above("comb", "none", "noise", "motion", "bias"),), "noise", True),
        "motion": Signature((_above("echo", "none", "noise", "aliasing", "bias"),), "heavy_tails", False),
        "bias": Signature((_above("light_slope", "none", "noise", "aliasing", "motion"),), "light_slope", True),
    },
    "histopathology": {
        "stain": Signature((_above("blueness", "none", "jpeg", "bubble", "defocus", "fold"),), "blueness", True),
        "jpeg": Signature((_above("blockiness", "none", "stain", "bubble", "defocus", "fold"),), "blockiness", True),
        "bubble": Signature((_above("circles", "none", "stain", "jpeg", "defocus", "fold"),), "fine_share", False),
        "defocus": Signature((_below("fine_share", "none", "stain", "bubble", "fold"),), "fine_share", False),
        "fold": Signature((_above("dark_band", "none", "stain", "jpeg", "defocus", "bubble"),), "dark_band", True),
    },
    "endoscopy": {
        "motion": Signature(
            (_above("direction", "none", "light", "specular", "contrast", "exposure"),), "direction", True
        ),
        "light": Signature((_above("light_slope", "none", "motion", "specular", "exposure"),), "light_slope", True),
        "specular": Signature((_above("spots", "none"), _below("clipped", "exposure")), "spots", True),
        "contrast": Signature((_below("contrast", "none", "motion", "specular", "exposure"),), "contrast", False),
        "exposure": Signature((_above("clipped", "none", "specular"),), "brightness", True),
    },
    "fundus": {
        "defocus": Signature(
            (_below("fine_share", "none", "light", "cast"), _above("contrast", "contrast")), "fine_share", False
        ),
        "light": Signature((_above("light_slope", "none", "defocus", "contrast", "cast"),), "light_slope", True),
        "cast": Signature(
            (_below("redness", "none", "defocus", "light"), _above("contrast", "contrast")), "redness", False
        ),
        "contrast": Signature((_below("contrast", "none", "defocus", "light", "cast"),), "contrast", False),
    },
}  # fmt: skip

# Measures by which a picture's modality is guessed when the prompt does not name it.
MODALITY_MEASURES = (
    "is_grey", "contrast", "saturation", "brightness", "clipped", "redness", "blueness", "heavy_tails", "fine_share",
)  # fmt: skip
