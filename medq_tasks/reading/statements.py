"""A statement of a decision, and how binding it is: one ladder for all readers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

from medq_tasks.reading.mapped import Mapped


class Level(IntEnum):
    """How binding a statement is."""

    NAMED = 1  # the only option that the text affirms
    LAST = 2  # the only one that its last sentence affirms
    CONCLUDED = 3  # the only one that a concluding sentence affirms
    ALONE = 4  # a sentence that is nothing but an option, or the head of the reply
    DRAWN = 5  # "so B", "this matches B"
    PRAISED = 6  # "B is correct"
    LINE = 7  # a last line that is nothing but an option
    STATED = 8  # "the answer is B", "I choose B"
    MARKED = 9  # "Final answer: B", a box, a tag


@dataclass(frozen=True)
class Statement:
    """A statement: no keys means that it chooses nothing that is offered. ``start`` and ``end`` count characters."""

    start: int
    end: int
    level: Level
    keys: frozenset[str]
    rule: str

    def read(self, text: str) -> Reading:
        """What is read where this one of the statements of ``text`` decides."""
        words = text[self.start : self.end]
        return Reading(next(iter(self.keys)), said=words, rule=self.rule, place=(self.start, self.end))


@dataclass(frozen=True)
class Reading:
    """What was read from a reply: an option's key, or None and the reason why."""

    choice: str | None
    reason: str = ""
    said: str = ""  # the words that decided, in the plain form of the reply; "" where that is not known
    rule: str = ""  # by which rule
    place: tuple[int, int] | None = field(default=None, compare=False)  # of these words in the reply, where they stand

    def within(self, text: Mapped) -> Reading:
        """The reading with its place, so far in ``text``, in the raw reply that this was cut out of."""
        return replace(self, place=text.place(*self.place) if self.place else None)


SET_APART = "set apart"  # the rule that reads a box, a tag or JSON
