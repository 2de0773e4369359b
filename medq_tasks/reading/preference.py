"""Which of two images a text prefers: clause by clause, who it is about and whether it wins.

For what the older rules leave unread; the last clause that says so counts, and one that says otherwise before it makes
none of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from medq_tasks.reading.clause_words import Found, find, holds, words
from medq_tasks.reading.scope import clauses, without_attributes, without_suppositions
from medq_tasks.reading.spans import sentences

_REACH = 6  # words
_OTHER = {"first": "second", "second": "first"}


@dataclass(frozen=True)
class _Named:
    place: int  # of its first word
    image: str


def preferred(text: str) -> tuple[str, str] | None:
    """ "first" or "second" and the clause that says so; None where none prefers one or two prefer different ones."""
    kept = without_attributes(without_suppositions(text))
    said = [
        (verdict, clause.of(kept))
        for clause in clauses(kept, labels=False)
        if (verdict := _of(clause.of(kept))) is not None
    ]
    return said[-1] if len({value for value, _ in said}) == 1 else None


_SIDE = r"(?:image |img ?|the )?(?P<{0}>first|second|left|right|a|b|1|2)(?: image)?"
_RANKED = re.compile(rf"\b{_SIDE.format('better')}\s*>+\s*{_SIDE.format('worse')}\b", re.IGNORECASE)
_FIRST = ("first", "left", "a", "1")


def ranked(text: str) -> tuple[str, str] | None:
    """The winner of "Overall quality: right > left" and these words; None where no sentence on the whole says so."""
    for span in reversed(sentences(text)):
        found = _RANKED.search(text, span.start, span.end)
        if found and (holds(span.of(text), "wholes") or found[0] == span.of(text).rstrip(".")):
            sides = [found[side].casefold() in _FIRST for side in ("better", "worse")]
            return None if sides[0] == sides[1] else ("first" if sides[0] else "second", found[0])
    return None


def _of(clause: str) -> str | None:
    images = sorted((_Named(found.place, name) for name in _OTHER for found in find(clause, name)), key=_place)
    if not images or holds(clause, "doubts") or clause.rstrip().endswith("?"):
        return None
    for role, wins in (("loses", False), ("wins", True)):
        found = find(clause, role)
        if found:
            about = _before(images, found[0])
            return None if about is None or _only_in(clause, found[0]) else about if wins else _OTHER[about]
    picks = find(clause, "picks")
    led = [pick for pick in picks if any(one.place >= pick.place for one in images)]
    after = [one for one in images if led and one.place >= led[-1].place]
    return after[0].image if after and len({one.image for one in after}) == 1 else None


def _before(images: list[_Named], predicate: Found) -> str | None:
    """The image that the predicate is said of: the last one before it."""
    before = [one for one in images if one.place < predicate.place]
    return before[-1].image if before else None


def _only_in(clause: str, predicate: Found) -> bool:
    """Whether the predicate is said of one attribute: "is superior in terms of contrast"."""
    rest = list(words(clause))[predicate.end :]
    said = " ".join(rest[:_REACH])
    return rest[:1] in (["in"], ["regarding"], ["with"], ["for"], ["on"]) and bool(holds(said, "attributes"))


def _place(named: _Named) -> int:
    return named.place
