"""The base pictures of the sample set: real ones from files inside installed wheels, and a drawn endoscopy scene.

Nothing here touches the network: files are opened where the package manager put them. ``docs/sample-set.md``
lists where each picture comes from and its licence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from medq_tasks.demo.samples import scene, wheels

Pixels = NDArray[np.float64]  # (height, width) or (height, width, 3), display values from 0 to 1

SIDE = 240  # pixels per side of most finished pictures: degradations stay visible, the whole set stays a few MB


@dataclass(frozen=True, eq=False)
class CtSlice:
    """A square CT slice in Hounsfield units, with what is needed to project it and to show it.

    ``window`` is (centre, width) in Hounsfield units, ``pixel_mm`` the side of a pixel. ``margin`` pixels of each
    side are scanned but not shown: the round field of a scanner then covers the whole square that is shown.
    """

    hounsfield: NDArray[np.float64]
    pixel_mm: float
    window: tuple[float, float]
    margin: int = 0

    def show(self, hounsfield: NDArray[np.float64]) -> Pixels:
        """Display values (0 to 1) of the shown part of a slice under this window."""
        centre, width = self.window
        side = hounsfield.shape[0]
        shown = hounsfield[self.margin : side - self.margin, self.margin : side - self.margin]
        return np.clip((shown - (centre - width / 2)) / width, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Picture:
    """A base picture. ``ct`` is there for CT only, whose degradations happen before windowing."""

    pixels: Pixels
    ct: CtSlice | None = None


@dataclass(frozen=True)
class View:
    """One named way to look at one of the sources; ``load`` draws the exact slice or crop from the given generator."""

    name: str
    modality: str
    source: str  # "authentic" (a recording of a patient or specimen) or "simulated"
    load: Callable[[np.random.Generator], Picture]


def views(modality: str) -> tuple[View, ...]:
    """All views of one modality, in a fixed order."""
    return _VIEWS[modality]


def view(name: str) -> View:
    """The view of that name. Raises KeyError when there is none."""
    return next(found for group in _VIEWS.values() for found in group if found.name == name)


# --- from files to views ------------------------------------------------------------------------------------------
# Every view leaves some freedom (which slice, where the crop lies, mirrored or not), so that another seed shows other
# pictures and not the same ones again.


def _near(value: int, spread: int, rng: np.random.Generator) -> int:
    return value + int(rng.integers(-spread, spread + 1))


def _mirrored(array: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    return array[:, ::-1] if rng.random() < 0.5 else array


def _ct_whole(window: tuple[float, float], rng: np.random.Generator) -> Picture:
    """The whole head slice with a little more or less air round it."""
    border = int(rng.integers(0, 24))
    hounsfield = wheels.resize_to(_mirrored(np.pad(wheels.head(), border, constant_values=-1000.0), rng), SIDE, SIDE)
    ct = CtSlice(hounsfield, _HEAD_MM * (512 + 2 * border) / SIDE, window)
    return Picture(ct.show(hounsfield), ct)


def _ct_part(top: int, left: int, side: int, window: tuple[float, float], rng: np.random.Generator) -> Picture:
    """About this square of the head slice, brought to SIDE. What lies outside of the file counts as air."""
    side, top, left = _near(side, 16, rng), _near(top, 12, rng), _near(left, 12, rng)
    beyond = round(side * (2**0.5 - 1) / 2)
    scanned = np.pad(wheels.head(), beyond, constant_values=-1000.0)[top : top + side + 2 * beyond, left:]
    margin = round(beyond * SIDE / side)
    square = _mirrored(scanned[:, : side + 2 * beyond], rng)
    hounsfield = wheels.resize_to(square, SIDE + 2 * margin, SIDE + 2 * margin)
    ct = CtSlice(hounsfield, _HEAD_MM * side / SIDE, window, margin)
    return Picture(ct.show(hounsfield), ct)


def _phantom(angle: float, rng: np.random.Generator) -> Picture:
    """The Shepp-Logan head phantom, turned by about ``angle`` degrees, its grey levels mapped to Hounsfield units."""
    from scipy.ndimage import binary_fill_holes
    from skimage.transform import rotate

    grey = wheels.photograph("phantom.png")[:, :, 0].copy()
    turned = wheels.resize_to(np.asarray(rotate(grey, angle + rng.uniform(-8, 8), order=1)), SIDE, SIDE)
    head = binary_fill_holes(turned > 0.02)
    # Tissue levels of the file: 0 ventricles, 0.2 brain, 0.3 and 0.4 lesions, 1 skull. The Hounsfield values are ours.
    tissue = np.interp(turned, [0.0, 0.2, 0.3, 0.4, 1.0], [-60.0, 50.0, 160.0, 260.0, 1200.0])
    ct = CtSlice(np.where(head, tissue, -1000.0), 0.9, (60.0, 500.0))
    return Picture(ct.show(ct.hounsfield), ct)


def _brain_slice(axis: int, position: int, rng: np.random.Generator) -> Picture:
    """A slice of the 1 mm T1 template near ``position``, upright, centred on black and brought to SIDE."""
    place = (slice(None),) * axis + (_near(position, 8, rng),)
    upright = _mirrored(np.rot90(wheels.brain()[place]), rng)
    canvas = np.zeros((SIDE, SIDE))
    height, width = upright.shape
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    canvas[top : top + height, left : left + width] = upright
    return Picture(canvas)


def _abdomen(left: int, rng: np.random.Generator) -> Picture:
    """A square of the abdominal MR slice, scaled so that its brightest 0.5 % are white."""
    left = _near(left, 20, rng)
    square = _mirrored(wheels.dicom("examples_overlay.dcm")[:, left : left + 300], rng)
    return Picture(wheels.resize_to(np.clip(square / 720.0, 0.0, 1.0), SIDE, SIDE))


def _fundus_whole(mirrored: bool, rng: np.random.Generator) -> Picture:
    """The whole fundus photograph; mirrored, the left eye looks like a right one."""
    border = int(rng.integers(1, 30))
    square = np.pad(wheels.retina(), ((border, border), (border, border), (0, 0)))
    whole = wheels.resize_to(square, SIDE, SIDE)
    return Picture(whole[:, ::-1] if mirrored else whole)


def _fundus_part(top: int, left: int, side: int, rng: np.random.Generator) -> Picture:
    """A square of the fundus photograph."""
    side, top, left = _near(side, 30, rng), _near(top, 20, rng), _near(left, 20, rng)
    square = wheels.retina()[top : top + side, left : left + side]
    return Picture(_mirrored(wheels.resize_to(square, SIDE, SIDE), rng))


def _slide(top: int, left: int, rng: np.random.Generator) -> Picture:
    """A tile of the stained slide at full resolution. Tissue has no upright: any quarter turn will do."""
    top = int(np.clip(_near(top, 40, rng), 0, 512 - SIDE))
    left = int(np.clip(_near(left, 40, rng), 0, 512 - SIDE))
    tile = wheels.photograph("ihc.png")[top : top + SIDE, left : left + SIDE]
    return Picture(_mirrored(np.rot90(tile, int(rng.integers(4))), rng))


def _endoscopy(rng: np.random.Generator) -> Picture:
    return Picture(scene.draw(SIDE, rng))


_HEAD_MM = 0.431  # pixel spacing of the file
_BRAIN, _BONE = (40.0, 300.0), (400.0, 2000.0)  # windows in Hounsfield units: centre, width

Load = Callable[[np.random.Generator], Picture]


def _group(modality: str, source: str, loads: Mapping[str, Load]) -> tuple[View, ...]:
    return tuple(View(name, modality, source, load) for name, load in loads.items())


_VIEWS: Mapping[str, tuple[View, ...]] = {
    "ct": _group(
        "ct",
        "authentic",
        {
            "head_brain_window": partial(_ct_whole, _BRAIN),
            "head_bone_window": partial(_ct_whole, _BONE),
            "skull_base": partial(_ct_part, 40, 90, 330, _BONE),
            "posterior_fossa": partial(_ct_part, 190, 100, 300, _BRAIN),
        },
    )
    + _group(
        "ct", "simulated", {"head_phantom": partial(_phantom, 0.0), "head_phantom_tilted": partial(_phantom, 20.0)}
    ),
    "mri": _group(
        "mri",
        "authentic",
        {
            "brain_axial_low": partial(_brain_slice, 2, 72),
            "brain_axial_high": partial(_brain_slice, 2, 98),
            "brain_sagittal": partial(_brain_slice, 0, 96),
            "brain_coronal": partial(_brain_slice, 1, 108),
            "abdomen_right": partial(_abdomen, 22),
            "abdomen_left": partial(_abdomen, 160),
        },
    ),
    "histopathology": _group(
        "histopathology",
        "authentic",
        {
            "glands_1": partial(_slide, 0, 0),
            "glands_2": partial(_slide, 0, 272),
            "glands_3": partial(_slide, 272, 0),
            "glands_4": partial(_slide, 272, 272),
            "glands_5": partial(_slide, 136, 136),
            "glands_6": partial(_slide, 136, 0),
        },
    ),
    "endoscopy": _group("endoscopy", "simulated", {f"drawn_lumen_{number}": _endoscopy for number in range(1, 7)}),
    "fundus": _group(
        "fundus",
        "authentic",
        {
            "whole_left_eye": partial(_fundus_whole, False),
            "whole_right_eye": partial(_fundus_whole, True),
            "optic_disc": partial(_fundus_part, 140, 35, 380),
            "macula": partial(_fundus_part, 165, 210, 380),
            "upper_arcade": partial(_fundus_part, 65, 165, 360),
            "lower_arcade": partial(_fundus_part, 290, 140, 360),
        },
    ),
}
