"""The prepared table on disk: an Arrow file that ``datasets.load_from_disk`` maps into memory, written without it.

``datasets`` takes seconds to import and its writer wants Python objects of every row; the format is an Arrow stream
and four small JSON files, the same since ``datasets`` 2.0. Lists are declared in the spelling ("Sequence") that
versions 2 to 5 all read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from medq_tasks.data.items import TableItem
from medq_tasks.data.pictures import Pictures
from medq_tasks.records import SLICE_FIELDS, Kind, Slices
from medq_tasks.store.files import write_whole

_BATCH_BYTES = 4 << 20  # pictures per Arrow batch; the writer holds a few times as much
_BATCH_ROWS = 256
_TEXTS = ("id", "table", "kind", "question", "answer", "reference")
_LISTS = ("letters", "options", "inferred", "sizes", "pictures")
_STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"  # Arrow's IPC format: a continuation mark (messages begin with it) and 0
ARROW_FILE = "data-00000-of-00001.arrow"


def write(
    folder: Path,
    kind: Kind,
    split: str,
    fingerprint: str,
    items: Sequence[TableItem],
    slices: Sequence[Slices],
    pictures: Pictures,
) -> None:
    """Write the table into ``folder`` (which exists and is empty)."""
    import pyarrow as pa

    width = max(len(item.pictures) for item in items)
    schema = _schema(width)
    (folder / split).mkdir()
    with pa.OSFile(str(folder / split / ARROW_FILE), "wb") as sink, pa.ipc.new_stream(sink, schema) as writer:
        for batch in _batches(items, pictures):
            rows = [
                _row(place, items[place], slices[place], kind, fingerprint[:16], width, pictures) for place in batch
            ]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
    _write_json(folder / "dataset_dict.json", {"splits": [split]})
    _write_json(folder / split / "dataset_info.json", {"features": _features(width)})
    state: dict[str, object] = {
        "_data_files": [{"filename": ARROW_FILE}],
        "_fingerprint": fingerprint[:16],
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": split,
    }
    _write_json(folder / split / "state.json", state)


def _batches(items: Sequence[TableItem], pictures: Pictures) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for place, item in enumerate(items):
        own = sum(pictures.size(number) for number in item.pictures)
        if batch and (size + own > _BATCH_BYTES or len(batch) >= _BATCH_ROWS):
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += own
    if batch:
        yield batch


def _row(
    place: int, item: TableItem, slices: Slices, kind: Kind, table: str, width: int, pictures: Pictures
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "row": place,
        "id": item.id,
        "table": table,
        "kind": kind,
        "question": item.question,
        "letters": list(item.options),
        "options": list(item.options.values()),
        "answer": item.answer,
        "reference": item.reference,
        "inferred": list(slices.inferred),
        "sizes": [pictures.dimensions(number) for number in item.pictures],
        "pictures": [pictures.digest(number) for number in item.pictures],
    }
    row |= {name: getattr(slices, name) for name in SLICE_FIELDS}
    for column, number in zip(_image_columns(width), item.pictures, strict=False):
        row[column] = {"bytes": pictures.read(number), "path": None}
    return row


def _image_columns(width: int) -> list[str]:
    return [f"image_{place}" for place in range(1, width + 1)]


def _columns() -> list[str]:
    texts = list(_TEXTS)
    return ["row", *texts[:4], "letters", "options", *texts[4:], *SLICE_FIELDS, "inferred", "sizes", "pictures"]


def _schema(width: int) -> Any:
    import pyarrow as pa

    image = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    types = {name: pa.list_(pa.string()) if name in _LISTS else pa.string() for name in _columns()}
    types["row"] = pa.int32()
    types |= dict.fromkeys(_image_columns(width), image)
    metadata = json.dumps({"info": {"features": _features(width)}})
    return pa.schema(list(types.items()), metadata={"huggingface": metadata})


def _features(width: int) -> dict[str, Any]:
    text = {"dtype": "string", "_type": "Value"}
    features: dict[str, Any] = {
        name: {"feature": text, "_type": "Sequence"} if name in _LISTS else text for name in _columns()
    }
    features["row"] = {"dtype": "int32", "_type": "Value"}
    return features | {name: {"decode": False, "_type": "Image"} for name in _image_columns(width)}


def _write_json(path: Path, content: object) -> None:
    write_whole(path, json.dumps(content, indent=1))


def arrow_file(path: Path) -> Path:
    """The Arrow file of a prepared table.

    Raises:
        FileNotFoundError: there is no prepared table at ``path``.
    """
    file = next(path.glob(f"*/{ARROW_FILE}"), None)
    if file is None:
        raise FileNotFoundError(f"{path} holds no prepared table")
    return file


def is_whole(path: Path) -> bool:
    """Whether a prepared table's files end as they were written: a machine that stops leaves zeros, or nothing.

    Raises:
        OSError: a file is missing.
        ValueError: one that should hold JSON does not.
    """
    file = arrow_file(path)
    for one in (path / "dataset_dict.json", *(file.with_name(name) for name in ("dataset_info.json", "state.json"))):
        json.loads(one.read_bytes())
    with file.open("rb") as arrow:
        start = arrow.read(4)
        arrow.seek(-len(_STREAM_END), 2)
        return start == _STREAM_END[:4] and arrow.read() == _STREAM_END


def has_column(path: Path, name: str) -> bool:
    """Whether the prepared table at ``path`` has this column; tables of 0.1.0 have no ``pictures``."""
    info = json.loads(arrow_file(path).with_name("dataset_info.json").read_bytes())
    return name in info["features"]


class OpenTable:
    """A prepared table opened for single rows, memory-mapped: only what is asked for is read. A context manager."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self._map = pa.memory_map(str(arrow_file(path)))
        self._table = pa.ipc.open_stream(self._map).read_all()

    def __enter__(self) -> OpenTable:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def close(self) -> None:
        """Give the file back."""
        del self._table
        self._map.close()

    def row(self, row: int) -> dict[str, Any]:
        """All columns of a row (0-based) but the pictures."""
        self._check(row)
        names = [name for name in self._table.column_names if not name.startswith("image_")]
        found: dict[str, Any] = self._table.select(names).slice(row, 1).to_pylist()[0]
        return found

    def ids(self) -> list[str]:
        """The id of every row, in order."""
        found: list[str] = self._table.column("id").to_pylist()
        return found

    def images(self, row: int) -> tuple[bytes, ...]:
        """The picture files of a row (0-based), in order, as they were in the source."""
        return tuple(map(bytes, self.image_views(row)))

    def image_views(self, row: int) -> tuple[memoryview, ...]:
        """As ``images``, but nothing is copied: the file itself, valid for as long as the table is open."""
        self._check(row)
        names = [name for name in self._table.column_names if name.startswith("image_")]
        cells = [self._table.column(name)[row] for name in names]
        return tuple(memoryview(cell["bytes"].as_buffer()).cast("B") for cell in cells if cell.is_valid)

    def picture_digests(self) -> list[list[str]] | None:
        """What the table says of the pictures of every row (``records.picture_digest``); a table of 0.1.0: None."""
        if "pictures" not in self._table.column_names:
            return None
        found: list[list[str]] = self._table.column("pictures").to_pylist()
        return found

    def _check(self, row: int) -> None:
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of a table with {len(self)} rows")


def open_table(path: Path) -> OpenTable:
    """Open a prepared table (``PreparedTable.path``) to look at single rows.

    Raises:
        FileNotFoundError: there is no prepared table at ``path``.
    """
    return OpenTable(path)
