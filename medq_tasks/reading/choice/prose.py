"""The one option that the prose affirms, or that is left when it turns down all others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.mentions import COMMON
from medq_tasks.reading.choice.options import word
from medq_tasks.reading.choice.reply import Reply
from medq_tasks.reading.choice.standing import TALKS
from medq_tasks.reading.clause_words import clause
from medq_tasks.reading.statements import Level, Statement

_LABELLED = re.compile(r"(?::|(?:^|n)/w{1,2}/)$")  # "Blur: mild", "| Blur | mild |"
_SPOKEN_OF = re.compile(r"[:(\-Mk]")
_HEAD_OF_ROW = re.compile("n?/T/")  # of a table
_SAYS = 3  # words of a sentence that says something of the option that it names


def left_over(reply: Reply) -> Iterator[Statement]:
    """The one option that is named and not turned down: "not A, not B, but a ring", "Is it C? Yes"."""
    if len(reply.book.keys) < 3 or reply.polar:
        return
    rejected = set(reply.keys(reply.denied))
    accepted: dict[str, Statement] = {}
    asked = frozenset[str]()  # what the question before was about: "Is it noise? No, ..."
    for said, values in reply.parts:
        keys = reply.keys(index for index in values if index not in reply.denied) or asked
        asked = keys if said.endswith("?") else frozenset()
        turned_down = clause(said).holds("rejects")
        excepts = len(values) == 1 and turned_down and clause(said).holds("excepts")
        excepted = reply.units[values[0]] if excepts else None
        if excepted and excepted.by == "letter":
            yield reply.statement(values[0], values[0] + 1, Level.DRAWN, excepted.keys, "excepted")
        elif turned_down:
            rejected |= keys
        elif len(keys) == 1 and not said.endswith("?"):
            at = values[-1] if values else 0
            if at in reply.items and reply.codes[at - 1] != "(" and reply.codes[at + 1 :] in (")", ":"):
                continue  # "A) no. B) no. C)" is cut before it says of C what it said of the others
            accepted[next(iter(keys))] = reply.statement(at, at + 1, Level.DRAWN, keys, "left over")
    left = set(reply.book.keys) - rejected
    if len(left) == 1 and left <= accepted.keys():
        yield accepted[left.pop()]


def in_prose(reply: Reply) -> Iterator[Statement]:
    """The option whose text is the only one affirmed, in the last sentence or anywhere."""
    if reply.declines or reply.cut_off or not reply.spans:
        return
    yield from _interjections(reply, reply.last_said[0])
    yield from _lone_letter(reply)
    start, end = reply.spans[-1]
    while start and reply.codes[start - 1] == ";":
        start, _ = reply.span(start - 1)
    letters = {unit.keys for unit in reply.units[start:end] if unit.by == "letter" and unit.keys and unit.firm}
    labelled = {
        reply.units[index].keys for index in reply.values() if _LABELLED.search(reply.codes, max(0, index - 4), index)
    }
    if len(letters) > 1 or len(labelled) > 1:
        return  # "It could be either B or A": undecided; "Sharpness: good\nContrast: poor": each about something else
    unsaid = _topics(reply) | reply.denied
    named = [index for index in reply.values() if index not in unsaid and _affirmed(reply, index)]
    # "There is noise. There is also blur." names two
    last = [index for index in named if index >= start and "a" not in reply.codes[start:end]]
    concludes = "D" in reply.codes[start : start + 3]
    for level, group in ((Level.CONCLUDED if concludes else Level.LAST, last), (Level.NAMED, named)):
        labels = [index + 2 for index in group if reply.codes[index + 1 : index + 4] == "(L)"]
        keys = reply.keys([*group, *labels])
        if len(keys) == 1 and not any(_with_another(reply, index) for index in group):
            yield reply.statement(group[0], group[-1] + 1, level, keys, "affirmed")


def _with_another(reply: Reply, index: int) -> bool:
    """Whether a word that is a part of another option is joined to the text: "noise and rings"."""
    joined = re.compile(r"&f?(?=w)").match(reply.codes, index + 1)
    key = reply.book.only_with((word(reply.units[joined.end()].word),)) if joined else None
    return key is not None and key not in reply.units[index].keys


def _lone_letter(reply: Reply) -> Iterator[Statement]:
    """The only option that the last sentence names, by its letter: "My money is on B"."""
    start, end = reply.last_said
    said = reply.text[reply.units[start].start : reply.units[end - 1].end]
    named = [index for index in range(start, end) if reply.units[index].role == "value"]
    others = len({unit.keys for unit in reply.units if unit.role == "value"}) > 1
    says = sum(unit.word[:1].isalnum() for unit in reply.units[start:end]) >= _SAYS + others
    if len(named) != 1 or not says or (others and len(reply.spans) < 3) or reply.asks(start):
        return
    (index,) = named
    unit = reply.units[index]
    apart = (
        index in reply.denied
        or reply.codes[max(0, index - 3) : index] == '":"'
        or any(map(clause(said).holds, ("rejects", "doubts", "considers")))
    )
    if (
        unit.by == "letter"
        and unit.firm
        and not apart
        and {"&", "|"}.isdisjoint(reply.codes[max(0, index - 1) : index + 2])
    ):
        yield reply.statement(index, index + 1, Level.NAMED, unit.keys, "the only letter")


def _interjections(reply: Reply, last: int) -> Iterator[Statement]:
    """Yes or No at the head of the last sentence or as a clause: "The image shows no artifacts. Yes, it is clean." """
    for index in reply.values():
        head = last and last <= index < last + 2 and not TALKS.match(reply.text, reply.units[index].end)
        clause = index and reply.codes[index - 1] in ",iD" and reply.codes[index + 1 : index + 2] == ","
        if reply.codes[index] == "Y" and (head or clause) and not reply.asks(index):
            yield reply.statement(index, index + 1, Level.CONCLUDED, reply.units[index].keys, "interjection")


def _affirmed(reply: Reply, index: int) -> bool:
    unit, codes = reply.units[index], reply.codes
    if re.match("[|][wf]", codes[index + 1 : index + 3]):
        return False  # "4 or more"
    start, end = reply.span(index)
    on_the_way = unit.word[-1:].isdigit() and start < reply.last_said[0]
    if unit.by != "text" or not unit.firm or on_the_way or reply.asks(index):
        return False
    amount = any(after.word.split(" ")[0] in COMMON.singles["amount"] for after in reply.units[index + 1 : index + 2])
    measured = amount and reply.units[max(0, index - 1)].word not in ("a", "A", "an")  # "the noise level"
    general = (
        re.match('c?"?h', codes[index + 1 : index + 4]) and index - start < 2
    )  # "Ring artifacts are caused by ..."
    letters = {reply.units[at].keys for at in range(start, end) if codes[at] == "L"}
    return not (measured or general or len(letters) > 1 or re.search("T[^hLTYP]*h|E.{0,7}$", codes[start:index]))


def _topics(reply: Reply) -> set[int]:
    """Options that are talked about: as items, as heads of several lines ("Noise: grainy"), "to check for noise"."""
    texts = [index for index in reply.values() if reply.units[index].by == "text"]
    opening = [index for index in texts if index == 0 or reply.codes[index - 1] in 'n.;:"(']
    heads = {index for index in opening if _SPOKEN_OF.match(reply.codes, index + 1)}
    heads |= {index for index in texts if _HEAD_OF_ROW.match(reply.codes, max(0, index - 2))}
    found = set(reply.items) | (heads if len({reply.units[index].keys for index in heads}) > 1 else set())
    for said, values in reply.parts:
        named = {index for index in values if reply.units[index].by == "text"}
        rest = said
        for unit in (reply.units[index] for index in sorted(named)):
            rest = rest.replace(reply.text[unit.start : unit.end], "", 1)
        found |= named if named and clause(rest).holds("talks") else set()
    return found
