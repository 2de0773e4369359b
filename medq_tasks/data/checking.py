"""``medq data check``: read every table of a folder, count, and name every fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from medq_tasks.data import source as sources
from medq_tasks.data.parse import parse
from medq_tasks.data.pictures import Pictures
from medq_tasks.errors import DataError, Fault
from medq_tasks.families import file_name
from medq_tasks.records import KINDS, SLICE_FIELDS, SPLITS, Kind, Slices, Split


@dataclass
class TableCheck:
    """What one table holds. ``slices``: slice name -> value -> rows; "" counts the rows that do not say."""

    file: str
    kind: Kind
    split: Split
    rows: int = 0
    pictures: int = 0  # distinct ones
    slices: dict[str, Counter[str]] = field(default_factory=dict)
    inferred: Counter[str] = field(default_factory=Counter)  # slice name -> rows where it was worked out
    formats: Counter[str] = field(default_factory=Counter)  # such as "PNG RGB" -> pictures
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass
class CheckReport:
    """What a folder holds. ``absent``: official files that are not there and not asked for."""

    folder: Path
    tables: list[TableCheck] = field(default_factory=list)
    absent: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()  # of all tables, and of missing files

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check(folder: Path) -> CheckReport:
    """Read all official files of a folder, pictures included. Nothing is written.

    A file that is missing is a fault unless the folder is clearly partial: it has no other file of that split, or no
    other file of that kind. A folder with none of the files is a fault.
    """
    report = CheckReport(folder)
    if not folder.is_dir():
        cure = "Give the folder with the official TSV files."
        problem = "this is a file, not a folder" if folder.exists() else "the folder does not exist"
        report.faults = (Fault(str(folder), None, problem, cure),)
        return report
    there = {(kind, split) for kind in KINDS for split in SPLITS if (folder / file_name(kind, split)).is_file()}
    missing, report.absent = _missing(there)
    faults = [Fault(name, None, "the file does not exist", f"Put it into {folder}.") for name in missing]
    if not there:
        names = ", ".join(file_name(kind, split) for split in SPLITS[:2] for kind in KINDS)
        faults = [Fault(str(folder), None, "the folder holds none of the official files", f"Put {names} there.")]
    report.tables = [_check_table(folder, kind, split) for split in SPLITS for kind in KINDS if (kind, split) in there]
    report.faults = (*faults, *(fault for table in report.tables for fault in table.faults))
    return report


def _missing(there: set[tuple[Kind, Split]]) -> tuple[list[str], tuple[str, ...]]:
    missing, absent = [], []
    for split in SPLITS:
        for kind in KINDS:
            if (kind, split) in there:
                continue
            same_split = any(one == split for _, one in there)
            same_kind = any(one == kind and other != "mini" for one, other in there)
            if same_split and (same_kind or split == "mini"):
                missing.append(file_name(kind, split))
            elif split != "mini" and any(one != "mini" for _, one in there):
                absent.append(file_name(kind, split))
    return missing, tuple(absent)


def _check_table(folder: Path, kind: Kind, split: Split) -> TableCheck:
    source = sources.from_folder(folder, kind, split)
    table = TableCheck(source.tsv.name, kind, split)
    with Pictures() as pictures:
        try:
            parsed = parse(kind, source.tsv, pictures, source.open_file)
        except DataError as error:
            table.faults = error.faults
            return table
        table.rows, table.pictures = parsed.rows, len(pictures)
        table.formats = pictures.formats()
        table.notes, table.faults = tuple(parsed.notes), tuple(parsed.faults)
    table.slices = {name: counts for name in SLICE_FIELDS if set(counts := _count(name, parsed.slices)) - {""}}
    table.inferred = Counter(name for one in parsed.slices for name in one.inferred)
    return table


def _count(name: str, slices: Sequence[Slices]) -> Counter[str]:
    return Counter(getattr(one, name) for one in slices)


def as_json(report: CheckReport) -> dict[str, object]:
    """The whole report as plain JSON values."""
    return {
        "folder": str(report.folder),
        "ok": report.ok,
        "tables": [
            {
                "file": table.file,
                "kind": table.kind,
                "split": table.split,
                "rows": table.rows,
                "pictures": table.pictures,
                "formats": dict(table.formats),
                "slices": {name: dict(counts) for name, counts in table.slices.items()},
                "inferred": dict(table.inferred),
                "notes": list(table.notes),
            }
            for table in report.tables
        ],
        "absent": list(report.absent),
        "faults": [asdict(fault) for fault in report.faults],
    }
