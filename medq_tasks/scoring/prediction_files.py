"""A file of predictions -> its rows, whatever its format: the bytes are read as data, nothing in them is run."""

from __future__ import annotations

import csv
import io
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medq_tasks.errors import PredictionsError

Cells = Mapping[str, Any]
# What a file's first bytes say, whatever its name does.
_STARTS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Save it as xlsx, tsv or json."),
    (b"\x1f\x8b", "compressed (gzip)", "Unpack it."),
    (b"PAR1", "a Parquet file", "Save it as tsv, csv, json or xlsx."),
    (b"%PDF", "a PDF", "Give the table of predictions itself."),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "Run `git lfs pull` in its folder."),
)
_ZIP = b"PK\x03\x04"
_PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_NO_PICKLE = (
    "is a pickle, which is not read: reading it would run whatever code is in it. Save it as xlsx, tsv or json where "
    "it was made."
)
_DELIMITERS = {".csv": ",;\t", ".tsv": "\t,;"}  # the one that the suffix says, then what spreadsheets write instead
# Keys of a JSON object under which the rows lie one level deeper.
_WRAPPERS = ("data", "predictions", "results", "samples", "rows", "records", "items")


@dataclass(frozen=True)
class RawRow:
    """One row: where it stands in its file ("row 3", "line 7"), and its cells by the names that the file gives them.

    ``key`` is what stands before the row in an object of rows, "" where there is none.
    """

    place: str
    cells: Cells
    key: str = ""


def raw_rows(path: Path, is_header: Callable[[Sequence[str]], bool]) -> list[RawRow]:
    """The rows of a file, in order.

    Args:
        path: an .xlsx, .tsv, .csv, .json or .jsonl file.
        is_header: whether these names are those of a file of predictions; asked where a delimiter is in doubt.

    Raises:
        PredictionsError: the file cannot be read, is of another format, or is broken; it names file, place and cure.
    """
    suffix = path.suffix.lower()
    data = _bytes(path)
    if suffix in (".pkl", ".pickle") or data.startswith(_PICKLES):
        raise PredictionsError(f"{path}: {_NO_PICKLE}")
    if suffix not in _READERS:
        known = ", ".join(_READERS)
        raise PredictionsError(f"{path}: {suffix or 'no suffix'} is no format that is read. Save it as {known}.")
    for start, what, cure in _STARTS:
        if data.startswith(start):
            raise PredictionsError(f"{path}: is {what}. {cure}")
    if not data.strip():
        raise PredictionsError(f"{path}: is empty. Give a file with predictions.")
    if data.startswith(_ZIP) != (suffix == ".xlsx"):
        raise PredictionsError(f"{path}: {_misnamed(data)}")
    found = [row for row in _READERS[suffix](path, data, is_header) if row.cells]
    if not found:
        raise PredictionsError(f"{path}: holds no rows. Give a file with predictions.")
    return found


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would be waited for without end
            raise PredictionsError(f"{path}: is no file. Write the predictions into one.")
        return path.read_bytes()
    except IsADirectoryError:
        raise PredictionsError(f"{path}: is a folder. Give the files of predictions in it.") from None
    except OSError as error:
        raise PredictionsError(f"{path}: cannot be read ({error.strerror or error}). Check the name.") from error


def _misnamed(data: bytes) -> str:
    if not data.startswith(_ZIP):
        return "is no Excel workbook, whatever its name says. Give it the suffix of what it is (.tsv, .csv, .json)."
    if b"xl/" in data:
        return "is an Excel workbook, whatever its name says. Give it the suffix .xlsx."
    return "is a zip archive. Unpack it."


# --- text -------------------------------------------------------------------------------------------------------------


def _text(path: Path, data: bytes) -> str:
    """UTF-8, or UTF-16 where its mark says so (Excel's "Unicode text"); without the mark."""
    code = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(code)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"the text is not {code.removesuffix('-sig').upper()} (byte {error.object[error.start]:#04x})"
        raise PredictionsError(f"{path}, line {line}: {problem}. Save the file as UTF-8.") from error
    if "\0" in text:  # UTF-16 without its mark, or a file of something else
        line = text.count("\n", 0, text.index("\0")) + 1
        raise PredictionsError(f"{path}, line {line}: the text holds a zero byte. Save the file as UTF-8.")
    return text


def _delimited(path: Path, data: bytes, is_header: Callable[[Sequence[str]], bool]) -> Iterator[RawRow]:
    text = _text(path, data)
    marks = _DELIMITERS[path.suffix.lower()]
    mark = next((mark for mark in marks if is_header(_first_row(text, mark))), marks[0])
    lines = _records(path, text, mark)
    names = [cell.strip() for cell in next(lines, [])]
    yield from _named(path, names, lines)


