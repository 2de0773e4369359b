"""A text as sentences. Linear in its length; nothing is changed, spans point into the text."""

from __future__ import annotations

from typing import NamedTuple

_STOPS = ".!?。！？"
_WIDE = "。！？"
_CLOSERS = "\"')]}»”’*_`"
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
    spans: list[Span] = []
    start = 0
    for place, sign in enumerate(text):
        if sign == "\n":
            if _wraps(text, start, place):
                continue
            end = place
        elif sign in _STOPS and _ends(text, start, place):
            end = _behind(text, place)
        else:
            continue
        if end > start:
            spans.append(Span(start, end))
            start = end
    spans.append(Span(start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, span)).end > trimmed.start]


def _wraps(text: str, start: int, place: int) -> bool:
    """Whether the line break at ``place`` only wraps a sentence: small letters go on behind it."""
    before = text[start:place].rstrip()
    return bool(before) and before[-1] not in _STOPS + ":;" and text[place + 1 : place + 2].islower()


def _ends(text: str, start: int, place: int) -> bool:
    """Whether the stop at ``place`` ends the sentence that began at ``start``."""
    behind = _behind(text, place)
    if text[place] in _WIDE:
        return True
    if behind < len(text) and not text[behind].isspace():
        return False  # 2.5, e.g., a.b
    if text[place] != ".":
        return True
    before = text[max(start, place - 12) : place]
    word = before.split()[-1] if before.split() else ""
    label = word.strip("(*_[\"'").casefold()
    alone = not before[: len(before) - len(word)].strip() and place - len(word) - start <= 1
    if alone and (len(label) == 1 or label.isdecimal()):  # "B. Noise", "1. First"
        return False
    return label not in _SHORT


def _behind(text: str, place: int) -> int:
    place += 1
    while place < len(text) and text[place] in _STOPS + _CLOSERS:
        place += 1
    return place


def _trim(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
