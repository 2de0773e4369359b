"""A TSV file -> its rows, one at a time, whatever the size of its cells.

Python's csv module follows every rule of quoting but walks each character (170 MB/s; 2 s for the official test
table). Rows without a quotation mark, nearly all of them, need no such rules and are split as they are (600 MB/s);
the others go through csv. Memory holds one row, never the file.
"""

from __future__ import annotations

import csv
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from medq_tasks.data.schema import column_name
from medq_tasks.errors import DataError, Fault

MAX_LINE = 1 << 28  # bytes: several 50 MB pictures in one row. Beyond it the file has no line breaks
# Characters of a quoted cell: a 50 MB picture. Beyond it a quotation mark was opened and never closed, and csv keeps
# four bytes per character.
MAX_QUOTED = 1 << 26
_BUFFER = 1 << 20
_CLOSE_QUOTES = "Look for a quotation mark at the start of a cell that is never closed."
_csv_limit_lock = threading.Lock()  # csv keeps its cell limit (131,072 characters by default) for the whole process


@dataclass(frozen=True)
class TableRow:
    """One data row: its 1-based number and its cells by ``schema.column_name``, or what is wrong with it."""

    number: int
    cells: dict[str, str]
    problem: str = ""
    cure: str = ""


def rows(path: Path, update: Callable[[bytes], object] = lambda _: None) -> Iterator[TableRow]:
    """Yield the data rows; the first thing yielded is row 0, whose cells map column names to headers.

    Args:
        path: a UTF-8 text file (with or without BOM, LF or CRLF), columns separated by tabs.
        update: called with every chunk of the file in order (a hash's ``update``).

    Raises:
        DataError: the file cannot be read, is empty, or is no tab-separated table.
    """
    try:
        with path.open("rb", buffering=_BUFFER) as file:
            lines = _lines(file, path.name, update)
            first = next(lines, b"").removeprefix(b"\xef\xbb\xbf")
            names = _header(first, lines, path.name)
            yield TableRow(0, {column_name(name): name for name in names})
            keys = [column_name(name) for name in names]
            content = (line for line in lines if line.strip(b"\r\n"))
            for number in itertools.count(1):
                line = next(content, None)
                if line is None:
                    return
                yield _row(number, line, lines, keys)
    except FileNotFoundError:
        raise DataError([Fault(str(path), None, "the file does not exist", "Check the folder and the name")]) from None
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror or error})"
        raise DataError([Fault(str(path), None, problem, "Check its permissions and the disk")]) from error


def _lines(file: BinaryIO, name: str, update: Callable[[bytes], object]) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE):
        update(line)
        if len(line) >= MAX_LINE:
            cure = "Check that this is the table, and that its rows end in line breaks."
            raise DataError([Fault(name, None, f"a line is longer than {MAX_LINE:,} bytes", cure)])
        yield line


def _row(number: int, line: bytes, lines: Iterator[bytes], keys: list[str]) -> TableRow:
    try:
        cells = _cells(line, lines)
    except UnicodeDecodeError as error:
        problem = f"the text is not UTF-8 (byte {error.object[error.start]:#04x})"
        return TableRow(number, {}, problem, "Save the file as UTF-8.")
    except csv.Error as error:
        return TableRow(number, {}, f"the row cannot be split into cells ({error})", _CLOSE_QUOTES)
    # A quotation mark that opens a cell and is closed by one in a later row takes the rows between into the cell.
    if any(text.count("\t") >= len(keys) - 1 for cell in cells if "\n" in cell for text in cell.split("\n")[1:-1]):
        return TableRow(number, {}, "a cell holds whole rows of the table", _CLOSE_QUOTES)
    if len(cells) != len(keys):
        problem = f"the row has {len(cells)} cells where the header names {len(keys)}"
        cure = "Look for a tab, line break or quotation mark inside a text, or a file that was cut short."
        return TableRow(number, {}, problem, cure)
    return TableRow(number, dict(zip(keys, cells, strict=True)))


def _cells(line: bytes, lines: Iterator[bytes]) -> list[str]:
    if b'"' not in line:
        return line.rstrip(b"\r\n").decode("utf-8").split("\t")
    with _csv_limit_lock:
        usual = csv.field_size_limit(MAX_QUOTED)
        try:
            return next(csv.reader(_texts(line, lines), delimiter="\t"))
        finally:
            csv.field_size_limit(usual)


def _texts(line: bytes, lines: Iterator[bytes]) -> Iterator[str]:
    """The lines of one quoted record. csv asks for another one as long as a quotation mark is open."""
    for one in itertools.chain([line], lines):
        yield one.decode("utf-8")
    raise csv.Error("a quotation mark is opened and never closed")


def _header(first: bytes, lines: Iterator[bytes], name: str) -> list[str]:
    problem = _not_a_table(first)
    if problem:
        raise DataError([Fault(name, None, *problem)])
    try:
        names = [cell.strip() for cell in _cells(first, lines)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            [Fault(name, None, f"the header cannot be read ({error})", "Save the file as UTF-8 TSV.")]
        ) from error
    keys = [column_name(one) for one in names]
    twice = sorted({one for one, key in zip(names, keys, strict=True) if key and keys.count(key) > 1})
    if twice:
        problem = (f"the header names {' and '.join(map(repr, twice))} more than once", "Remove or rename one of them.")
        raise DataError([Fault(name, None, *problem)])
    return names


def _not_a_table(first: bytes) -> tuple[str, str] | None:
    """(problem, cure) when the file's first line shows that it is something else than a tab-separated table."""
    start = first[:200].lstrip().lower()
    if not first.strip():
        return "the file is empty", "Download it again."
    if start.startswith(b"version https://git-lfs"):
        return "this is a Git LFS pointer, not the table itself", "Run `git lfs pull` in the folder."
    if start.startswith((b"<!doctype", b"<html")):
        return "this is a web page, not a table", "Download the raw file."
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the file is UTF-16", "Save it as UTF-8."
    if first.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "the file is compressed", "Unpack it."
    if b"\t" in first:
        return None
    counts = {mark: first.count(mark) for mark in (b",", b";", b"|")}
    mark = max(counts, key=lambda one: counts[one])
    found = f"by {mark.decode()!r}, not by tabs" if counts[mark] >= 2 else "by no tab"
    return f"the columns are separated {found}", "Save the table with tabs between the columns (TSV)."
