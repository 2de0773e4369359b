"""What a word announces: "The answer is B", "I choose B", "so B", "this matches B"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.layout import cut_off, declines, opens_items, said
from medq_tasks.reading.mentions import COMMON
from medq_tasks.reading.options import OptionBook
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.phrases import Phrase, only_text, parse
from medq_tasks.reading.statements import Level, Statement

_AFTER_NOUN = re.compile(r'[f")oiHDMK]{0,4}(?:\([^()n]{0,12}\)|,[^,n.?]{1,12},)?[fHDMi"]{0,3}([c:>\-])')


_TO_COPULA = re.compile(r"[c:>]")


_ABOUT = re.compile(r'[")]?(?:b|i|f[IMw]|I)')


_ALONE_AFTER = re.compile(r'["(]{0,2}[LlX][)"]{0,2}(?:[.]?$|[.]?n|\.)')


_DRAWN = {"D": "concluded", "A": "concluded", "I": "opinion", "H": "likely", "F": "fits", ">": "arrow", "g": "forced"}


_CUES = {
    "S": (Level.STATED, "chosen"),
    **{role: (Level.DRAWN, rule) for role, rule in {**_DRAWN, "c": "it is"}.items()},
}


_CONDITION = re.compile(r'[)"]{0,2},?[cfKHD]{0,3}C')


_LEFT_OPEN = re.compile(r'[)"]{0,3}[cMk|][d]?[)"\-_.:]{0,3}')


def announced(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """What follows a word that announces a choice."""
    for index, role in enumerate(passage.codes):
        if role == "N":
            yield from _after_noun(passage, book, index)
        elif role in _CUES and not (role == "c" and not _opens_clause(passage, index)):
            yield from _after_cue(passage, book, index, *_CUES[role])
        elif role in "oq" and re.match(r"[oq]?[c:]", passage.codes[index + 1 : index + 3]):
            yield from _after_cue(passage, book, index + 1, Level.DRAWN, "fits")
        elif role == "B" and _contrasts(passage, index):
            yield from _after_cue(passage, book, index, Level.DRAWN, "but")
        elif role == "z":
            changed = re.match(r'["(]?[LlX][")]?b["(]?(?=L)', passage.codes[index + 1 : index + 9])
            phrase = parse(passage, index + 1 + changed.end(), announced=True) if changed else None
            if phrase is not None:
                yield said(passage, index, phrase, Level.STATED, "changed")
        elif role == "J" and index == passage.span(index)[0]:
            comma = passage.codes.find(",", index, passage.span(index)[1])
            if comma > 0 and re.match(r'[f"(]{0,2}[LY]', passage.codes[comma + 1 : comma + 4]):
                yield from _after_cue(passage, book, comma, Level.DRAWN, "given")
        elif role == "R":
            phrase = parse(passage, index + 1, announced=True)
            if phrase is not None and phrase.keys and not phrase.denied and _decides(passage, book, index, phrase):
                yield said(passage, index, phrase, Level.DRAWN, "corrected")
        elif role == "i" and _pronoun_opens(passage, index):
            yield from _after_cue(passage, book, index, Level.DRAWN, "it is")


def _opens_clause(passage: Passage, index: int) -> bool:
    """ "Must be D", "..., is C"; not "Is it B?"."""
    comma = passage.codes[index - 1] == "," and (
        passage.codes[index - 2 : index - 1] not in [*"LTYP"] or index - 2 in passage.denied
    )
    opens = index == passage.span(index)[0] or comma
    return opens and not passage.asks(index)


def _contrasts(passage: Passage, index: int) -> bool:
    """ "Not A but B", "I'm not sure, but B."."""
    start, _ = passage.span(index)
    denied = any(at in passage.denied for at in range(start, index))
    lone = re.match(r'["(f]{0,2}[LY][)"]?(?:[.n]|$)', passage.codes[index + 1 : index + 7])
    after = passage.codes[index - 1 : index] == "," or "U" in passage.codes[start:index]
    return denied or (lone is not None and after)


def _pronoun_opens(passage: Passage, index: int) -> bool:
    """ "It is B", "that is B"; not "noise that is ..."."""
    return passage.codes[index + 1 : index + 2] == "c"


def _after_noun(passage: Passage, book: OptionBook, index: int) -> Iterator[Statement]:
    codes = passage.codes
    start, end = passage.span(index)
    mark = codes[index + 1 : index + 3]
    marked = "A" in codes[max(start, index - 2) : index]
    level = Level.MARKED if marked else Level.STATED
    places = []
    direct = _AFTER_NOUN.match(codes, index + 1)
    if direct:
        places.append(direct.end())
    if _ABOUT.match(codes, index + 1) or passage.units[index].word.endswith((" that", " which")):
        places += [found.end() for found in _TO_COPULA.finditer(codes, index + 1, min(end, index + 40))]
    bracketed = codes[index - 1 : index] == "(" and codes[index + 1 : index + 2] == ")"
    if (
        bracketed
        or _ALONE_AFTER.match(codes, index + 1)
        or re.match(r'["):]{0,2}n["(]?[LlTYPX]', codes[index + 1 : index + 6])
    ):
        places.append(index + 1)
    if codes[index + 1 : index + 2] == ")":
        places.append(index + 2)
    for place in places:
        phrase = parse(passage, place, announced=True)
        if phrase is not None and _same_line(passage, place, phrase.start):
            if _decides(passage, book, index, phrase):
                yield said(passage, index, phrase, level, "answer")
            return
    if direct:
        yield from _in_clause(passage, index, direct.end(), level)
    del mark


def _same_line(passage: Passage, start: int, end: int) -> bool:
    return passage.text[passage.units[start - 1].end : passage.units[end].start].count("\n") <= 3


def _in_clause(passage: Passage, index: int, place: int, level: Level) -> Iterator[Statement]:
    """ "The answer is none of these", "The answer is that there is mild noise"."""
    codes = passage.codes
    _, end = passage.span(min(place, len(codes) - 1))
    if re.match(r'["(fi]{0,3}Z', codes[place : place + 4]) or re.match(r'["(fi]{0,3}U', codes[place : place + 4]):
        yield Statement(
            passage.units[index].start,
            passage.units[place].end if place < len(codes) else 0,
            level,
            frozenset(),
            "none",
        )
        return
    phrase = only_text(passage, place, end)
    if phrase is not None and not passage.asks(place) and not passage.supposes(place):
        yield said(passage, index, phrase, level, "answer in words")


def _after_cue(passage: Passage, book: OptionBook, index: int, level: Level, rule: str) -> Iterator[Statement]:
    phrase = parse(passage, index + 1, announced=True)
    if phrase is None:
        if level is Level.STATED:
            yield from _in_clause(passage, index, index + 1, level)
        return
    menu = len(phrase.keys) > 1 and len(phrase.keys) == len(book.keys)
    if menu and passage.codes[phrase.end : phrase.end + 1] == ":":  # "Answer with A, B, C or D: C"
        phrase = parse(passage, phrase.end + 1, announced=True) or phrase
    if not _decides(passage, book, index, phrase) or (rule == "arrow" and passage.codes[index - 1 : index] in "LX"):
        return
    if phrase.by == "weak no" and rule != "chosen" and passage.codes[phrase.end : phrase.end + 1] not in ("b", ""):
        return
    doubtful = rule == "it is" and passage.units[phrase.start - 1].role != "quote" and _may_be(passage, index, phrase)
    if doubtful and _outweighed(passage, phrase):
        return
    described = phrase.by == "text" and (rule in ("fits", "concluded") or (phrase.loose and rule != "chosen"))
    if described:
        if declines(passage) or cut_off(passage) or _outweighed(passage, phrase):
            return
        level = Level.CONCLUDED
    yield said(passage, index, phrase, level, rule)


def _decides(passage: Passage, book: OptionBook, cue: int, phrase: Phrase) -> bool:
    """Whether the announced phrase is meant: not denied, asked, supposed, or the first item of a discussion."""
    codes = passage.codes
    if phrase.denied or passage.supposes(phrase.start) or _asked(passage, phrase):
        return False
    menu = len(phrase.keys) > 1 and len(phrase.keys) == len(book.keys)  # the question's own "A, B, C or D"
    if menu and (len(book.keys) > 2 or codes[cue] != "N" or passage.span(phrase.start)[1] < len(codes)):
        return False
    if _CONDITION.match(codes, phrase.end) or _LEFT_OPEN.fullmatch(codes, phrase.end):
        return False
    if "n" in codes[cue : phrase.start] and opens_items(passage, phrase):
        return False
    if codes[cue] == "H" or (codes[cue] == "|"):
        near = [at for at in range(max(0, cue - 4), cue) if passage.units[at].keys]
        before = frozenset[str]().union(*(passage.units[at].keys for at in near))
        close = (
            bool(near)
            and "B" not in codes[near[-1] : cue]
            and passage.units[cue].start - passage.units[near[-1]].end <= 8
        )
        return not close or phrase.keys < before
    return True


def _may_be(passage: Passage, index: int, phrase: Phrase) -> bool:
    return any(unit.word in ("may be", "might be", "could be") for unit in passage.units[index : phrase.start])


def _asked(passage: Passage, phrase: Phrase) -> bool:
    """A question decides nothing ("Is the answer B?"), but "B?" as the whole reply is a hesitant answer."""
    if not passage.asks(phrase.start):
        return False
    start, _ = passage.span(phrase.start)
    more = any(role not in '.?n)"' for role in passage.codes[phrase.end :])
    return start > 0 or more or passage.units[start].word.split(" ")[0] in COMMON.singles["asks"]


def _outweighed(passage: Passage, phrase: Phrase) -> bool:
    """Whether the sentence goes on to say the opposite: "The quality is good but the contrast is bad"."""
    _, end = passage.span(phrase.start)
    for index in range(phrase.end, end):
        unit = passage.units[index]
        if unit.keys and not unit.keys <= phrase.keys and index not in passage.denied:
            return bool(set("BW") & set(passage.codes[phrase.end : index]))
    return False
