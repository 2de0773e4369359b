"""Rows that name another row's picture: forward, backward, in chains; never in circles and never into nothing."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.data.items import CellError, Reference, Slot, TableItem
from medq_tasks.data.schema import shorten
from medq_tasks.wording.counts import count

_CURE = "Put the picture itself into one of the rows."
_Known = dict[Reference, tuple[int, ...] | CellError]


def resolve(items: Sequence[TableItem]) -> list[tuple[TableItem, CellError]]:
    """Fill in ``pictures`` of every item that has ``slots``; return the items whose references lead nowhere."""
    by_id = _by_id(items)
    known: _Known = {}
    faults: list[tuple[TableItem, CellError]] = []
    for item in items:
        try:
            item.pictures = tuple(number for slot in item.slots for number in _follow(slot, by_id, known))
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


def _follow(slot: Slot, by_id: dict[str, TableItem], known: _Known) -> tuple[int, ...]:
    """The picture numbers behind one slot. Walks instead of recursing: a chain may be as long as the table.

    What is found is noted for every reference on the way: each row of a chain would walk the rest again.
    """
    way: dict[Reference, None] = {}
    try:
        while isinstance(slot, Reference):
            if slot in known:
                found = known[slot]
                if isinstance(found, CellError):
                    raise CellError(found.problem, found.cure)  # the same one would grow a traceback with each row
                break
            if slot in way:
                raise CellError(f"the image reference {shorten(slot.id)} runs in a circle", _CURE)
            way[slot] = None
            following = _step(slot, by_id)
            if isinstance(following, tuple):
                found = tuple(number for one in following for number in _follow(one, by_id, known))
                break
            slot = following
        else:
            found = (slot,)
    except CellError as error:
        known.update(dict.fromkeys(way, error))
        raise
    known.update(dict.fromkeys(way, found))
    return found


def _step(slot: Reference, by_id: dict[str, TableItem]) -> Slot | tuple[Slot, ...]:
    """What a reference names: a slot, or all slots of a row of several."""
    target = by_id.get(slot.id) or by_id.get(_plain(slot.id))
    if target is None:
        problem = f"the image cell {shorten(slot.id)} is no base64 picture (too short) and no row has that index"
        raise CellError(problem, _CURE + " File paths belong into column image_path.")
    place, found = slot.place, target.slots
    if not found:  # that row's own fault is told there
        raise CellError(f"the image reference {shorten(slot.id)} leads to a row without a usable picture", _CURE)
    if len(found) == 1:
        return _placed(found[0], place)
    if place is None:
        return found
    if place < len(found):
        return found[place]
    raise CellError(f"the image reference {shorten(slot.id)} leads to a row with {count(len(found), 'picture')}", _CURE)


def _placed(slot: int | Reference, place: int | None) -> int | Reference:
    """A row's only slot as seen through a reference to one place: that place is asked for further down the chain."""
    if isinstance(slot, Reference) and slot.place is None:
        return Reference(slot.id, place)
    return slot
