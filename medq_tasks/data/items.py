"""One row's cells -> one item: its texts, and where its pictures are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from medq_tasks.data import schema, special_tokens
from medq_tasks.data.images import from_base64
from medq_tasks.families import FAMILIES
from medq_tasks.records import Kind
from medq_tasks.wording.counts import count

_PICTURE_COLUMNS = ("image", "image_a", "image_b")
_WORD_LENGTH = 200  # a slice column holds words; what is longer is a text, and one item's worth of memory


class CellError(ValueError):
    """One cell cannot be used: what is wrong, and what to do. ``outside``: a path that leads out of the data."""

    def __init__(self, problem: str, cure: str, outside: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.cure, self.outside = problem, cure, outside


@dataclass(frozen=True)
class Reference:
    """ "The picture is in that row". ``place`` 0-based: only that one of its pictures; None: all of them."""

    id: str
    place: int | None = None


Slot = int | Reference  # the number of a picture in hand, or where to find it


@dataclass
class TableItem:
    """One row, read. ``slots`` are resolved to ``pictures`` once every row is known."""

    number: int  # 1-based data row of the file
    id: str
    question: str = ""
    options: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    reference: str = ""
    slots: tuple[Slot, ...] = ()
    pictures: tuple[int, ...] = ()
    words: dict[str, str] = field(default_factory=dict)  # every short cell that is none of the above, by column
    marks: tuple[str, ...] = ()  # words that backends take for marks of their own, as the row had them


@dataclass(frozen=True)
class Hands:
    """What reading a row needs from outside: where picture files lie, and who takes the pictures."""

    open_file: Callable[[str], bytes]  # path cell -> bytes; raises CellError
    take: Callable[[bytes], int]


def read_item(kind: Kind, number: int, cells: Mapping[str, str], hands: Hands) -> tuple[TableItem, list[CellError]]:
    """Read one row; every fault of it is told, not only the first."""
    item = TableItem(number, cells.get("index", "").strip())
    faults: list[CellError] = []
    if item.id.casefold() in ("", "nan"):
        item.id = ""
        faults.append(CellError("the index is missing", "Give every row an index of its own."))
    asked = cells.get("question", "")
    item.question = asked if schema.value(asked) else ""  # with its blanks: the reference implementation asks it so
    if FAMILIES[kind].shape == "choice":
        faults += _read_choice(item, cells)
    else:
        item.reference = schema.value(cells.get("description", ""))
        if not item.reference:
            faults.append(CellError("the description is empty", "Fill in the reference text, or remove the row."))
    try:
        item.slots = _slots(kind, cells, hands)
    except CellError as error:
        faults.append(error)
    _make_inert(item)
    used = {"index", "question", "answer", "description", "image_path", *_PICTURE_COLUMNS}
    used |= {letter.lower() for letter in schema.OPTION_LETTERS}
    item.words = {name: cell.strip()[:_WORD_LENGTH] for name, cell in cells.items() if name and name not in used}
    return item, faults


def _make_inert(item: TableItem) -> None:
    """Leave no backend's own mark in the texts that a model gets to see."""
    item.question, marks = special_tokens.inert(item.question)
    for letter, text in item.options.items():
        item.options[letter], more = special_tokens.inert(text)
        marks += more
    item.marks = tuple(marks)


def _read_choice(item: TableItem, cells: Mapping[str, str]) -> list[CellError]:
    faults = []
    if not item.question:
        faults.append(CellError("the question is empty", "Fill in the question, or remove the row."))
    item.options = schema.read_options(cells)
    if len(item.options) < schema.MIN_OPTIONS:
        problem = f"the row has {len(item.options)} options, at least {schema.MIN_OPTIONS} are needed"
        return [*faults, CellError(problem, "Fill in columns A, B, ...")]
    try:
        item.answer = schema.read_answer(cells.get("answer", ""), item.options)
    except ValueError as error:
        faults.append(CellError(str(error), "Give the letter of an option, or its place counted from 0."))
    return faults


