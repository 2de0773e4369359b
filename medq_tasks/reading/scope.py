"""A text as sentences and clauses, and what of it counts. Nothing is changed, spans point into the text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from medq_tasks.reading import tokens
from medq_tasks.reading.clause_words import clause

# A full stop after these ends no sentence.
_SHORT = frozenset(("e.g", "i.e", "vs", "fig", "approx", "no", "dr", "mr", "mrs", "prof", "st", "cf", "etc", "resp"))
# A clause ends at a semicolon, behind a label or a dash, and where a word turns the thought round.
_CUT = re.compile(
    r"[;:]\s|\s[-–]\s|,?\s(?=(?:but|however|yet|though|although|whereas|while|as it is|in fact|here it is)\b)|"
    r",\s(?=(?:so|it is|this|the answer|what we)\b)",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """A stretch of a text; ``end`` is behind its last character."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters."""
        return text[self.start : self.end]


@lru_cache(maxsize=256)
def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of ``text``, blanks around them left out; a line break ends one, too, a semicolon does not."""
    units, found = tokens.tokenise(text), list[Span]()
    for first, end in tokens.sentences(units, text):
        start, said = units[first].start, text[units[first].start : units[end - 1].end].rstrip()
        start += len(said) - len(said.lstrip())
        span = Span(start, units[first].start + len(said))
        if found and _goes_on(found[-1].of(text), text[found[-1].end : start], said.lstrip()):
            span = Span(found.pop().start, span.end)
        found += [span] if span.end > span.start else []
    return tuple(found)


def _goes_on(before: str, gap: str, following: str) -> bool:
    """Whether a sentence goes on behind a mark or line break: "B. Noise", "vs. A", a line that is only wrapped."""
    if "\n" in gap or before[-1] != ".":
        return before[-1] == ";" if "\n" not in gap else before[-1] not in ".!?。！？:;" and following[:1].islower()
    label = before.split()[-1].strip("(*_[\"'.").casefold()
    return label in _SHORT or (before.split() == [before] and (len(label) == 1 or label.isdecimal()))


def clauses(text: str) -> list[Span]:
    """The clauses of a text, in order; a sentence is one or more of them."""
    found: list[Span] = []
    for sentence in sentences(text):
        start = sentence.start
        said = sentence.of(text)
        comma = said.find(",")
        if comma > 0 and clause(said).opens("concedes"):  # "Unless detail is needed, it is usable": the rest decides
            found.append(Span(start, start + comma))
            start += comma + 1
        for cut in _CUT.finditer(text, start, sentence.end):
            if cut.start() > start:
                found.append(Span(start, cut.start()))
                start = cut.end()
        found.append(Span(start, sentence.end))
    return found


def last_word(text: str) -> str | None:
    """The text from the last words on that take something back; None where nothing was said before them."""
    for span in reversed(sentences(text)):
        said = clause(span.of(text))
        taken = [said.starts[place] for place, _ in said.find("retracts")]
        taken += [(*said.starts, said.starts[at])[end] for at, end in said.find("takes_back")]  # "I meant good"
        if taken and span.start + max(taken) > 0:
            return text[span.start + max(taken) :]
    return None
