"""Rows that name another row's picture: forward, backward, in chains; never in circles and never into nothing."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.data.items import CellError, Reference, TableItem
from medq_tasks.data.schema import shorten


def resolve(items: Sequence[TableItem]) -> list[tuple[TableItem, CellError]]:
    """Fill in ``pictures`` of every item that has ``slots``; return the items whose references lead nowhere."""
    by_id = _by_id(items)
    faults: list[tuple[TableItem, CellError]] = []
    for item in items:
        try:
            item.pictures = tuple(number for slot in item.slots for number in _follow(slot, by_id))
        except CellError as error:
            faults.append((item, error))
    return faults


def _by_id(items: Sequence[TableItem]) -> dict[str, TableItem]:
    """Items by index, also under the spelling without ``.0`` that pandas adds to whole numbers."""
    by_id: dict[str, TableItem] = {}
    for item in items:
        by_id.setdefault(item.id, item)
    for item in items:
        by_id.setdefault(_plain(item.id), item)
    return by_id


def _plain(text: str) -> str:
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdecimal() and not rest.strip("0") else text


def _follow(slot: int | Reference, by_id: dict[str, TableItem]) -> tuple[int, ...]:
    """The picture numbers behind one slot. Walks instead of recursing: a chain may be as long as the table."""
    cure = "Put the picture itself into one of the rows."
    visited: set[tuple[str, int | None]] = set()
    while isinstance(slot, Reference):
        target = by_id.get(slot.id) or by_id.get(_plain(slot.id))
        if target is None:
            problem = f"the image cell {shorten(slot.id)} is no base64 picture (too short) and no row has that index"
            raise CellError(problem, cure + " File paths belong into column image_path.")
        if (target.id, slot.place) in visited:
            raise CellError(f"the image reference {shorten(slot.id)} runs in a circle", cure)
        visited.add((target.id, slot.place))
        place = slot.place
        found = target.slots
        if not found:  # that row's own fault is told there
            raise CellError(f"the image reference {shorten(slot.id)} leads to a row without a usable picture", cure)
        if place is None and len(found) > 1:
            return tuple(number for one in found for number in _follow(one, by_id))
        if len(found) == 1:
            slot = _placed(found[0], place)
        elif place is not None and place < len(found):
            slot = found[place]
        else:
            raise CellError(f"the image reference {shorten(slot.id)} leads to a row with {len(found)} pictures", cure)
    return (slot,)


def _placed(slot: int | Reference, place: int | None) -> int | Reference:
    """A row's only slot as seen through a reference to one place: that place is asked for further down the chain."""
    if isinstance(slot, Reference) and slot.place is None:
        return Reference(slot.id, place)
    return slot
