"""A text as sentences and clauses, and what of it counts. Nothing is changed, spans point into the text."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from medq_tasks.reading import tokens
from medq_tasks.reading.clause_words import clause

# A full stop after these ends no sentence.
_SHORT = frozenset(("e.g", "i.e", "vs", "fig", "approx", "dr", "mr", "mrs", "prof", "st", "cf", "etc", "resp"))
_LABEL = re.compile(r"\W{0,3}\w{1,3}\.\s+(?=([A-Z]\w{0,2}\s)?)")  # "B. C would show rings": the answer, and more


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
    if label == "no":
        return following[:1].isdecimal()  # "No. 2"; not "The answer is no. Try a lower dose."
    return label in _SHORT or (before.split() == [before] and (len(label) == 1 or label.isdecimal()))


def clauses(text: str) -> list[Span]:
    """The sentences of a text, cut at semicolons and before each word that turns or reasons ("but", "because")."""
    found: list[Span] = []
    for sentence in sentences(text):
        said = sentence.of(text)
        words = clause(said)
        cuts = [place + 1 for place, sign in enumerate(said) if sign == ";"]
        cuts += [words.starts[place] for place, _ in words.find("breaks") if not words.holds("excepts")]
        label = _LABEL.match(said)
        cuts += [label.end()] if label and (label[1] or said.endswith("?")) else []
        if words.opens("breaks") and not words.opens("conditions"):
            cuts.append(said.find(",") + 1)  # "While B is tempting, C fits": the rest decides
        ends = sorted({0, len(said), *cuts})
        found += [Span(sentence.start + a, sentence.start + b) for a, b in pairwise(ends)]
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
