"""Phrases of a role in a clause: what announces, supposes, turns down, takes back (``clauses.tsv``, ``aside.tsv``)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from medq_tasks.reading.lexicon import Lexicon, load
from medq_tasks.reading.tokens import tokenise

_WORDLESS = frozenset(
    ("mark", "quote", "open", "close", "comma", "stop", "question", "line", "point", "dash", "slash", "colon")
)


@dataclass(frozen=True)
class Found:
    """A phrase; ``place`` and ``end`` count the words of the clause."""

    place: int
    end: int
    start: int  # the character of the clause with which the phrase begins


def words(clause: str) -> tuple[str, ...]:
    """The words of a clause in lower case, marks left out."""
    return tuple(word for word, _ in _placed(clause))


def starts(clause: str) -> tuple[int, ...]:
    """With which characters of the clause its ``words`` begin."""
    return tuple(start for _, start in _placed(clause))


@functools.lru_cache(maxsize=4096)
def _placed(clause: str) -> tuple[tuple[str, int], ...]:
    units = tokenise(clause.replace("’", "'"))
    return tuple((unit.word.casefold(), unit.start) for unit in units if unit.role not in _WORDLESS)


def find(clause: str, role: str) -> list[Found]:
    """The phrases of the role in a clause, in order; at one place the longest."""
    said, lexicon = words(clause), _of(role)
    found = []
    for place in range(len(said)):
        entry = lexicon.longest(said, place)
        if entry is not None:
            found.append(Found(place, entry[1], _placed(clause)[place][1]))
    return found


def holds(clause: str, role: str) -> bool:
    """Whether a clause holds a phrase of the role."""
    said, lexicon = words(clause), _of(role)
    return any(lexicon.longest(said, place) is not None for place in range(len(said)))


def opens(said: Sequence[str], role: str) -> int:
    """How many of these words are the phrase of the role with which they begin; 0 where they begin with none."""
    entry = _of(role).longest(said, 0) if said else None
    return entry[1] if entry else 0


def is_one(word: str, role: str) -> bool:
    """Whether the word alone is a form of the role."""
    return word in _of(role).singles.get(role, frozenset())


@functools.cache
def _of(role: str) -> Lexicon:
    return load("clauses", "aside").only(role)
