"""Image cells -> the bytes of picture files, and the question whether such a file is whole.

lmms-eval sets ``PIL.ImageFile.LOAD_TRUNCATED_IMAGES`` for the whole process: half a PNG then loads as a picture with
a black lower half, and a model is asked about that. So completeness is checked here, once, when a table is prepared,
and whatever that flag says.
"""

from __future__ import annotations

import binascii
import contextlib
import io
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

# Pillow's own threshold for "could be a decompression bomb" (a quarter of a GiB at 3 bytes per pixel). Backends open
# the pictures with Pillow later and would warn from here on; 9,459 x 9,459 pixels is far above any benchmark picture.
MAX_PIXELS = 89_478_485
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "JPEG2000", "PPM")  # no format that runs programs (EPS)

_PNG = b"\x89PNG\r\n\x1a\n"
_PIECE = 1 << 20
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # PNG colour type -> samples per pixel (PNG specification, table 11.1)
# First column, first line, column step, line step of the seven passes (PNG specification, 8.2).
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_flag_lock = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """What a whole picture file is: Pillow's format and mode names, width and height in pixels."""

    format: str
    mode: str
    width: int
    height: int


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
    """Read the whole picture once and say what it is. Thread-safe; Pillow's global flags do not matter.

    Raises:
        ValueError: not a picture of a known format, cut short, damaged, or more than ``MAX_PIXELS``.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        if data.startswith(_PNG):
            _check_chunks(data)
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            picture = Picture(image.format or "", image.mode, *image.size)
            _check_size(picture.width, picture.height)
            if not (picture.format == "PNG" and _png_pixels_complete(data)):
                with _strict_pillow():
                    image.load()
    except UnidentifiedImageError:
        raise ValueError("not a picture file of a known format (" + ", ".join(FORMATS) + ")") from None
    except Image.DecompressionBombError:
        raise ValueError(f"the picture has more than {MAX_PIXELS:,} pixels") from None
    except (OSError, SyntaxError, EOFError, IndexError, KeyError, struct.error, zlib.error) as error:
        raise ValueError(f"the picture is damaged or cut short ({error})") from error
    return picture


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise ValueError("the picture has no pixels")
    if width * height > MAX_PIXELS:
        raise ValueError(f"the picture has {width} x {height} pixels, more than the {MAX_PIXELS:,} allowed")


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
    for number, (name, body, stated) in enumerate(_chunks(data)):
        if zlib.crc32(body, zlib.crc32(name)) != stated:
            raise ValueError(f"the picture is damaged (wrong check sum in PNG chunk {name.decode('latin-1')})")
        if number == 0:  # before Pillow sees it: a header that states too many pixels is refused unread
            if name != b"IHDR" or len(body) < 13:
                raise ValueError("the picture is damaged (no PNG header)")
            _check_size(*struct.unpack_from(">II", body))


def _png_pixels_complete(data: bytes) -> bool:
    """Inflate the pixels piece by piece, keeping none: a 90-megapixel picture costs 1 MB here.

    Pillow, strict or not, takes a compressed stream that ends early and leaves the rest black. Returns True when that
    is all there is to check; False when line filters need a full decode too (interlaced).
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
    return not interlaced


@contextlib.contextmanager
def _strict_pillow() -> Iterator[None]:
    """Make Pillow refuse half a file while this block runs; afterwards the flag is as it was. One block at a time."""
    from PIL import ImageFile

    with _flag_lock:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before
