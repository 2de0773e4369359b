"""What a clause is about: of "The collimation of the first image is better" the collimation, which is no image.

Attributes are an open class of words, subjects that stand for an image or its quality are a closed one. So a subject
counts as something else unless the tables know its head: no list of attributes can hold "fat suppression".
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from medq_tasks.reading.clause_words import Phrases, clause, is_one
from medq_tasks.reading.lexicon import load

PICTURES = ("gram", "graph", "grams", "graphs", "graphy", "scopy")  # "mammogram", "angiography"
_ATTRIBUTES = frozenset(["attribute", "part", "merit", "fault"])
_WHOLES = frozenset([
    "thing", "quality", "mark", "answer", "option", "first", "second", "it", "pronoun", "wins", "draw", "both", "none",
    "deny", "better", "worse",  # "the better of the two is the second"
])  # fmt: skip
_SAYS = frozenset(["good", "usable", "reject", "better", "worse", "wins", "loses"])
_LONGEST = 6  # words of a subject
_NEAR = 5  # words from the verb to what it says


def of_something_else(text: str) -> int:
    """Up to which character a clause says something of what is neither an image nor its quality; 0 where it does not.

    Of "The hue is good, and the image is usable" the first four words.
    """
    said, at = clause(text).words, clause(text).starts
    first = clause(text).opens("connective")
    if clause(text).opens("owing"):
        return 0  # "except for one corner, the image is good"
    end = _noun_end(said, first)
    if end is None or set(",(") & set(text[at[first] : at[end]]):
        return 0
    last = _predicate(said, end)
    if last is not None and "," in text[at[end] : at[last]]:
        return 0  # "the problems are minor, hence usable"
    noun = said[max(first, end - 2) : end]
    if last is None or _is_whole(noun):
        return 0
    return at[last] + len(said[last])


def _noun_end(said: Sequence[str], first: int) -> int | None:
    """Where the noun phrase ends that begins at word ``first``: before the verb, or before "of the image"."""
    if said[first:] and is_one(said[first], "own"):
        return None  # "my inclination is towards usable"
    start = first + 1 if said[first : first + 1] and is_one(said[first], "determiner") else first
    for at in range(start, min(len(said), start + _LONGEST)):
        if is_one(said[at], "verb", "link"):
            short = start == first and at - first > 2  # without an article: "Fat suppression is better"
            if is_one(said[at - 1], "no_noun"):
                return None
            return at if at > start and not short and len(said[at - 1]) > 2 and said[at - 1].isalpha() else None
    return None


def _predicate(said: Sequence[str], end: int) -> int | None:
    """The level or the comparison that the first verb after the noun says of it; None where it says something else."""
    ahead = range(end, min(len(said), end + _LONGEST + 3))
    verb = next((at for at in ahead if is_one(said[at], "verb")), None)
    following = range(verb + 1, min(len(said), verb + _NEAR)) if verb is not None else ()
    found = next((at for at in following if _says(said, at)), None)
    return None if found is None or _says(said, found + 1) else found  # "the scale was good, usable, reject"


def _says(said: Sequence[str], at: int) -> bool:
    return at < len(said) and bool(_roles().get(said[at], frozenset()) & _SAYS)


def _is_whole(noun: Sequence[str]) -> bool:
    """Whether the noun is an image, its quality, or the decision on it."""
    roles = _roles().get(noun[-1], frozenset())
    if roles & _ATTRIBUTES or (len(noun) > 1 and Phrases(noun).holds("attributes")):  # "dynamic range"
        return False
    return bool(roles & _WHOLES) or noun[-1].endswith(PICTURES)


@functools.cache
def _roles() -> dict[str, frozenset[str]]:
    """Word -> the roles that the tables of verdicts give it where it stands alone."""
    found: dict[str, set[str]] = {}
    tables = (("grades", "comparison", "short"), ("common",))
    for names in tables:
        for role, alone in load(*names).singles.items():
            for word in alone if (role, names) != ("thing", ("common",)) else ():  # of choices: "angle", "region"
                found.setdefault(word, set()).add(role)
    return {word: frozenset(roles) for word, roles in found.items()}
