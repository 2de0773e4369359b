"""The folder of prepared tables: what is in it, which source gave which table, and whether that is still true.

Below ``MEDQ_CACHE_DIR``::

    tables/<kind>-<split>-<fingerprint>/   a prepared table and its manifest.json
    sources/<key>.json                     which table a source file gave, and its size, times and hash then
    locks/<key>.lock                       held while a source is being prepared

A table is complete from the moment it has its name, never changes, and is never removed by us: a report on an old run
still finds its pictures. (One of 0.1.0 lacks a column; it is replaced by the same table with it when its source is next
used.) It may be deleted by hand at any time.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from medq_tasks.data.schema import CHECKS_VERSION, SCHEMA_VERSION
from medq_tasks.data.source import Source
from medq_tasks.data.table import arrow_file, has_column, is_whole
from medq_tasks.records import Kind, Split
from medq_tasks.store.files import write_whole

NAME_DIGITS = 16  # hex digits of the fingerprint in a folder's name and in every record
Stamp = list[int]


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


@dataclass(frozen=True)
class Content:
    """What a source held when it was read: stamp and sha256 of the TSV, and of the picture files it names.

    Stamps are from before the reading: one made after it would vouch for a file that was replaced in between.
    """

    stamp: Stamp
    sha256: str
    files: Mapping[str, str]
    stamps: Mapping[str, Stamp]
    marks: int = 0  # words of the TSV that were made plain text
    blanks: int = 0  # questions with blanks around them, kept as they are

    def fingerprint(self, kind: Kind, split: Split) -> str:
        """The table's fingerprint: equal only for equal bytes, read by the same schema."""
        facts: list[object] = [SCHEMA_VERSION, kind, split, self.sha256, sorted(self.files.items())]
        # Tables of 0.1.0 hold marks as they were, and no blanks; every table without these keeps its fingerprint.
        facts += [[name, count] for name, count in (("inert", self.marks), ("blanks", self.blanks)) if count]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def stamp(path: Path) -> Stamp:
    """What shows that a file was changed, without reading it: size, and times in ns. ``cp -p`` keeps the first two."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


@dataclass(frozen=True)
class Cache:
    """The prepared tables below one folder."""

    root: Path

    @property
    def tables(self) -> Path:
        """The folder of the tables."""
        return self.root / "tables"

    def key(self, kind: Kind, split: Split, source: Source) -> str:
        """The name under which what is known about a source is kept: what older checks let pass is not known."""
        facts = [SCHEMA_VERSION, CHECKS_VERSION, kind, split, str(source.tsv.resolve())]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]

    def lock_file(self, key: str) -> Path:
        """The file that is locked while this source is being prepared."""
        return self.root / "locks" / f"{key}.lock"

    def known(self, key: str, source: Source, read_again: bool = False) -> PreparedTable | None:
        """The table that this source gave before, if source and table are still as they were.

        Args:
            key: the source's key.
            source: where the data come from now.
            read_again: when the times of the source changed, compare its content (a copied or touched file).
        """
        try:
            facts = json.loads(self._source_file(key).read_text(encoding="utf-8"))
            now = stamp(source.tsv)  # before anything is hashed: what changes meanwhile is seen the next time
            stamps = {cell: stamp(source.find_file(cell)) for cell in facts["files"]}
            same = _as_before(facts, source, stamp, "stamp")
            if not same and not (read_again and _as_before(facts, source, _sha256, "sha256")):
                return None
            table = self.load(self.tables / facts["table"])
            if table is not None and not _up_to_date(table.path):
                return None
            if table is not None and not same:
                files = {cell: one["sha256"] for cell, one in facts["files"].items()}
                self.remember(key, source, table, Content(now, facts["tsv"]["sha256"], files, stamps))
        except (OSError, ValueError, KeyError, TypeError):  # never prepared, or half of a machine crash
            return None
        return None if table is None else replace(table, source=source.name)

    def remember(self, key: str, source: Source, table: PreparedTable, content: Content) -> None:
        """Note which table this source gave."""
        files = {cell: {"stamp": content.stamps[cell], "sha256": sha} for cell, sha in content.files.items()}
        facts = {"table": table.path.name, "tsv": {"stamp": content.stamp, "sha256": content.sha256}, "files": files}
        path = self._source_file(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(facts))

    def keep(self, folder: Path, table: PreparedTable) -> None:
        """Give a finished folder its final name, unless an equal table is there already."""
        facts = {**asdict(table), "path": table.path.name, "bytes": arrow_file(folder).stat().st_size}
        write_whole(folder / "manifest.json", json.dumps(facts, indent=1))
        if self.load(table.path) is not None and _up_to_date(table.path):
            return
        shutil.rmtree(table.path, ignore_errors=True)  # files were taken out of it by someone else
        try:
            folder.rename(table.path)
        except OSError:
            if self.load(table.path) is None:  # else another process was faster
                raise

    def load(self, path: Path) -> PreparedTable | None:
        """The prepared table in this folder, or None when there is none or files are missing or torn."""
        try:
            facts: dict[str, Any] = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
            if arrow_file(path).stat().st_size != facts.pop("bytes") or not is_whole(path):
                return None
            return PreparedTable(**{**facts, "path": path, "notes": tuple(facts["notes"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def find(self, fingerprint: str) -> PreparedTable | None:
        """The table whose fingerprint begins with these hex digits (at least ``NAME_DIGITS``)."""
        if not re.fullmatch(rf"[0-9a-f]{{{NAME_DIGITS},64}}", fingerprint):
            return None
        found = (self.load(path) for path in sorted(self.tables.glob(f"*-{fingerprint[:NAME_DIGITS]}")))
        return next((table for table in found if table and table.fingerprint.startswith(fingerprint)), None)

    def _source_file(self, key: str) -> Path:
        return self.root / "sources" / f"{key}.json"


def _up_to_date(path: Path) -> bool:
    return has_column(path, "pictures")


def _as_before(facts: Mapping[str, Any], source: Source, look: Callable[[Path], object], name: str) -> bool:
    files = ((source.find_file(cell), one) for cell, one in facts["files"].items())
    return look(source.tsv) == facts["tsv"][name] and all(look(path) == one[name] for path, one in files)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
