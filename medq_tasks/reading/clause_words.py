"""Phrases of a role in a clause: what announces, supposes, turns down, takes back (``clauses.tsv``, ``aside.tsv``)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

from medq_tasks.reading.lexicon import Lexicon, load
from medq_tasks.reading.tokens import tokenise


class Found(NamedTuple):
    """A phrase; ``place`` and ``end`` count the words of the clause, ``start`` its characters."""

    place: int
    end: int
    start: int


def words(clause: str) -> tuple[str, ...]:
    """The words of a clause in lower case, marks left out."""
    return _placed(clause)[0]


def starts(clause: str) -> tuple[int, ...]:
    """With which characters of the clause its ``words`` begin."""
    return _placed(clause)[1]


@functools.lru_cache(maxsize=4096)
def _placed(clause: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    units = [unit for unit in tokenise(clause.replace("’", "'")) if unit.role in ("", "number")]
    return tuple(unit.word.casefold() for unit in units), tuple(unit.start for unit in units)


def find(clause: str, role: str) -> list[Found]:
    """The phrases of the role in a clause, in order; at one place the longest."""
    said, at = _placed(clause)
    return [Found(place, end, at[place]) for place in range(len(said)) if (end := opens(said, role, place))]


def holds(clause: str, role: str) -> bool:
    """Whether a clause holds a phrase of the role."""
    return bool(find(clause, role))


def opens(said: Sequence[str], role: str, place: int = 0) -> int:
    """Where the phrase of the role that begins at ``place`` ends; 0 where none begins there."""
    entry = _of(role).longest(said, place) if said else None
    return entry[1] if entry else 0


def is_one(word: str, role: str) -> bool:
    """Whether the word alone is a form of the role."""
    return word in _of(role).singles.get(role, frozenset())


@functools.cache
def _of(role: str) -> Lexicon:
    return load("clauses", "aside").only(role)
