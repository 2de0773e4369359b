"""The typed stream of a reply with what the surroundings do to each value: denied, asked, supposed, listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from medq_tasks.reading.lexicon import codes
from medq_tasks.reading.statements import Level, Statement
from medq_tasks.reading.tokens import Unit, sentences

CODES = codes("common")
_REACH = 70  # characters in which a "not" can still deny what follows
_STOPS_DENIAL = frozenset(",:;.?n>DBWJCc")
_STOPS_BELIEF = frozenset(",;.?nBW")
_DENIED_AFTER = re.compile(r'[)"(:>\-/]{0,3}o?[cM]{0,2}[fHaDi&]{0,3}\(?([edx])')
_NOT_ANOTHER = re.compile(r'(?<=cd)(?:[fo]{0,2}["(]?[LlX]|e)')  # "B is not A", "B is not wrong"
_FOLLOWS = re.compile(r'[fob]{0,2}["(]?[LlTPYX]')
_JOINED = re.compile(r'[)"]{0,2}(?:,[&|]?|[&|/])[f|&oidH]{0,3}["(]{0,2}')
_SERIES = re.compile(r"[&|/]")


def one_of(*patterns: str) -> re.Pattern[str]:
    """What any of the patterns finds."""
    return re.compile("|".join(patterns))


def code(unit: Unit, table: Mapping[str, str] = CODES) -> str:
    """The character that stands for a unit."""
    if unit.role != "value":
        return table.get(unit.role, "w")
    if unit.by in ("image", "level"):
        return "V"
    if unit.by == "letter":
        return "X" if not unit.keys else "L" if unit.firm else "l"
    if unit.by in ("polar", "weak no"):
        return "Y" if unit.firm else "y" if unit.by == "weak no" else "v"
    return "T" if unit.by == "text" else "P"


@dataclass
class Passage:
    """A text as units, their codes and their sentences; indices count units."""

    text: str
    units: list[Unit]
    polar: bool = False  # Yes or No is offered, so that "A - No" gives a text and denies nothing
    table: Mapping[str, str] = field(default_factory=lambda: CODES)
    spans: list[tuple[int, int]] = field(init=False)
    codes: str = field(init=False)

    def __post_init__(self) -> None:
        self.spans = sentences(self.units, self.text)
        self.codes = "".join(code(unit, self.table) for unit in self.units)

    def values(self) -> Iterator[int]:
        """Indices of all values that name something offered."""
        return (index for index, unit in enumerate(self.units) if unit.keys)

    def span(self, index: int) -> tuple[int, int]:
        """First unit, and one past the last, of the sentence that holds ``index``."""
        return self.spans[self.units[min(index, len(self.units) - 1)].sentence]

    def asks(self, index: int) -> bool:
        """Whether the sentence is a question."""
        start, end = self.span(index)
        return "?" in self.codes[max(start, end - 4) : end]

    def since_retraction(self, found: list[Statement], least: Level) -> list[Statement]:
        """What was said since the last "wait" or "correction" behind which something as binding as ``least`` was."""
        turns = [unit.start for unit in self.units if unit.role == "retract" and unit.start > 0]
        said = ([one for one in found if one.end > turn] for turn in reversed(turns))
        return next((later for later in said if any(one.level >= least for one in later)), [])

    @cached_property
    def denied(self) -> frozenset[int]:
        """Indices of values that the text denies: "not B", "A is wrong", "rule out A, B and D"."""
        values = [index for index, unit in enumerate(self.units) if unit.role == "value"]
        before = {index: self._denied_before(index) for index in values}
        after = {index: self._denied_after(index) for index in values}
        for one, other in pairwise(values):
            if before[one] and self.joined(one, other) and self._is_series(other, values):
                before[other] = True
        for one, other in reversed(list(pairwise(values))):
            if after[other] and self.units[one].by != "polar" and self.joined(one, other):
                after[one] = True
        return frozenset(index for index in values if before[index] or after[index])

    def _denied_before(self, index: int) -> bool:
        start, _ = self.span(index)
        belief_only = False
        for at in range(index - 1, start - 1, -1):
            role = self.codes[at]
            if self.units[index].start - self.units[at].end > _REACH:
                return False
            if role == "u" or (role in "dy" and not belief_only):
                return not (role != "u" and at + 1 < index and self.units[at + 1].word in ("only", "just", "merely"))
            if role in _STOPS_BELIEF:
                return False
            belief_only = belief_only or role in _STOPS_DENIAL or role in "LP"
        return False

    def _denied_after(self, index: int) -> bool:
        found = _DENIED_AFTER.match(self.codes, index + 1)
        if found is None:
            return False
        if found[1] in "ex":
            return not (found[1] == "x" and "n" in self.codes[index : found.end()])
        if found[1] == "d" and _NOT_ANOTHER.match(self.codes, found.end()):
            return False
        follows = _FOLLOWS.match(self.codes, found.end())
        plain = found.end() == index + 2 or "," in found[0] or "(" in found[0]
        return not (plain and follows) and not (follows and "&" in found[0])

    def joined(self, one: int, other: int) -> bool:
        """Whether two values stand in one list: "A and C", "A, B"."""
        gap = self.units[other].start - self.units[one].end
        return gap <= 40 and bool(_JOINED.fullmatch(self.codes, one + 1, other))

    def _is_series(self, index: int, values: list[int]) -> bool:
        """Whether the list that goes on at ``index`` has an "or": "no noise, blur or rings"; not "not severe, mild"."""
        at = values.index(index)
        for one, other in zip(values[at - 1 : at + 9], values[at : at + 10], strict=False):
            if not self.joined(one, other):
                return False
            if _SERIES.search(self.codes, one + 1, other):
                return True
        return False
