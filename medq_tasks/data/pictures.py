"""All distinct pictures of one table: checked once each by a few threads, parked in a file, found by number."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from medq_tasks.data import images
from medq_tasks.records import PICTURE_DIGITS
from medq_tasks.wording.counts import count

_THREADS = min(4, os.cpu_count() or 1)  # zlib and Pillow work outside Python's lock; more threads wait for the reader
_NAMED = 5  # rows in a note
_WAITING = 4 * _THREADS  # pictures that may wait for their check, in memory ...
_WAITING_BYTES = 32 << 20  # ... and what they may weigh, one picture of any weight excepted


class Pictures:
    """Takes the bytes of picture files and gives each distinct one a number. A context manager.

    The bytes are parked in ``park`` (a temporary file) because a row may name a picture that comes later; without a
    file they are checked and dropped. After ``finish`` every number has a ``problem`` ("" when whole) and facts.
    """

    def __init__(self, park: BinaryIO | None = None) -> None:
        self._park = park
        self._end = 0
        self._places: list[tuple[int, int]] = []
        self._numbers: dict[bytes, int] = {}
        self._digests: list[str] = []
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="medq-pictures")
        self._checks: deque[Future[tuple[images.Picture | None, str]]] = deque()
        self._waiting_bytes = 0
        self._found: list[tuple[images.Picture | None, str]] = []

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __len__(self) -> int:
        return len(self._places)

    def add(self, data: bytes) -> int:
        """The number of this picture; equal bytes get equal numbers."""
        digest = hashlib.sha256(data).digest()
        known = self._numbers.get(digest)
        if known is not None:
            return known
        number = self._numbers[digest] = len(self._places)
        self._digests.append(digest.hex()[:PICTURE_DIGITS])
        self._places.append((self._end, len(data)))
        if self._park is not None:
            self._park.write(data)
            self._end += len(data)
        self._checks.append(self._pool.submit(check, data))
        self._waiting_bytes += len(data)
        while len(self._checks) > _WAITING or (len(self._checks) > 1 and self._waiting_bytes > _WAITING_BYTES):
            self._take_one()
        return number

    def finish(self) -> None:
        """Wait for all checks."""
        while self._checks:
            self._take_one()

    def _take_one(self) -> None:
        self._waiting_bytes -= self._places[len(self._found)][1]
        self._found.append(self._checks.popleft().result())

    def problem(self, number: int) -> str:
        """What is wrong with a picture, "" when it is whole."""
        return self._found[number][1]

    def read(self, number: int) -> bytes:
        """The bytes of a parked picture."""
        assert self._park is not None
        start, length = self._places[number]
        self._park.seek(start)
        return self._park.read(length)

    def size(self, number: int) -> int:
        """Bytes of a picture file."""
        return self._places[number][1]

    def digest(self, number: int) -> str:
        """What a record says of a picture (``records.picture_digest``)."""
        return self._digests[number]

    def dimensions(self, number: int) -> str:
        """Width and height of a whole picture in pixels, as in ``512x384``."""
        picture = self._found[number][0]
        assert picture is not None, "only whole pictures get into a table"
        return f"{picture.width}x{picture.height}"

    def formats(self) -> Counter[str]:
        """How many distinct pictures there are of each format and Pillow mode, such as ``PNG RGB``."""
        return Counter(f"{picture.format} {picture.mode}" for picture, _ in self._found if picture is not None)

    def notes(self, rows: Mapping[int, Sequence[int]]) -> list[str]:
        """What a user should know about the pictures, a line each.

        Args:
            rows: 1-based row -> the numbers of its pictures; bad ones are passed over.
        """
        whole = [picture for picture, _ in self._found if picture is not None]
        deep = sum(picture.mode.startswith(("I", "F")) for picture in whole)
        lossy = sum(picture.format in ("JPEG", "MPO") for picture in whole)
        odd = sum(not picture.exif_read for picture in whole)
        counted = (
            (deep, "with more than 8 bits per grey value (docs/pixels.md says how they are shown)"),
            (lossy, "in JPEG: compression is part of what the model sees"),
            (odd, "with EXIF that cannot be read: shown as stored, not turned"),
        )
        return [f"{count(n, 'picture')} {said}" for n, said in counted if n] + self._elongated(rows)

    def _elongated(self, rows: Mapping[int, Sequence[int]]) -> list[str]:
        if not rows:
            return []
        from medq_tasks import pixels  # imported by the check of a picture anyway

        there = {number: self._found[number][0] for numbers in rows.values() for number in numbers}
        long = {number for number, one in there.items() if one and pixels.elongated((one.width, one.height))}
        found = [row for row, numbers in rows.items() if long.intersection(numbers)]
        if not found:
            return []
        named = ", ".join(map(str, found[:_NAMED])) + (f" and {len(found) - _NAMED} more" if found[_NAMED:] else "")
        return [
            f"{len(found)} rows ({named}) have a picture whose sides are more than {pixels.MOST_ELONGATED} to 1: "
            f"{', '.join(pixels.REFUSE_ELONGATED)} refuse it, and there such an item counts as a failed request"
        ]


def check(data: bytes) -> tuple[images.Picture | None, str]:
    """What a picture is, or None and what is wrong with it."""
    try:
        return images.inspect(data), ""
    except ValueError as error:
        return None, str(error)
    except Exception as error:  # a decoder's own bug on hostile bytes is that picture's fault, not ours to crash on
        return None, f"the picture cannot be decoded ({type(error).__name__}: {error})"
