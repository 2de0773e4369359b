"""Option values in a stream: labels with their texts, repeated lists, and the phrase in which an answer stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medq_tasks.reading.choice.options import WORDS, OptionBook
from medq_tasks.reading.passage import Passage, code
from medq_tasks.reading.tokens import Unit

_LABEL = re.compile(r'[)".:,;\-/(n]{0,4}')
_BETWEEN_ITEMS = re.compile(r'[.,;:|()n\-&"/]{0,4}')
_DRESS = re.compile(r'[n"(:>t/\-.]{0,6}')
_FILL = re.compile(r'[n"(:>\-tcfoiHKNISAbMD,as]{0,16}?["(]{0,2}(?=[LlTYyvPXZ])')
_JOIN = re.compile(r'[)"(]{0,3}(?:,[&|]?a?c?|;a|[&|/>]|b|-(?=[TLX]))[a&|/ofiH]{0,3}["(]{0,2}(?=[LTYPX])')
_NUMBER = re.compile(r'[)"]?[:(\-]0')
_MOST_NAMED = 12  # further repetitions in one breath add nothing


@dataclass(frozen=True)
class Phrase:
    """An answer phrase of units [start, end). ``keys`` is empty when it names nothing that is offered."""

    start: int
    end: int
    keys: frozenset[str]
    by: str
    firm: bool
    loose: bool = False  # begins with an option but runs on as prose: "Noise is visible"
    denied: bool = False


def merged(units: list[Unit], text: str, book: OptionBook) -> list[Unit]:
    """The stream in which "B. Noise" is one value, and a repeated list of the options is none at all."""
    joined: list[Unit] = []
    index = 0
    while index < len(units):
        unit, end = units[index], index + 1
        own = _own_text(units, index, text, book) if unit.by == "letter" and unit.keys else None
        if own is not None:
            end = own + 1
            unit = Unit(unit.start, units[own].end, "value", unit.word, unit.keys, "letter", True, full=True)
        joined.append(unit)
        index = end
    _hide_lists(joined)
    _hide_ratings(joined)
    return joined


def _own_text(units: list[Unit], index: int, text: str, book: OptionBook) -> int | None:
    """The unit that repeats, in words, what the letter stands for: "B. Noise"."""
    letter = units[index]
    for at in range(index + 1, min(index + 6, len(units))):
        other = units[at]
        if other.by == "letter" and not other.firm and at > index + 1:
            continue  # the article: "A (A metal clip)"
        if other.role == "value":
            (key,) = letter.keys
            same = other.keys == letter.keys and other.by in ("text", "polar", "weak no")
            meant = other.by == "letter" and at > index + 1 and book.lettered.get(key, "") == text[other.start].upper()
            bare = at == index + 1 and not letter.firm and letter.word == "A"
            gap = text[letter.end : other.start]
            ok = (same or (meant and set(gap) & set(":.)"))) and not bare and gap.count("\n") <= 1
            return at if ok else None
        if code(other) not in ')".:,;-/(n' and other.word not in WORDS.singles["determiner"]:
            return None
    return None


def _hide_lists(units: list[Unit]) -> None:
    """Take the values out of lists that only repeat the options: "A. Yes B. No". A list decides nothing."""
    group: list[int] = []
    for index, unit in enumerate(units):
        if not unit.full:
            continue
        codes = "".join(map(code, units[group[-1] + 1 : index])) if group else ""
        if not (group and _BETWEEN_ITEMS.fullmatch(codes) and min(unit.keys) > min(units[group[-1]].keys)):
            _hide(units, group)
            group = []
        group.append(index)
    _hide(units, group)


def _hide(units: list[Unit], group: list[int], least: int = 2) -> None:
    if len(group) >= least:
        for index in group:
            units[index].role, units[index].keys, units[index].by = "menu", frozenset(), ""


def _hide_ratings(units: list[Unit]) -> None:
    """Take out letters with a number beside each ("A: 10%, B: 80%"): a distribution is not a decision."""
    rated = []
    for index, unit in enumerate(units):
        beside = "".join(map(code, units[index + 1 : index + 4]))
        level = units[index + 2].word in WORDS.singles["rating"] if index + 2 < len(units) else False
        if unit.by == "letter" and unit.keys and (_NUMBER.match(beside) or (level and beside[0] in ":-(=")):
            rated.append(index)
    if len({units[index].keys for index in rated}) > 1:
        _hide(units, rated)


def parse(passage: Passage, position: int, *, announced: bool) -> Phrase | None:
    """The answer phrase at unit ``position``; None when there is none.

    ``announced``: a cue went before, so that filler words and lower-case letters are fine.
    """
    skipped = (_FILL if announced else _DRESS).match(passage.codes, position)
    index = skipped.end() if skipped else position
    if announced and skipped is None:
        return None
    if index >= len(passage.units) or passage.units[index].role != "value":
        return None
    unit = passage.units[index]
    if unit.by == "letter" and not unit.firm and not _is_lone(passage, index, announced):
        return None
    return _read(passage, index)


def _is_lone(passage: Passage, index: int, announced: bool) -> bool:
    """A letter that is lower case or could be the article: an answer only when nothing of a sentence follows."""
    unit, codes = passage.units[index], passage.codes
    if not unit.keys:
        return unit.word.isupper()
    rest = codes[index + 1 : index + 3]
    if unit.word == "a" and not rest and index and passage.units[index - 1].role not in ("option", "answer", "colon"):
        return index == 0 or codes[index - 1] in '("'  # "most likely a": cut before the noun
    if not rest or rest[0] in 'n.):,;"?->(':
        return True
    return announced and rest[0] in "cJ&|B"


def _read(passage: Passage, first: int) -> Phrase:
    units, codes = passage.units, passage.codes
    keys: set[str] = set()
    offered = True
    index, denied, firm = first, first in passage.denied, units[first].firm
    end, last = first + 1, first
    for _ in range(_MOST_NAMED):
        unit = units[index]
        offered = offered and bool(unit.keys)
        keys |= unit.keys
        end, last = index + 1, index
        other = _other_text(passage, index)
        if other is not None:
            offered = False
            end = other + 1
        following = _joined(passage, end)
        if following is None:
            break
        index = following
    by = units[last].by
    runs_on = by == "text" and units[first].by == "text" and not _ends(codes, end)
    return Phrase(first, end, frozenset(keys) if offered else frozenset(), by, firm, runs_on, denied)


def _ends(codes: str, index: int) -> bool:
    return index >= len(codes) or codes[index] in '.,;?)"n(->:/'


def _other_text(passage: Passage, index: int) -> int | None:
    """Another option's text that goes with a letter: in "A. Severe" nothing says which of the two is meant."""
    if passage.units[index].by != "letter" or passage.units[index].full:
        return None
    label = _LABEL.match(passage.codes, index + 1)
    at = label.end() if label else index + 1
    if at >= len(passage.units) or passage.units[at].by not in ("text", "polar", "weak no") or at in passage.denied:
        return None
    gap = passage.text[passage.units[index].end : passage.units[at].start]
    if gap.count("\n") > 1 or not passage.units[at].keys or not _ends(passage.codes, at + 1):
        return None
    sentence = "." in gap and passage.units[at].by == "polar"
    return None if sentence and not passage.polar else at


def _joined(passage: Passage, end: int) -> int | None:
    """A further option that is named in the same breath: "A and C", "A, B", "B B B", "Mild (C)"."""
    codes, units = passage.codes, passage.units
    if re.match(r"\([LX]\)", codes[end : end + 3]):
        return end + 1 if end + 1 not in passage.denied else None
    if re.match(r"\)\([LX]\)", codes[end : end + 4]):
        return end + 2
    spaced = end < len(codes) and codes[end] in "LX" and units[end].start - units[end - 1].end == 1
    spaced = spaced and codes[end - 1] in "LlX" and (end + 1 >= len(codes) or codes[end + 1] in "n.LX,")
    if spaced or (end < len(codes) and codes[end] in "Yvy" and codes[end - 1] in "Yyv"):
        return end if end not in passage.denied or codes[end] in "Yvy" else None
    join = _JOIN.match(codes, end)
    if join is None:
        return None
    index = join.end()
    unit = units[index]
    denied = index in passage.denied and not (unit.by == "polar" and "/" in join[0])
    return index if unit.firm and not denied else None
