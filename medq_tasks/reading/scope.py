"""What a reply says of things that might be: clauses under would, could, if and the like do not decide."""

from __future__ import annotations

import re
from collections.abc import Callable

from medq_tasks.reading.clause_words import holds, opens, words
from medq_tasks.reading.spans import Span, sentences
from medq_tasks.reading.subject import of_something_else

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


_IMAGE = re.compile(r"\b(?:images?|pictures?|scans?|first|second|left|right|former|latter|[AB]|[12])\b")


def without_suppositions(text: str) -> str:
    """The text with blanks in place of every clause that only supposes; its places stay as they are."""
    return _without(text, lambda said: bool(holds(said, "supposes")) and not holds(said, "performs"))


def without_attributes(text: str) -> str:
    """The text with blanks in place of every clause whose subject is one attribute ("its contrast is better").

    The attribute comes first there; "image A is better in contrast" is about the image.
    """
    return _without(text, _of_an_attribute)


def _of_an_attribute(clause: str) -> bool:
    if not holds(clause, "attributes"):
        return False
    if opens(words(clause), "regarding"):
        return not holds(clause, "quality")
    before = _IMAGE.split(clause, maxsplit=1)[0]
    return not holds(clause, "wholes") and holds(before, "attributes")


def without_other_subjects(text: str) -> str:
    """The text with blanks where a clause says something of what is neither an image nor its quality as a whole."""
    kept = list(text)
    for clause in clauses(text):
        length = of_something_else(clause.of(text))
        kept[clause.start : clause.start + length] = " " * length
    return "".join(kept)


def _without(text: str, told: Callable[[str], bool]) -> str:
    kept = list(text)
    for clause in clauses(text):
        if told(clause.of(text)):
            kept[clause.start : clause.end] = " " * (clause.end - clause.start)
    return "".join(kept)
