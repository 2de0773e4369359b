"""A text as clauses, and what of it counts: what one of them supposes, denies or tells of others ends where it does."""

from __future__ import annotations

import re

from medq_tasks.reading.clause_words import clause
from medq_tasks.reading.spans import Span, sentences

# A clause ends at a semicolon, behind a label or a dash, and where a word turns the thought round.
_CUT = re.compile(
    r"[;:]\s|\s[-–]\s|,?\s(?=(?:but|however|yet|though|although|whereas|while|as it is|in fact|here it is)\b)|"
    r",\s(?=(?:so|it is|this|the answer|what we)\b)",
    re.IGNORECASE,
)


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
