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
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

# Pillow's own threshold for "could be a decompression bomb" (a quarter of a GiB at 3 bytes per pixel). Backends open
# the pictures with Pillow later and would warn from here on; 9,459 x 9,459 pixels is far above any benchmark picture.
MAX_PIXELS = 89_478_485
# The longest side that Pillow writes as JPEG. qwen2_vl and others log such an error and ask without the picture.
MAX_SIDE = 65_500
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "JPEG2000", "PPM")  # no format that runs programs (EPS)

# Bits stored per pixel in DICOM, TIFF and camera practice. Only these, so that the two pictures of a pair made by
# one scanner (largest values 3900 and 4050, say) get the same window.
_DEPTHS = (8, 10, 12, 14, 16)

_BACKGROUND = (0, 0, 0, 255)
# EXIF orientation -> what shows the picture upright (EXIF 2.3, tag 0x0112). Every other value means: as stored.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DAMAGE = (OSError, SyntaxError, EOFError, IndexError, KeyError, struct.error, zlib.error)


@dataclass(frozen=True)
class Opened:
    """A picture file, opened: Pillow's names of format and mode, the size as stored, and the picture as it is shown.

    ``exif_read``: whether its EXIF, if there is any, could be read. If not, the picture is shown as it is stored.
    """

    format: str
    mode: str
    width: int
    height: int
    rgb: Image.Image
    exif_read: bool


def decode(data: bytes) -> Image.Image:
    """Decode a picture file to a fully loaded RGB image of its own (no file handle behind it). Thread-safe.

    Raises:
        ValueError: as ``open_picture``.
    """
    return open_picture(data).rgb


def open_picture(data: bytes) -> Opened:
    """Open a picture file: the one way for the check of a table, its preparation, and what a backend is given.

    Args:
        data: the file's bytes, of one of ``FORMATS``. Whether they are complete is asked when a table is prepared
            (``data.images``), not here: lmms-eval makes Pillow accept half files.

    Raises:
        ValueError: not a picture, a damaged one, one that Pillow cannot turn into RGB, or one that is too large.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            check_size(*file.size)
            mode, (width, height) = file.mode, file.size  # a TIFF is turned while it is loaded
            file.load()
            upright, exif_read = _upright(file)
            picture = _to_rgb(upright)
    except UnidentifiedImageError:
        raise ValueError("not a picture file of a known format (" + ", ".join(FORMATS) + ")") from None
    except Image.DecompressionBombError:
        raise ValueError(f"the picture has more than {MAX_PIXELS:,} pixels") from None
    except (_Refused, MemoryError):  # memory is the machine's affair, and no fault of the picture's
        raise
    except _DAMAGE as error:
        raise ValueError(f"the picture is damaged or cut short ({error})") from error
    except Exception as error:  # a decoder's own bug on odd bytes is that picture's fault, not the run's
        raise ValueError(f"the picture cannot be decoded ({type(error).__name__}: {error})") from error
    picture.info = {}  # a colour profile or gamma mark would travel on and be applied by some servers, not by others
    return Opened(file.format or "", mode, width, height, picture, exif_read)


class _Refused(ValueError):
    """A reason of this module's own, not to be told as a fault of a decoder."""


def check_size(width: int, height: int) -> None:
    """Raise unless a picture of this size in pixels can be used with every backend's way of sending it.

    Raises:
        ValueError: no pixels, more than ``MAX_PIXELS``, or a side longer than ``MAX_SIDE``.
    """
    if width < 1 or height < 1:
        raise _Refused("the picture has no pixels")
    if width * height > MAX_PIXELS:
        raise _Refused(f"the picture has {width} x {height} pixels, more than the {MAX_PIXELS:,} allowed")
    if max(width, height) > MAX_SIDE:
        raise _Refused(f"the picture has {width} x {height} pixels, a side longer than the {MAX_SIDE:,} of a JPEG")


def _upright(image: Image.Image) -> tuple[Image.Image, bool]:
    """The loaded picture turned as its EXIF says, and whether that could be read.

    Not ``ImageOps.exif_transpose``: it writes the EXIF anew, and fails for a picture with an odd tag of any kind.
    """
    try:
        turn = _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # Pillow's reader of EXIF raises whatever it likes; viewers then show the picture as it is stored
        return image, False
    return (image, _exif_readable(image)) if turn is None else (image.transpose(turn), True)


def _exif_readable(image: Image.Image) -> bool:
    """Asked anew: Pillow's JPEG reader looks for the resolution there, swallows the error, and leaves it empty."""
    try:
        Image.Exif().load(image.info.get("exif") or b"")
    except Exception:  # as above
        return False
    return True


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
