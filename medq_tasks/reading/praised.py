"""What is said right after an option is named: "B is correct", "A: no. B: yes."; and the one that is left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.layout import cut_off, items
from medq_tasks.reading.options import WORDS, OptionBook
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement

_PRAISE = re.compile(
    r'[)".:|*\-,]{0,3}[cM>:\-=k]{0,2}[HDfai]{0,4}(?:mm?f?q|m|(?<=[LTP)])k(?=\.)|k[fw]{1,3}K|f?A?N|[fi]?K|F(?=[.,Jn&B;f]|$)|t|(?<=[cMk])f?H(?=[.,;n)]|$))(?!C)'
)


def praised(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """What is called right after it is named."""
    codes = passage.codes
    for index in passage.values():
        unit = passage.units[index]
        if unit.by in ("polar", "weak no") or index in passage.denied:
            continue
        praise = _PRAISE.match(codes, index + 1)
        ticked = (index and codes[index - 1] == "t") or (
            index > 1 and codes[index - 1] in '.("-' and codes[index - 2] == "t"
        )
        confirmed = not book.yes and re.match(r'\?"?K', codes[index + 1 : index + 4])
        bare_is = index - 1 and _denied_just_before(passage, index) and re.match(r"c[.]", codes[index + 1 : index + 3])
        if not (praise or ticked or confirmed or bare_is):
            continue
        if passage.supposes(index) or (passage.asks(index) and not confirmed):
            continue
        if praise and not (ticked or confirmed or bare_is):
            if not (unit.firm or codes[index - 1 : index] in ("o", "N")):
                continue
            if book.yes and passage.units[praise.end() - 1].word == "yes":
                continue
            if unit.by == "text" and not _chooses(passage, praise.end() - 1):
                continue
        doubtful = (
            praise is not None and not ticked and passage.units[index + 1].word in ("could be", "might be", "may be")
        )
        if doubtful and (cut_off(passage) or set("BW") & set(codes[praise.end() :]) if praise else False):
            continue
        level = Level.CONCLUDED if doubtful else Level.PRAISED
        yield Statement(unit.start, unit.end, level, unit.keys | _shared(passage, index), "praised")


def _chooses(passage: Passage, index: int) -> bool:
    """ "Noise is more likely" chooses; "noise is present" or "noise is true" says nothing of options."""
    unit = passage.units[index]
    return (
        unit.role in ("issue", "answer") or unit.word in _CHOOSES or unit.word.startswith(("most likely", "the answer"))
    )


_CHOOSES = frozenset(["correct", "right", "best", "more likely", "most likely", "likeliest"])


def _denied_just_before(passage: Passage, index: int) -> bool:
    before = [at for at in range(max(0, index - 12), index) if passage.units[at].keys]
    return bool(before) and before[-1] in passage.denied


def _shared(passage: Passage, index: int) -> frozenset[str]:
    """The option that shares the praise: "either B or A could be right"."""
    before = [at for at in range(max(0, index - 4), index) if passage.units[at].keys]
    if not before or before[-1] in passage.denied or not passage.units[before[-1]].firm:
        return frozenset()
    joined = passage._joined(before[-1], index)
    return passage.units[before[-1]].keys if joined else frozenset()


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
        led = passage.codes[max(start - 1, last - 1)] in ':>(-"?._/'
        role = passage.units[last].role
        right = led and (said in WORDS.singles["right"] or role in ("praise", "fits"))
        wrong = led and (said in WORDS.singles["wrong"] or role == "denied_after")
    return right if right != wrong else None


def left_over(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The one option that is named and not turned down, where all others are: "not A, not B, but a ring"."""
    if len(book.keys) < 3 or book.polar:
        return
    rejected = frozenset[str]().union(*(passage.units[index].keys for index in passage.denied))
    left = frozenset(book.keys) - rejected
    named = [index for index in passage.values() if passage.units[index].keys == left and passage.units[index].firm]
    named = [index for index in named if not passage.asks(index) and not passage.supposes(index)]
    if len(left) == 1 and named:
        unit = passage.units[named[-1]]
        yield Statement(unit.start, unit.end, Level.DRAWN, left, "the one left")
