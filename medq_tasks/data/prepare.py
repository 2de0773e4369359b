"""Prepare a table once, find it again fast, and stay right when several processes or nodes do so at once.

Below ``MEDQ_CACHE_DIR``::

    tables/<kind>-<split>-<fingerprint>/   a prepared table and its manifest.json; complete from the moment it has
                                           this name, never changed, never removed by us: old runs find their pictures
    sources/<key>.json                     which table a source file gave, and its size and times then
    locks/<key>.lock                       held while a source is being prepared
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medq_tasks.data import source as sources
from medq_tasks.data.locks import one_at_a_time
from medq_tasks.data.schema import SCHEMA_VERSION, SPLITS, Split
from medq_tasks.errors import DataError, Fault
from medq_tasks.records import KINDS, Kind
from medq_tasks.settings import Settings

log = logging.getLogger("medq_tasks")
_NAME_DIGITS = 16  # hex digits of the fingerprint in a folder's name and in every record


@dataclass(frozen=True)
class PreparedTable:
    """A table ready for use. ``path`` is a folder for ``datasets.load_from_disk``: a DatasetDict with one split."""

    path: Path
    fingerprint: str  # sha256 hex over schema version, kind, split, the TSV and the picture files that it names
    source: str
    rows: int
    notes: tuple[str, ...]
    kind: Kind
    split: Split


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
    if kind not in KINDS or split not in SPLITS:
        raise ValueError(f"no table {kind!r} / {split!r}: kinds are {KINDS}, splits {SPLITS}")
    source = sources.locate(kind, split, settings)
    cache = settings.cache_dir
    key = hashlib.sha256(f"{SCHEMA_VERSION}\0{kind}\0{split}\0{source.tsv.resolve()}".encode()).hexdigest()[:24]
    found = _known(cache, key, source)
    if found is not None:
        return found
    try:
        with one_at_a_time(cache / "locks" / f"{key}.lock", what=source.name) as alone:
            found = _known(cache, key, source)  # perhaps another process made it while this one waited
            return found if found is not None else _make(kind, split, source, cache, key, alone)
    except OSError as error:
        cure = "Set MEDQ_CACHE_DIR to a folder that can be written and has room for the data."
        problem = f"the prepared table cannot be written ({error.strerror or error})"
        raise DataError([Fault(str(cache), None, problem, cure)]) from error


def find_table(fingerprint: str, settings: Settings) -> PreparedTable | None:
    """The prepared table with this fingerprint (its first 16 hex digits or more), or None when the cache has none."""
    if not re.fullmatch(rf"[0-9a-f]{{{_NAME_DIGITS},64}}", fingerprint):
        return None
    for path in sorted((settings.cache_dir / "tables").glob(f"*-{fingerprint[:_NAME_DIGITS]}")):
        table = _load(path)
        if table is not None and table.fingerprint.startswith(fingerprint):
            return table
    return None


def _make(kind: Kind, split: Split, source: sources.Source, cache: Path, key: str, alone: bool) -> PreparedTable:
    from medq_tasks.data.parse import parse
    from medq_tasks.data.pictures import Pictures
    from medq_tasks.data.table import write

    tables = cache / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    if alone:
        for left in tables.glob(f".making-{key}-*"):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".making-{key}-", dir=tables))
    try:
        before = _stamp(source.tsv)
        park_path = work / "park"
        with park_path.open("w+b") as park, Pictures(park) as pictures:
            parsed = parse(kind, source.tsv, pictures, source.open_file)
            if parsed.faults:
                raise DataError(parsed.faults)
            if _stamp(source.tsv) != before:
                cure = "Run it again when nobody writes to it any more."
                raise DataError([Fault(source.tsv.name, None, "the file changed while it was read", cure)])
            fingerprint = _fingerprint(kind, split, parsed.content, parsed.files)
            folder = work / "table"
            folder.mkdir()
            write(folder, kind, split, fingerprint, parsed.items, parsed.slices, pictures)
        path = tables / f"{kind}-{split}-{fingerprint[:_NAME_DIGITS]}"
        table = PreparedTable(path, fingerprint, source.name, parsed.rows, tuple(parsed.notes), kind, split)
        manifest = {**asdict(table), "path": path.name}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        if not path.exists():
            try:
                folder.rename(path)
            except OSError:
                if not path.exists():
                    raise
        _remember(cache, key, source, path.name, before, parsed.content, parsed.files)
        return table
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _fingerprint(kind: str, split: str, content: str, files: Mapping[str, str]) -> str:
    facts = [SCHEMA_VERSION, kind, split, content, sorted(files.items())]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _stamp(path: Path) -> list[int]:
    """What shows that a file was changed, without reading it. The inode's own time also betrays ``cp -p``."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _remember(
    cache: Path, key: str, source: sources.Source, name: str, stamp: list[int], content: str, files: Mapping[str, str]
) -> None:
    facts = {
        "table": name,
        "tsv": {"stamp": stamp, "sha256": content},
        "files": {cell: {"stamp": _stamp(source.find_file(cell)), "sha256": sha} for cell, sha in files.items()},
    }
    _write_whole(cache / "sources" / f"{key}.json", facts)


def _write_whole(path: Path, content: object) -> None:
    """Write a JSON file so that a reader finds the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.replace(name, path)


def _known(cache: Path, key: str, source: sources.Source) -> PreparedTable | None:
    """The table that this source gave last time, if source and table are still as they were."""
    try:
        facts = json.loads((cache / "sources" / f"{key}.json").read_text(encoding="utf-8"))
        same = facts["tsv"]["stamp"] == _stamp(source.tsv) and all(
            one["stamp"] == _stamp(source.find_file(cell)) for cell, one in facts["files"].items()
        )
        table = _load(cache / "tables" / facts["table"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if table is None else PreparedTable(**{**_fields(table), "source": source.name})


def _load(path: Path) -> PreparedTable | None:
    try:
        facts = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        return PreparedTable(**{**facts, "path": path, "notes": tuple(facts["notes"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _fields(table: PreparedTable) -> dict[str, Any]:
    return {name: getattr(table, name) for name in table.__dataclass_fields__}
