"""What is said right after an option is named: "B is correct", "A: no. B: yes.", "B fits better than C"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.layout import cut_off, items
from medq_tasks.reading.choice.options import WORDS, OptionBook
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement

_LEAD = r'[)"]{0,2}[:|*\-,]?"?[cM>:\-=k]{0,2}[HDfai]{0,4}'
_PRAISE = re.compile(
    rf"[)]?[.](?:[fi]?K(?=[.n!]|$)|t)|{_LEAD}(?:mm?f?q|m|(?<=[LTP)])k(?=\.)|k[fw]{{1,3}}K|f?w?A?N|[fi]?K|F(?=w?[.,Jn&B;f]|$)|t|"
    r"(?<=[cMk])f?H(?=[.,;n)]|$))(?!C)"
)


def praised(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """What is called right after it is named."""
    for index in passage.values():
        unit = passage.units[index]
        if unit.by in ("polar", "weak no") or index in passage.denied:
            continue
        level = _level(passage, book, index)
        if level is not None:
            yield Statement(unit.start, unit.end, level, unit.keys | _shared(passage, index), "praised")


def _level(passage: Passage, book: OptionBook, index: int) -> Level | None:
    codes = passage.codes
    before = codes[max(0, index - 2) : index]
    confirmed = not book.yes and re.match(r'\?"?K', codes[index + 1 : index + 4])
    if passage.asks(index) and not confirmed:
        return None
    if before[-1:] == "t" or re.fullmatch(r't[.("\-]', before) or confirmed:
        return Level.PRAISED
    praise = _PRAISE.match(codes, index + 1)
    if praise is None or not _is_meant(passage, book, index, praise.end() - 1):
        return None
    if passage.units[index + 1].word not in ("could be", "might be", "may be"):
        return Level.PRAISED
    return None if cut_off(passage) or set("BW") & set(codes[praise.end() :]) else Level.CONCLUDED


def _is_meant(passage: Passage, book: OptionBook, index: int, word: int) -> bool:
    """Whether the praise is of the option: "noise is more likely" is, "noise is present" or "noise is true" not."""
    unit, said = passage.units[index], passage.units[word]
    if not (unit.firm or passage.codes[index - 1 : index] in ("o", "N")) or (book.yes and said.word == "yes"):
        return False
    if unit.word.isdigit() and unit.by == "text":
        return False  # "3 (2 left, 1 right)"
    return unit.by != "text" or said.role in ("issue", "answer", "main") or said.word in WORDS.singles["chooses"]


def _shared(passage: Passage, index: int) -> frozenset[str]:
    """The option that shares the praise: "either B or A could be right"."""
    before = [at for at in range(max(0, index - 4), index) if passage.units[at].keys]
    if not before or before[-1] in passage.denied or not passage.units[before[-1]].firm:
        return frozenset()
    return passage.units[before[-1]].keys if passage.joined(before[-1], index) else frozenset()


def itemised(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The one item that is marked as right where another is marked as wrong."""
    opens = list(items(passage).items())
    right, wrong = [], set[frozenset[str]]()
    for number, (index, keys) in enumerate(opens):
        end = opens[number + 1][0] if number + 1 < len(opens) else len(passage.units)
        line = passage.codes.find("n", index)
        end = min(end, line if line >= 0 else end)
        verdict = _item_verdict(passage, index + 1, end, words=not book.polar)
        if verdict:
            right.append((index, keys))
        elif verdict is False:
            wrong.add(keys)
    if len({keys for _, keys in right}) == 1 and wrong - {right[-1][1]}:
        unit = passage.units[right[-1][0]]
        yield Statement(unit.start, unit.end, Level.PRAISED, unit.keys, "item marked right")


def _item_verdict(passage: Passage, start: int, end: int, words: bool) -> bool | None:
    """What an item says of its option. ``words``: yes and no are verdicts here, not the texts of options."""
    codes = passage.codes[start:end]
    right, wrong = "t" in codes, "x" in codes
    if not (right or wrong) and words:
        last = next((at for at in range(end - 1, start - 1, -1) if passage.codes[at] not in '.,;")n/'), start)
        said = passage.units[last].word
        led = passage.codes[max(start - 1, last - 1)] in ':>()-"?._/'
        role = passage.units[last].role
        right = led and (said in WORDS.singles["right"] or role in ("praise", "fits"))
        wrong = led and (said in WORDS.singles["wrong"] or role == "denied_after")
    return right if right != wrong else None
