"""Is a picture file whole? Asked once, when a table is prepared.

Pillow answers that by raising, unless ``ImageFile.LOAD_TRUNCATED_IMAGES`` is set, and lmms-eval sets it for the
whole process: half a PNG then loads as a picture with a black lower half. The check here does not depend on it.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

# Twice Pillow's default limit, where it raises too: 179 megapixels are 537 MB as RGB.
MAX_PIXELS = 2 * 89_478_485


class PictureFacts(NamedTuple):
    """What a whole picture file is: Pillow's format name, width and height in pixels as stored."""

    format: str
    width: int
    height: int


class _WatchedBytes(io.BytesIO):
    """Notes when a decoder asks for more after the last byte, which it does only when the file is cut short."""

    starved = False

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        if not found and size != 0:
            self.starved = True
        return found


def verify(data: bytes) -> PictureFacts:
    """Decode the whole picture and say what it is. Thread-safe, whatever Pillow's global flags are.

    Raises:
        ValueError: with a plain reason: not a picture, cut short, damaged, no pixels, or too many of them.
    """
    if not data:
        raise ValueError("the picture is empty (0 bytes)")
    source = _WatchedBytes(data)
    try:
        with Image.open(source) as image:
            facts = PictureFacts(image.format or "unknown", image.width, image.height)
            _check_size(facts)
            if facts.format == "PNG":
                _check_png_sums(data)
            source.starved = False
            image.load()
    except UnidentifiedImageError:
        raise ValueError("not a picture file of a known format") from None
    except Image.DecompressionBombError as error:
        raise ValueError(f"the picture has too many pixels: {error}") from None
    except (OSError, SyntaxError, EOFError, struct.error, zlib.error, IndexError) as error:
        raise ValueError(f"the picture is damaged or cut short: {error}") from error
    if source.starved:
        raise ValueError(f"the picture is cut short: its {facts.format} data end too early")
    return facts


def _check_size(facts: PictureFacts) -> None:
    if facts.width < 1 or facts.height < 1:
        raise ValueError("the picture has no pixels")
    if facts.width * facts.height > MAX_PIXELS:
        raise ValueError(f"the picture has too many pixels: {facts.width} x {facts.height}, at most {MAX_PIXELS:,}")


def _check_png_sums(data: bytes) -> None:
    """Check every PNG chunk's sum: with the global flag set, Pillow does not look at them all."""
    position = 8
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ValueError("the picture is cut short: its PNG data end too early")
        (stated,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(memoryview(data)[position + 4 : end - 4]) != stated:
            raise ValueError("the picture is damaged: a PNG check sum is wrong")
        if data[position + 4 : position + 8] == b"IEND":
            return
        position = end
    raise ValueError("the picture is cut short: the PNG end mark is missing")
