"""The vocabulary: tables of words with one role each, read once.

A line of a table holds role, language, forms and an example, parted by tabs. Forms are parted by " / "; in a form
"a|b" is one word of several and "(a)" a word that may be missing. ``docs/reading.md`` says how to add a line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "lexicon"
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")  # each is a word of its own in the stream
_WORD = re.compile(r"\([^()]*\)|[^\s()]+")


class Slot(NamedTuple):
    """One place in a form: the words that may stand there, and whether it may be empty."""

    words: frozenset[str]
    optional: bool


class Entry(NamedTuple):
    """One line of a table."""

    role: str
    language: str
    forms: tuple[tuple[Slot, ...], ...]
    example: str


class Lexicon:
    """The entries of one or several tables: forms by their first word, and each role's forms of one word."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.by_first: defaultdict[str, list[tuple[str, list[frozenset[str]]]]] = defaultdict(list)
        self.singles: defaultdict[str, set[str]] = defaultdict(set)
        for role, form in ((entry.role, form) for entry in self.entries for form in entry.forms):
            self.singles[role] |= form[0].words if len(form) == 1 else set()
            for kept in product(*((slot.words, None) if slot.optional else (slot.words,) for slot in form)):
                first, *rest = (words for words in kept if words)
                for word in first:
                    self.by_first[word].append((role, rest))
        for forms in self.by_first.values():
            forms.sort(key=lambda form: -len(form[1]))

    def only(self, role: str) -> Lexicon:
        """The entries of one role."""
        return Lexicon(entry for entry in self.entries if entry.role == role)

    def words(self, role: str, form: int) -> frozenset[str]:
        """The words of one form of a role: of "two / second", form 0 or 1."""
        found = [entry.forms[form] for entry in self.entries if entry.role == role and len(entry.forms) > form]
        return frozenset(word for slots in found for word in slots[0].words)

    def longest(self, words: Sequence[str], start: int) -> tuple[str, int] | None:
        """Role and end of the longest form that begins at word ``start``; of equals, the first in the tables."""
        for role, rest in self.by_first.get(words[start], ()):
            end = match(words, start + 1, rest)
            if end:
                return role, end
        return None


def match(words: Sequence[str], position: int, slots: Sequence[frozenset[str]]) -> int:
    """Where the words that may stand in ``slots`` end when they begin at ``position``; 0 where they do not fit."""
    for slot in slots:
        if position >= len(words) or words[position] not in slot:
            return 0
        position += 1
    return position


def _form(text: str) -> tuple[Slot, ...]:
    return tuple(
        Slot(frozenset(part.strip("()").split("|")), part.startswith("("))
        for word in _WORD.findall(text.strip())
        for part in (word if _HAN.fullmatch(word) else [word])
    )


def _read(name: str) -> Iterator[Entry]:
    for line in (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            role, language, forms, example = line.split("\t")
            yield Entry(role, language, tuple(_form(form) for form in forms.split(" / ")), example)


@lru_cache(maxsize=8)
def load(*names: str) -> Lexicon:
    """The lexicon made of the named tables; earlier tables win over later ones."""
    return Lexicon(entry for name in names for entry in _read(name))


def codes(*names: str) -> dict[str, str]:
    """The character that stands for each role in the tables named (columns of ``codes.tsv``); later ones win.

    So rules are short patterns over the roles of a text: "Nc+L" for "answer is B". Blank: no code.
    """
    lines = (FOLDER.parent / "codes.tsv").read_text(encoding="utf-8").splitlines()
    head, *rows = (line.split("\t") for line in lines)
    return {row[0]: row[head.index(name)] for name in names for row in rows if row[head.index(name)]}
