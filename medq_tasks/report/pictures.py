"""The pictures of a page: found by the records' table and row, embedded within a budget, never silently absent."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from medq_tasks.data import OpenTable
from medq_tasks.pixels import decode
from medq_tasks.report.embed import PictureKey
from medq_tasks.report.picture_mode import PictureMode
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.runs.tables import open_table_of
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole

_EDGES = (384, 320, 256, 192, 128)  # longest side of a preview, largest first: the largest that fits the budget
_SAMPLE = 24  # pictures encoded to learn which size fits
_QUALITY = 82
_BASE64 = 4 / 3
# What every browser shows as it is: no colour profile, gamma or orientation mark that the model's pixels do not have.
_FORMATS = {"PNG": "png", "JPEG": "jpeg", "WEBP": "webp"}
_MARKS = ("icc_profile", "gamma", "chromaticity", "transparency", "exif", "default_image")


@dataclass
class Album:
    """Pictures for a page. ``index`` leads from an item to numbers in ``uris`` and ``full``."""

    uris: list[str | None] = field(default_factory=list)  # data URIs; None where the budget was spent
    full: list[str] = field(default_factory=list)  # relative links, [] without a folder
    index: dict[PictureKey, list[int]] = field(default_factory=dict)
    edge: int | None = None  # longest side of the previews; None when the pictures are embedded as they are
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Source:
    """Where one distinct picture lies."""

    table: OpenTable
    row: int
    slot: int
    size: int

    def read(self) -> bytes:
        return self.table.images(self.row)[self.slot]


def collect(runs: Sequence[Run], settings: Settings, mode: PictureMode, budget: int, page: Path | None = None) -> Album:
    """Gather the pictures of all items of ``runs``.

    Args:
        runs: Whose items.
        settings: Where prepared tables lie.
        mode: Where the pictures go.
        budget: Most bytes of base64 text for previews.
        page: The page's file; with ``PictureMode.FOLDER`` the folder ``<stem>_files`` beside it is filled.
    """
    album = Album()
    if mode is PictureMode.NONE:
        album.notes.append("Made without pictures (--pictures none).")
        return album
    sources = list(_distinct(runs, settings, album))
    if sources:
        _embed(sources, album, budget)
    if sources and mode is PictureMode.FOLDER and page is not None:
        folder = page.with_name(f"{page.stem}_files")
        folder.mkdir(parents=True, exist_ok=True)
        album.full = _each(lambda source: _write_full(source.read(), folder), sources)
    return album


def _distinct(runs: Sequence[Run], settings: Settings, album: Album) -> Iterator[_Source]:
    """Every distinct picture once (questions share pictures); fills ``album.index`` and notes what is missing."""
    numbers: dict[bytes, int] = {}
    wanted: dict[str, tuple[TaskRun, set[int]]] = {}
    for run in runs:
        for task, record in run.records():
            wanted.setdefault(record.table, (task, set()))[1].add(record.row)
    for fingerprint, (task, rows) in wanted.items():
        table = open_table_of(task, fingerprint, settings)
        if table is None or max(rows) >= len(table):
            album.notes.append(
                f"{task.name}: the pictures of {len(rows):,} items are not shown, because their table "
                f"({fingerprint or 'not recorded'}) is not on this machine. Make the report where the run was made, "
                "or set MEDQ_DATA_DIR to the same data."
            )
            continue
        for row in sorted(rows):
            for slot, data in enumerate(table.images(row)):
                digest = hashlib.sha256(data).digest()
                if digest not in numbers:
                    numbers[digest] = len(numbers)
                    yield _Source(table, row, slot, len(data))
                album.index.setdefault((fingerprint, row), []).append(numbers[digest])


def _embed(sources: Sequence[_Source], album: Album, budget: int) -> None:
    """The files as they are when all fit; else previews of the largest size that fits; else as many as fit."""
    if sum(source.size for source in sources) * _BASE64 <= budget:
        album.uris = list(_each(lambda source: _uri(*as_is(source.read())), sources))
        return
    album.edge = _fitting_edge(sources, budget)
    edge = album.edge
    spent = 0
    for uri in _each(lambda source: _uri("jpeg", _preview(source.read(), edge)), sources):
        spent += len(uri)
        album.uris.append(uri if spent <= budget else None)
    left_out = sum(uri is None for uri in album.uris)
    if left_out:
        album.notes.append(
            f"{left_out:,} of {len(sources):,} pictures are left out: the page's budget of {budget / 1e6:g} MB is "
            "spent. Raise --picture-budget."
        )


def _fitting_edge(sources: Sequence[_Source], budget: int) -> int:
    step = max(1, len(sources) // _SAMPLE)
    sample = [source.read() for source in sources[::step]]
    for edge in _EDGES[:-1]:
        mean = sum(len(_preview(data, edge)) for data in sample) / len(sample)
        if mean * _BASE64 * len(sources) <= 0.95 * budget:  # a margin: it is a sample
            return edge
    return _EDGES[-1]


def _preview(data: bytes, edge: int) -> bytes:
    picture = decode(data)
    picture.thumbnail((edge, edge))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def as_is(data: bytes) -> tuple[str, bytes]:
    """(subtype, bytes): the file itself where a browser shows the pixels that a model gets, else those as PNG."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as file:
        plain = file.mode in ("L", "RGB", "P", "1") and not any(name in file.info for name in _MARKS)
        if plain and file.format in _FORMATS:
            return _FORMATS[file.format], data
    out = io.BytesIO()
    decode(data).save(out, "PNG")
    return "png", out.getvalue()


def _write_full(data: bytes, folder: Path) -> str:
    """Write one picture in full; returns its link relative to the page."""
    subtype, content = as_is(data)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:24]}.{subtype}"
    if not path.is_file() or path.read_bytes() != content:  # an earlier page's, and perhaps torn
        write_whole(path, content)
    return f"{quote(folder.name)}/{path.name}"


def _uri(subtype: str, data: bytes) -> str:
    return f"data:image/{subtype};base64,{base64.b64encode(data).decode('ascii')}"


def _each(work: Callable[[_Source], str], sources: Sequence[_Source]) -> list[Any]:
    """In threads, in order: Pillow decodes and scales without the interpreter lock."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, sources))
