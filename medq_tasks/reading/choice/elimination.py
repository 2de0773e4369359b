"""The option that is left where a reply turns down all others, one by one or all at once."""

from __future__ import annotations

from collections.abc import Iterator

from medq_tasks.reading.choice.asides import parts
from medq_tasks.reading.choice.options import OptionBook
from medq_tasks.reading.clause_words import holds
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement


def left_over(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The one option that is named and not turned down: "not A, not B, but a ring", "Is it C? Yes"."""
    if len(book.keys) < 3 or book.polar:
        return
    rejected = set[str]().union(*(passage.units[index].keys for index in passage.denied))
    accepted: dict[str, Statement] = {}
    asked = frozenset[str]()  # what the question before was about: "Is it noise? No, ..."
    for said, values in by_part(passage):
        named = frozenset[str]().union(*(passage.units[index].keys for index in values if index not in passage.denied))
        keys = named or asked
        asked = keys if said.endswith("?") else frozenset()
        turned_down = holds(said, "rejects")
        excepted = passage.units[values[0]] if len(values) == 1 and turned_down and holds(said, "excepts") else None
        if excepted and excepted.by == "letter":
            yield Statement(excepted.start, excepted.end, Level.DRAWN, excepted.keys, "excepted")
        elif turned_down:
            rejected |= keys
        elif len(keys) == 1 and not asked and not said.endswith("?"):
            unit = passage.units[values[-1] if values else 0]
            accepted[next(iter(keys))] = Statement(unit.start, unit.end, Level.DRAWN, keys, "left over")
    left = set(book.keys) - rejected
    if len(left) == 1 and left <= accepted.keys():
        yield accepted[left.pop()]


def by_part(passage: Passage) -> Iterator[tuple[str, list[int]]]:
    """The parts of the text, each with the options that it names."""
    values = [index for index in passage.values() if passage.units[index].firm or passage.units[index].by != "letter"]
    at = 0
    for part in parts(passage.text):
        end = at
        while end < len(values) and passage.units[values[end]].start < part.end:
            end += 1
        yield part.of(passage.text).strip(), values[at:end]
        at = end