def _first_row(text: str, mark: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text[: 1 << 16], newline=""), delimiter=mark), [])
    except csv.Error:
        return []


def _records(path: Path, text: str, mark: str) -> Iterator[list[str]]:
    """By csv's strict rules: a quotation mark that is never closed ends in an error, not in one row of many."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a reply of a model that repeats itself is longer
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise PredictionsError(
            f"{path}, line {reader.line_num}: cannot be read as {path.suffix[1:]} ({error}). Write a cell with "
            'quotation marks as csv does ("..." with every mark inside doubled).'
        ) from error
    finally:
        csv.field_size_limit(before)


def _named(path: Path, names: Sequence[str], rows: Iterator[Sequence[Any]]) -> Iterator[RawRow]:
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        named = " and ".join(map(repr, twice))
        raise PredictionsError(f"{path}: the header names {named} more than once. Remove or rename one of them.")
    for number, cells in enumerate(rows, 1):
        if all(cell in (None, "") for cell in cells):
            continue
        if len(cells) != len(names):
            raise PredictionsError(
                f"{path}, row {number}: has {len(cells)} cells where the header names {len(names)}. Look for a "
                "delimiter or quotation mark inside a text, or a file that was cut short."
            )
        yield RawRow(f"row {number}", dict(zip(names, cells, strict=True)))


def _workbook(path: Path, data: bytes, is_header: Callable[[Sequence[str]], bool]) -> Iterator[RawRow]:
    """The first sheet. Formulas stay the text that they are: a reply that begins with "=" is one to a spreadsheet."""
    import openpyxl  # comes with lmms-eval

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some writers note a size that is none, and rows would be cut by it
            rows = [[_written(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except Exception as error:  # whatever a broken archive or its XML raises: openpyxl has no error of its own for it
        problem = f"cannot be read as an Excel workbook ({type(error).__name__}: {error})"
        raise PredictionsError(f"{path}: {problem}. Save it again, as xlsx or tsv.") from error
    names = ["" if cell is None else str(cell).strip() for cell in rows[0]] if rows else []
    width = max(map(len, rows), default=0)  # rows end where their last cell does
    names += [""] * (width - len(names))
    yield from _named(path, names, (row + [None] * (width - len(row)) for row in rows[1:]))


def _written(cell: Any) -> Any:
    """What stands in a cell: a carriage return is "_x000D_" in a workbook, some formulas are objects."""
    from openpyxl.utils.escape import unescape
    from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

    if isinstance(cell, DataTableFormula):
        return f"=TABLE({cell.r1 or ''},{cell.r2 or ''})"  # as Excel shows it
    cell = cell.text if isinstance(cell, ArrayFormula) else cell
    return unescape(cell) if isinstance(cell, str) else cell


# --- JSON -------------------------------------------------------------------------------------------------------------


def _json(path: Path, data: bytes, is_header: Callable[[Sequence[str]], bool]) -> Iterator[RawRow]:
    """A list of objects, an object of replies by id, columns, or JSON lines: by what it is, not by its suffix."""
    text = _text(path, data)
    try:
        whole = _parse(text)
    except ValueError as error:
        first = text.lstrip().partition("\n")[0]
        if first.startswith("[") or not _parses(first):
            raise PredictionsError(f"{path}: not valid JSON ({error}), perhaps cut short. Write it again.") from error
        return _json_lines(path, text)
    return _json_rows(path, whole, is_header)


def _json_lines(path: Path, text: str) -> Iterator[RawRow]:
    for number, line in enumerate(text.split("\n"), 1):  # a reply may hold U+2028: no splitlines
        if not line.strip():
            continue
        try:
            row = _parse(line)
        except ValueError as error:
            problem = f"not valid JSON ({error}), perhaps cut short. Delete the line to go on without it"
            raise PredictionsError(f"{path}, line {number}: {problem}.") from error
        yield RawRow(f"line {number}", _of_log(_object(path, f"line {number}", row)))


def _of_log(row: dict[str, Any]) -> dict[str, Any]:
    """The row itself; of a line of lmms-eval's sample log for our tasks its record, which holds id and reply.

    So the replies of an earlier run can be read by the rules of today.
    """
    record = row.get("record")
    return record if "doc_id" in row and isinstance(record, dict) and {"id", "reply"} <= record.keys() else row


def _json_rows(path: Path, whole: Any, is_header: Callable[[Sequence[str]], bool]) -> Iterator[RawRow]:
    if isinstance(whole, list):
        for number, row in enumerate(whole, 1):
            yield RawRow(f"entry {number}", _object(path, f"entry {number}", row))
    elif not isinstance(whole, dict):
        raise PredictionsError(f"{path}: holds {_kind(whole)}. Give a list of objects, each with an id and a reply.")
    elif path.suffix.lower() != ".json" and not is_header(list(whole)):  # JSON lines, one of them
        yield RawRow("line 1", whole)
    elif is_header(list(whole)):
        yield from _columns(path, whole, is_header)
    elif isinstance(whole.get("columns"), list) and isinstance(whole.get("data"), list):  # pandas, orient="split"
        yield from _named(path, list(map(str, whole["columns"])), iter(map(_listed, whole["data"])))
    elif wrapper := _wrapper(path, whole, is_header):
        yield from _json_rows(path, whole[wrapper], is_header)
    else:
        for key, value in whole.items():
            # Whether the key is the row's id, or one inside, is for all rows together to say (predictions).
            yield RawRow(f"entry {key!r}", value if isinstance(value, dict) else {"reply": value}, key=key)


def _wrapper(path: Path, whole: Mapping[str, Any], is_header: Callable[[Sequence[str]], bool]) -> str | None:
    """The key under which the rows lie one level deeper; None: there is none.

    Raises:
        PredictionsError: there are several, and reading one of them would leave the others out without a word.
    """
    known = [key for key in _WRAPPERS if isinstance(whole.get(key), list | dict) and whole[key]]
    holding = [key for key in known if _replies_in(whole[key], is_header)]
    if len(holding) > 1:
        named = " and ".join(map(repr, holding))
        raise PredictionsError(f"{path}: has rows under {named}. Leave one of them, or write all rows into one list.")
    return next(iter(holding or known), None)


def _replies_in(value: list[Any] | dict[str, Any], is_header: Callable[[Sequence[str]], bool]) -> bool:
    """Whether replies are among it: ``"results": {"accuracy": 0.5}`` beside the rows holds scores."""
    if isinstance(value, dict) and is_header(list(value)):
        return True
    rows = value.values() if isinstance(value, dict) else value
    return any(is_header(["id", *row]) if isinstance(row, dict) else isinstance(row, str | list) for row in rows)


def _columns(path: Path, whole: Mapping[str, Any], is_header: Callable[[Sequence[str]], bool]) -> Iterator[RawRow]:
    """One row, or a table by columns: lists, or objects by row as pandas writes them.

    Raises:
        PredictionsError: two columns have other rows: paired by their order they would give replies to other items.
    """
    columns = {key: _by_row(value) for key, value in whole.items() if isinstance(value, list | dict)}
    if not is_header(list(columns)):  # ids and replies are not among them: what else there is belongs to one row
        yield RawRow("line 1", whole)
        return
    most = max(columns.values(), key=len)
    table = {key: column for key, column in columns.items() if column.keys() & most.keys()}
    odd = next((key for key, column in table.items() if column.keys() != most.keys()), None)
    if odd is not None or not is_header(list(table)):
        shown = ", ".join(f"{key} {len(column)}" for key, column in columns.items())
        said = f"its columns do not have the same rows ({shown}). Write it again, all rows in each."
        raise PredictionsError(f"{path}: {said}")
    for number, row in enumerate(most, 1):
        yield RawRow(f"row {number}", {key: column[row] for key, column in table.items()})


def _by_row(column: list[Any] | dict[str, Any]) -> dict[str, Any]:
    """A column's cells by the name of the row, which in a list is its place."""
    return column if isinstance(column, dict) else {str(place): cell for place, cell in enumerate(column)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _object(path: Path, place: str, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise PredictionsError(f"{path}, {place}: is {_kind(row)}. Make it an object with an id and a reply.")
    return row


def _kind(value: Any) -> str:
    names = {list: "a list", dict: "an object", str: "a text", type(None): "null"}
    return names.get(type(value), f"the value {value!r}")


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _parses(text: str) -> bool:
    try:
        return isinstance(_parse(text), dict)
    except ValueError:
        return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object as it is written: of a key that stands twice, json would drop the first value unsaid."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


_READERS: dict[str, Callable[[Path, bytes, Callable[[Sequence[str]], bool]], Iterator[RawRow]]] = {
    ".xlsx": _workbook,
    ".tsv": _delimited,
    ".csv": _delimited,
    ".json": _json,
    ".jsonl": _json,
    ".ndjson": _json,
}
