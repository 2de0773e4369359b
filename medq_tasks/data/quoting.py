"""One row of a table whose quotation marks may be quoting or text: both readings, and which of them holds.

Quoted as a writer of CSV does it, a cell is a mark, text with every mark doubled, a mark, and then a tab or the end of
the row. ``"Free" of noise`` is not, and is text as it stands. The rules are followed to the letter, and not as Python's
``csv`` follows them, which makes ``Free of noise`` of that, and of an opened mark in one row and a closed one in the
next a single row: the question of the first with the answer of the second.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

# Characters of a quoted cell with line breaks: a 50 MB picture. Beyond it the mark was opened and never closed.
MAX_QUOTED = 1 << 26

Accept = Callable[[list[str]], bool]  # whether cells (of the right number) make a row


class Unreadable(ValueError):
    """Neither reading of the marks holds, or both do; the text says which."""


def plain(line: str) -> list[str]:
    """The cells of a line whose quotation marks are text."""
    return line.rstrip("\r\n").split("\t")


def quoted(lines: Iterator[str]) -> list[str] | None:
    """The cells of one row by the rules of quoting, taking as many lines as its quoted cells have.

    None: the marks do not follow the rules, or one is still open after ``MAX_QUOTED`` characters or the last line.
    """
    cells: list[str] = []
    line, place = next(lines), 0
    while True:
        if line.startswith('"', place):
            found = _quoted_cell(line, place + 1, lines)
            if found is None:
                return None
            cell, line, place = found
        else:
            end = line.find("\t", place)
            end = len(line.rstrip("\r\n")) if end < 0 else end
            cell, place = line[place:end], end
        cells.append(cell)
        if not line.startswith("\t", place):
            return None if line[place:].strip("\r\n") else cells
        place += 1


def _quoted_cell(line: str, place: int, lines: Iterator[str]) -> tuple[str, str, int] | None:
    """The cell whose opening mark stands before ``place``; the line it ends in, and the place behind its last mark."""
    pieces: list[str] = []
    size = 0
    while (end := _closing(line, place)) < 0:
        pieces.append(line[place:])
        size += len(pieces[-1])
        following = next(lines, None)
        if following is None or size > MAX_QUOTED:
            return None
        line, place = following, 0
    pieces.append(line[place:end])
    return "".join(pieces).replace('""', '"'), line, end + 1


def _closing(line: str, place: int) -> int:
    """Where the next mark stands that is not doubled, -1 when there is none."""
    while (place := line.find('"', place)) >= 0 and line.startswith('""', place):
        place += 2
    return place


def read(first: str, more: Callable[[], Iterator[str]], width: int, accept: Accept) -> tuple[list[str], int]:
    """The cells of the row that begins with line ``first``, and how many lines it takes.

    Args:
        first: the line, with its line break if it has one.
        more: an iterator over the lines behind it, from the first of them at every call.
        width: cells of a row.
        accept: whether the cells make a row; asked only where quoting would take in a line break.

    Raises:
        Unreadable: the lines can be read in no way, or in two.
    """
    ahead: list[str] = []
    opened = False  # whether a mark is open at the end of the first line

    def lines() -> Iterator[str]:
        nonlocal opened
        yield first
        opened = True
        for line in more():
            ahead.append(line)
            yield line

    as_quoted, as_text = quoted(lines()), plain(first)
    if not opened:
        by_rules = as_quoted is not None and (len(as_quoted) == width or len(as_text) != width)
        return (as_quoted if as_quoted is not None and by_rules else as_text), 1
    text_fits = len(as_text) == width
    text_holds = text_fits and accept(as_text)
    if as_quoted is None or len(as_quoted) != width or not accept(as_quoted):
        # A mark open in a last line without line break: the file may have been cut inside the cell.
        if text_holds and first.endswith("\n"):
            return as_text, 1
        raise Unreadable("a quotation mark is opened and never closed, or where it is closed the cells make no row")
    if _holds_row(ahead, width) or (text_fits and (_holds_tabs(as_quoted) or _begins_row(more, width))):
        raise Unreadable("a quotation mark makes one row of this and the next, or is part of a text")
    return as_quoted, len(ahead) + 1


def _holds_row(ahead: list[str], width: int) -> bool:
    return any(len(plain(line)) == width for line in ahead)


def _holds_tabs(cells: list[str]) -> bool:
    """Whether a cell with line breaks holds tabs too: then the rest may be a row that was damaged."""
    return any("\t" in cell and "\n" in cell for cell in cells)


def _begins_row(more: Callable[[], Iterator[str]], width: int) -> bool:
    """Whether the next line could begin a row of its own: if not, the first line's last cell goes on there."""
    cells = quoted(line for line in itertools.chain(more(), [""]) if line.strip("\r\n") or not line)
    return cells is not None and len(cells) == width
