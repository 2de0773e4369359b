"""Options that stand by themselves: at the head of the reply, or as a line or sentence of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.layout import cut_off, items, opens_items, said
from medq_tasks.reading.options import WORDS, OptionBook
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.phrases import Phrase, parse
from medq_tasks.reading.statements import Level, Statement

_REST = re.compile(r'(?:,?(?:s|ic|f?I|H|O)){0,2}[.,;:!?)">/n\-t_]{0,6}')


_OPENING = re.compile(r'[n.,"():>t/\-_fOo0|NBR]{0,8}?(?=[LlTYyvPX])')


_SPOKEN_OF = re.compile(r"[ckMBW]")


_SUPPOSED_TEXT = re.compile(r"[Mk:?c]")


def leading(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The option with which the reply, or what follows a repeated list of options, begins."""
    menus = [index + 1 for index, unit in enumerate(passage.units) if unit.role == "menu"]
    for start in {0, *menus[-1:]}:
        opening = _OPENING.match(passage.codes, start)
        phrase = parse(passage, opening.end() if opening else start, announced=False)
        if phrase is None or phrase.loose or phrase.denied:
            continue
        after = passage.codes[phrase.end : phrase.end + 1]
        if (passage.asks(phrase.start) and len(passage.spans) > 1) or after == "|":
            continue
        if len(phrase.keys) > 1 and after == ":":
            continue  # "A vs C: the edges are sharp"
        if re.match(r'[)"]?,?C|[)"]?ch', passage.codes[phrase.end : phrase.end + 3]):
            continue  # "Answer yes if there is noise"
        bare = phrase.by in ("letter", "place") and not passage.units[phrase.end - 1].full
        if (bare and _SPOKEN_OF.match(after)) or opens_items(passage, phrase):
            continue
        if (phrase.by == "text" and _SUPPOSED_TEXT.match(after)) or (
            not bare and after in ("M", "k", "?") and phrase.by == "letter"
        ):
            continue
        if phrase.by == "text" and _SUPPOSED_TEXT.match(after):
            continue
        if phrase.by in ("polar", "weak no") and _about_itself(passage, phrase):
            continue
        weak_no = phrase.by == "weak no"
        if weak_no and passage.units[phrase.end].word.split(" ")[0] in WORDS.singles["about_else"]:
            continue
        level = Level.CONCLUDED if weak_no else Level.ALONE
        yield said(passage, phrase.start, phrase, level, "opens")


def _about_itself(passage: Passage, phrase: Phrase) -> bool:
    """ "No, I cannot help with that"."""
    after = passage.units[phrase.end : phrase.end + 6]
    own = [unit.word for unit in after if unit.role not in ("comma", "contrast")]
    said = {word for unit in passage.units[phrase.end : phrase.end + 9] for word in unit.word.split(" ")}
    speaks = said & WORDS.singles["about_myself"] or any(unit.role == "refuse" for unit in after)
    looks = said & {"see", "view", "analyze", "analyse", "describe"} and not said & {
        "image",
        "picture",
        "photo",
        "scan",
    }
    return bool(own) and own[0].split(" ")[0] == "i" and bool(speaks) and not looks


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
        phrase = _fills(passage, opening.end() if opening else start, end)
        tail = _tail(passage, start, end)
        labelled = phrase is None and tail is not None and codes[tail - 1] == ":"
        if phrase is None and tail is not None:
            phrase = _fills(passage, tail, end)
            if phrase is not None and phrase.by == "text" and codes[tail - 1] == ",":
                continue  # "..., noise": the end of an enumeration rather than an answer
        if phrase is None or _breaks_off(passage, start, phrase):
            continue
        own = start > 0 and codes[start - 1] == "n" and (end == len(codes) or codes[end - 1] == "n")
        last = (
            own and len(phrase.keys) == 1 and phrase.by in ("letter", "polar") and _is_last_word(passage, start, phrase)
        )
        level, rule = (Level.LINE, "last line") if last else (Level.ALONE, "alone")
        yield labelled and phrase.by == "text", said(passage, phrase.start, phrase, level, rule)


def _is_last_word(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether a line of its own ends the reasoning: no other option follows, and the line before is no option, too."""
    line = passage.codes.rfind("n", 0, start - 1) + 1
    short = start - line <= _SHORT_LINE and any(unit.keys for unit in passage.units[line:start])
    return not short and all(unit.keys <= phrase.keys for unit in passage.units[phrase.end :] if unit.firm)


def _tail(passage: Passage, start: int, end: int) -> int | None:
    """Where the last part of a sentence begins ("Without a doubt, yes."), unless it goes on with a list of options."""
    cut = max((at for at in range(start, end) if passage.codes[at] in ",:-"), default=start)
    sums = passage.units[cut].word == "=" and end == len(passage.codes)  # "2 + 1 = 3"
    return cut + 1 if cut > start and (sums or not passage.units[cut - 1].keys) else None


def _fills(passage: Passage, position: int, end: int) -> Phrase | None:
    """The answer phrase that takes up all from ``position`` to ``end``."""
    phrase = parse(passage, position, announced=False)
    if phrase is None or phrase.denied or phrase.end > end:
        return None
    return phrase if _REST.fullmatch(passage.codes, phrase.end, end) and not _words(passage, phrase.end, end) else None


def _words(passage: Passage, start: int, end: int) -> bool:
    return any(unit.role == "" and unit.word[:1].isalnum() for unit in passage.units[start:end])


def _breaks_off(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether the reply was cut right after ``phrase``: "... Metal artifact", "A) no. B) no. C)"."""
    if any(role not in ').:,("-n' for role in passage.codes[phrase.end :]):
        return False
    if passage.units[phrase.end - 1].full and passage.text[-1] == ":":
        return True
    if phrase.by == "letter":
        if cut_off(passage):
            return True
        opened = items(passage)
        before = [keys for index, keys in opened.items() if index != phrase.start]
        listed = phrase.start in opened and passage.codes[phrase.end : phrase.end + 1] in (")", ":")
        new = not any(keys & phrase.keys for keys in before)
        return listed and bool(before) and new and "n" not in passage.codes[max(0, start - 1) : start]
    own_line = start > 0 and passage.codes[start - 1] == "n"
    return cut_off(passage) and phrase.by == "text" and (passage.text[-1] == ":" or not own_line)


_SHORT_LINE = 5  # units of a line that is an option, with a mark or two
