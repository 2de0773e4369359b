"""The sentence in which a reply says outright that this is its answer, where it is the last thing said."""

from __future__ import annotations

import itertools

from medq_tasks.reading.clause_words import opens, starts, words
from medq_tasks.reading.spans import Span, sentences

_NAME = 5  # words of an option that is named behind its letter
_LONGEST = 30  # words: a longer sentence argues as well as it answers


def final_sentence(text: str) -> Span | None:
    """The last sentence of ``text`` if it announces the answer and is not all there is; else None.

    Nor after another such sentence: "Answer: B" and then "Answer: C" are two answers.

    Whatever stands before it, names, numbers or letters, was on the way.
    """
    found = sentences(text)
    if len(found) < 2:
        return None
    before, last = found[-2].of(text), found[-1].of(text)
    return found[-1] if is_marked(last) and not is_marked(before) else None


def marked_sentences(text: str) -> list[str]:
    """Every sentence of ``text`` that announces the answer; what a label names ("Answer: A. Noise") belongs to it."""
    found = sentences(text)
    marked: list[str] = []
    for span, following in itertools.zip_longest(found, found[1:]):
        if is_marked(span.of(text)):
            named = following is not None and _is_label(span.of(text)) and len(following.of(text).split()) <= _NAME
            marked.append(text[span.start : following.end if named and following else span.end])
    return marked


def _is_label(sentence: str) -> bool:
    """Whether a sentence ends in a single letter and a full stop."""
    last = sentence.rsplit(maxsplit=1)[-1]
    return last.endswith(".") and len(last.strip("(*_[.)]")) == 1


def behind(sentence: str) -> str:
    """What stands behind the phrase that announces the answer: "A." of "The answers is A."; else ""."""
    said = words(sentence)
    skip = opens(said, "connective")
    end = skip + opens(said[skip:], "marks")
    return sentence[starts(sentence)[end] :] if skip < end < len(said) else ""


def is_marked(sentence: str) -> bool:
    """Whether a sentence begins with a phrase that announces the answer, a connective before it aside."""
    said = words(sentence)
    if not said or len(said) > _LONGEST:
        return False
    return any(opens(said[skip:], "marks") for skip in {0, opens(said, "connective")})
