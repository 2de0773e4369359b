"""Where a table comes from: the user's folder, the hub, or the embedded sample set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.data import hub
from medq_tasks.data.items import CellError, confined
from medq_tasks.data.schema import shorten
from medq_tasks.errors import DataError, Fault
from medq_tasks.families import file_name
from medq_tasks.records import Kind, Split
from medq_tasks.settings import Settings


@dataclass(frozen=True)
class Source:
    """A TSV and its surroundings."""

    tsv: Path
    name: str  # as shown to the user and recorded with a run
    find_file: Callable[[str], Path]  # a path cell -> the picture file; raises CellError

    def open_file(self, cell: str) -> bytes:
        """The bytes of a picture file named in the table; raises CellError."""
        path = self.find_file(cell)
        try:
            return path.read_bytes()
        except OSError as error:
            problem = f"image_path {shorten(cell)} cannot be read ({error.strerror or error})"
            raise CellError(problem, "Check the file's permissions.") from None


def locate(kind: Kind, split: Split, settings: Settings) -> Source:
    """The source in force: sample set for "mini", else ``MEDQ_DATA_DIR``, else the hub.

    Raises:
        DataError: the folder or the file does not exist, or the hub cannot be reached.
    """
    if split == "mini":
        from medq_tasks.demo.sample_folder import sample_folder

        return from_folder(sample_folder(settings.cache_dir), kind, split, name="embedded sample set")
    if settings.data_dir is not None:
        return from_folder(settings.data_dir, kind, split)
    file = hub.download(file_name(kind, split))
    return Source(file.path, file.name, file.find_file)


def from_folder(folder: Path, kind: Kind, split: Split, name: str = "") -> Source:
    """The official file of a folder.

    Raises:
        DataError: no such folder, or the file is not in it.
    """
    if not folder.is_dir():
        problem = "this is a file, not a folder" if folder.exists() else "the data folder does not exist"
        cure = "Set MEDQ_DATA_DIR to the folder with the official TSV files."
        raise DataError([Fault(str(folder), None, problem, cure)])
    tsv = folder / file_name(kind, split)
    if not tsv.is_file():
        there = sorted(path.name for path in folder.glob("*.tsv"))
        holds = f"The folder holds {', '.join(there) or 'no TSV file'}."
        cure = f"{holds} Put the official file there, or correct MEDQ_DATA_DIR."
        raise DataError([Fault(str(tsv), None, "the file does not exist", cure)])
    limit = _real_root(folder)
    return Source(tsv, name or str(tsv.resolve()), lambda cell: confined(folder, cell, limit))


def _real_root(folder: Path) -> Path:
    """Where a folder's files may really lie: in it, or (a hub cache's snapshot is all links) in that cache."""
    real = folder.resolve()
    cache = real.parent.parent
    return cache if real.parent.name == "snapshots" and (cache / "blobs").is_dir() else real
