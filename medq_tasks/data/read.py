"""A TSV file -> its rows, one at a time, whatever the size of its cells.

Rows without a quotation mark, nearly all of them, are split as they are (600 MB/s). Where a mark stands, its row's own
shape says what it means (``quoting``): following csv's rules may swallow a line break and melt two rows into one, the
answer key of one with the question of the other. So wherever it would, both readings are tried, and the row is taken
only when one of them alone makes sense. Memory holds one record, never the file.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from medq_tasks.data.quoting import Line, join_lines, split_line
from medq_tasks.data.schema import column_name
from medq_tasks.errors import DataError, Fault

MAX_LINE = 1 << 28  # bytes: several 50 MB pictures in one row. Beyond it the file has no line breaks
_BUFFER = 1 << 20
_CURE = "Look for a tab, line break or quotation mark inside a text, or a file that was cut short."
_TWO_READINGS = 'Write the cell as csv does ("..." with every mark inside doubled), or take the mark away.'
_CLOSE_QUOTES = "Look for a quotation mark at the start of a cell that is never closed."

Cells = Mapping[str, str]


@dataclass(frozen=True)
class TableRow:
    """One data row: its 1-based number and its cells by ``schema.column_name``, or what is wrong with it."""

    number: int
    cells: Cells
    problem: str = ""
    cure: str = ""


class _BadRow(ValueError):
    """The row cannot be used: what is wrong, and what to do."""

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.problem, self.cure = problem, cure


def rows(
    path: Path,
    update: Callable[[bytes], object] = lambda _: None,
    fits: Callable[[Cells], bool] = lambda _: True,
) -> Iterator[TableRow]:
    """Yield the data rows; the first thing yielded is row 0, whose cells map column names to headers.

    Args:
        path: a UTF-8 text file (with or without BOM, LF or CRLF), columns separated by tabs.
        update: called with every chunk of the file in order (a hash's ``update``).
        fits: whether cells make a sound row. Asked only where quotation marks leave two readings.

    Raises:
        DataError: the file cannot be read, is empty, or is no tab-separated table.
    """
    try:
        with path.open("rb", buffering=_BUFFER) as file:
            lines = _Lines(file, path.name, update)
            names = _header(lines.take() or b"", path.name)
            yield TableRow(0, {column_name(name): name for name in names})
            reader = _Reader(lines, [column_name(name) for name in names], fits)
            for number in itertools.count(1):
                line = lines.take_content()
                if line is None:
                    return
                yield reader.row(number, line)
    except FileNotFoundError:
        raise DataError([Fault(str(path), None, "the file does not exist", "Check the folder and the name")]) from None
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror or error})"
        raise DataError([Fault(str(path), None, problem, "Check its permissions and the disk")]) from error


class _Lines:
    """The lines of a file, in order; those after the current one can be looked at before they are taken."""

    def __init__(self, file: BinaryIO, name: str, update: Callable[[bytes], object]) -> None:
        self._file, self._name, self._update = file, name, update
        self._ahead: deque[bytes] = deque()
        self.number = 0  # 1-based, of the line taken last

    def take(self) -> bytes | None:
        """The next line with its line end; None at the end of the file."""
        line = self._ahead.popleft() if self._ahead else self._read()
        self.number += line is not None
        return line

    def take_content(self) -> bytes | None:
        """The next line that is not blank."""
        while (line := self.take()) is not None and not line.strip(b"\r\n"):
            pass
        return line

    def ahead(self) -> Iterator[bytes]:
        """The lines after the current one, which stay to be taken."""
        for place in itertools.count():
            if place == len(self._ahead):
                line = self._read()
                if line is None:
                    return
                self._ahead.append(line)
            yield self._ahead[place]

    def _read(self) -> bytes | None:
        line = self._file.readline(MAX_LINE)
        self._update(line)
        if len(line) >= MAX_LINE:
            cure = "Check that this is the table, and that its rows end in line breaks."
            raise DataError([Fault(self._name, None, f"a line is longer than {MAX_LINE:,} bytes", cure)])
        return line or None


class _Reader:
    """Makes rows of lines."""

    def __init__(self, lines: _Lines, keys: list[str], fits: Callable[[Cells], bool]) -> None:
        self._lines, self._keys, self._fits = lines, keys, fits
        self._width = len(keys)
        self._before = ""  # the index of the row before; "" where there is none

    def row(self, number: int, line: bytes) -> TableRow:
        """The row that begins with ``line``; further lines that belong to it are taken."""
        try:
            cells = self._cells(line)
            if len(cells) != self._width:
                raise _BadRow(f"the row has {len(cells)} cells where the header names {self._width}", _CURE)
        except UnicodeDecodeError as error:
            problem = f"the text is not UTF-8 (byte {error.object[error.start]:#04x})"
            return TableRow(number, {}, problem, "Save the file as UTF-8.")
        except _BadRow as error:
            return TableRow(number, {}, error.problem, error.cure)
        named = self._named(cells)
        self._before = named.get("index", "")
        return TableRow(number, named)

    def _named(self, cells: Sequence[str]) -> dict[str, str]:
        return dict(zip(self._keys, cells, strict=True))

    def _cells(self, line: bytes) -> list[str]:
        text = line.decode("utf-8")
        if '"' not in text:
            return text.rstrip("\r\n").split("\t")
        alone = split_line(text.rstrip("\r\n"), self._width)
        if alone.unclosed is None:
            return alone.cells
        try:
            joined = join_lines(text, (one.decode("utf-8") for one in self._lines.ahead()), self._width)
        except UnicodeDecodeError:  # told at its own row
            joined = None
        if joined is None:
            return self._never_closed(alone)
        return self._one_of(alone, *joined)

    def _never_closed(self, alone: Line) -> list[str]:
        """The mark is text where the row is whole so, and cannot be one that was cut short inside that cell."""
        cut = alone.unclosed == self._width - 1 and self._next_line() is None
        if len(alone.cells) != self._width or cut:
            raise _BadRow(f"a quotation mark is opened and never closed (line {self._lines.number})", _CLOSE_QUOTES)
        return alone.cells

    def _one_of(self, alone: Line, joined: list[str], taken: int) -> list[str]:
        """The cells by the only reading that makes sense.

        Either the mark is text, and this line and the ``taken`` lines after it are rows of their own; or it opens a
        cell that runs over the line break, and all of them are one row.
        """
        later = [self._loosely(line) for line in itertools.islice(self._lines.ahead(), taken) if line.strip(b"\r\n")]
        as_text = [alone.cells, *later]
        last_cell_goes_on = alone.unclosed == self._width - 1 and all(len(cells) == 1 for cells in later)
        if len(joined) != self._width:
            return alone.cells  # as many as they are: counted by the caller
        if last_cell_goes_on or all(len(cells) != self._width for cells in as_text):
            return self._take(joined, taken)
        after = self._next_line(taken)
        next_index = self._loosely(after)[0] if after is not None else None
        text_is_sound, joined_is_sound = all(map(self._sound, as_text)), self._sound(joined)
        text = text_is_sound and (not joined_is_sound or self._continues(as_text, next_index))
        one_row = joined_is_sound and self._continues([joined], next_index)
        if text == one_row:
            lines = f"lines {self._lines.number} to {self._lines.number + taken}"
            raise _BadRow(f"a quotation mark leaves two readings, one row or several ({lines})", _TWO_READINGS)
        return alone.cells if text else self._take(joined, taken)

    def _take(self, cells: list[str], lines: int) -> list[str]:
        for _ in range(lines):
            self._lines.take()
        return cells

    def _loosely(self, line: bytes) -> list[str]:
        return split_line(line.rstrip(b"\r\n").decode("utf-8", "replace"), self._width).cells

    def _sound(self, cells: Sequence[str]) -> bool:
        return len(cells) == self._width and self._fits(self._named(cells))

    def _continues(self, found: Sequence[Sequence[str]], next_index: str | None) -> bool:
        """Whether the whole numbers in the index column go up by one, from the row before to the one after."""
        if "index" not in self._keys or next_index is None:
            return False  # without a row after them, one row and several can both go on
        place = self._keys.index("index")
        indexes = [*([self._before] if self._before else []), *(cells[place] for cells in found), next_index]
        if not all(index.isdecimal() and len(index) < 19 for index in indexes):
            return False
        return all(int(other) == int(one) + 1 for one, other in itertools.pairwise(indexes))

    def _next_line(self, after: int = 0) -> bytes | None:
        """The first line with content behind the next ``after`` lines; it stays to be taken."""
        ahead = itertools.islice(self._lines.ahead(), after, None)
        return next((line for line in ahead if line.strip(b"\r\n")), None)


def _header(first: bytes, name: str) -> list[str]:
    first = first.removeprefix(b"\xef\xbb\xbf")
    problem = _not_a_table(first)
    if problem:
        raise DataError([Fault(name, None, *problem)])
    try:
        text = first.rstrip(b"\r\n").decode("utf-8")
    except UnicodeDecodeError as error:
        cure = "Save the file as UTF-8 TSV."
        raise DataError([Fault(name, None, f"the header cannot be read ({error})", cure)]) from error
    names = [cell.strip() for cell in split_line(text, text.count("\t") + 1).cells]
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
