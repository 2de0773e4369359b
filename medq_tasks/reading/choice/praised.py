"""What is said right after an option is named: "B is correct", "A: no. B: yes.", "B fits better than C"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from medq_tasks.reading.choice.options import WORDS
from medq_tasks.reading.choice.reply import Reply
from medq_tasks.reading.statements import Level, Statement

_LEAD = r'[)"]{0,2}[:|*\-,]?"?[cM>:\-=k]{0,2}[HDfai]{0,4}'
_PRAISE = re.compile(
    rf"[)]?[.](?:[fi]?K(?=[.n!]|$)|t)|{_LEAD}(?:mm?f?q|m|(?<=[LTP)])k(?=\.)|k[fw]{{1,3}}K|f?w?A?N|[fi]?K|F(?=w?[.,Jn&B;f]|$)|t|"
    r"(?<=[cMk])f?H(?=[.,;n)]|$))(?!C)"
)


def praised(reply: Reply) -> Iterator[Statement]:
    """What is called right after it is named."""
    for index in reply.values():
        unit = reply.units[index]
        if unit.by not in ("polar", "weak no") and index not in reply.denied and _is_praised(reply, index):
            yield reply.statement(index, index + 1, Level.PRAISED, unit.keys | _shared(reply, index), "praised")


def _is_praised(reply: Reply, index: int) -> bool:
    codes = reply.codes
    confirmed = not reply.book.yes and re.match(r'\?"?K', codes[index + 1 : index + 4])
    if reply.asks(index) and not confirmed:
        return False
    if confirmed or codes[index - 1 : index] == "t":
        return True
    praise = _PRAISE.match(codes, index + 1)
    possible = reply.units[index + 1].word in ("could be", "might be", "may be") if praise else True
    return praise is not None and not possible and _is_meant(reply, index, praise.end() - 1)


def _is_meant(reply: Reply, index: int, word: int) -> bool:
    """Whether the praise is of the option: "noise is more likely" is, "noise is present" or "noise is true" not."""
    unit, said = reply.units[index], reply.units[word]
    if unit.by != "text":
        return unit.firm or reply.codes[index - 1 : index] in ("o", "N")
    praises = said.role in ("issue", "answer", "main") or said.word in WORDS.singles["chooses"]
    return praises and unit.firm and not unit.word.isdigit()  # "3 (2 left, 1 right)"


def _shared(reply: Reply, index: int) -> frozenset[str]:
    """The option that shares the praise: "either B or A could be right"."""
    before = next((at for at in range(index - 1, max(0, index - 4) - 1, -1) if reply.units[at].keys), None)
    if before is None or before in reply.denied or not reply.units[before].firm or not reply.joined(before, index):
        return frozenset()
    return reply.units[before].keys


def itemised(reply: Reply) -> Iterator[Statement]:
    """The one item that is marked as right where another is marked as wrong."""
    verdicts: dict[bool | None, dict[frozenset[str], int]] = {True: {}, False: {}, None: {}}
    for index, end in pairwise([*reply.items, len(reply.units)]):
        line = reply.codes.find("n", index, end)
        verdict = _item_verdict(reply, index + 1, line if line >= 0 else end)
        verdicts[verdict][reply.units[index].keys] = index
    right = verdicts[True]
    if len(right) == 1 and verdicts[False].keys() - right:
        ((keys, index),) = right.items()
        yield reply.statement(index, index + 1, Level.PRAISED, keys, "item marked right")


def _item_verdict(reply: Reply, start: int, end: int) -> bool | None:
    """What an item says of its option; where Yes and No are options, they are no verdicts."""
    codes = reply.codes[start:end]
    right, wrong = "t" in codes, "x" in codes
    if not (right or wrong or reply.polar):
        last = max(start, start + len(codes.rstrip('.,;")n/')) - 1)
        said = reply.units[last]
        led = reply.codes[max(start - 1, last - 1)] in ':>()-"?._/'
        right = led and (said.word in WORDS.singles["right"] or said.role in ("praise", "fits"))
        wrong = led and (said.word in WORDS.singles["wrong"] or said.role == "denied_after")
    return right if right != wrong else None
