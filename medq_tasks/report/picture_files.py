"""One picture's file as a browser gets it: as it is, as a lossless PNG of the model's pixels, or as a small preview."""

from __future__ import annotations

import base64
import io

from medq_tasks.pixels import decode

_QUALITY = 80
# What every browser shows as it is: no colour profile, gamma or orientation mark that the model's pixels do not have.
_FORMATS = {"PNG": "png", "JPEG": "jpeg", "WEBP": "webp"}
_MARKS = ("icc_profile", "gamma", "chromaticity", "transparency", "exif", "default_image")


def subtype_as_is(data: bytes | memoryview) -> str | None:
    """ "png", "jpeg" or "webp" where a browser shows this file's pixels as a model gets them, else None.

    Of a mapped file only its head is read.
    """
    import pyarrow as pa
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(pa.BufferReader(data), formats=tuple(_FORMATS)) as file:
            plain = file.mode in ("L", "RGB", "P", "1") and not any(name in file.info for name in _MARKS)
            return _FORMATS[str(file.format)] if plain else None
    except UnidentifiedImageError:
        return None


def full(data: bytes | memoryview) -> tuple[str, bytes | memoryview]:
    """(subtype, bytes): the file itself where a browser shows what a model gets, else those pixels as PNG."""
    subtype = subtype_as_is(data)
    if subtype is not None:
        return subtype, data
    out = io.BytesIO()
    decode(bytes(data)).save(out, "PNG")
    return "png", out.getvalue()


def preview(data: bytes | memoryview, edge: int) -> tuple[str, bytes]:
    """(subtype, bytes): the picture made smaller, its longest side ``edge`` pixels at most.

    WebP: previews for which JPEG takes 8.8 kB take 4.9 kB (192 pixels, the embedded sample set).
    """
    picture = decode(bytes(data))
    picture.thumbnail((edge, edge))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=_QUALITY, method=2)
    return "webp", out.getvalue()


def uri(subtype: str, data: bytes | memoryview) -> str:
    """The picture as the text of an address."""
    return f"data:image/{subtype};base64,{base64.b64encode(data).decode('ascii')}"


def uri_length(subtype: str, size: int) -> int:
    """How long the ``uri`` of a file of ``size`` bytes is."""
    return len(f"data:image/{subtype};base64,") + 4 * -(-size // 3)
