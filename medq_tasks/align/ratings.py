"""Ratings that people filled in: CSV as spreadsheet programs write it, checked cell by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.align.sheet import ITEM, RATER, RatedText
from medq_tasks.errors import MedqError
from medq_tasks.records import AXES
from medq_tasks.wording.escape import csv_read

LEVELS = (0, 1, 2)
_ALIASES = {
    ITEM: ("item", "id", "index", "code"),
    RATER: ("rater", "reader", "annotator", "expert"),
    "task": ("task", "kind"),
}
_DELIMITERS = ",;\t"
_SHOWN = 12


class RatingError(MedqError):
    """A sheet cannot be used; the message names file, line and cure of the first faults."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        hidden = len(faults) - _SHOWN
        super().__init__("\n".join([*faults[:_SHOWN], *([f"... and {hidden} more."] if hidden > 0 else [])]))


@dataclass(frozen=True)
class Rating:
    """One person's scores for one item; an axis that was left blank is absent."""

    item: RatedText
    rater: str
    scores: Mapping[str, int]
    place: str  # "FILE, line N"


def read_ratings(files: Sequence[Path], items: Sequence[RatedText], *, allow_missing: bool = False) -> list[Rating]:
    """The ratings in all files.

    A file has a header with ``item`` (the sheet's code, or the record's own id) and the axes; others are ignored. The
    rater is named by a column ``rater``, else by the file's name.

    Args:
        files: CSV with comma, semicolon or tab; UTF-8 (with or without BOM), UTF-16 or Windows-1252.
        items: What can have been rated (``rateable``).
        allow_missing: Accept blank ratings; items without any rating are then skipped.

    Raises:
        RatingError: missing, unreadable or out-of-range ratings, unknown or repeated items, no usable header.
    """
    lookup = _Lookup(items)
    faults: list[str] = []
    ratings: list[Rating] = []
    first: dict[tuple[str, str, str], str] = {}
    for path in files:
        for found in _file(path, lookup, allow_missing):
            if isinstance(found, str):
                faults.append(found)
                continue
            key = (found.item.task, found.item.code, found.rater)
            if key in first:
                faults.append(
                    f"{found.place}: {found.rater} has rated this item before ({first[key]}). Delete one of the rows."
                )
            first.setdefault(key, found.place)
            ratings.append(found)
    if faults:
        raise RatingError(faults)
    if not ratings:
        raise RatingError([f"{', '.join(map(str, files))}: no rating in it. Fill in the columns {', '.join(AXES)}."])
    return ratings


def decode_csv(data: bytes) -> str:
    """Text of a CSV file as spreadsheet programs save it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # "CSV" without "UTF-8" in the file menu of a spreadsheet program


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line where the row begins, cells), blank rows left out; the delimiter is the header's most frequent one."""
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].lower().startswith("sep=") else 0  # a hint to spreadsheet programs, not a row
    header = lines[skipped] if len(lines) > skipped else ""
    delimiter = max(_DELIMITERS, key=header.count)
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=delimiter)
    line = 1 + skipped
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [csv_read(cell.strip()) for cell in cells]
        line = reader.line_num + 1 + skipped


class _Lookup:
    """Items by code, and by their own id where that is unique."""

    def __init__(self, items: Sequence[RatedText]) -> None:
        self._by_code = {item.code: item for item in items}
        self._by_id: dict[str, list[RatedText]] = {}
        for item in items:
            self._by_id.setdefault(item.record.id, []).append(item)

    def find(self, name: str, task: str) -> RatedText | str:
        """The item, or what is wrong with the name."""
        if name in self._by_code:
            return self._by_code[name]
        named = [item for item in self._by_id.get(name, []) if task in ("", item.task, item.record.kind)]
        if len(named) == 1:
            return named[0]
        if named:
            tasks = ", ".join(item.task for item in named)
            return f"id {name!r} occurs in several tasks ({tasks}). Add a column `task`"
        return (
            f"unknown item {name!r}. The sheet must have been drawn from this very run (other texts have other codes), "
            "or name the run's own ids"
        )


def _file(path: Path, lookup: _Lookup, allow_missing: bool) -> Iterator[Rating | str]:
    try:
        rows = rows_of(decode_csv(path.read_bytes()))
    except OSError as error:
        yield f"{path}: cannot be read ({error.strerror}). Give the filled-in sheet."
        return
    try:
        _, header = next(rows, (0, []))
        columns = _columns(header)
        axes = [axis for axis in AXES if axis in columns]
        if ITEM not in columns or not axes:
            yield (
                f"{path}, line 1: the header needs a column `{ITEM}` and at least one of {', '.join(AXES)}, "
                f"but is: {', '.join(header) or '(empty)'}. Use the sheet of `medq align --sample`."
            )
            return
        for line, cells in rows:
            values = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
            yield from _row(f"{path}, line {line}", values, axes, path.stem, lookup, allow_missing)
    except csv.Error as error:
        yield f"{path}: not CSV ({error}). Save it as CSV again."


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip().casefold().replace(" ", "_") for name in header]
    columns = {axis: names.index(axis) for axis in AXES if axis in names}
    for name, aliases in _ALIASES.items():
        place = next((names.index(alias) for alias in aliases if alias in names), None)
        if place is not None:
            columns[name] = place
    return columns


def _row(
    place: str, values: Mapping[str, str], axes: Sequence[str], stem: str, lookup: _Lookup, allow_missing: bool
) -> Iterator[Rating | str]:
    item = lookup.find(values[ITEM], values.get("task", ""))
    if isinstance(item, str):
        yield f"{place}: {item}."
        return
    scores: dict[str, int] = {}
    whole = True
    for axis in axes:
        score = _score(values[axis])
        if score is not None:
            scores[axis] = score
        elif values[axis] or not allow_missing:
            whole = False
            found = repr(values[axis]) if values[axis] else "missing"
            cure = "Write 0, 1 or 2" + ("" if values[axis] else ", or accept gaps with --allow-missing")
            yield f"{place}: {axis} of item {values[ITEM]} is {found}. {cure}."
    if whole and scores:
        yield Rating(item, values.get(RATER) or stem, scores, place)


def _score(cell: str) -> int | None:
    """0, 1 or 2; a spreadsheet program may have made 2.0 or 2,0 of it."""
    number, _, zeros = cell.replace(",", ".").partition(".")
    if number.isdecimal() and number.isascii() and len(number) == 1 and not zeros.strip("0") and int(number) in LEVELS:
        return int(number)
    return None
