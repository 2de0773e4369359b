"""The bytes of a picture file -> 8-bit RGB, by one rule for every kind of file.

The rule (also in docs/pixels.md): first frame; EXIF orientation applied, because the experts looked at the
picture through a viewer that does; colour profiles ignored, as every vision model's own processor does; then

- 8-bit RGB and greyscale: the values as they are;
- deeper greyscale: see ``_grey_to_8_bit``;
- palette, 1-bit, CMYK, YCbCr, LAB: Pillow's conversion;
- transparency: laid on black, the surround of CT, MRI, endoscopy and fundus pictures.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

# Bits stored per pixel in DICOM, TIFF and camera practice. Only these, so that the two pictures of a pair made by
# one scanner (largest values 3900 and 4050, say) get the same window.
_DEPTHS = (8, 10, 12, 14, 16)

_BACKGROUND = (0, 0, 0, 255)


def decode(data: bytes) -> Image.Image:
    """Decode a picture file to a fully loaded RGB image of its own (no file handle behind it). Thread-safe.

    Args:
        data: the file's bytes, of any format that Pillow reads. Whether they are complete is asked when a table is
            prepared (``data.images``), not here: lmms-eval makes Pillow accept half files.

    Raises:
        ValueError: not a picture, or a damaged one.
    """
    try:
        with Image.open(io.BytesIO(data)) as file:
            file.load()
            picture = _to_rgb(ImageOps.exif_transpose(file))
    except UnidentifiedImageError:
        raise ValueError("not a picture file of a known format") from None
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture cannot be decoded: {error}") from error
    picture.info = {}  # a colour profile or gamma mark would travel on and be applied by some servers, not by others
    return picture


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Image.fromarray(_grey_to_8_bit(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        picture = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, _BACKGROUND), picture).convert("RGB")
    # convert() of an RGB image is a copy: the result never depends on the closed file.
    return image.convert("RGB")


def _grey_to_8_bit(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Map greyscale deeper than 8 bit to 0..255.

    Whole numbers from 0 to 65535: the window is 0 to 2**depth - 1 with the smallest usual depth that holds the
    largest value. A plain ``convert("RGB")`` clips at 255 and makes a 16-bit scan all white; the full 16-bit range
    makes a 12-bit scan all black; minimum to maximum changes the contrast, one of the things that are asked about.
    Floats from 0 to 1 are taken for shares, floats from 0 to 255 for grey levels. Everything else (Hounsfield units,
    for example) has no scale that could be known, so minimum to maximum it is. NaN counts as the minimum.
    """
    grey = values.astype(np.float64)
    finite = np.isfinite(grey)
    if not finite.any():
        return np.zeros(grey.shape, np.uint8)
    low, high = float(grey[finite].min()), float(grey[finite].max())
    floats = np.issubdtype(values.dtype, np.floating)
    if floats and low >= 0 and high <= 255:
        low, high = 0.0, 1.0 if high <= 1 else 255.0
    elif not floats and low >= 0 and high < 2 ** _DEPTHS[-1]:
        low, high = 0.0, float(next(2**depth for depth in _DEPTHS if high < 2**depth) - 1)
    grey = np.nan_to_num(grey, nan=low, posinf=high, neginf=low)
    scaled = (grey - low) * (255.0 / (high - low if high > low else 1.0))
    return np.rint(scaled).astype(np.uint8)
