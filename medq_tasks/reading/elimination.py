"""The option that is left where a reply turns down all others, one by one or all at once."""

from __future__ import annotations

from collections.abc import Iterator

from medq_tasks.reading.spans import sentences
from medq_tasks.reading.clause_words import holds
from medq_tasks.reading.options import OptionBook
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement


def left_over(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The one option that is not turned down: "not A, not B, but a ring", "A, B and D can be excluded"."""
    if len(book.keys) < 3 or book.polar:
        return
    yield from _excepted(passage)
    rejected = frozenset[str]().union(*(passage.units[index].keys for index in passage.denied))
    left = frozenset(book.keys) - rejected
    if len(left) != 1:
        return
    named = [passage.units[index] for index in passage.values() if passage.units[index].keys == left]
    if named and named[-1].firm and not any(passage.asks(index) for index in passage.values() if index not in passage.denied):
        unit = named[-1]
        yield Statement(unit.start, unit.end, Level.DRAWN, left, "left over")


def _excepted(passage: Passage) -> Iterator[Statement]:
    """ "Everything except B can be dismissed"."""
    for part in sentences(passage.text):
        said = part.of(passage.text)
        if holds(said, "excepts") and holds(said, "rejects"):
            named = [unit for unit in passage.units if unit.by == "letter" and part.start <= unit.start < part.end]
            if len(named) == 1:
                yield Statement(named[0].start, named[0].end, Level.DRAWN, named[0].keys, "excepted")
