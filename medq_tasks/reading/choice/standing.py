"""Options that stand by themselves: at the head of the reply, or as a line or sentence of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.layout import cut_off, items, opens_items, said
from medq_tasks.reading.choice.options import WORDS, OptionBook
from medq_tasks.reading.choice.phrases import Phrase, parse
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement

_REST = re.compile(r'(?:,?(?:s|ic|f?I|H|O)){0,2}[.,;:!?)">/n\-t_]{0,6}')
_OPENING = re.compile(r'[n.,"():>t/\-_fOo0|NBR]{0,8}?(?=[LlTYyvPX])')
_SPOKEN_OF = r'[ckMBWFew|]|,?d(?![f"(o]{0,3}[LTYPX])'
_GOES_ON = {  # what may not follow a letter, a text, Yes or No at the head
    "letter": re.compile(_SPOKEN_OF),
    "place": re.compile(_SPOKEN_OF),
    "full": re.compile(r"[Mk?]|\|"),
    "text": re.compile(r'[)"]{0,2}(?:[Mk?c|]|:|ch)'),
}
_RATHER = re.compile(r",?d[fo\"(]{0,3}[LTYP][)\"]{0,2}(?:[,&|]{1,2}[LTYP])*[.!]?n?")  # "B rather than C"
_SHORT_LINE = 5  # units of a line that is an option, with a mark or two


def leading(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The option with which the reply, or what follows a repeated list of options, begins."""
    menus = [index + 1 for index, unit in enumerate(passage.units) if unit.role == "menu"]
    for start in {0, *menus[-1:]}:
        opening = _OPENING.match(passage.codes, start)
        phrase = parse(passage, opening.end() if opening else start, announced=False)
        if phrase is None or phrase.loose or phrase.denied or not _stands(passage, phrase):
            continue
        yield said(passage, phrase.start, phrase, Level.CONCLUDED if phrase.by == "weak no" else Level.ALONE, "opens")


def _stands(passage: Passage, phrase: Phrase) -> bool:
    """Whether a phrase at the head answers, and is not the subject of what follows."""
    unticked = phrase.start > 0 and passage.units[phrase.start - 1].word in ("[ ]", "☐")
    if unticked or (passage.asks(phrase.start) and len(passage.spans) > 1) or opens_items(passage, phrase):
        return False
    if phrase.by in ("polar", "weak no"):
        return not _about_itself(passage, phrase)
    colon = passage.codes[phrase.end : phrase.end + 1] == ":"
    listed = colon and (len(phrase.keys) > 1 or (phrase.by == "letter" and cut_off(passage)))  # "A vs C: sharp edges"
    kind = "full" if phrase.by == "letter" and passage.units[phrase.end - 1].full else phrase.by
    return not listed and not _GOES_ON[kind].match(passage.codes, phrase.end)


def _about_itself(passage: Passage, phrase: Phrase) -> bool:
    """ "No, I cannot help with that"."""
    own = [unit for unit in passage.units[phrase.end : phrase.end + 6] if unit.role not in ("comma", "contrast")]
    words = {word for unit in passage.units[phrase.end : phrase.end + 9] for word in unit.word.split(" ")}
    looks = words & WORDS.singles["looks"] and not words & WORDS.singles["looked_at"]
    return bool(own) and own[0].word.split(" ")[0] == "i" and bool(words & WORDS.singles["about_myself"]) and not looks


def alone(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """Lines and sentences that are nothing but an option."""
    found = list(_alone_or_labelled(passage))
    labelled = [item for labels, item in found if labels]
    several = len({item.keys for item in labelled}) > 1  # "Sharpness: good\nContrast: poor": each about something else
    yield from (item for labels, item in found if not (labels and several))


def _alone_or_labelled(passage: Passage) -> Iterator[tuple[bool, Statement]]:
    codes = passage.codes
    for start, end in passage.spans:
        if passage.asks(start) and len(passage.spans) > 1:
            continue
        opening = _OPENING.match(codes, start, end)
        phrase, label = _fills(passage, opening.end() if opening else start, end), ""
        tail = _tail(passage, start, end)
        if phrase is None and tail is not None:
            phrase, label = _fills(passage, tail, end), codes[tail - 1]
            others = set(_letters(passage, start, tail)) - passage.denied
            phrase = (
                None if codes[tail - 2] == "e" or (others and label == ":" and "E" not in codes[start:tail]) else phrase
            )  # "Less likely: A"
        if phrase is None or _breaks_off(passage, start, phrase) or (phrase.by == "text" and label == ","):
            continue  # "..., noise" is the end of an enumeration rather than an answer
        own = start > 0 and codes[start - 1] == "n" and (end == len(codes) or codes[end - 1] == "n")
        last = own and len(phrase.keys) == 1 and phrase.by in ("letter", "polar") and _ends_all(passage, start, phrase)
        level, rule = (Level.LINE, "last line") if last else (Level.ALONE, "alone")
        yield label == ":" and phrase.by == "text", said(passage, phrase.start, phrase, level, rule)


def _letters(passage: Passage, start: int, end: int) -> list[int]:
    return [at for at in range(start, end) if passage.units[at].by == "letter" and passage.units[at].firm]


def _ends_all(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether a line of its own ends the reasoning: no other option follows, and the line before is no option, too."""
    line = passage.codes.rfind("n", 0, start - 1) + 1
    if start - line <= _SHORT_LINE and any(unit.keys for unit in passage.units[line:start]):
        return False
    return all(unit.keys <= phrase.keys for unit in passage.units[phrase.end :] if unit.firm)


def _tail(passage: Passage, start: int, end: int) -> int | None:
    """Where the last part of a sentence begins ("Without a doubt, yes."), unless it goes on with a list of options."""
    cut = max((at for at in range(start, end) if passage.codes[at] in ",:-"), default=start)
    apart = (
        not passage.units[cut - 1].keys
        or cut - 1 in passage.denied
        or re.search(r"E.*:$", passage.codes[start : cut + 1])
    )
    return cut + 1 if cut > start and apart else None


def _fills(passage: Passage, position: int, end: int) -> Phrase | None:
    """The answer phrase that takes up all from ``position`` to ``end``."""
    phrase = parse(passage, position, announced=False)
    if phrase is None or phrase.denied or phrase.end > end:
        return None
    if not any(rest.fullmatch(passage.codes, phrase.end, end) for rest in (_REST, _RATHER)):
        return None
    more = any(unit.role == "" and unit.word[:1].isalnum() for unit in passage.units[phrase.end : end])
    return None if more else phrase


def _breaks_off(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether the reply was cut right after ``phrase``: "... Metal artifact", "A) no. B) no. C)"."""
    codes = passage.codes
    if any(role not in ').:,("-n' for role in codes[phrase.end :]):
        return False
    if phrase.by == "letter":
        opened = items(passage)
        before = [keys for index, keys in opened.items() if index != phrase.start]
        listed = phrase.start in opened and codes[phrase.end : phrase.end + 1] in (")", ":")
        new = bool(before) and not any(keys & phrase.keys for keys in before)
        return cut_off(passage) or (listed and new and "n" not in codes[max(0, start - 1) : start])
    own_line = start > 0 and codes[start - 1] == "n"
    return cut_off(passage) and phrase.by == "text" and (passage.text[-1] == ":" or not own_line)
