"""What a text is made of beside its words: items of a list, refusals, an end in the middle of a sentence."""

from __future__ import annotations

from medq_tasks.reading.choice.options import WORDS
from medq_tasks.reading.choice.phrases import Phrase
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement


def said(passage: Passage, first: int, phrase: Phrase, level: Level, rule: str) -> Statement:
    """The statement that a phrase makes, from unit ``first`` on."""
    return Statement(passage.units[first].start, passage.units[phrase.end - 1].end, level, phrase.keys, rule)


def items(passage: Passage) -> dict[int, frozenset[str]]:
    """Letters that open a line of their own ("A: ...", "(B) ..."), with their option."""
    found = {}
    for index in passage.values():
        if passage.units[index].by != "letter":
            continue
        back = index
        while back and passage.codes[back - 1] in '("o/-0':
            back -= 1
        listed = (
            passage.codes[index - 1 : index + 2 : 2] == "()" and passage.codes[back - 1] in "deK"
        )  # "(A) No (B) Yes"
        opens = back == 0 or passage.codes[back - 1] in "n.;:>" or listed
        if opens and passage.codes[index + 1 : index + 2] and passage.codes[index + 1] in '").:,->c/otx':
            found[index] = passage.units[index].keys
    return found


def opens_items(passage: Passage, phrase: Phrase) -> bool:
    """Whether the phrase is the first item of a discussion of every option: "A: ...\\nB: ...\\nC: ..."."""
    if phrase.by not in ("letter", "text") or len(phrase.keys) != 1:
        return False
    return any(
        not keys & phrase.keys and index not in passage.denied and passage.codes[index + 1] != "c"
        for index, keys in items(passage).items()
    )


def declines(passage: Passage) -> bool:
    """Whether the text says that it cannot or will not answer."""
    return "U" in passage.codes


_LONG_WITHOUT_END, _STOPS_BEFORE = 40, 3


def cut_off(passage: Passage) -> bool:
    """Whether the text stops in the middle of a sentence."""
    codes, units = passage.codes, passage.units
    if not units or (units[-1].role == "value" and units[-1].by != "text"):
        return bool(units) and codes[-2:-1] == "," and "B" in codes[passage.spans[-1][0] :]
    last = units[-1]
    if last.role in ("comma", "colon", "open", "dash") or passage.text.endswith("..."):
        return True
    if not passage.text[-1:].isalpha():
        return False
    before = units[-2].role if len(units) > 1 else ""
    if last.word.split(" ")[-1] in WORDS.singles["cut"] and before not in ("option", "answer") and last.role != "value":
        return True
    start, end = passage.spans[-1]
    same_line = start > 0 and codes[start - 1] != "n"
    if same_line and not any(unit.keys for unit in units[start:end]) and end - start >= 2:
        return True
    stops = sum(
        1 for at, role in enumerate(codes) if role in ".?" and at and passage.text[units[at].start - 1].islower()
    )
    return sum(unit.word[:1].isalnum() for unit in units) > _LONG_WITHOUT_END or stops >= _STOPS_BEFORE
