"""A text that was cut out of a raw one and changed, and still knows where in it each of its characters stands."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os.path import commonprefix


@dataclass(slots=True)
class Mapped:
    """A text, and where each of its characters begins and ends: ranges as long as nothing changes, which cost nothing.

    Both are empty where the text does not stand in the raw one.
    """

    text: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    @classmethod
    def of(cls, raw: str) -> Mapped:
        """The raw text itself."""
        return cls(raw, range(len(raw)), range(1, len(raw) + 1))

    def __getitem__(self, part: slice) -> Mapped:
        return Mapped(self.text[part], self.starts[part], self.ends[part])

    def strip(self, signs: str | None = None) -> Mapped:
        """The text without blanks, or ``signs``, around it."""
        start = len(self.text) - len(self.text.lstrip(signs))
        return self[start : max(start, len(self.text.rstrip(signs)))]

    def sub(self, pattern: re.Pattern[str], instead: str | Callable[[re.Match[str]], str]) -> Mapped:
        """As ``re.sub``. What is instead of a match stands where the same signs stood, or else all over the match."""
        pieces, behind = list[Mapped](), 0
        for found in pattern.finditer(self.text):
            new = instead if isinstance(instead, str) else instead(found)
            new = found.expand(new) if new is instead and "\\" in new else new
            if new != found[0]:
                pieces += [self[behind : found.start()], self[found.start() : found.end()]._as(new)]
                behind = found.end()
        return joined([*pieces, self[behind:]]) if pieces else self

    def _as(self, new: str) -> Mapped:
        if len(new) == len(self.text) or not self.starts:
            return Mapped(new, self.starts, self.ends)
        at = self.text.find(new)
        if at >= 0:
            return self[at : at + len(new)]
        head = len(commonprefix((self.text, new)))  # noqa: RUF071 (texts, no paths)
        end = len(self.text) - len(commonprefix((self.text[head:][::-1], new[head:][::-1])))  # noqa: RUF071
        first = min(head, len(self.text) - 1)
        middle = [first] * (len(new) - len(self.text) + end - head)
        starts = [self.starts[at] for at in (*range(head), *middle, *range(end, len(self.text)))]
        last = [max(first, end - 1)] * len(middle)
        return Mapped(new, starts, [self.ends[at] for at in (*range(head), *last, *range(end, len(self.text)))])

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the words among characters ``start`` to ``end`` stand in the raw text; None where they do not."""
        words = [at for at in range(start, end) if self.text[at].isalnum()] if self.starts else []
        return (self.starts[words[0]], self.ends[words[-1]]) if words else None


def joined(pieces: Iterable[Mapped]) -> Mapped:
    """One text of several. A single one keeps its ranges: thinking aside most replies are that."""
    kept = [piece for piece in pieces if piece.text]
    if len(kept) == 1:
        return kept[0]
    starts, ends = array("q"), array("q")  # a reply of megabytes would take hundreds of them as lists
    for piece in kept:
        starts.extend(piece.starts)
        ends.extend(piece.ends)
    text = "".join(piece.text for piece in kept)
    return Mapped(text, starts, ends) if len(starts) == len(text) else Mapped(text)
