"""A table for a terminal of any width: columns may go, and are named then; no figure and no caveat is cut in two."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from medq_tasks.wording.escape import plain
from medq_tasks.wording.figures import counted_heads

Cells = list[str]
_WORDS = 15  # columns that a name gets at least
_SHORT = {full: short for choice in (True, False) for full, short in counted_heads(choice)}
# Heads of columns whose cells may be broken in two; others hold numbers.
WORD_HEADS = ("Model", "Slice", "Value", "Axis", "metric", "axis", "step", "picture", "")


def fitted(
    title: str, rows: list[Cells], width: int, spare: Sequence[str] = (), styles: Sequence[str] = ()
) -> list[RenderableType]:
    """The table in at most ``width`` columns of a terminal, and a line on what was left out.

    First, words about pictures go to a line of their own and heads become short; then ``spare`` columns go, by head;
    then intervals stand below their values. Where that is not narrow enough, each row becomes lines of its own.
    """
    whole, left = rows, []
    if width_of(rows) > width:
        head = [_SHORT.get(name, name) for name in rows[0]]
        rows = [head, *([cell.replace(", ", ",\n") if "picture" in cell else cell for cell in row] for row in rows[1:])]
    for name in sorted(spare, key=lambda name: not _is_empty(name, rows)):  # what says nothing goes first
        if width_of(rows) > width and name in rows[0]:
            place = rows[0].index(name)
            rows = [[*row[:place], *row[place + 1 :]] for row in rows]
            left.append(name)
    if width_of(rows) > width:
        head = ["\n".join(name.rsplit(" ", 1)) if len(name) > 7 else name for name in rows[0]]
        rows = [head, *(_stacked(row, rows[0]) for row in rows[1:])]
    if width_of(rows) > width:
        return _as_lines(title, whole, styles)
    told = f"Not shown, as the terminal has {width} columns: {', '.join(left)} (--markdown and -o have all)."
    return [Text(plain(title), style="bold"), _table(rows, styles), *([note(told)] if left else [])]


def _is_empty(name: str, rows: list[Cells]) -> bool:
    place = rows[0].index(name) if name in rows[0] else None
    return place is not None and all(row[place] in ("", "–") for row in rows[1:])


def note(text: str, style: str = "dim") -> RenderableType:
    """A line below a table."""
    return Padding(Text(plain(text), style=style), (0, 0, 0, 2), expand=False)


def _stacked(row: Cells, head: Cells) -> Cells:
    return [
        cell if name in WORD_HEADS else cell.replace(" (", "\n(").replace(" of ", "\nof ").replace(" to ", " to\n")
        for name, cell in zip(head, row, strict=True)
    ]


def width_of(rows: Sequence[Cells]) -> int:
    """How many columns of a terminal the table takes at least."""
    most = [(column[0], _longest(column)) for column in zip(*rows, strict=True)]
    return sum(min(longest, _WORDS) if head in WORD_HEADS else longest for head, longest in most) + len(most) + 1


def _indented(cell: str) -> str:
    """A slice stands two blanks in, below the whole that it is a part of."""
    return ("  " if cell.startswith("  ") else "") + plain(cell)


def _longest(column: Sequence[str]) -> int:
    return max(len(line) for cell in column for line in cell.split("\n"))


def _table(rows: list[Cells], styles: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=0)
    for column in zip(*rows, strict=True):
        words, longest = column[0] in WORD_HEADS, _longest(column)
        left = words or column[0] == "Judge"
        least = min(_WORDS, longest) if words else longest
        table.add_column(
            column[0], justify="left" if left else "right", min_width=least, overflow="fold", no_wrap=not words
        )
    for index, row in enumerate(rows[1:]):
        style = styles[index] if index < len(styles) else ""
        table.add_row(*(Text("\n".join(map(_indented, cell.split("\n")))) for cell in row), style=style)
    return table


def _as_lines(title: str, rows: list[Cells], styles: Sequence[str]) -> list[RenderableType]:
    """Each row as its name and, below it, what its columns say; a column without a value says nothing."""
    head, *body = rows
    parts: list[RenderableType] = [Text(plain(title), style="bold")]
    for index, row in enumerate(body):
        style = styles[index] if index < len(styles) else ""
        cells = list(zip(head, row, strict=True))
        names = [cell for name, cell in cells if name in WORD_HEADS]
        told = [f"{name} {cell}" for name, cell in cells if name not in WORD_HEADS and cell]
        parts.append(Text(plain(" · ".join(names)), style=style))
        parts.append(note("; ".join(told), ""))
    return parts
