"""Where a reply names an option, and how: by letter, by text, by Yes or No, by its place in the list."""

from __future__ import annotations

import re
from itertools import pairwise

from medq_tasks.reading import lexicon
from medq_tasks.reading.choice.options import WORDS, OptionBook, is_word, polar_at, word
from medq_tasks.reading.tokens import ENDS, Unit, typed

COMMON = lexicon.load("common")
_CHOOSING = lexicon.load("choosing", "common")
_ENDING = ENDS | {"comma", "colon", "close", "quote", "open", "dash", "slash", "arrow", "point"}
_ADVERB = re.compile(r",\s+(?!I\b)\w+\s+\w")
_JOINS = COMMON.singles["and"] | COMMON.singles["or"] | COMMON.singles["copula"]
_IDIOMS, _ASKS_POLAR = WORDS.only("idiom"), WORDS.only("asks_polar")
_SHORTENED = 4  # letters of a word that a full stop shortens
_GAP = 3  # characters between two words of one option
_AFTER, _AFTER_LABEL = WORDS.singles["after_letter"], WORDS.singles["after_label"]
_THING, _THING_AFTER = COMMON.singles["thing"], COMMON.singles["thing_after"]
_NUMBERED = _THING | WORDS.singles["numbered"]
_PLACES = {
    place: [form for entry in WORDS.entries if entry.role == f"place_{place}" for form in entry.forms]
    for place in ("1", "2", "3", "4", "5", "last")
}
_ORDINALS = {w: place for place, forms in _PLACES.items() for form in forms[:1] for w in form[0].words}
_CARDINALS = {w: place for place, forms in _PLACES.items() for form in forms for w in form[0].words}
_CARDINALS |= {place: place for place in "12345"}


def find(text: str, units: list[Unit], book: OptionBook) -> list[Unit]:
    """The typed stream of ``text`` in which options are units of the role "value"."""
    units = _replaced(units, [*_texts(text, units, book), *_polar(text, units, book), *_places(text, units, book)])
    units = typed(units, _CHOOSING)
    for index, unit in enumerate(units):
        if len(unit.word) == 1 and unit.word.isascii() and unit.word.isalpha() and not unit.keys:
            _letter(text, units, index, book)
    return units


Found = tuple[int, int, Unit]  # first unit, one past the last, the value


def _replaced(units: list[Unit], found: list[Found]) -> list[Unit]:
    found.sort(key=lambda one: (one[0], -one[1]))
    kept: list[Unit] = []
    index = 0
    for first, end, unit in found:
        if first >= index:
            kept += [*units[index:first], unit]
            index = end
    return [*kept, *units[index:]]


def _value(units: list[Unit], first: int, end: int, key: str, by: str, firm: bool = True) -> Found:
    said = " ".join(unit.word for unit in units[first:end])
    return first, end, Unit(units[first].start, units[end - 1].end, "value", said, frozenset([key]), by, firm)


def _texts(text: str, units: list[Unit], book: OptionBook) -> list[Found]:
    places = [index for index, unit in enumerate(units) if is_word(unit)]
    said = [word(units[index].word) for index in places]
    found = []
    for at, first in enumerate(places):
        for noun, owner in book.absent.items():
            absent = _absence(units, places, said, at, noun)
            if absent is not None:
                found.append(_value(units, absent[0], absent[1], owner, "text"))
        if said[at] not in book.openings:
            continue
        for size in book.sizes:
            key = book.phrases.get(tuple(said[at : at + size])) if at + size <= len(said) else None
            if key is None or not _adjacent(units, places[at : at + size]) or _is_pronoun(text, units, first, size):
                continue
            end = places[at + size - 1] + 1
            if size == 1 and units[first].role == "number" and first and units[first - 1].word in _NUMBERED:
                break  # "Figure 1", "Step 2"
            if not _is_idiom(text, units, first, end):
                firm = not _lone(said[at : at + size]) or _ends(units, end)
                found.append(_value(units, first, end, key, "text", firm))
            break
    return found


def _is_pronoun(text: str, units: list[Unit], first: int, size: int) -> bool:
    """Whether a lone "I" is the word, not the number: "II, I believe"."""
    said, behind = text[units[first].start : units[first].end], units[first + 1 : first + 2]
    return size == 1 and said == "I" and bool(behind) and is_word(behind[0]) and behind[0].word not in _JOINS


def _adjacent(units: list[Unit], places: list[int]) -> bool:
    return all(units[b].start - units[a].end <= _GAP for a, b in pairwise(places))


def _absence(
    units: list[Unit], places: list[int], said: list[str], at: int, noun: tuple[str, ...]
) -> tuple[int, int] | None:
    """First unit and end of "does not show any visible degradation", where "No degradation" is an option."""
    if tuple(said[at : at + len(noun)]) != noun:
        return None
    for first in range(max(0, places[at] - 12), places[at]):
        found = WORDS.longest([unit.word for unit in units[first : places[at]]], 0)
        if found and found[0] in ("absence", "no"):
            between = [unit.word for unit in units[first + found[1] : places[at]]]
            if all(one in WORDS.singles["emphatic"] for one in between):
                return first, places[at + len(noun) - 1] + 1
    return None


def _lone(phrase: list[str]) -> bool:
    """Whether the words mean the option only when they stand alone."""
    only = phrase[0] if len(phrase) == 1 else ""
    return only in WORDS.singles["lone"] or (len(only) == 1 and not only.isascii())


def _ends(units: list[Unit], index: int) -> bool:
    return index >= len(units) or units[index].role in _ENDING


