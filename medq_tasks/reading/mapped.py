"""A text that was cut out of a raw one and still knows where in it each of its characters stands."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text, and the place of each of its characters: a range as long as nothing is left out, which costs nothing."""

    text: str
    places: Sequence[int]

    @classmethod
    def of(cls, raw: str) -> Mapped:
        """The raw text itself."""
        return cls(raw, range(len(raw)))

    def __getitem__(self, part: slice) -> Mapped:
        return Mapped(self.text[part], self.places[part])

    def strip(self) -> Mapped:
        """The text without blanks around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]


def joined(pieces: Iterable[Mapped]) -> Mapped:
    """One text of several. A single one keeps its range: thinking aside most replies are that."""
    kept = [piece for piece in pieces if piece.text]
    if len(kept) == 1:
        return kept[0]
    places = array("q")  # a reply of megabytes would take hundreds of them as a list
    for piece in kept:
        places.extend(piece.places)
    return Mapped("".join(piece.text for piece in kept), places)
