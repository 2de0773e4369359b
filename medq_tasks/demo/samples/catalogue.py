"""Every degradation of the sample set: its name, its physics, and how much of it is mild and how much severe.

The sizes were set by eye on the finished pictures, starting from the values named in ``why``: mild is seen at a
glance by somebody who looks for it and hides no structure; severe hides structures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from medq_tasks.demo.samples import ct, mri, optics, slide
from medq_tasks.demo.samples.base_pictures import Picture, Pixels

Apply = Callable[[Picture, Mapping[str, float], np.random.Generator], Pixels]


@dataclass(frozen=True)
class Degradation:
    """One way to spoil a picture of one modality.

    ``label`` is the option text in "What" questions, ``phrase`` the same inside a sentence. ``unlike`` names
    degradations of the same modality that may look like this one to a fair observer: they are never asked for, nor
    offered beside it, when this one is in the picture.
    """

    key: str
    modality: str
    label: str
    phrase: str
    scope: str  # "general" or "specific" (to this modality)
    apply: Apply
    mild: Mapping[str, float]
    severe: Mapping[str, float]
    why: str
    unlike: tuple[str, ...] = ()
    unseen_in: tuple[str, ...] = ()  # views in which it cannot be shown well

    @property
    def bare(self) -> str:
        """The phrase without its article: "tissue fold"."""
        return self.phrase.removeprefix("a ").removeprefix("an ")

    @property
    def plural(self) -> bool:
        """Whether the phrase takes a plural verb: "ring artifacts are ..."."""
        return self.phrase.endswith(("artifacts", "reflections"))

    def parameters(self, severity: str) -> Mapping[str, float]:
        """The table row of ``severity`` ("mild" or "severe")."""
        return {"mild": self.mild, "severe": self.severe}[severity]


_CT = (
    Degradation(
        "ct_noise",
        "ct",
        "Noise",
        "noise",
        "general",
        ct.low_dose,
        {"photons": 4000.0},
        {"photons": 350.0},
        "Poisson statistics; noise grows with one over the root of the photons behind the densest ray.",
        unlike=("ct_sparse",),
    ),
    Degradation(
        "ct_sparse",
        "ct",
        "Sparse-view streaks",
        "sparse-view streak artifacts",
        "specific",
        ct.sparse_view,
        {"views": 60.0},
        {"views": 30.0},
        "Full sampling needs about as many views as pixels across (here 240): a quarter, and an eighth of them.",
        unlike=("ct_noise", "ct_metal"),
        unseen_in=("head_brain_window", "posterior_fossa", "head_phantom", "head_phantom_tilted"),
    ),
    Degradation(
        "ct_metal",
        "ct",
        "Metal streaks",
        "metal streak artifacts",
        "specific",
        ct.metal,
        {"discs": 1, "radius_mm": 2.5, "ceiling": 0.3, "jitter": 0.06},
        {"discs": 3, "radius_mm": 4.5, "ceiling": 0.0, "jitter": 0.22},
        "A dental filling (5 mm) against three implants (9 mm); the detector saturates behind them.",
        unlike=("ct_sparse", "ct_noise"),
        unseen_in=("head_brain_window", "posterior_fossa"),
    ),
    Degradation(
        "ct_ring",
        "ct",
        "Ring artifacts",
        "ring artifacts",
        "specific",
        ct.ring,
        {"share": 0.15, "gain": 0.016},
        {"share": 0.3, "gain": 0.055},
        "Detector channels whose gain is wrong by 1.6 % and by 5.5 %; calibrated scanners stay below 0.1 %.",
    ),
)

_MRI = (
    Degradation(
        "mri_noise",
        "mri",
        "Noise",
        "noise",
        "general",
        mri.noise,
        {"sigma": 0.07},
        {"sigma": 0.18},
        "BrainWeb's phantoms go up to 9 % noise: mild is 7 %, severe is well beyond the clinical range.",
    ),
    Degradation(
        "mri_aliasing",
        "mri",
        "Aliasing",
        "aliasing (fold-over) artifacts",
        "specific",
        mri.undersampling,
        {"factor": 2, "centre": 0.20},
        {"factor": 4, "centre": 0.03},
        "Usual accelerations, 2 and 4 fold, reconstructed without coil sensitivities.",
        unlike=("mri_motion",),
    ),
    Degradation(
        "mri_motion",
        "mri",
        "Motion artifacts",
        "motion artifacts",
        "specific",
        mri.motion,
        {"pixels": 1.6},
        {"pixels": 5.0},
        "Shifts by less than 2 mm (restless) and 5 mm (coughing) while lines are read.",
        unlike=("mri_aliasing",),
    ),
    Degradation(
        "mri_bias",
        "mri",
        "Intensity inhomogeneity (bias field)",
        "intensity inhomogeneity (bias field)",
        "specific",
        mri.bias_field,
        {"darkest": 0.20, "gain": 1.05},
        {"darkest": 0.06, "gain": 1.1},
        "BrainWeb's strongest field is 40 %; a lone surface coil loses over 90 % at depth.",
    ),
)

_OPTICAL = {
    "defocus": ("Blur (out of focus)", "out-of-focus blur", "general", optics.defocus),
    "motion": ("Motion blur", "motion blur", "general", optics.motion_blur),
    "light": ("Uneven illumination", "uneven illumination", "general", optics.uneven_light),
    "contrast": ("Low contrast", "low contrast", "general", optics.low_contrast),
    "cast": ("Color cast", "a color cast", "general", optics.colour_cast),
    "specular": ("Specular reflections", "specular reflections", "specific", optics.specular),
    "exposure": ("Overexposure", "overexposure", "general", optics.overexposure),
}  # fmt: skip


def _optical(
    modality: str, name: str, mild: Mapping[str, float], severe: Mapping[str, float], why: str, *unlike: str
) -> Degradation:
    label, phrase, scope, apply = _OPTICAL[name]
    others = tuple(f"{modality}_{other}" for other in unlike)
    return Degradation(f"{modality}_{name}", modality, label, phrase, scope, apply, mild, severe, why, others)


_ENDOSCOPY = (
    _optical(
        "endoscopy",
        "motion",
        {"length": 7.0},
        {"length": 24.0},
        "A withdrawal of 3 % and 10 % of the picture's width during one exposure.",
        "contrast",
    ),
    _optical(
        "endoscopy",
        "light",
        {"darkest": 0.35},
        {"darkest": 0.03},
        "A lamp that faces one wall: one and a half, and five stops of fall-off.",
        "contrast",
    ),
    _optical(
        "endoscopy",
        "specular",
        {"count": 7, "size": 3.5},
        {"count": 26, "size": 7.0},
        "Wet mucosa; below 1 %, and about 10 % of the area lost.",
        "exposure",
    ),
    _optical(
        "endoscopy",
        "contrast",
        {"kept": 0.55},
        {"kept": 0.18},
        "Smoke or a fogged lens: half, and a fifth of the contrast is left.",
        "motion",
        "exposure",
    ),
    _optical(
        "endoscopy",
        "exposure",
        {"gain": 1.75},
        {"gain": 3.0},
        "Three quarters of a stop and one and a half stops too much light.",
        "light",
        "specular",
        "contrast",
    ),
)

_FUNDUS = (
    _optical(
        "fundus",
        "defocus",
        {"radius": 2.5},
        {"radius": 7.0},
        "Small vessels (2 to 3 pixels) soften; at 7 pixels only the arcades are left.",
        "contrast",
    ),
    _optical(
        "fundus",
        "light",
        {"darkest": 0.35},
        {"darkest": 0.04},
        "A small or decentred pupil shades one side.",
        "contrast",
    ),
    _optical("fundus", "cast", {"shift": 0.18}, {"shift": 0.42}, "A white balance wrong by a fifth and by two fifths."),
    _optical(
        "fundus",
        "contrast",
        {"kept": 0.5},
        {"kept": 0.15},
        "A cataract scatters light: half, and a seventh of the contrast is left.",
        "defocus",
    ),
)

_HISTOPATHOLOGY = (
    Degradation(
        "histopathology_stain",
        "histopathology",
        "Stain variation",
        "abnormal staining",
        "specific",
        slide.stain_shift,
        {"gain": 1.6, "background": 0.010},
        {"gain": 2.6, "background": 0.04},
        "Over-long haematoxylin and weak DAB; stain densities of different laboratories differ by a factor of 2.",
    ),
    Degradation(
        "histopathology_jpeg",
        "histopathology",
        "Compression artifacts",
        "compression artifacts",
        "general",
        slide.compression,
        {"quality": 18},
        {"quality": 5},
        "Scanners write quality 70 and more; blocks show below 20.",
        unlike=("histopathology_defocus", "histopathology_stain"),
    ),
    Degradation(
        "histopathology_bubble",
        "histopathology",
        "Air bubble",
        "an air bubble",
        "specific",
        slide.air_bubble,
        {"count": 1, "radius": 26.0},
        {"count": 3, "radius": 62.0},
        "One small bubble beside the tissue of interest; three that cover about half of the field.",
    ),
    Degradation(
        "histopathology_defocus",
        "histopathology",
        "Blur (out of focus)",
        "out-of-focus blur",
        "general",
        optics.defocus,
        {"radius": 2.0},
        {"radius": 6.5},
        "Nuclear edges soften; at 6.5 pixels single nuclei merge.",
    ),
    Degradation(
        "histopathology_fold",
        "histopathology",
        "Tissue fold",
        "a tissue fold",
        "specific",
        slide.tissue_fold,
        {"width": 14.0, "layers": 2.2},
        {"width": 56.0, "layers": 3.2},
        "Two layers in a narrow band; several layers over a fifth to a third of the field.",
    ),
)

CATALOGUE: Mapping[str, tuple[Degradation, ...]] = {
    "ct": _CT, "mri": _MRI, "histopathology": _HISTOPATHOLOGY, "endoscopy": _ENDOSCOPY, "fundus": _FUNDUS,
}  # fmt: skip


def find(key: str) -> Degradation:
    """The degradation of that key. Raises KeyError when there is none."""
    for group in CATALOGUE.values():
        for degradation in group:
            if degradation.key == key:
                return degradation
    raise KeyError(key)
