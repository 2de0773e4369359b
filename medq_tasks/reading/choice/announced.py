"""What a word announces: "The answer is B", "I choose B", "so B", "this matches B"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.layout import cut_off, declines, opens_items, said
from medq_tasks.reading.choice.mentions import COMMON
from medq_tasks.reading.choice.options import OptionBook
from medq_tasks.reading.choice.phrases import Phrase, parse
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement

# What announces, as role codes (passage.CODES); the answer phrase begins where the pattern ends.
_CUES = [
    (re.compile(pattern), level, rule)
    for pattern, level, rule in (
        (r'N[f")oiHDMK]{0,4}(?:\([^()n]{0,12}\)|,[^,n.?]{1,12},)?[fHDMi"]{0,3}[c:>\-]', Level.STATED, "answer"),
        (r'N["(]{0,2}(?=[LlX][)"]{0,2}c?(?:[.]?$|[.]?n|\.))', Level.STATED, "answer"),
        (r'N[")]?(?=b|i|f[IMw]|I|Kk)[^.n;]{0,38}?[c:>](?=[f"(oHtcD]{0,4}[LlTYyvPX])', Level.STATED, "answer"),
        (r"S", Level.STATED, "chosen"),
        (r'z["(]?[LlX][")]?b["(]?(?=L)', Level.STATED, "changed"),
        (r"[DA]", Level.DRAWN, "concluded"),
        (r"I", Level.DRAWN, "opinion"),
        (r"H", Level.DRAWN, "likely"),
        (r"F|[oq][oq]?[c:]", Level.DRAWN, "fits"),
        (r"(?<![LX])>", Level.DRAWN, "arrow"),
        (r"g", Level.DRAWN, "forced"),
        (r"R", Level.DRAWN, "corrected"),
        (r"i(?=c)|c", Level.DRAWN, "it is"),
        (r"B", Level.DRAWN, "but"),
        (
            r'(?:d[f"(o]{0,3}[LTYP]|[LTYP]"?e)[")]{0,2}[,;-](?=["(fo]{0,2}[LTYP][").O]{0,3}(?:$|n))',
            Level.DRAWN,
            "not but",
        ),
        (r'J[^,.?n]{1,60},(?=[f"(]{0,2}[LY])', Level.DRAWN, "given"),
    )
]
_LEFT_OPEN = re.compile(r'[)"]{0,3}(?:[cMk|]d?|,?[H|B]{1,2}d)[)"\-_.:]{0,3}')


def announced(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """What follows a word that announces a choice."""
    for pattern, level, rule in _CUES:
        for cue in pattern.finditer(passage.codes):
            phrase = parse(passage, cue.end(), announced=True) if _opens(passage, cue.start(), rule) else None
            phrase = phrase and _behind_menu(passage, book, phrase)
            binding = phrase and _binding(passage, book, cue.start(), phrase, level, rule)
            if phrase and binding:
                yield said(passage, cue.start(), phrase, binding, rule)


def _opens(passage: Passage, index: int, rule: str) -> bool:
    """Whether the word announces where it stands: "Must be D", "..., is C", not "Is it B?"; "not A but B"."""
    codes, (start, _) = passage.codes, passage.span(index)
    if rule == "it is" and codes[index] == "c":
        comma = codes[index - 1] == "," and (codes[index - 2] not in "LTYP" or index - 2 in passage.denied)
        return index == start or (index > 1 and comma)
    if rule == "but":
        denied = any(at in passage.denied for at in range(start, index))
        lone = re.match(r'["(f]{0,2}[LY][)"]?(?:ic)?(?:[.n]|$)', codes[index + 1 : index + 7])
        return denied or (lone is not None and (codes[index - 1 : index] == "," or "d" in codes[start:index]))
    if rule == "answer" and "e" in codes[max(start, index - 3) : index]:
        return False  # "The wrong answer is B"
    return rule != "given" or index == start


def _behind_menu(passage: Passage, book: OptionBook, phrase: Phrase) -> Phrase:
    """ "Answer with A, B, C or D: C" """
    menu = len(phrase.keys) > 1 and len(phrase.keys) == len(book.keys)
    colon = passage.codes[phrase.end : phrase.end + 1] == ":"
    return (menu and colon and parse(passage, phrase.end + 1, announced=True)) or phrase


def _binding(passage: Passage, book: OptionBook, cue: int, phrase: Phrase, level: Level, rule: str) -> Level | None:
    """How binding what is announced is; None where it is not meant."""
    codes = passage.codes
    if not _decides(passage, book, cue, phrase) or (rule == "corrected" and not phrase.keys):
        return None
    breaks = cut_off(passage)
    if level is Level.STATED:
        return Level.MARKED if rule == "answer" and "A" in codes[max(passage.span(cue)[0], cue - 2) : cue] else level
    if phrase.by == "weak no" and codes[phrase.end : phrase.end + 1] not in ("b", ""):
        return None
    described = phrase.by == "text" and (rule in ("fits", "concluded") or phrase.loose)
    doubtful = described or (rule == "it is" and _may_be(passage, cue, phrase))
    if (doubtful and (breaks or _outweighed(passage, phrase))) or (described and declines(passage)):
        return None
    if breaks and "B" in codes[phrase.end :]:
        return None
    return Level.CONCLUDED if described else level


def _decides(passage: Passage, book: OptionBook, cue: int, phrase: Phrase) -> bool:
    """Whether the announced phrase is meant: not denied, asked, or the first item of a discussion."""
    codes = passage.codes
    if phrase.denied or _asked(passage, phrase):
        return False
    if passage.text[passage.units[cue].end : passage.units[phrase.start].start].count("\n") > 3:
        return False
    menu = len(phrase.keys) > 1 and len(phrase.keys) == len(book.keys)  # the question's own "A, B, C or D"
    if menu and (len(book.keys) > 2 or codes[cue] != "N" or passage.span(phrase.start)[1] < len(codes)):
        return False
    if _LEFT_OPEN.fullmatch(codes, phrase.end):
        return False
    if "n" in codes[cue : phrase.start] and opens_items(passage, phrase):
        return False
    return codes[cue] != "H" or _is_of_its_own(passage, cue, phrase)


def _is_of_its_own(passage: Passage, cue: int, phrase: Phrase) -> bool:
    """Whether no option stands right before the cue: not "noise, probably A", but "A or B, probably A"."""
    near = [at for at in range(max(passage.span(cue)[0], cue - 4), cue) if passage.units[at].keys]
    before = frozenset[str]().union(*(passage.units[at].keys for at in near))
    close = bool(near) and passage.units[cue].start - passage.units[near[-1]].end <= 8
    apart = "B" in passage.codes[near[-1] : cue] if near else True
    return apart or not close or phrase.keys < before or passage.codes[near[0] - 1] == "e"


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
