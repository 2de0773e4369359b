"""Phrases of a role in a clause: what announces, supposes, turns down, takes back (``clauses.tsv``, ``aside.tsv``)."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Sequence

from medq_tasks.reading.lexicon import Lexicon, load, match
from medq_tasks.reading.tokens import tokenise

_CLAUSES = load("clauses", "aside")


class Phrases:
    """A row of words in lower case and the phrases of every role in it; places count words."""

    def __init__(self, words: Sequence[str], lexicon: Lexicon = _CLAUSES) -> None:
        self.words = words
        self._ends: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for place, word in enumerate(words):
            for role, rest in lexicon.by_first.get(word, ()):  # the longest first
                if place not in self._ends[role] and (end := match(words, place + 1, rest)):
                    self._ends[role][place] = end

    def find(self, role: str) -> list[tuple[int, int]]:
        """Where the phrases of the role begin and end, in order: the longest at its place, none in another."""
        found, behind = [], 0
        for place, end in self._ends[role].items():
            if place >= behind:
                found.append((place, end))
                behind = end
        return found

    def opens(self, role: str, place: int = 0) -> int:
        """Where the phrase of the role that begins at ``place`` ends; 0 where none begins there."""
        return self._ends[role].get(place, 0)

    def holds(self, role: str, start: int = 0, end: int | None = None) -> int:
        """Where the last phrase of the role in words [start, end) ends; 0 where there is none."""
        last = len(self.words) if end is None else end
        return max((stop for place, stop in self._ends[role].items() if place >= start and stop <= last), default=0)


class Clause(Phrases):
    """The words of a clause, marks left out; ``starts`` tells with which characters they begin."""

    def __init__(self, text: str) -> None:
        units = [unit for unit in tokenise(text.replace("’", "'")) if unit.role in ("", "number")]
        self.starts = tuple(unit.start for unit in units)
        super().__init__(tuple(unit.word.casefold() for unit in units))


clause = functools.lru_cache(maxsize=4096)(Clause)
