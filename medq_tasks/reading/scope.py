"""A text as clauses: what one of them supposes, denies or tells of others ends where it does."""

from __future__ import annotations

import re

from medq_tasks.reading.clause_words import opens, words
from medq_tasks.reading.spans import Span, sentences

# A clause ends at a semicolon, at a dash, and where a word turns the thought round.
_LABEL = r"[;:]\s|\s[-–]\s|"
_TURN = (
    r";\s|,?\s(?=(?:but|however|yet|though|although|whereas|while|as it is|in fact|here it is)\b)|"
    r",\s(?=(?:so|it is|this|the answer|what we)\b)"
)
_CUT, _TURNS = (re.compile(pattern, re.IGNORECASE) for pattern in (_LABEL + _TURN, _TURN))


def clauses(text: str, *, labels: bool = True) -> list[Span]:
    """The clauses of a text, in order; a sentence is one or more of them.

    ``labels``: whether what stands before a colon or a dash is a clause of its own ("Noise: none").
    """
    found: list[Span] = []
    for sentence in sentences(text):
        start = sentence.start
        said = sentence.of(text)
        comma = said.find(",")
        if comma > 0 and opens(words(said), "concedes"):  # "Unless detail is needed, it is usable": the rest decides
            found.append(Span(start, start + comma))
            start += comma + 1
        for cut in (_CUT if labels else _TURNS).finditer(text, start, sentence.end):
            if cut.start() > start:
                found.append(Span(start, cut.start()))
                start = cut.end()
        found.append(Span(start, sentence.end))
    return found
