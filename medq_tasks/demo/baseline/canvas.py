"""Any picture, made ready for measuring: RGB, of a bounded size, with its field of view known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LONGEST = 512  # pixels: larger pictures are shrunk, so that a whole slide costs no more than a small picture
SMALLEST = 32  # pixels: smaller ones are continued at their borders, so that every filter fits
_BLACK = 0.08  # of 1: darker than this and joined to the border is surround, not picture


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture to measure. All arrays have the same height and width; values run from 0 to 1.

    ``field`` is True where there is something to judge: not in the black surround of an endoscope, a fundus camera or
    a scanner. ``core`` is the field without a rim of a few pixels, where the edge of the field itself would be
    measured. A picture without any such surround is all field.
    """

    rgb: Floats
    grey: Floats
    field: NDArray[np.bool_]
    core: NDArray[np.bool_]
    full: Floats  # grey in the picture's own resolution, at most LONGEST pixels of it each way, cut out, not shrunk

    @property
    def side(self) -> int:
        """The shorter side in pixels."""
        return int(min(self.grey.shape))

    @property
    def is_grey(self) -> bool:
        """Whether the picture has no colour (CT, MRI) up to rounding and JPEG."""
        return bool(np.abs(self.rgb - self.grey[..., None]).mean() < 0.01)


def prepare(rgb: NDArray[np.uint8]) -> Canvas:
    """Make a Canvas of an 8 bit RGB picture (height, width, 3) of any size.

    Raises:
        ValueError: the array is not (height, width, 3), or is empty.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
        raise ValueError(f"a picture of shape {rgb.shape} cannot be measured, it must be (height, width, 3)")
    full = _luma(_at_least(rgb[:LONGEST, :LONGEST].astype(np.float64) / 255.0))
    values = _at_least(_shrunk(rgb))
    grey = _luma(values)
    field = _field(grey)
    return Canvas(values, grey, field, _core(field), full)


def _luma(rgb: Floats) -> Floats:
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]))  # ITU-R BT.601


def _shrunk(rgb: NDArray[np.uint8]) -> Floats:
    from PIL import Image

    height, width = rgb.shape[:2]
    factor = LONGEST / max(height, width)
    if factor >= 1:
        return rgb.astype(np.float64) / 255.0
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    # reducing_gap first shrinks by whole numbers: seconds saved on a picture of 100 million pixels
    small = Image.fromarray(np.ascontiguousarray(rgb)).resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small, dtype=np.float64) / 255.0


def _at_least(values: Floats) -> Floats:
    missing = [max(0, SMALLEST - side) for side in values.shape[:2]]
    return np.pad(values, [(0, missing[0]), (0, missing[1]), (0, 0)], mode="edge")


def _field(grey: Floats) -> NDArray[np.bool_]:
    from scipy.ndimage import label

    regions, _ = label(grey < _BLACK)
    border = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    field = ~np.isin(regions, border[border > 0])
    # A picture that is nearly all black is one dark picture, not a surround.
    return field if field.mean() > 0.02 else np.ones_like(field)


def _core(field: NDArray[np.bool_]) -> NDArray[np.bool_]:
    from scipy.ndimage import binary_erosion

    core = np.asarray(binary_erosion(field, iterations=5, border_value=1), dtype=np.bool_)
    return core if core.mean() > 0.01 else field
