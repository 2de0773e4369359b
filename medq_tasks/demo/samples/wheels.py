"""Files of pictures inside installed wheels, opened where the package manager put them: no network, no cache."""

from __future__ import annotations

import functools
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medq_tasks.errors import DataError, Fault


def wheel_file(package: str, inner: str, *, distribution: str) -> Path:
    """Where a file of an installed package lies. Raises DataError, with the cure, when it is not there."""
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


# Package, file, distribution: all that the sample set is made from.
WHEEL_FILES = (
    ("skimage", "data/ihc.png", "scikit-image"),
    ("skimage", "data/phantom.png", "scikit-image"),
    ("skimage", "data/retina.jpg", "scikit-image"),
    ("pydicom", "data/test_files/J2K_pixelrep_mismatch.dcm", "pydicom"),
    ("pydicom", "data/test_files/examples_overlay.dcm", "pydicom"),
    ("nilearn", "datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz", "nilearn"),
)


@functools.cache
def photograph(name: str) -> NDArray[np.float64]:
    """A picture of scikit-image, (height, width, 3) from 0 to 1."""
    path = wheel_file("skimage", f"data/{name}", distribution="scikit-image")
    with Image.open(path) as opened:
        return frozen(np.asarray(opened.convert("RGB"), dtype=np.float64) / 255.0)


@functools.cache
def dicom(name: str) -> NDArray[np.float64]:
    """A DICOM test file of pydicom, rescaled as its header says."""
    import pydicom

    path = wheel_file("pydicom", f"data/test_files/{name}", distribution="pydicom")
    with warnings.catch_warnings():
        # One of these files is pydicom's own regression case for a header that disagrees with its JPEG 2000 stream.
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path)
        stored = np.asarray(dataset.pixel_array, dtype=np.float64)
    values = stored * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
    return frozen(values)


def head() -> NDArray[np.float64]:
    """The head CT slice in Hounsfield units, (512, 512)."""
    return np.maximum(dicom("J2K_pixelrep_mismatch.dcm"), -1000.0)


@functools.cache
def retina() -> NDArray[np.float64]:
    """The fundus photograph at half its size (706, 706, 3): still twice what the views need."""
    return frozen(resize_to(photograph("retina.jpg"), 706, 706))


@functools.cache
def brain() -> NDArray[np.float64]:
    """The T1 template of nilearn, 1 mm, from 0 to 1."""
    import nibabel

    package, inner, distribution = WHEEL_FILES[-1]
    path = wheel_file(package, inner, distribution=distribution)
    volume = np.asarray(nibabel.load(path).dataobj, dtype=np.float64)  # type: ignore[attr-defined]
    return frozen(volume / volume.max())


def frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same array, read-only: it is shared by all who ask."""
    array.flags.writeable = False
    return array


def resize_to(pixels: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """Resampled to (height, width), smoothed first where it shrinks."""
    from skimage.transform import resize

    shape = (height, width, *pixels.shape[2:])
    return np.asarray(resize(pixels, shape, order=1, mode="edge", anti_aliasing=True), dtype=np.float64)
