"""One record of a tab-separated text -> its cells, where quotation marks may be csv's quoting or plain text.

A quoted cell is one that csv's writers make: a mark at its start, doubled marks inside, and a mark right before the
next tab or the end of the line. Any other mark is text: ``"Free" of noise`` is kept with its marks, where Python's csv
module would drop them, and read on past the line's end for a mark that was never meant to close anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_LINES = 1000  # lines of one cell: a reference text has a few. It bounds how far a mark that is text is followed
# Characters of a quoted cell: a 50 MB picture, written as base64 by a tool that quotes everything.
MAX_QUOTED = 1 << 26

_OPEN, _TEXT = -1, -2


@dataclass(frozen=True)
class Line:
    """The cells of one line. ``unclosed``: which cell begins with a mark that this line does not close (else None).

    That mark counts as text in ``cells``, up to the next tab.
    """

    cells: list[str]
    unclosed: int | None = None


def split_line(line: str, width: int) -> Line:
    """Split one line, without its line end.

    A tab between two marks belongs to the cell, unless only the other reading gives the wanted number of cells: in
    ``"Is it<tab>sharp"`` two neighbours may begin and end with a mark.

    Args:
        line: the text.
        width: how many cells the header names.
    """
    quoted = _split(line, tabs_in_cells=True)
    if len(quoted.cells) == width or '"' not in line:
        return quoted
    plain = _split(line, tabs_in_cells=False)
    return Line(plain.cells, quoted.unclosed) if len(plain.cells) == width else quoted


def join_lines(first: str, later: Iterable[str], width: int) -> tuple[list[str], int] | None:
    """Read on past the line's end, as csv's rules ask where a quoted cell is not closed in its line.

    Args:
        first: a line with a cell that it does not close, with its line end.
        later: the lines after it, with their line ends; no more of them are taken than the record needs.
        width: how many cells the header names.

    Returns:
        The record's cells and how many of the later lines are in it. None when the mark is text: nothing closes it, or
        what would do so stands after a whole row of the table, or ``MAX_LINES`` or ``MAX_QUOTED`` further on.
    """
    cells, rest = _until_unclosed(first.rstrip("\r\n"))
    pieces, taken, size = [rest[1:], _end_of(first)], 0, len(first)
    before = ""  # the line taken last
    for line in later:
        whole_row = before.count("\t") >= width - 1
        taken, size = taken + 1, size + len(line)
        if whole_row or taken > MAX_LINES or size > MAX_QUOTED:
            return None
        before, text = line, line.rstrip("\r\n")
        end = _closing(text, 0)
        if end == _TEXT:
            return None
        if end == _OPEN:
            pieces += [text, _end_of(line)]
            continue
        cells.append("".join([*pieces, text[:end]]).replace('""', '"'))
        if end + 1 == len(text):
            return cells, taken
        after = text[end + 2 :]
        more = _split(after, tabs_in_cells=True)
        if more.unclosed is None:
            return cells + more.cells, taken
        done, rest = _until_unclosed(after)
        cells, pieces = cells + done, [rest[1:], _end_of(line)]
    return None


def _end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _split(text: str, tabs_in_cells: bool) -> Line:
    cells: list[str] = []
    unclosed: int | None = None
    for start, end in _spans(text, tabs_in_cells):
        if text.startswith('"', start):
            if end > start + 1 and _closing(text, start + 1) == end - 1:
                cells.append(text[start + 1 : end - 1].replace('""', '"'))
                continue
            if unclosed is None and _closing(text, start + 1) == _OPEN:
                unclosed = len(cells)
        cells.append(text[start:end])
    return Line(cells, unclosed)


def _spans(text: str, tabs_in_cells: bool) -> Iterator[tuple[int, int]]:
    """(start, end) of every cell with its marks."""
    start = 0
    while True:
        tab = text.find("\t", start)
        end = tab if tab >= 0 else len(text)
        if tabs_in_cells and text.startswith('"', start):
            closing = _closing(text, start + 1)
            end = closing + 1 if closing >= 0 else end
        yield start, end
        if end >= len(text):
            return
        start = end + 1


def _closing(text: str, start: int) -> int:
    """Where a quoted cell ends whose inside begins at ``start``; ``_OPEN``: not in this text; ``_TEXT``: it is none."""
    while (mark := text.find('"', start)) >= 0:
        following = text[mark + 1 : mark + 2]
        if following in ("", "\t"):
            return mark
        if following != '"':
            return _TEXT
        start = mark + 2
    return _OPEN


def _until_unclosed(text: str) -> tuple[list[str], str]:
    """The cells before the one that is not closed, and the rest of the text from its mark on."""
    cells: list[str] = []
    for start, end in _spans(text, tabs_in_cells=True):
        if text.startswith('"', start) and _closing(text, start + 1) == _OPEN:
            return cells, text[start:]
        cells += _split(text[start:end], tabs_in_cells=True).cells
    raise AssertionError("asked for a text with such a cell only")
