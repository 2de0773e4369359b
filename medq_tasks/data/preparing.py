"""Prepare a table once, find it again fast, and stay right when several processes or nodes do so at once."""

from __future__ import annotations

import contextlib
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from medq_tasks.data import source as sources
from medq_tasks.data.cache import NAME_DIGITS, Cache, Content, PreparedTable, Stamp, stamp
from medq_tasks.data.items import CellError
from medq_tasks.data.parse import Parsed, parse
from medq_tasks.data.pictures import Pictures
from medq_tasks.data.source import Source
from medq_tasks.data.table import write
from medq_tasks.errors import DataError, Fault
from medq_tasks.families import FAMILIES
from medq_tasks.records import KINDS, SPLITS, Kind, Split
from medq_tasks.settings import Settings
from medq_tasks.store.locks import one_at_a_time


def prepare(kind: Kind, split: Split, settings: Settings) -> PreparedTable:
    """The prepared table of the source in force; made when it does not exist or the source has changed.

    Args:
        kind: "perception", "no_reference" or "comparison".
        split: "test", "dev", or "mini" for the embedded sample set.
        settings: where the data come from and where prepared tables are kept.

    Raises:
        DataError: the table cannot be used; ``faults`` holds everything that is wrong with it. Nothing is left behind.
        ValueError: no such kind or split.
    """
    if kind not in KINDS or split not in FAMILIES[kind].splits:
        raise ValueError(f"no table {kind!r} / {split!r}: kinds are {KINDS}, splits {SPLITS}")
    cache = Cache(settings.cache_dir)
    try:
        source = sources.locate(kind, split, settings)
        key = cache.key(kind, split, source)
        if found := cache.known(key, source):
            return found
        with one_at_a_time(cache.lock_file(key), what=source.name) as alone:
            if found := cache.known(key, source, read_again=True):  # made while this process waited, or only touched
                return found
            return _make(kind, split, source, cache, key, alone)
    except OSError as error:
        problem = f"the prepared table cannot be written ({error.strerror or error})"
        cure = "Set MEDQ_CACHE_DIR to a folder that can be written and has room for the data."
        raise DataError([Fault(str(cache.root), None, problem, cure)]) from error


def find_table(fingerprint: str, settings: Settings) -> PreparedTable | None:
    """The prepared table with this fingerprint (its first 16 hex digits or more), or None when the cache has none."""
    return Cache(settings.cache_dir).find(fingerprint)


def _make(kind: Kind, split: Split, source: Source, cache: Cache, key: str, alone: bool) -> PreparedTable:
    cache.tables.mkdir(parents=True, exist_ok=True)
    if alone:
        for left in cache.tables.glob(f".making-{key}-*"):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".making-{key}-", dir=cache.tables))
    try:
        folder = work / "table"
        folder.mkdir()
        parsed, content = _read_and_write(kind, split, source, folder, work / "park")
        fingerprint = content.fingerprint(kind, split)
        path = cache.tables / f"{kind}-{split}-{fingerprint[:NAME_DIGITS]}"
        table = PreparedTable(path, fingerprint, source.name, parsed.rows, tuple(parsed.notes), kind, split)
        cache.keep(folder, table)
        cache.remember(key, source, table, content)
        return table
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _read_and_write(kind: Kind, split: Split, source: Source, folder: Path, park: Path) -> tuple[Parsed, Content]:
    before = stamp(source.tsv)
    with park.open("w+b") as parked, Pictures(parked) as pictures:
        stamps: dict[str, Stamp] = {}

        def open_file(cell: str) -> bytes:
            with contextlib.suppress(OSError):  # which the opening tells
                stamps.setdefault(cell, stamp(source.find_file(cell)))
            return source.open_file(cell)

        parsed = parse(kind, source.tsv, pictures, open_file)
        _still(source.tsv.name, lambda: source.tsv, before)
        if parsed.faults:
            raise DataError(parsed.faults)
        for cell in parsed.files:
            _still(cell, functools.partial(source.find_file, cell), stamps.get(cell))
        content = Content(before, parsed.content, parsed.files, stamps, parsed.marks, parsed.blanks)
        write(folder, kind, split, content.fingerprint(kind, split), parsed.items, parsed.slices, pictures)
    return parsed, content


def _still(name: str, find: Callable[[], Path], before: Stamp | None) -> None:
    """Refuse a file that is not as it was before it was read: half of the old and half of the new may be in hand."""
    try:
        same = stamp(find()) == before
    except (OSError, CellError):  # taken away meanwhile
        same = False
    if not same:
        cure = "Run it again when nothing writes to the file any more."
        raise DataError([Fault(name, None, "the file changed while it was read", cure)])
