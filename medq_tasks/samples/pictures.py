"""The base pictures of the sample set: real ones from files inside installed wheels, and a drawn endoscopy scene.

Nothing here touches the network: files are opened where the package manager put them. ``docs/sample-set.md``
lists where each picture comes from and its licence.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medq_tasks.errors import DataError, Fault
from medq_tasks.samples import scene

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
    """One named way to look at one of the sources (a slice, a crop, a mirror image, a seed of the drawn scene)."""

    name: str
    modality: str
    source: str  # "authentic" (a recording of a patient or specimen) or "simulated"
    load: Callable[[], Picture]


def views(modality: str) -> tuple[View, ...]:
    """All views of one modality, in a fixed order."""
    return _VIEWS[modality]


def view(name: str) -> View:
    """The view of that name. Raises KeyError when there is none."""
    return next(found for group in _VIEWS.values() for found in group if found.name == name)


# --- files inside wheels ----------------------------------------------------------------------------------------


def _wheel_file(package: str, inner: str, *, distribution: str) -> Path:
    spec = find_spec(package)
    roots = [Path(root) for root in (spec.submodule_search_locations or [])] if spec else []
    for root in roots:
        if (root / inner).is_file():
            return root / inner
    raise DataError(
        [
            Fault(
                file=f"{package}/{inner}",
                row=None,
                problem=f"the sample set needs this file of the {distribution} package and it is not installed",
                cure=f"Install it again: pip install --force-reinstall {distribution}",
            )
        ]
    )


@functools.cache
def _photograph(name: str) -> Pixels:
    path = _wheel_file("skimage", f"data/{name}", distribution="scikit-image")
    with Image.open(path) as opened:
        return _frozen(np.asarray(opened.convert("RGB"), dtype=np.float64) / 255.0)


@functools.cache
def _dicom(name: str) -> NDArray[np.float64]:
    import pydicom

    path = _wheel_file("pydicom", f"data/test_files/{name}", distribution="pydicom")
    with warnings.catch_warnings():
        # One of these files is pydicom's own regression case for a header that disagrees with its JPEG 2000 stream.
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path)
        stored = np.asarray(dataset.pixel_array, dtype=np.float64)
    values = stored * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
    return _frozen(values)


@functools.cache
def _brain() -> NDArray[np.float64]:
    import nibabel

    inner = "datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
    path = _wheel_file("nilearn", inner, distribution="nilearn")
    volume = np.asarray(nibabel.load(path).dataobj, dtype=np.float64)  # type: ignore[attr-defined]
    return _frozen(volume / volume.max())


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.flags.writeable = False
    return array


# --- from files to views ------------------------------------------------------------------------------------------


def _resize(pixels: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    from skimage.transform import resize

    shape = (height, width, *pixels.shape[2:])
    return np.asarray(resize(pixels, shape, order=1, mode="edge", anti_aliasing=True), dtype=np.float64)


@functools.cache
def _ct_whole(window: tuple[float, float]) -> Picture:
    hounsfield = _resize(np.maximum(_dicom(_HEAD), -1000.0), SIDE, SIDE)
    ct = CtSlice(hounsfield, _HEAD_MM * 512 / SIDE, window)
    return Picture(ct.show(hounsfield), ct)


@functools.cache
def _ct_part(top: int, left: int, side: int, window: tuple[float, float]) -> Picture:
    """A square of the head slice, brought to SIDE. What lies outside of the file counts as air."""
    beyond = round(side * (2**0.5 - 1) / 2)
    padded = np.pad(np.maximum(_dicom(_HEAD), -1000.0), beyond, constant_values=-1000.0)
    square = padded[top : top + side + 2 * beyond, left : left + side + 2 * beyond]
    margin = round(beyond * SIDE / side)
    hounsfield = _resize(square, SIDE + 2 * margin, SIDE + 2 * margin)
    ct = CtSlice(hounsfield, _HEAD_MM * side / SIDE, window, margin)
    return Picture(ct.show(hounsfield), ct)


@functools.cache
def _phantom(angle: float) -> Picture:
    """The Shepp-Logan head phantom, turned by ``angle`` degrees, its grey levels mapped to Hounsfield units."""
    from scipy.ndimage import binary_fill_holes
    from skimage.transform import rotate

    grey = _photograph("phantom.png")[:, :, 0].copy()
    turned = _resize(np.asarray(rotate(grey, angle, order=1)), SIDE, SIDE)
    head = binary_fill_holes(turned > 0.02)
    # Tissue levels of the file: 0 ventricles, 0.2 brain, 0.3 and 0.4 lesions, 1 skull. The Hounsfield values are ours.
    tissue = np.interp(turned, [0.0, 0.2, 0.3, 0.4, 1.0], [-60.0, 50.0, 160.0, 260.0, 1200.0])
    ct = CtSlice(np.where(head, tissue, -1000.0), 0.9, (60.0, 500.0))
    return Picture(ct.show(ct.hounsfield), ct)


@functools.cache
def _brain_slice(axis: int, position: int) -> Picture:
    """One slice of the 1 mm T1 template, upright, centred on black and brought to SIDE."""
    upright = np.rot90(_brain()[(slice(None),) * axis + (position,)])
    canvas = np.zeros((SIDE, SIDE))
    height, width = upright.shape
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    canvas[top : top + height, left : left + width] = upright
    return Picture(canvas)


@functools.cache
def _abdomen(left: int) -> Picture:
    """A square of the abdominal MR slice, scaled so that its brightest 0.5 % are white."""
    square = _dicom("examples_overlay.dcm")[:, left : left + 300]
    return Picture(_resize(np.clip(square / 720.0, 0.0, 1.0), SIDE, SIDE))


@functools.cache
def _fundus(top: int, left: int, side: int, mirrored: bool) -> Picture:
    """A square of the fundus photograph; mirrored, the left eye looks like a right one."""
    square = _resize(_photograph("retina.jpg")[top : top + side, left : left + side], SIDE, SIDE)
    return Picture(square[:, ::-1] if mirrored else square)


@functools.cache
def _slide(top: int, left: int, turns: int) -> Picture:
    """A tile of the stained slide at full resolution; tissue has no upright, so turned tiles count as views."""
    return Picture(np.rot90(_photograph("ihc.png")[top : top + SIDE, left : left + SIDE], turns))


@functools.cache
def _endoscopy(number: int) -> Picture:
    return Picture(scene.draw(SIDE, number))


_HEAD, _HEAD_MM = "J2K_pixelrep_mismatch.dcm", 0.431
_BRAIN_WINDOW, _BONE_WINDOW = (40.0, 300.0), (400.0, 2000.0)

_VIEWS: dict[str, tuple[View, ...]] = {
    "ct": (
        View("head_brain_window", "ct", "authentic", lambda: _ct_whole(_BRAIN_WINDOW)),
        View("head_bone_window", "ct", "authentic", lambda: _ct_whole(_BONE_WINDOW)),
        View("skull_base", "ct", "authentic", lambda: _ct_part(40, 90, 330, _BONE_WINDOW)),
        View("posterior_fossa", "ct", "authentic", lambda: _ct_part(190, 100, 300, _BRAIN_WINDOW)),
        View("head_phantom", "ct", "simulated", lambda: _phantom(0.0)),
        View("head_phantom_tilted", "ct", "simulated", lambda: _phantom(17.0)),
    ),
    "mri": (
        View("brain_axial_75", "mri", "authentic", lambda: _brain_slice(2, 75)),
        View("brain_axial_95", "mri", "authentic", lambda: _brain_slice(2, 95)),
        View("brain_sagittal_92", "mri", "authentic", lambda: _brain_slice(0, 92)),
        View("brain_coronal_105", "mri", "authentic", lambda: _brain_slice(1, 105)),
        View("abdomen_right", "mri", "authentic", lambda: _abdomen(20)),
        View("abdomen_left", "mri", "authentic", lambda: _abdomen(160)),
    ),
    "histopathology": (
        View("glands_1", "histopathology", "authentic", lambda: _slide(0, 0, 0)),
        View("glands_2", "histopathology", "authentic", lambda: _slide(0, 272, 0)),
        View("glands_3", "histopathology", "authentic", lambda: _slide(272, 0, 1)),
        View("glands_4", "histopathology", "authentic", lambda: _slide(272, 272, 0)),
        View("glands_5", "histopathology", "authentic", lambda: _slide(136, 136, 2)),
        View("glands_6", "histopathology", "authentic", lambda: _slide(136, 0, 3)),
    ),
    "endoscopy": tuple(
        View(f"drawn_lumen_{number}", "endoscopy", "simulated", functools.partial(_endoscopy, number))
        for number in range(1, 7)
    ),
    "fundus": (
        View("whole_left_eye", "fundus", "authentic", lambda: _fundus(0, 0, 1411, False)),
        View("whole_right_eye", "fundus", "authentic", lambda: _fundus(0, 0, 1411, True)),
        View("optic_disc", "fundus", "authentic", lambda: _fundus(280, 60, 760, False)),
        View("macula", "fundus", "authentic", lambda: _fundus(330, 420, 760, False)),
        View("upper_arcade", "fundus", "authentic", lambda: _fundus(120, 330, 720, True)),
        View("lower_arcade", "fundus", "authentic", lambda: _fundus(600, 280, 720, False)),
    ),
}
