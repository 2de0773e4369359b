"""A reply in which the options stand as values, "B. Noise" as one, and what it is made of: items, parts, its end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from medq_tasks.reading.choice.mentions import find
from medq_tasks.reading.choice.options import WORDS, OptionBook
from medq_tasks.reading.clause_words import clause
from medq_tasks.reading.passage import Passage, code
from medq_tasks.reading.scope import clauses
from medq_tasks.reading.statements import Level, Statement
from medq_tasks.reading.tokens import Unit, tokenise

_ITEM = re.compile(r"""(?:(?:^|[n.;:>])["(o/0-]*|[deK]["(o/0-]*\((?=[Ll]\)))([Ll])(?=["').:,\->c/otx])""")
_BETWEEN_ITEMS = re.compile(r'[.,;:|()n\-&"/]{0,4}')
_IN_BRACKETS = re.compile(r"\([LTYvy](?:[,/|&]{1,2}[LTYvy])+\)")  # "(Yes or No)"
_NUMBER = re.compile(r'[)"]?(?:[:(\-]0|0%)')
_LONG_WITHOUT_END, _STOPS_BEFORE = 40, 3


class Reply(Passage):
    """The typed stream of a reply, already plain, with the options of ``book``."""

    def __init__(self, text: str, book: OptionBook) -> None:
        super().__init__(text, _merged(find(text, tokenise(text), book), text, book), book.polar)
        self.book = book
        self.declines = any(self.refuses(*span) for span in self.spans)  # it says that it cannot or will not answer

    def refuses(self, start: int, end: int) -> bool:
        """Whether a sentence refuses; not "I am no doctor, but I can describe it" before an answer."""
        if "U" not in self.codes[start:end]:
            return False
        said = self.text[self.units[start].start : self.units[end - 1].end]
        turn = self.codes.find("B", start)  # "..., but I can describe it", or "But as to the quality: ..."
        goes_on = start <= turn <= end and self.keys(range(turn, len(self.units)))
        return not (goes_on and clause(said).holds("disclaims"))

    def keys(self, places: Iterable[int]) -> frozenset[str]:
        """The options that are named at any of the places."""
        return frozenset[str]().union(*(self.units[at].keys for at in places))

    def statement(self, first: int, end: int, level: Level, keys: frozenset[str], rule: str) -> Statement:
        """The statement that units [first, end) make."""
        return Statement(self.units[first].start, self.units[end - 1].end, level, keys, rule)

    @cached_property
    def last_said(self) -> tuple[int, int]:
        """The last sentence that names an option; the last one, where none does: what is behind it is politeness."""
        return next((span for span in reversed(self.spans) if self.keys(range(*span))), self.spans[-1])

    @cached_property
    def parts(self) -> list[tuple[str, list[int]]]:
        """The parts of the text, each with the options that it names."""
        spans, named = clauses(self.text), [index for index in self.values() if self.codes[index] != "l"]
        values: list[list[int]] = [[] for _ in spans]
        for index in named:
            values[bisect_right(spans, self.units[index].start, key=lambda span: span.end)].append(index)
        return [(span.of(self.text).strip(), said) for span, said in zip(spans, values, strict=True)]

    @cached_property
    def items(self) -> dict[int, frozenset[str]]:
        """Letters that open a line of their own ("A: ...", "(B) ..."), with their option."""
        found = (item.start(1) for item in _ITEM.finditer(self.codes))
        return {index: self.units[index].keys for index in found}

    def opens_items(self, keys: frozenset[str], by: str) -> bool:
        """Whether what is named is the first item of a discussion of every option: "A: ...\\nB: ...\\nC: ..."."""
        others = (index for index, other in self.items.items() if not other & keys and index not in self.denied)
        return len(keys) == 1 and by in ("letter", "text") and any(self.codes[index + 1] != "c" for index in others)

    @cached_property
    def cut_off(self) -> bool:
        """Whether the text stops in the middle of a sentence."""
        codes, units = self.codes, self.units
        if not units:
            return False
        last = units[-1]
        if last.role == "value" and last.by != "text":
            return codes[-2:-1] == "," and "B" in codes[self.spans[-1][0] :]
        if last.role in ("comma", "colon", "open", "dash") or self.text.endswith("..."):
            return True
        if not self.text[-1:].isalpha():
            return False
        opens = last.role != "value" and codes[-2:-1] not in ("o", "N")
        if last.word.split(" ")[-1] in WORDS.singles["cut"] and opens:
            return True
        start, end = self.spans[-1]
        if start and codes[start - 1] != "n" and end - start >= 2 and not self.keys(range(start, end)):
            return True
        stops = [unit for role, unit in zip(codes, units, strict=True) if role in ".?"]
        ended = sum(self.text[max(0, unit.start - 1) : unit.start].islower() for unit in stops)
        return sum(unit.word[:1].isalnum() for unit in units) > _LONG_WITHOUT_END or ended >= _STOPS_BEFORE


def _merged(units: list[Unit], text: str, book: OptionBook) -> list[Unit]:
    """The stream with a letter and its own text as one value, and nothing named in lists that decide nothing."""
    joined: list[Unit] = []
    index = 0
    while index < len(units):
        unit = units[index]
        own = _own_text(units, index, text, book) if unit.by == "letter" and unit.keys else index
        if own > index:
            unit = Unit(unit.start, units[own].end, "value", unit.word, unit.keys, "letter", full=True)
        joined.append(unit)
        index = own + 1
    for menu in _IN_BRACKETS.finditer("".join(map(code, joined))):
        _hide(joined, [at for at in range(*menu.span()) if joined[at].keys])
    _hide_lists(joined)
    _hide_ratings(joined)
    return joined


def _own_text(units: list[Unit], index: int, text: str, book: OptionBook) -> int:
    """The unit that repeats, in words, what the letter stands for: "B. Noise"; ``index`` where none does."""
    letter = units[index]
    for at in range(index + 1, min(index + 6, len(units))):
        other, behind = units[at], at > index + 1
        if other.by == "letter" and not other.firm and behind:
            continue  # the article: "A (A metal clip)"
        if other.role == "value":
            gap = text[letter.end : other.start]
            same = other.keys == letter.keys and other.by in ("text", "polar", "weak no")
            lettered = book.lettered.get(*letter.keys) == text[other.start].upper()
            meant = other.by == "letter" and behind and lettered and re.search("[:.)]", gap)
            article = letter.word == "A" and not letter.firm and not behind
            return at if (same or meant) and not article and gap.count("\n") <= 1 else index
        if code(other) not in ')".:,;-/(n' and other.word not in WORDS.singles["determiner"]:
            break
    return index


def _hide_lists(units: list[Unit]) -> None:
    """Take the values out of lists that only repeat the options: "A. Yes B. No"."""
    group: list[int] = []
    for index in [index for index, unit in enumerate(units) if unit.full]:
        between = "".join(map(code, units[group[-1] + 1 : index])) if group else "w"
        if not (_BETWEEN_ITEMS.fullmatch(between) and min(units[index].keys) > min(units[group[-1]].keys)):
            _hide(units, group)
            group = []
        group.append(index)
    _hide(units, group)


def _hide_ratings(units: list[Unit]) -> None:
    """Take out letters with a number beside each ("A: 10%, B: 80%"): a distribution is not a decision."""
    rated = []
    for index, unit in enumerate(units):
        beside = "".join(map(code, units[index + 1 : index + 4]))
        rating = any(one.word in WORDS.singles["rating"] for one in units[index + 2 : index + 3])
        if unit.by == "letter" and unit.keys and (_NUMBER.match(beside) or (rating and beside[0] in ":-(")):
            rated.append(index)
    if len({units[index].keys for index in rated}) > 1:
        _hide(units, rated)


def _hide(units: list[Unit], group: list[int]) -> None:
    for index in group if len(group) > 1 else ():
        units[index].role, units[index].keys, units[index].by = "menu", frozenset(), ""
