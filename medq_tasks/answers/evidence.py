"""A statement of a decision, and how binding it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How binding a statement is."""

    NAMED = 1  # the only option that the text names
    LAST_NAMED = 2  # the only one that its last sentence names
    CONCLUDED = 3  # the only one that a concluding sentence names
    ALONE = 4  # a line or sentence that is nothing but an option
    LEADING = 5  # the reply opens with it
    DRAWN = 6
    STATED = 7
    FINAL = 8


@dataclass(frozen=True)
class Evidence:
    """A statement: no keys means that it chooses nothing that is offered."""

    start: int
    end: int
    level: Level
    keys: frozenset[str]
