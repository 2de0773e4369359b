"""A text as sentences. Linear in its length; nothing is changed, spans point into the text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_STOPS, _WIDE = ".!?。！？", "。！？"
_MARK = re.compile(rf"\n|[{_STOPS}][{_STOPS}\"')\]}}»”’*_`]*")
# A full stop after these ends no sentence.
_SHORT = frozenset(("e.g", "i.e", "vs", "fig", "approx", "no", "dr", "mr", "mrs", "prof", "st", "cf", "etc", "resp"))


class Span(NamedTuple):
    """A stretch of a text; ``end`` is behind its last character."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters."""
        return text[self.start : self.end]


def sentences(text: str) -> list[Span]:
    """The sentences of ``text``, blanks around them left out; a line break ends one, too."""
    ends = [0]
    for mark in _MARK.finditer(text):
        if _ends(text[ends[-1] : mark.start()], mark[0], text[mark.end() : mark.end() + 1]):
            ends.append(mark.end())
    spans = []
    for start, end in pairwise((*ends, len(text))):
        said = text[start:end].strip()
        start = text.find(said, start)
        spans += [Span(start, start + len(said))] if said else []
    return spans


def _ends(before: str, mark: str, following: str) -> bool:
    """Whether a mark, with what stands before it in the sentence and the sign behind it, ends the sentence."""
    words = before.split()
    if mark == "\n":  # small letters go on behind a line that is only wrapped
        return not words or words[-1][-1] in f"{_STOPS}:;" or not following.islower()
    if mark[0] in _WIDE or following.strip():
        return mark[0] in _WIDE  # 2.5, e.g., a.b
    label = words[-1].strip("(*_[\"'").casefold() if words and mark[0] == "." else ""
    return label not in _SHORT and not (
        before.lstrip() in words and (len(label) == 1 or label.isdecimal())
    )  # "B. Noise"
