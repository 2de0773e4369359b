"""The vocabulary: tables of words with one role each, read once.

A line of a table holds role, language, forms and an example, parted by tabs. Forms are parted by " / "; in a form
"a|b" is one word of several and "(a)" a word that may be missing. ``docs/reading.md`` says how to add a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lexicon"
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")  # each is a word of its own in the stream
_WORD = re.compile(r"\([^()]*\)|[^\s()]+")


@dataclass(frozen=True)
class Slot:
    """One place in a form: the words that may stand there, and whether it may be empty."""

    words: frozenset[str]
    optional: bool


@dataclass(frozen=True)
class Entry:
    """One line of a table."""

    role: str
    language: str
    forms: tuple[tuple[Slot, ...], ...]
    example: str


@dataclass(frozen=True)
class Lexicon:
    """The entries of one or several tables, found by their first word."""

    entries: tuple[Entry, ...]
    by_first: dict[str, list[tuple[str, tuple[Slot, ...]]]]
    singles: dict[str, frozenset[str]]  # role -> its forms of one word

    def only(self, role: str) -> Lexicon:
        """The entries of one role."""
        return _of_entries(tuple(entry for entry in self.entries if entry.role == role))

    def words(self, role: str, form: int) -> frozenset[str]:
        """The words of one form of a role: of "two / second", form 0 or 1."""
        found = [entry.forms[form] for entry in self.entries if entry.role == role and len(entry.forms) > form]
        return frozenset(word for slots in found for word in slots[0].words)

    def longest(self, words: Sequence[str], start: int) -> tuple[str, int] | None:
        """Role and end of the longest form that begins at word ``start``; of equals, the first in the tables."""
        best: tuple[str, int] | None = None
        for role, slots in self.by_first.get(words[start], ()):
            end = match(words, start + 1, slots, 0)
            if end and (best is None or end > best[1]):
                best = role, end
        return best


def match(words: Sequence[str], position: int, slots: tuple[Slot, ...], index: int = 0) -> int:
    """Where ``slots[index:]`` end when they begin at ``position``; 0 where they do not fit."""
    while index < len(slots):
        slot = slots[index]
        fits = position < len(words) and words[position] in slot.words
        if slot.optional:
            if fits:
                end = match(words, position + 1, slots, index + 1)
                if end:
                    return end
        elif fits:
            position += 1
        else:
            return 0
        index += 1
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
    return _of_entries(tuple(entry for name in names for entry in _read(name)))


def _of_entries(entries: tuple[Entry, ...]) -> Lexicon:
    by_first: dict[str, list[tuple[str, tuple[Slot, ...]]]] = {}
    for entry in entries:
        for form in entry.forms:
            while form:
                for word in form[0].words:
                    by_first.setdefault(word, []).append((entry.role, form[1:]))
                form = form[1:] if form[0].optional else ()
    singles: dict[str, set[str]] = {}
    for entry in entries:
        alone = [word for form in entry.forms if len(form) == 1 for word in form[0].words]
        singles.setdefault(entry.role, set()).update(alone)
    return Lexicon(entries, by_first, {role: frozenset(words) for role, words in singles.items()})
