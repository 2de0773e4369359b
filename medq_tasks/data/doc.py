"""One row of a prepared table as the harness hands it over (a "doc"), and what is read from it.

``OpenTable.row`` gives the same columns without the pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medq_tasks.records import SLICE_FIELDS, Slices

Doc = Mapping[str, Any]  # column -> value; the columns are those of docs/architecture.md, "The prepared table"


def options_of(doc: Doc) -> dict[str, str]:
    """Letter -> option text, in table order."""
    return dict(zip(doc["letters"], doc["options"], strict=True))


def variant_of(doc: Doc) -> str:
    """Which form of the item the row holds; "" for the item as it is (tables without such a column hold only those)."""
    return str(doc.get("variant") or "")


def pictures_of(doc: Doc) -> tuple[str, ...]:
    """The digests of the item's pictures, in order; () in a table that was prepared by 0.1.0."""
    return tuple(doc.get("pictures") or ())


def slices_of(doc: Doc) -> Slices:
    """What the item can be grouped by."""
    return Slices(**{name: doc[name] for name in SLICE_FIELDS}, inferred=tuple(doc["inferred"]))


def image_bytes(doc: Doc) -> list[bytes]:
    """The files of the item's pictures, as they are in the table."""
    columns = sorted((name for name in doc if name.startswith("image_")), key=lambda name: int(name[6:]))
    return [doc[name]["bytes"] for name in columns if doc[name] is not None]
