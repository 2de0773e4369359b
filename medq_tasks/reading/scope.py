"""What a reply says of things that might be: clauses under would, could, if and the like do not decide."""

from __future__ import annotations

import re

from medq_tasks.reading.clause_words import holds, opens, words
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


_QUOTED = re.compile(r'"[^"\n]{1,120}"')


def without_quoted_lists(text: str) -> str:
    """The text with blanks in place of what is quoted in sentences that quote several things: words talked about."""
    kept = list(text)
    for sentence in sentences(text):
        quotes = list(_QUOTED.finditer(text, sentence.start, sentence.end))
        for quote in quotes if len(quotes) > 1 else ():
            kept[quote.start() : quote.end()] = " " * (quote.end() - quote.start())
    return "".join(kept)


def without_suppositions(text: str) -> str:
    """The text with blanks in place of every clause that only supposes; its places stay as they are."""
    kept = list(text)
    for clause in clauses(text):
        said = clause.of(text)
        if holds(said, "supposes") and not holds(said, "performs"):
            kept[clause.start : clause.end] = " " * (clause.end - clause.start)
    return "".join(kept)
