"""One official TSV -> its items, with every fault of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medq_tasks.data import references, schema, slices
from medq_tasks.data.items import CellError, Hands, TableItem, read_item
from medq_tasks.data.pictures import Pictures, check
from medq_tasks.data.read import rows
from medq_tasks.errors import DataError, Fault
from medq_tasks.records import Kind, Slices
from medq_tasks.wording.counts import count

_SHOWN = 3  # rows named in a note


@dataclass
class Parsed:
    """A whole table: sound items with their slices, and everything that is wrong with the others."""

    items: list[TableItem] = field(default_factory=list)
    slices: list[Slices] = field(default_factory=list)
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    blanks: int = 0  # questions with blanks around them
    marks: int = 0  # words made plain text because backends take them for marks of their own
    content: str = ""  # sha256 of the TSV
    files: dict[str, str] = field(default_factory=dict)  # picture file as the table names it -> sha256


def parse(kind: Kind, path: Path, pictures: Pictures, open_file: Callable[[str], bytes]) -> Parsed:
    """Read and check a whole table.

    Args:
        kind: which of the three tables it is.
        path: the TSV.
        pictures: takes the pictures; finished on return.
        open_file: reads a picture file that a path cell names; raises CellError.

    Raises:
        DataError: the file itself cannot be used (no table, columns missing). Faults in rows are in the result.
    """
    parsed = Parsed()
    digest = hashlib.sha256()

    def read_file(cell: str) -> bytes:
        data = open_file(cell)
        sha = hashlib.sha256(data).hexdigest()
        if parsed.files.setdefault(cell, sha) != sha:
            raise CellError(f"image_path {schema.shorten(cell)} changed while the table was read", "Run it again.")
        return data

    hands = Hands(read_file, pictures.add)
    for row in rows(path, digest.update, lambda cells: _makes_a_row(kind, cells, open_file)):
        if row.number == 0:
            _check_columns(kind, path.name, set(row.cells))
            continue
        parsed.rows += 1
        if row.problem:
            parsed.faults.append(Fault(path.name, row.number, row.problem, row.cure))
            continue
        item, faults = read_item(kind, row.number, row.cells, hands)
        parsed.items.append(item)
        parsed.faults += [_fault(path, item, error) for error in faults]
    parsed.content = digest.hexdigest()
    pictures.finish()
    _check_whole(parsed, path, pictures)
    parsed.faults.sort(key=lambda fault: fault.row or 0)
    parsed.slices, parsed.notes = slices.find(kind, parsed.items)
    parsed.notes += _option_notes(parsed.items) + _mark_notes(parsed.items)
    parsed.blanks = sum(item.question != item.question.strip() for item in parsed.items)
    parsed.marks = sum(len(item.marks) for item in parsed.items)
    parsed.notes += pictures.notes({item.number: item.pictures for item in parsed.items})
    return parsed


def _makes_a_row(kind: Kind, cells: Mapping[str, str], open_file: Callable[[str], bytes]) -> bool:
    """Whether cells hold an index as tables write it, whole pictures and an answer that is an option. Keeps nothing."""

    def look(data: bytes) -> int:
        _, problem = check(data)
        if problem:
            raise CellError(problem, "")
        return 0

    if any(mark in cells["index"] for mark in '"\t\r\n'):
        return False
    return not read_item(kind, 0, cells, Hands(open_file, look))[1]


def _fault(path: Path, item: TableItem, error: CellError) -> Fault:
    return Fault(path.name, item.number, error.problem, error.cure)


def _check_columns(kind: Kind, file: str, names: set[str]) -> None:
    lacking = schema.missing_columns(kind, names)
    if lacking:
        problem = f"no column {'; no column '.join(lacking)}"
        cure = f"The header names {', '.join(sorted(names)) or 'nothing'}. See the official schema in docs/data.md."
        raise DataError([Fault(file, None, problem, cure)])


def _check_whole(parsed: Parsed, path: Path, pictures: Pictures) -> None:
    """What only shows once every row is known: double indexes, references, the state of the pictures."""
    if not parsed.rows:
        parsed.faults.append(Fault(path.name, None, "the table has a header and no rows", "Download it again."))
    first: dict[str, TableItem] = {}
    for item in parsed.items:
        other = first.setdefault(item.id, item)
        if other is not item and item.id:
            problem = f"the index {schema.shorten(item.id)} is also that of row {other.number}"
            error = CellError(problem, "Make it unique.")
            parsed.faults.append(_fault(path, item, error))
    parsed.faults += [_fault(path, item, error) for item, error in references.resolve(parsed.items)]
    for item in parsed.items:
        own = [slot for slot in item.slots if isinstance(slot, int)]  # a bad picture is told where it stands
        for problem in dict.fromkeys(pictures.problem(number) for number in own):
            if problem:
                parsed.faults.append(_fault(path, item, CellError(problem, "Replace the picture.")))


def _option_notes(items: list[TableItem]) -> list[str]:
    alike = sum(len({text.casefold() for text in item.options.values()}) < len(item.options) for item in items)
    return [f"{count(alike, 'row has', 'rows have')} two options with the same text"] if alike else []


def _mark_notes(items: list[TableItem]) -> list[str]:
    found = [(item.number, item.marks) for item in items if item.marks]
    if not found:
        return []
    shown = ", ".join(f"{schema.shorten(marks[0])} in row {number}" for number, marks in found[:_SHOWN])
    shown += ", ..." if len(found) > _SHOWN else ""
    what = "with words that models take for marks of their own"
    return [f"{count(len(found), 'row')} {what} ({shown}): models get them as text, with a blank after the bracket"]
