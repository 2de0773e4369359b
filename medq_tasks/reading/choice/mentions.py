"""Where a reply names an option, and how: by letter, by text, by Yes or No, by its place in the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from medq_tasks.reading import lexicon
from medq_tasks.reading.choice.options import WORDS, OptionBook, is_word, polar_at, word
from medq_tasks.reading.clause_words import Phrases
from medq_tasks.reading.tokens import ENDS, Unit, typed

COMMON = lexicon.load("common")
_CHOOSING = lexicon.load("choosing", "common")
_ENDING = ENDS | {"comma", "colon", "close", "quote", "open", "dash", "slash", "arrow", "point"}
_ADVERB = re.compile(r",\s+(?!I\b)\w+\s+\w")
_JOINS = COMMON.singles["and"] | COMMON.singles["or"] | COMMON.singles["copula"]
_SHORTENED = 4  # letters of a word that a full stop shortens
_GAP = 3  # characters between two words of one option
_THING, _THING_AFTER = COMMON.singles["thing"], COMMON.singles["thing_after"]
_NUMBERED = _THING | WORDS.singles["numbered"]
_OF_TWO = WORDS.only("of_two")
_ASKS_POLAR = WORDS.only("asks_polar")
_ORDINALS = {said: place for place in ("1", "2", "3", "4", "5", "last") for said in WORDS.words(f"place_{place}", 0)}
_CARDINALS = {
    said: place for place in "12345" for said in (place, *lexicon.load("number_words").words(place, 0))
} | _ORDINALS

Found = tuple[int, int, Unit]  # first unit, one past the last, the value


def find(text: str, units: list[Unit], book: OptionBook) -> list[Unit]:
    """The typed stream of ``text`` in which options are units of the role "value"."""
    found = [*_texts(text, units, book), *_polar(text, units, book), *_places(units, book)]
    kept: list[Unit] = []
    behind = 0
    for first, end, unit in sorted(found, key=lambda one: (one[0], -one[1])):
        if first >= behind:
            kept += [*units[behind:first], unit]
            behind = end
    units = typed([*kept, *units[behind:]], _CHOOSING)
    for index, unit in enumerate(units):
        if len(unit.word) == 1 and unit.word.isascii() and unit.word.isalpha() and not unit.keys:
            _letter(text, units, index, book)
    return units


def _value(units: list[Unit], first: int, end: int, key: str, by: str, firm: bool = True) -> Found:
    said = " ".join(_said(units[first:end]))
    return first, end, Unit(units[first].start, units[end - 1].end, "value", said, frozenset([key]), by, firm)


def _said(units: list[Unit]) -> list[str]:
    return [unit.word for unit in units]


def _texts(text: str, units: list[Unit], book: OptionBook) -> Iterator[Found]:
    places = [index for index, unit in enumerate(units) if is_word(unit)]
    said = [word(units[index].word) for index in places]
    for at, first in enumerate(places):
        for noun, owner in book.absent.items():
            absent = _absence(units, first) if tuple(said[at : at + len(noun)]) == noun else first
            if absent < first:
                yield _value(units, absent, places[at + len(noun) - 1] + 1, owner, "text")
        for size in book.sizes:
            key = book.phrases.get(tuple(said[at : at + size]))
            if key is None or not _is_near(units, places[at : at + size]) or _is_pronoun(text, units, first, size):
                continue
            end = places[at : at + size][-1] + 1
            if size == 1 and units[first].role == "number" and units[max(0, first - 1)].word in _NUMBERED:
                break  # "Figure 1", "Step 2"
            if not _is_idiom(text, units, first, end):
                lone = said[at] in WORDS.singles["lone"] or (len(said[at]) == 1 and not said[at].isascii())
                of_two = _OF_TWO.longest(_said(units[first : end + 4]), 0)  # "Neither of them."
                ends = _ends(units, first + of_two[1] if of_two else end)
                yield _value(units, first, end, key, "text", size > 1 or not lone or ends)
            break


def _is_near(units: list[Unit], places: list[int]) -> bool:
    return all(units[b].start - units[a].end <= _GAP for a, b in pairwise(places))


def _is_pronoun(text: str, units: list[Unit], first: int, size: int) -> bool:
    """Whether a lone "I" is the word, not the number: "II, I believe"."""
    behind = units[first + 1 : first + 2]
    alone = size == 1 and text[units[first].start : units[first].end] == "I"
    return alone and any(is_word(unit) and unit.word not in _JOINS for unit in behind)


def _absence(units: list[Unit], place: int) -> int:
    """Where "does not show any visible ..." begins before what is absent, where "No degradation" is an option."""
    start = max(0, place - 12)
    said = Phrases(_said(units[start:place]))
    ends = [first for first, end in said.find("absence") if WORDS.singles["emphatic"].issuperset(said.words[end:])]
    return start + ends[0] if ends else place


def _ends(units: list[Unit], index: int) -> bool:
    return index >= len(units) or units[index].role in _ENDING


def _is_idiom(text: str, units: list[Unit], first: int, end: int) -> bool:
    """Whether the words mean something else here: "signal-to-noise", "noise-free", "it is clear that"."""
    near = Phrases(_said(units[max(0, first - 4) : end + 2]))
    place = min(first, 4)
    if near.opens("free", place + end - first) or any(at <= place < end for at, end in near.find("idiom")):
        return True
    return units[first].word in _ORDINALS and _ADVERB.match(text, units[end - 1].end) is not None


def _polar(text: str, units: list[Unit], book: OptionBook) -> Iterator[Found]:
    behind = 0
    for index, unit in enumerate(units if book.polar else ()):
        said = polar_at(units, index) if index >= behind and is_word(unit) else None
        if said is None:
            continue
        kind, behind = said
        key = book.yes if kind == "yes" else book.no
        if key is not None and _is_polar(text, units, index, behind):
            firm = _ends(units, behind)
            yield _value(units, index, behind, key, "polar" if firm or kind == "yes" else "weak no", firm)


def _is_polar(text: str, units: list[Unit], index: int, end: int) -> bool:
    """Not "no-reference", "No. 2", a part of a longer word in Han characters, or the question's "yes or no?"."""
    following = units[end : end + 2]
    if following and following[0].word.split(" ")[0] in WORDS.singles["about_else"]:
        return False  # "No problem", "no doubt"
    glued = re.match(r"-[^\W_]", text[units[end - 1].end :][:2])
    numbered = text[units[end - 1].end :][:1] == "." and [unit.role for unit in following[1:]] == ["number"]
    asks = (_ASKS_POLAR.longest(_said(units[at : at + 4]), 0) for at in (index, index - 2) if at >= 0)
    if glued or numbered or any(asks):
        return False
    before = units[index - 1].word if index else ""
    inside = before > "\u3000" and before not in WORDS.singles["before_polar"]
    return units[index].word < "\u3000" or (_ends(units, end) and not inside)


