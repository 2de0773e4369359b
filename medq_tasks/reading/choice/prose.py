"""The one option that the prose affirms, where nothing announces a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.elimination import by_part
from medq_tasks.reading.choice.layout import cut_off, declines, items
from medq_tasks.reading.choice.mentions import COMMON
from medq_tasks.reading.choice.options import OptionBook, word
from medq_tasks.reading.clause_words import holds
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement

_SPOKEN_OF = re.compile(r"[:(\-Mk]")
_SAYS = 3  # words of a sentence that says something of the option that it names


def in_prose(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The option whose text is the only one affirmed, in the last sentence or anywhere."""
    if declines(passage) or cut_off(passage) or not passage.spans:
        return
    start, end = passage.spans[-1]
    yield from _interjections(passage, start)
    while start and passage.codes[start - 1] == ";":
        start, _ = passage.span(start - 1)
    letters = {unit.keys for unit in passage.units[start:end] if unit.by == "letter" and unit.keys and unit.firm}
    if len(letters) > 1:
        return  # "It could be either B or A": undecided, whatever was named before
    labelled = {passage.units[index].keys for index in passage.values() if passage.codes[index - 1 : index] == ":"}
    if len(labelled) > 1:
        return  # "Sharpness: good\nContrast: poor": each about something else
    opened = items(passage)
    topics = _topics(passage) | _talked_about(passage) | opened.keys()
    named = [index for index in passage.values() if _affirmed(passage, index, topics)]
    last = [index for index in named if index >= start]
    concludes = "D" in passage.codes[start : start + 3]
    if "a" in passage.codes[start:end]:
        last = []  # "There is noise. There is also blur." names two
    for level, group in ((Level.CONCLUDED if concludes else Level.LAST, last), (Level.NAMED, named)):
        keys = frozenset[str]().union(*(passage.units[index].keys for index in group))
        for index in group:
            if re.match(r"\([L]\)", passage.codes[index + 1 : index + 4]):
                keys |= passage.units[index + 2].keys
        if len(keys) == 1 and not any(_with_another(passage, book, index) for index in group):
            unit, other = passage.units[group[0]], passage.units[group[-1]]
            yield Statement(unit.start, other.end, level, keys, "affirmed")


def _with_another(passage: Passage, book: OptionBook, index: int) -> bool:
    """Whether a word that is a part of another option is joined to the text: "noise and rings"."""
    joined = re.compile(r"&f?(?=w)").match(passage.codes, index + 1)
    key = book.only_with((word(passage.units[joined.end()].word),)) if joined else None
    return key is not None and key not in passage.units[index].keys


def lone_letter(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The only option that the last sentence names, by its letter: "My money is on B"."""
    if declines(passage) or cut_off(passage) or not passage.spans:
        return
    start, end = passage.spans[-1]
    said = passage.text[passage.units[start].start :]
    named = [index for index in range(start, end) if passage.units[index].role == "value"]
    others = len({unit.keys for unit in passage.units if unit.role == "value"}) > 1
    enough = len(passage.spans) >= 3 if others else True
    says = sum(unit.word[:1].isalnum() for unit in passage.units[start:end]) >= _SAYS + others
    if len(named) != 1 or not says or not enough or passage.asks(start):
        return
    unit, before = passage.units[named[-1]], passage.codes[named[-1] - 1] if named[-1] else ""
    apart = passage.denied.intersection(named) or any(holds(said, role) for role in ("rejects", "doubts", "considers"))
    if unit.by == "letter" and unit.firm and not apart and before not in ("&", "|"):
        yield Statement(unit.start, unit.end, Level.NAMED, unit.keys, "the only letter")


def _interjections(passage: Passage, last: int) -> Iterator[Statement]:
    """Yes or No at the head of the last sentence or as a clause: "The image shows no artifacts. Yes, it is clean." """
    for index in passage.values():
        unit, codes = passage.units[index], passage.codes
        head = last and last <= index < last + 2
        clause = index and codes[index - 1] in ",iD" and codes[index + 1 : index + 2] == ","
        if unit.by == "polar" and unit.firm and (head or clause) and not passage.asks(index):
            yield Statement(unit.start, unit.end, Level.CONCLUDED, unit.keys, "interjection")


def _affirmed(passage: Passage, index: int, topics: set[int]) -> bool:
    unit, codes = passage.units[index], passage.codes
    if unit.by != "text" or not unit.firm or index in topics or index in passage.denied:
        return False
    start, end = passage.span(index)
    following = passage.units[index + 1].word.split(" ")[0] if index + 1 < len(passage.units) else ""
    before = passage.units[index - 1].word if index else ""
    if unit.word[-1:].isdigit() and end < len(codes):
        return False  # a number on the way
    general = codes[index + 1 : index + 3] == "ch" and index - start < 2  # "Ring artifacts are caused by ..."
    measured = following in COMMON.singles["amount"] and before not in ("a", "A", "an")  # "the noise level"
    if general or measured or re.search("T[^hLTYP]*h", codes[start:index]):
        return False
    if "E" in codes[max(start, index - 8) : index]:
        return False
    letters = {passage.units[at].keys for at in range(start, end) if codes[at] == "L"}
    return len(letters) < 2 and not passage.asks(index)


def _talked_about(passage: Passage) -> set[int]:
    """Option texts in a part that does not say that they are there: "to check for noise", "the noise is low"."""
    found = set[int]()
    for said, values in by_part(passage):
        texts = [index for index in values if passage.units[index].by == "text"]
        rest = said
        for unit in (passage.units[index] for index in texts):
            rest = rest.replace(passage.text[unit.start : unit.end], "", 1)
        found |= set(texts) if texts and holds(rest, "talks") else set()
    return found


def _topics(passage: Passage) -> set[int]:
    """Option texts that head a line ("Noise: grainy"), where more than one option does so."""
    heads = set()
    for index in passage.values():
        opens = index == 0 or passage.codes[index - 1] in 'n.;:"('
        if opens and passage.units[index].by == "text" and _SPOKEN_OF.match(passage.codes, index + 1):
            heads.add(index)
    return heads if len({passage.units[index].keys for index in heads}) > 1 else set()
