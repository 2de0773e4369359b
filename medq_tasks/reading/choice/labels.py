"""Option values that belong together: "B. Noise" is one value, a repeated list of the options is none at all."""

from __future__ import annotations

import re

from medq_tasks.reading.choice.options import WORDS, OptionBook
from medq_tasks.reading.passage import code
from medq_tasks.reading.tokens import Unit

_BETWEEN_ITEMS = re.compile(r'[.,;:|()n\-&"/]{0,4}')
_IN_BRACKETS = re.compile(r"\([LTYvy](?:[,/|&]{1,2}[LTYvy])+\)")  # "(Yes or No)"
_NUMBER = re.compile(r'[)"]?[:(\-]0')


def merged(units: list[Unit], text: str, book: OptionBook) -> list[Unit]:
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