def _places(units: list[Unit], book: OptionBook) -> Iterator[Found]:
    """Options by their place: "the second option", "the first.", "option two", "第一个选项"."""
    for index, (unit, following) in enumerate(pairwise(units)):
        counters = list(takewhile(lambda one: one.word in WORDS.singles["counter"], units[index + 2 : index + 6]))
        end = index + 2 + len(counters)
        after = units[end].role if end < len(units) else "line"
        numbered = unit.word in ("option", "choice") and following.start - unit.end == 1
        only = unit.word == "the" and following.word in _ORDINALS and after in ENDS
        place = _CARDINALS.get(following.word) if numbered or only or (unit.word == "第" and counters) else None
        place = _ORDINALS.get(unit.word) if following.word in WORDS.singles["placed"] else place
        if place is None or after in ("percent", "point", "colon"):  # "First choice: B" ranks
            continue
        number = -1 if place == "last" else int(place) - 1
        key = book.keys[number] if number < len(book.keys) else None
        by_text = book.phrases.get((following.word,)) or book.phrases.get((unit.word,))
        if key is not None and by_text in (None, key):
            yield _value(units, index, end, key, "place")


def _letter(text: str, units: list[Unit], index: int, book: OptionBook) -> None:
    """Make the unit a value when its letter names an option; a letter that is not offered has no keys."""
    unit = units[index]
    letter = text[unit.start]
    key = book.letters.get(letter.upper())
    before, after = text[max(0, unit.start - 1) : unit.start], text[unit.end : unit.end + 2]
    if (key is None and letter.upper() == "I") or before == "&" or after[:1] in tuple("&%°"):
        return
    if letter == "I" and after.strip()[:1].isalpha():
        return  # "I think": the pronoun, where ten options make I a letter, too
    if letter.islower() and unit.role and unit.role != "filler":
        return
    if (after[:1] == "'" and after[1:].islower()) or _is_name(text, units, index):
        return
    article = _is_article(text, units, index, book)
    if article and letter == "a":
        return
    unit.role, unit.by, unit.firm = "value", "letter", letter.isupper() and not article
    unit.keys = frozenset([key]) if key is not None else frozenset()


def _is_name(text: str, units: list[Unit], index: int) -> bool:
    """Whether the letter is part of a name: "type B", "Figure A", "E. coli", "B-mode", "a.k.a."."""
    unit = units[index]
    short = index > 1 and units[index - 1].word in ("/", ".") and len(units[index - 2].word) <= _SHORTENED
    back = index - (2 if short else 1)  # "Fig. B", not "Thanks for the image. B."
    if back >= 0 and units[back].word.split(" ")[-1] in _THING:
        gap, own = text[units[back].end : unit.start], text[max(0, units[back].end - 10) : units[back].end].lower()
        if 0 < len(gap) <= 2 and "\n" not in gap and own != "this image":  # "I grade this image A"
            return True
    if index + 2 >= len(units):
        return index + 1 < len(units) and units[index + 1].word in _THING_AFTER and text[unit.end] == " "
    mark, last = units[index + 1 : index + 3]
    if (mark.word in _THING_AFTER and mark.start - unit.end == 1) or (mark.word in ".-" and last.word in _THING_AFTER):
        return True
    glued = mark.start == unit.end and last.word[0].isalpha()
    if mark.role == "point":
        return glued and len(last.word) == 1
    return mark.word == "-" and glued and last.start == mark.end and len(last.word) > 1 and not last.keys


def _is_article(text: str, units: list[Unit], index: int, book: OptionBook) -> bool:
    """Whether the letter is the English article: "A careful look" must not read as option A."""
    unit = units[index]
    if text[unit.start] not in "aA" or index + 1 >= len(units):
        return False
    following = units[index + 1]
    if following.start != unit.end + 1 or text[unit.end] != " " or not text[following.start].isalnum():
        return False
    first, capital = following.word.split(" ")[0], text[following.start].isupper()
    if following.role != "value":
        label = first in WORDS.singles["after_letter"] or (capital and first in WORDS.singles["after_label"])
        return not label
    if following.by not in ("text", "polar"):
        return True
    own, ends = book.letters.get("A") in following.keys, _ends(units, index + 2)
    if text[unit.start] == "a":
        return True  # "The problem is a ghost", of "A. Ghost"
    return not (own and ends) and not (text[unit.start] == "A" and capital and (own or ends))