def _slots(kind: Kind, cells: Mapping[str, str], hands: Hands) -> tuple[Slot, ...]:
    """Where the row's pictures are: in its image cells or, only when these are empty, in files.

    Official tables carry both: ``image_path`` is then the name that the reference implementation saves the picture
    under, and no such file need exist.
    """
    least, most = FAMILIES[kind].pictures
    pair = [cells.get("image_a", ""), cells.get("image_b", "")] if FAMILIES[kind].paired else []
    if any(schema.value(cell) for cell in pair):
        for name, cell in zip("ab", pair, strict=True):
            if not schema.value(cell):
                raise CellError(
                    f"image_{name} is empty while the other one is not", "A comparison needs both pictures."
                )
        return tuple(_one(cell.strip(), place, f"image_{'ab'[place]}", hands) for place, cell in enumerate(pair))
    cell, paths = schema.value(cells.get("image", "")), schema.value(cells.get("image_path", ""))
    if not cell and not paths:
        raise CellError("the row has no picture", "Fill in the image cell, or image_path.")
    found = _image_cell(cell, hands) if cell else _path_cell(paths, hands)
    whole_row = len(found) == 1 and isinstance(found[0], Reference) and found[0].place is None
    if (len(found) < least and not whole_row) or len(found) > (most or len(found)):
        need = f"exactly {most} pictures" if most else "at least 1 picture"
        raise CellError(f"the row has {count(len(found), 'picture')}", f"This table needs {need} in each row.")
    return found


def _image_cell(cell: str, hands: Hands) -> tuple[Slot, ...]:
    parts = _parts(cell, "image")
    if parts is not None:
        return tuple(_one(part, place, f"image, element {place + 1}", hands) for place, part in enumerate(parts))
    if len(cell) <= schema.REFERENCE_LENGTH:
        return (Reference(cell),)
    return (_one(cell, 0, "image", hands),)


def _one(cell: str, place: int, column: str, hands: Hands) -> Slot:
    if len(cell) <= schema.REFERENCE_LENGTH:
        return Reference(cell, place)
    try:
        return hands.take(from_base64(cell))
    except ValueError as error:
        cure = "Give base64 of the picture file, or the index of the row that holds the picture."
        raise CellError(f"column {column}: {error}", cure) from None


def _path_cell(cell: str, hands: Hands) -> tuple[Slot, ...]:
    parts = _parts(cell, "image_path")
    return tuple(hands.take(hands.open_file(part)) for part in (parts if parts is not None else [cell]))


def _parts(cell: str, column: str) -> list[str] | None:
    cure = 'Write the list as JSON: ["...", "..."].'
    try:
        parts = schema.read_list(cell)
    except ValueError as error:
        raise CellError(f"column {column}: {error}", cure) from None
    if parts is not None and len(parts) > schema.MAX_PICTURES:
        raise CellError(
            f"column {column} lists {count(len(parts), 'picture')}", f"At most {schema.MAX_PICTURES} are allowed."
        )
    if parts is not None and not all(parts):
        raise CellError(f"column {column} lists an empty picture", cure)
    return parts


def confined(folder: Path, cell: str, limit: Path | None = None) -> Path:
    """The file that a path cell names below ``folder``, after following links.

    Args:
        folder: the data folder, which relative paths start from.
        cell: the path as the table has it; ``\\`` counts as ``/`` (tables are also written on Windows).
        limit: where the file must really lie; the folder itself unless said.

    Raises:
        CellError: the path leads outside (absolute, ``..``, or a link), or no such file exists.
    """
    inside = "Put the picture below the data folder and give its path relative to that folder."
    path = PurePosixPath(cell.replace("\\", "/"))
    outside = path.is_absolute() and not any(path.is_relative_to(one.as_posix()) for one in (folder, folder.resolve()))
    if outside or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
        raise CellError(f"image_path {schema.shorten(cell)} leads outside the data folder", inside, True)
    try:
        real = (folder / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise CellError(f"image_path {schema.shorten(cell)} names no file below the data folder", inside) from None
    if not real.is_relative_to((limit or folder).resolve()):
        raise CellError(f"image_path {schema.shorten(cell)} is a link that leads outside the data folder", inside, True)
    if not real.is_file():
        raise CellError(f"image_path {schema.shorten(cell)} is no file", inside)
    return real
