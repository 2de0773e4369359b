"""A judge's reply as words, and the values in it: whole levels, numbers that are none, and lists of levels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from medq_tasks.reading import lexicon
from medq_tasks.reading.lexicon import Slot
from medq_tasks.reading.tokens import Unit, tokenise

WORDS = lexicon.load("scores")
_LEVELS = ("0", "1", "2")
_OPENS = frozenset(["open", "quote", "close", "mark"])


# "2pts" and "score_2" are two words each; what is put in takes no place of its own.
_GLUED = re.compile(r"(?<=[a-z])_(?=[0-2]\b)", re.IGNORECASE)


@lru_cache(maxsize=64)
def _forms(role: str) -> dict[str, list[tuple[Slot, ...]]]:
    return {
        first: found
        for first, forms in WORDS.by_first.items()
        if (found := [slots for name, slots in forms if name == role])
    }


_VALUE_ROLES = ("number_0", "number_1", "number_2", "number_x", "approximate", "compared")
_VALUE_WORDS = frozenset(word for role in _VALUE_ROLES for word in _forms(role))


@dataclass(frozen=True)
class Value:
    """What stands at units [start, end). ``level`` is None for a number that is no level of the scale."""

    level: str | None
    several: bool  # "0, 1 or 2", "1-2": names levels, chooses none
    start: int
    end: int


@dataclass
class Words:
    """The units of a text with the vocabulary of judges; indices count units."""

    text: str

    @cached_property
    def units(self) -> list[Unit]:
        """Words and marks."""
        return tokenise(_GLUED.sub(" ", self.text))

    @cached_property
    def words(self) -> list[str]:
        """The same as words alone."""
        return [unit.word.lower() for unit in self.units]

    @cached_property
    def meaning_ends(self) -> list[int]:
        """For every index the next mark that ends what a level stands for."""
        ends, end = [], len(self.units)
        for index in range(len(self.units) - 1, -1, -1):
            end = index if self.units[index].role in ("stop", "semicolon", "close", "line") else end
            ends.append(end)
        return ends[::-1]

    def role(self, index: int) -> str:
        """The kind of mark at ``index``; "end" after the last unit, "" for a word."""
        return self.units[index].role if 0 <= index < len(self.units) else "end"

    def word(self, index: int) -> str:
        """The word at ``index``; "" outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def is_word(self, index: int) -> bool:
        """Whether a word in letters stands at ``index``."""
        return self.role(index) == "" and not self.word(index).isdigit()

    def at(self, role: str, index: int) -> int:
        """Where the longest form of ``role`` that begins at ``index`` ends; 0 where none does."""
        return self._of(role).get(index, 0)

    def _of(self, role: str) -> dict[int, int]:
        ends = self._ends.get(role)
        if ends is None:
            ends = self._ends[role] = self._find(role)
        return ends

    def _find(self, role: str) -> dict[int, int]:
        """Start and end of every form of ``role``; a loop asks for the same again and again."""
        forms = _forms(role)
        if self._vocabulary.isdisjoint(forms):
            return {}
        return {
            index: end
            for index, word in enumerate(self.words)
            if word in forms
            and (end := max((lexicon.match(self.words, index + 1, slots) for slots in forms[word]), default=0))
        }

    @cached_property
    def _ends(self) -> dict[str, dict[int, int]]:
        return {}

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self.words)

    def holds(self, role: str, start: int, end: int) -> int:
        """Where the last form of ``role`` in units [start, end) ends; 0 where there is none."""
        ends = self._of(role)
        if not ends:
            return 0
        return max((stop for index in range(max(start, 0), end) if (stop := ends.get(index, 0)) <= end), default=0)

    def value(self, index: int) -> Value | None:
        """The value at ``index``, after brackets, quotes and "about"; None if there is no number."""
        if self.role(index) == "" and self.word(index) not in _VALUE_WORDS:
            return None
        limit = index + 12
        while index < limit and (self.role(index) in _OPENS or self._is_tilde(index)):
            compares = self.word(index) in ("≤", "≥") or (self.word(index) == "<" and self.word(index + 2) != ">")
            if compares:
                break
            index += 1
        index = self.at("approximate", index) or index
        compared = self.at("compared", index) or (index + 1 if self.word(index) in ("<", ">", "≤", "≥") else 0)
        index += self.word(index) == "+"
        start = compared or index
        if self.word(start) in ("=", "-") and self._is_number(start + 1):
            compared, start = start + 1, start + 1
        number = self._number(start)
        if number is None or (start and self._glued(start)):
            return None
        closed = self.word(start + 1) == ">"
        level = number if number in _LEVELS and (not compared or (closed and self.word(compared - 1) == "<")) else None
        return self._with_rest(level, start)

    def _is_tilde(self, index: int) -> bool:
        return self.word(index) in ("~", "≈", "|")

    def _glued(self, index: int) -> bool:
        """Whether the number is a part of something: ".5", "7/2", "T-2"."""
        before, unit = self.units[index - 1], self.units[index]
        if before.end != unit.start:
            return before.word == "/" and self._is_number(index - 2)
        dots = before.role == "point" and self.role(index - 2) in ("point", "stop")
        return before.role in ("point", "slash") and before.word != "|" and not dots

    def _is_number(self, index: int) -> bool:
        return self._number(index) is not None

    def _number(self, index: int) -> str | None:
        if self.role(index) == "number":
            said = self.word(index)
            return said.rstrip("0").rstrip(".") if "." in said and "," not in said else said
        for level in (*_LEVELS, "x"):
            if self.at(f"number_{level}", index):
                return level
        return None

    def _with_rest(self, level: str | None, start: int) -> Value | None:
        """The value with what unmakes it ("1.5", "20 %", "1 or 2") or belongs to it ("2/2", "2 points")."""
        end = start + 1
        if self._unmade(end):
            return Value(None, False, start, end)
        after = self._after_unit(end)
        top = self._out_of(after)
        if top is not None:
            scale, end = top
            if (self.role(end) == "slash" and self._is_number(end + 1)) or self._lists(end):
                return Value(None, True, start, end)
            return Value(level if scale == "2" else None, False, start, self._after_unit(end))
        if self._lists(end):
            return Value(None, True, start, end)
        return Value(level, False, start, after)

    def _unmade(self, end: int) -> bool:
        touches = end < len(self.units) and self.units[end].start == self.units[end - 1].end
        if (
            self.at("more_or_less", end)
            or (self.word(end) == "-" and self.word(end + 1) in ("ish", "half"))
            or self.word(end) in ("%", "½", "percent")
            or (touches and self.word(end) == "+")
        ):
            return True
        if self.role(end) == "number" and self.role(end + 1) == "slash" and self._is_number(end + 2):
            return True  # "1 1/2"
        return self._is_number(end + 1) and (
            self.word(end) in (":", "^", "*", "×", "→", "+", "?", "<", "≤") or (touches and self.role(end) == "point")
        )

    def _after_unit(self, end: int) -> int:
        at = end
        while self.role(at) in ("close", "quote") and at < end + 3:
            at += 1
        return self.at("unit", at) or end

    def _out_of(self, end: int) -> tuple[str, int] | None:
        at = end
        while self.role(at) in ("close", "quote", "open") and at < end + 3:
            at += 1
        slash = at + 1 if self.word(at) == "/" else 0
        start = slash or self.at("out_of", at)
        number = self._number(start) if start else None
        return None if number is None else (number, start + 1)

    def _lists(self, end: int) -> bool:
        """Whether another level follows: "or 2", "-2", ", 1 or 2"."""
        if self.role(end) == "open":
            return bool(self.at("joins", end + 1)) and self._is_number(self.at("joins", end + 1))
        joins = self.at("joins", end)
        if joins:
            while self.word(joins) in ("a", "an", "maybe", "possibly", "perhaps"):
                joins += 1
            return self._is_number(joins) and not (self.word(end) == "and" and self.is_word(joins + 1))
        if self.word(end) in ("-", "~", "/", "|") and self._is_number(end + 1):
            return not self.is_word(end + 2) or self.units[end].start == self.units[end - 1].end
        if self.role(end) == "number" and self.units[end].word.startswith("-"):
            return True
        if self.word(end) in (",", ";", "、"):
            at = self.at("joins", end + 1) or end + 1
            while self.word(at) in ("maybe", "possibly", "perhaps"):
                at += 1
            return self._is_number(at) and (not self.is_word(at + 1) or bool(self.at("joins", at + 1)))
        return self.role(end) == "number" and self.role(end + 1) not in ("stop", "close", "point")
