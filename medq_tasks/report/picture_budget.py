"""What a page's budget for pictures is spent on: full files of what matters most, previews of the rest, or nothing.

Half of the budget is kept for previews, or less where less is enough for all. The other half and what is left of the
first go to files in full, item by item in the given order; the rest are previews of the largest size that then fits.
Below ``FLOOR`` pixels a preview says nothing about the quality of a picture: rather than smaller ones, there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from medq_tasks.report.picture_files import full, preview, uri, uri_length
from medq_tasks.report.picture_sources import Source

EDGES = (384, 320, 256, 192, 128)  # longest side of a preview, the largest that fits
FLOOR = EDGES[-1]
_SAMPLE = 24  # pictures made small to learn what previews of a size take
_MARGIN = 1.05  # it is a sample
_BATCH = 64  # pictures made small at once: no more are in memory than that
_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass
class Spent:
    """Data URIs by picture; of those in ``preview`` they are made smaller, to ``edge`` at most."""

    uris: list[str | None]
    preview: set[int] = field(default_factory=set)
    edge: int | None = None

    @property
    def full(self) -> int:
        """How many are files in full."""
        return sum(uri is not None for uri in self.uris) - len(self.preview)

    @property
    def length(self) -> int:
        """What has been spent."""
        return sum(len(uri) for uri in self.uris if uri)


def spend(sources: Sequence[Source], items: Sequence[Sequence[int]], budget: int) -> Spent:
    """Embed pictures until ``budget`` bytes are spent.

    Args:
        sources: the pictures.
        items: numbers of the pictures of each item, the most important item first.
        budget: most bytes of all data URIs together.
    """
    spent = Spent([None] * len(sources))
    whole = sum(uri_length("jpeg", len(source.view)) for source in sources) <= budget
    needs = [] if whole else _needs(sources)
    kept = min(budget / 2, len(sources) * _fitting(needs, len(sources), budget / 2)[1]) if needs else 0.0
    left = _embed_full(sources, items, budget - kept, spent) + kept
    rest = spent.uris.count(None)
    if rest:
        edge = _fitting(needs or _needs(sources), rest, left)[0]
        _embed_previews(sources, items, left, spent, edge)
        spent.edge = edge if spent.preview else None
    return spent


def _needs(sources: Sequence[Source]) -> list[tuple[int, float]]:
    """Each edge with what one preview of that size takes, from a sample."""
    sample = [source.view for source in sources[:: max(1, len(sources) // _SAMPLE)]]
    return [(edge, _MARGIN * _mean_length(sample, edge)) for edge in EDGES]


def _mean_length(sample: Sequence[memoryview], edge: int) -> float:
    made = _each(lambda data: preview(data, edge), sample)
    return sum(uri_length(subtype, len(data)) for subtype, data in made) / len(sample)


def _fitting(needs: Sequence[tuple[int, float]], count: int, budget: float) -> tuple[int, float]:
    """The largest edge at which ``count`` previews fit, and what one takes; the floor where none fits."""
    return next((found for found in needs if count * found[1] <= budget), needs[-1])


def _embed_full(sources: Sequence[Source], items: Sequence[Sequence[int]], budget: float, spent: Spent) -> float:
    """Files in full, all of an item's or none: half a pair in full would look better than its other half."""
    for item in items:
        wanted = [number for number in dict.fromkeys(item) if spent.uris[number] is None]
        if not wanted or sum(uri_length("jpeg", len(sources[number].view)) for number in wanted) > budget:
            continue
        made = {number: uri(*full(sources[number].view)) for number in wanted}
        length = sum(map(len, made.values()))
        if length > budget:  # a file in another format than the table's
            continue
        for number, text in made.items():
            spent.uris[number] = text
        budget -= length
    return budget


def _embed_previews(
    sources: Sequence[Source], items: Sequence[Sequence[int]], budget: float, spent: Spent, edge: int
) -> None:
    """Previews, all of an item's or none, until the first that does not fit."""
    made: dict[int, tuple[str, bool]] = {}
    order = list(dict.fromkeys(number for item in items for number in item if spent.uris[number] is None))
    batches = _batches(order, lambda number: _smallest(sources[number].view, edge))
    for item in items:
        wanted = [number for number in dict.fromkeys(item) if spent.uris[number] is None]
        while not all(number in made for number in wanted):
            made.update(next(batches))
        budget -= sum(len(made[number][0]) for number in wanted)
        if budget < 0:
            return
        for number in wanted:
            spent.uris[number], reduced = made.pop(number)
            spent.preview |= {number} if reduced else set()


def _smallest(data: memoryview, edge: int) -> tuple[str, bool]:
    """The preview's address and True, or where the file itself takes no more room, that and False."""
    small = uri(*preview(data, edge))
    if len(data) <= len(small):
        whole = uri(*full(data))
        if len(whole) <= len(small):
            return whole, False
    return small, True


def _batches(order: Sequence[int], work: Callable[[int], _Out]) -> Iterator[dict[int, _Out]]:
    for start in range(0, len(order), _BATCH):
        numbers = order[start : start + _BATCH]
        yield dict(zip(numbers, _each(work, numbers), strict=True))


def _each(work: Callable[[_In], _Out], inputs: Sequence[_In]) -> list[_Out]:
    """In threads, in order: Pillow decodes and scales without the interpreter lock."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, inputs))
