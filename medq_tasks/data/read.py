"""A TSV file -> its rows, one at a time, whatever the size of its cells.

Following the rules of quoting costs a look at every cell. Rows without a quotation mark, nearly all of them, need none
and are split as they are (600 MB/s); the others are read by ``quoting``. Memory holds one row, never the file; where a
quotation mark is open at the end of a line, also the lines behind it, up to ``quoting.MAX_QUOTED`` characters.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from medq_tasks.data import quoting
from medq_tasks.data.schema import column_name
from medq_tasks.errors import DataError, Fault

MAX_LINE = 1 << 28  # bytes: several 50 MB pictures in one row. Beyond it the file has no line breaks
_BUFFER = 1 << 20
_CLOSE_QUOTES = "Look for a quotation mark at the start of a cell that is never closed; double it and quote the cell."


@dataclass(frozen=True)
class TableRow:
    """One data row: its 1-based number and its cells by ``schema.column_name``, or what is wrong with it."""

    number: int
    cells: dict[str, str]
    problem: str = ""
    cure: str = ""


class _Lines:
    """The lines of a file, with those that were looked at ahead; ``number`` is that of the line taken last, from 1."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._ahead, self.number = lines, deque[bytes](), 0

    def take(self) -> bytes:
        """The next line, b"" after the last."""
        self.number += 1
        return self._ahead.popleft() if self._ahead else next(self._lines, b"")

    def ahead(self) -> Iterator[str]:
        """The lines to come, which stay to be taken; ends before one that is not UTF-8."""
        for place in itertools.count():
            if place == len(self._ahead):
                line = next(self._lines, b"")
                if not line:
                    return
                self._ahead.append(line)
            try:
                yield self._ahead[place].decode("utf-8")
            except UnicodeDecodeError:
                return


def rows(
    path: Path,
    update: Callable[[bytes], object] = lambda _: None,
    accept: Callable[[dict[str, str]], bool] = lambda _: True,
) -> Iterator[TableRow]:
    """Yield the data rows; the first thing yielded is row 0, whose cells map column names to headers.

    Args:
        path: a UTF-8 text file (with or without BOM, LF or CRLF), columns separated by tabs.
        update: called with every chunk of the file in order (a hash's ``update``).
        accept: whether cells make a row; asked where a quotation mark can be read in two ways.

    Raises:
        DataError: the file cannot be read, is empty, or is no tab-separated table.
    """
    try:
        with path.open("rb", buffering=_BUFFER) as file:
            lines = _Lines(_lines(file, path.name, update))
            names = _header(lines.take().removeprefix(b"\xef\xbb\xbf"), path.name)
            yield TableRow(0, {column_name(name): name for name in names})
            keys = [column_name(name) for name in names]
            number = 0
            while line := lines.take():
                if line.strip(b"\r\n"):
                    number += 1
                    yield _row(number, line, lines, keys, accept)
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


def _row(
    number: int, line: bytes, lines: _Lines, keys: list[str], accept: Callable[[dict[str, str]], bool]
) -> TableRow:
    place = f"line {lines.number} of the file"
    try:
        text = line.decode("utf-8")
        cells, taken = quoting.plain(text), 1
        if '"' in text:
            cells, taken = quoting.read(
                text, lines.ahead, len(keys), lambda cells: accept(dict(zip(keys, cells, strict=True)))
            )
    except UnicodeDecodeError as error:
        problem = f"the text is not UTF-8 (byte {error.object[error.start]:#04x}, {place})"
        return TableRow(number, {}, problem, "Save the file as UTF-8.")
    except quoting.Unreadable as error:
        return TableRow(number, {}, f"the row cannot be split into cells ({place}: {error})", _CLOSE_QUOTES)
    for _ in range(taken - 1):
        lines.take()
    if len(cells) != len(keys):
        problem = f"the row has {len(cells)} cells where the header names {len(keys)} ({place})"
        cure = "Look for a tab, line break or quotation mark inside a text, or a file that was cut short."
        return TableRow(number, {}, problem, cure)
    return TableRow(number, dict(zip(keys, cells, strict=True)))


def _header(first: bytes, name: str) -> list[str]:
    problem = _not_a_table(first)
    if problem:
        raise DataError([Fault(name, None, *problem)])
    try:
        text = first.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = (f"the header cannot be read ({error})", "Save the file as UTF-8 TSV.")
        raise DataError([Fault(name, None, *problem)]) from error
    names = [cell.strip() for cell in quoting.quoted(iter([text])) or quoting.plain(text)]
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
