"""A text that knows where in the raw one each of its characters comes from, and the steps that respell it."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

_GROUP = re.compile(r"\\(\d)")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text; ``starts`` and ``ends`` say for each of its characters what stretch of the raw text it stands for."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, raw: str) -> Mapped:
        """The raw text itself. Its places are ranges, so that cutting it up costs next to nothing."""
        return cls(raw, range(len(raw)), range(1, len(raw) + 1))

    def __getitem__(self, part: slice) -> Mapped:
        return Mapped(self.text[part], self.starts[part], self.ends[part])

    def strip(self) -> Mapped:
        """The text without blanks around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]

    def instead(self, start: int, end: int, text: str) -> Mapped:
        """``text`` as what stands for the characters ``start`` to ``end`` (or, inserted, for none) of this one."""
        first = self.starts[start] if start < end else self.ends[start - 1] if start else 0
        last = self.ends[end - 1] if start < end else first
        return Mapped(text, [first] * len(text), [last] * len(text))

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the raw text of the characters ``start`` to ``end`` (at least one)."""
        return self.starts[start], self.ends[end - 1]


def joined(pieces: Iterable[Mapped]) -> Mapped:
    """One text of several, in the order given. A single one keeps its ranges: thinking aside most replies are that."""
    kept = [piece for piece in pieces if piece.text]
    if len(kept) == 1:
        return kept[0]
    starts, ends = array("q"), array("q")  # a reply of megabytes would take hundreds of them as lists
    for piece in kept:
        starts.extend(piece.starts)
        ends.extend(piece.ends)
    return Mapped("".join(piece.text for piece in kept), starts, ends)


class Step(Protocol):
    """One step of a respelling: of a text alone, which is fast, or of one that knows its places."""

    def __call__(self, text: str) -> str:
        """The text after this step."""

    def mapped(self, text: Mapped) -> Mapped:
        """The same, with its places."""


@dataclass(frozen=True)
class Sub:
    """Whatever a pattern finds (never nothing at all) is replaced; ``within``: only in so many characters."""

    pattern: re.Pattern[str]
    template: str
    within: int | None = None

    def __call__(self, text: str) -> str:
        """The text after this step."""
        if self.within is None or len(text) <= self.within:
            return self.pattern.sub(self.template, text)
        return self.pattern.sub(self.template, text[: self.within]) + text[self.within :]

    def mapped(self, text: Mapped) -> Mapped:
        r"""The same, with its places: a group (``\1``) keeps its own, others stand for what is beside them."""
        parts = _GROUP.split(self.template)
        pieces: list[Mapped] = []
        last = 0
        for found in self.pattern.finditer(text.text[: self.within]):
            pieces.append(text[last : found.start()])
            last = found.start()
            for place, part in enumerate(parts):
                start, end = found.span(int(part)) if place % 2 else (last, _next(found, parts[place + 1 :]))
                pieces.append(text[start:end] if place % 2 else text.instead(start, end, part))
                last = end
            last = found.end()
        return joined([*pieces, text[last:]])


def _next(found: re.Match[str], parts: Sequence[str]) -> int:
    """Where the first of the groups that ``parts`` names begins, or, without one, where all that was found ends."""
    return found.start(int(parts[0])) if parts else found.end()


@dataclass(frozen=True)
class Replace:
    """Certain characters, wherever they stand, are replaced."""

    old: str
    new: str

    def __call__(self, text: str) -> str:
        """The text after this step."""
        return text.replace(self.old, self.new)

    def mapped(self, text: Mapped) -> Mapped:
        """The same, with its places."""
        return Sub(re.compile(re.escape(self.old)), self.new).mapped(text)


@dataclass(frozen=True)
class Signs:
    """Single characters are replaced, or (None) dropped."""

    table: Mapping[int, str | int | None]

    def __call__(self, text: str) -> str:
        """The text after this step."""
        return text.translate(self.table)

    def mapped(self, text: Mapped) -> Mapped:
        """The same, with its places; one character becomes one or none."""
        kept = [place for place, sign in enumerate(text.text) if self.table.get(ord(sign), sign) is not None]
        starts, ends = [text.starts[place] for place in kept], [text.ends[place] for place in kept]
        return Mapped(self(text.text), starts, ends)


@dataclass(frozen=True)
class Compatible:
    """The compatibility form of Unicode (NFKC): "Ｂ", "①" and an accent that is a character of its own."""

    def __call__(self, text: str) -> str:
        """The text after this step."""
        return unicodedata.normalize("NFKC", text)

    def mapped(self, text: Mapped) -> Mapped:
        """The same, with its places."""
        clusters = list(_clusters(text.text))
        return joined(text.instead(start, end, self(text.text[start:end])) for start, end in clusters)


def _clusters(text: str) -> Iterable[tuple[int, int]]:
    """The shortest stretches of a text that are normalised each by itself: a letter with its accents, a syllable."""
    start = 0
    for place in range(1, len(text)):
        if not _joins(text[start:place], text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


def _joins(before: str, sign: str) -> bool:
    """Whether the form of what stands before changes with the sign behind it."""
    if sign < "\u0300" and before[-1] < "\u0300":
        return False
    if unicodedata.combining(sign):  # also the first sign of its form may be an accent, as of a half-width one
        return True
    form = unicodedata.normalize
    return form("NFKC", before[-40:] + sign) != form("NFKC", before[-40:]) + form("NFKC", sign)


def respell(text: Mapped, steps: Iterable[Step]) -> Mapped:
    """The text after all steps; one that changes nothing costs no more than it does without places."""
    for step in steps:
        if step(text.text) != text.text:
            text = step.mapped(text)
    return text
