"""Image cells -> the bytes of picture files, and the question whether such a file is whole.

lmms-eval sets ``PIL.ImageFile.LOAD_TRUNCATED_IMAGES`` for the whole process: half a PNG then loads as a picture with
a black lower half, and a model is asked about that. So completeness is checked here, once, when a table is prepared,
and whatever that flag says.
"""

from __future__ import annotations

import binascii
import contextlib
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PNG = b"\x89PNG\r\n\x1a\n"
_PIECE = 1 << 20
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # PNG colour type -> samples per pixel (PNG specification, table 11.1)
# First column, first line, column step, line step of the seven passes (PNG specification, 8.2).
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_BIG = 1 << 24  # pixels: above that pictures are opened one at a time, since each takes up to 7 bytes a pixel
_big_lock = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """What a whole picture file is: Pillow's format and mode names, width and height in pixels as stored.

    ``exif_read``: False where its EXIF cannot be read, so that the picture is shown as it is stored.
    """

    format: str
    mode: str
    width: int
    height: int
    exif_read: bool = True


def from_base64(cell: str) -> bytes:
    """The bytes that a base64 text stands for: with or without ``data:`` prefix, line breaks and padding.

    Raises:
        ValueError: the text is not base64, or stands for nothing.
    """
    text = cell.strip()
    if text[:5].lower() == "data:":
        text = text[text.find(",", 0, 200) + 1 :]
    try:
        data = binascii.a2b_base64(text)
    except (binascii.Error, ValueError):
        data = b""
    # Python skips characters that are not base64. A byte count that fits the text shows that none was skipped;
    # the standard library's own validation is a third slower, and this is the largest single cost of a table.
    if len(text) % 4 or not data or len(data) != len(text) // 4 * 3 - text.count("=", -2):
        data = _repaired(text)
    if not data:
        raise ValueError("the base64 text is empty")
    return data


def _repaired(text: str) -> bytes:
    """Decode after removing white space, translating the URL-safe alphabet and adding the padding that is missing."""
    text = re.sub(r"\s+", "", text).replace("-", "+").replace("_", "/").rstrip("=")
    wrong = re.search(r"[^A-Za-z0-9+/]", text)
    if wrong:
        raise ValueError(f"not base64 (character {wrong[0]!r} at position {wrong.start() + 1})")
    if len(text) % 4 == 1:
        raise ValueError("not base64 (cut short: one character is left over)")
    return binascii.a2b_base64(text + "=" * (-len(text) % 4))


def inspect(data: bytes) -> Picture:
    """Open the picture as it will be opened for the model, and say what it is. Thread-safe.

    Pillow's global flags do not matter.

    Raises:
        ValueError: what ``pixels.open_picture`` refuses, and files that are cut short or damaged.
    """
    from medq_tasks.pixels import open_picture  # not above: numpy and Pillow, which most commands need not

    pixels = 0
    if data.startswith(_PNG):
        try:
            pixels = _check_png(data)
        except (IndexError, KeyError, struct.error, zlib.error) as error:
            raise ValueError(f"the picture is damaged or cut short ({error})") from error
    with _strict_pillow, _big_lock if pixels > _BIG else contextlib.nullcontext():
        opened = open_picture(data)
    return Picture(opened.format, opened.mode, opened.width, opened.height, opened.exif_read)


def _check_png(data: bytes) -> int:
    """Raise unless the file is whole; returns the number of its pixels."""
    _check_chunks(data)
    _check_pixels(data)
    width, height = struct.unpack_from(">II", next(_chunks(data))[1])
    return int(width * height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview, int]]:
    """(type, body, check sum) of every PNG chunk up to the end mark, which must be there."""
    view, position = memoryview(data), len(_PNG)
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ValueError("the picture is cut short (inside a PNG chunk)")
        name = bytes(view[position + 4 : position + 8])
        yield name, view[position + 8 : end - 4], struct.unpack_from(">I", data, end - 4)[0]
        if name == b"IEND":
            return
        position = end
    raise ValueError("the picture is cut short (no PNG end mark)")


def _check_chunks(data: bytes) -> None:
    from medq_tasks.pixels import check_size

    for number, (name, body, stated) in enumerate(_chunks(data)):
        if zlib.crc32(body, zlib.crc32(name)) != stated:
            raise ValueError(f"the picture is damaged (wrong check sum in PNG chunk {name.decode('latin-1')})")
        if number == 0:  # before Pillow sees it: a header that states too many pixels is refused unread
            if name != b"IHDR" or len(body) < 13:
                raise ValueError("the picture is damaged (no PNG header)")
            check_size(*struct.unpack_from(">II", body))


def _check_pixels(data: bytes) -> None:
    """Inflate a PNG's pixels piece by piece, keeping none: a 90-megapixel picture costs 1 MB here.

    Pillow, strict or not, takes a compressed stream that ends early and leaves the rest black.
    """
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", next(_chunks(data))[1])
    bits = depth * _CHANNELS[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes if width > x and height > y]
    wanted = sum((1 + (columns * bits + 7) // 8) * lines for columns, lines in sizes)
    stride = wanted if interlaced else wanted // height
    inflater, seen = zlib.decompressobj(), 0
    for name, body, _ in _chunks(data):
        rest: bytes | memoryview = body if name == b"IDAT" else b""
        while rest and seen < wanted:
            piece = inflater.decompress(rest, _PIECE)
            rest = inflater.unconsumed_tail
            if max(piece[-seen % stride :: stride], default=0) > 4:
                raise ValueError("the picture is damaged (unknown PNG line filter)")
            seen += len(piece)
    if seen < wanted:
        raise ValueError(f"the picture is cut short ({seen:,} of {wanted:,} bytes of pixels)")


class _Strict:
    """Makes Pillow refuse half a file while any thread is inside; afterwards its flag is as it was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before: Any = False

    def __enter__(self) -> None:
        from PIL import ImageFile

        with self._lock:
            if not self._inside:
                self._before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        from PIL import ImageFile

        with self._lock:
            self._inside -= 1
            if not self._inside:
                ImageFile.LOAD_TRUNCATED_IMAGES = self._before


_strict_pillow = _Strict()