def _is_idiom(text: str, units: list[Unit], first: int, end: int) -> bool:
    """Whether the words mean something else here: "signal-to-noise", "noise-free", "it is clear that"."""
    near = units[max(0, first - 4) : end + 2]
    place, words = first - max(0, first - 4), [unit.word for unit in near]
    free = WORDS.longest(words[end - first + place :], 0) if words[end - first + place :] else None
    if free and free[0] == "free":
        return True
    if any((found := _IDIOMS.longest(words, at)) and found[1] > place for at in range(place + 1)):
        return True
    return units[first].word in WORDS.singles["ordinal"] and _ADVERB.match(text, units[end - 1].end) is not None


def _polar(text: str, units: list[Unit], book: OptionBook) -> list[Found]:
    found, index = [], 0
    while index < len(units) if book.polar else False:
        said = polar_at(units, index) if is_word(units[index]) else None
        if said is None:
            index += 1
            continue
        kind, end = said
        key = book.yes if kind == "yes" else book.no
        if key is not None and _is_polar(text, units, index, end):
            firm = _ends(units, end)
            found.append(_value(units, index, end, key, "polar" if firm or kind == "yes" else "weak no", firm))
        index = end
    return found


def _is_polar(text: str, units: list[Unit], index: int, end: int) -> bool:
    """Not "no-reference", "No. 2", a part of a longer word in Han characters, or the question's "yes or no?"."""
    ends = _ends(units, end)
    after = text[units[end - 1].end : units[end - 1].end + 2]
    if after[:1] == "-" and after[1:].isalnum():
        return False
    if end < len(units) and units[index].word == "no" and units[end].word.split(" ")[0] in WORDS.singles["about_else"]:
        return False  # "No problem", "no doubt"
    if units[index].word == "no" and after[:1] == "." and end + 1 < len(units) and units[end + 1].role == "number":
        return False
    if _polar_menu(units, index):
        return False
    cjk = units[index].word[0] > "\u3000"
    before = units[index - 1].word if index else ""
    glued = cjk and before[:1] > "\u3000" and before not in ("是", "为", "选", "以", "此", ",")
    return not (cjk and (not ends or glued))


def _polar_menu(units: list[Unit], index: int) -> bool:
    """Whether the word belongs to "Yes/No:" or "yes or no?", the question's words."""
    asked = (_ASKS_POLAR.longest([unit.word for unit in units[at : at + 4]], 0) for at in (index, index - 2) if at >= 0)
    return any(asked)


def _places(text: str, units: list[Unit], book: OptionBook) -> list[Found]:
    found = []
    for index, unit in enumerate(units[:-1]):
        following = units[index + 1]
        place, end = None, index + 2
        if unit.word in _ORDINALS and following.word in WORDS.singles["placed"]:
            place = _ORDINALS[unit.word]
        elif unit.word == "the" and following.word in _ORDINALS and (end >= len(units) or units[end].role in ENDS):
            place = _ORDINALS[following.word]
        elif unit.word in ("option", "choice") and following.word in _CARDINALS and following.start - unit.end == 1:
            place = _CARDINALS[following.word]
        elif (
            unit.word == "第"
            and following.word in _CARDINALS
            and end < len(units)
            and units[end].word in WORDS.singles["counter"]
        ):
            place = _CARDINALS[following.word]
            while end < len(units) and units[end].word in WORDS.singles["counter"]:
                end += 1
        if place is None or (end < len(units) and units[end].role in ("percent", "point")):
            continue
        number = -1 if place == "last" else int(place) - 1
        key = book.keys[number] if number < len(book.keys) else None
        by_text = book.phrases.get((following.word,)) or book.phrases.get((unit.word,))
        if key is not None and by_text in (None, key):
            found.append(_value(units, index, end, key, "place"))
    return found


def _letter(text: str, units: list[Unit], index: int, book: OptionBook) -> None:
    """Make the unit a value when its letter names an option; a letter that is not offered has no keys."""
    unit = units[index]
    letter = text[unit.start]
    key = book.letters.get(letter.upper())
    before, after = text[max(0, unit.start - 1) : unit.start], text[unit.end : unit.end + 1]
    if (key is None and letter.upper() == "I") or before == "&" or (after in ("&", "%", "°") and after):
        return
    if letter == "I" and text[unit.end : unit.end + 2].strip()[:1].isalpha():
        return  # "I think": the pronoun, where ten options make I a letter, too
    if letter.islower() and unit.role and unit.role != "filler":
        return
    if (after == "'" and text[unit.end + 1 : unit.end + 2].islower()) or _is_name(text, units, index, book):
        return
    article = is_article(text, units, index, book)
    if article and letter == "a":
        return
    unit.role, unit.by, unit.firm = "value", "letter", letter.isupper() and not article
    unit.keys = frozenset([key]) if key is not None else frozenset()


def _is_name(text: str, units: list[Unit], index: int, book: OptionBook) -> bool:
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


def is_article(text: str, units: list[Unit], index: int, book: OptionBook) -> bool:
    """Whether the letter is the English article: "A careful look" must not read as option A."""
    unit = units[index]
    if text[unit.start] not in "aA" or index + 1 >= len(units):
        return False
    following = units[index + 1]
    if following.start != unit.end + 1 or text[unit.end] != " " or not text[following.start].isalnum():
        return False
    first = following.word.split(" ")[0]
    if following.role != "value" and (first in _AFTER or (first in _AFTER_LABEL and text[following.start].isupper())):
        return False
    if following.role != "value" or following.by not in ("text", "polar"):
        return True
    own, ends = book.letters.get("A") in following.keys, _ends(units, index + 2)
    if own and ends:
        return False
    return not (text[unit.start] == "A" and text[following.start].isupper() and (own or ends))
