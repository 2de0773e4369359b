"""One typed stream: every word and mark of a text as a unit with a role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from medq_tasks.reading.lexicon import Lexicon, codes

CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# A word character of an alphabet. ``\w`` would glue "答案是B" into one word.
ALPHABETIC = "0-9A-Za-z_\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u0600-\u06ff\u0900-\u097f\u1e00-\u1eff"
_UNIT_OF_MEASURE = r"(?:[cmk]?m|[mk]?g|m?l|px|hz|kv)\b"
_DIGITS = r"-?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?"
# By kind, in the order in which they are tried.
_KINDS = {
    "number": rf"(?<![{ALPHABETIC}]){_DIGITS}(?:(?={_UNIT_OF_MEASURE})|(?![{ALPHABETIC}]))",
    "short": r"n't(?![a-z])|(?<=[a-z])'(?:s|d|ll|m|re|ve)(?![a-z])",
    "word": rf"[{ALPHABETIC}]+?(?=n't(?![a-z]))|[{ALPHABETIC}]+|[{CJK}]",
    "line": r"\s*\n\s*",
    "mark": r"\[[xX✓]\]|\[ \]|->|=>|--+>?|[^\s\w]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items()), re.IGNORECASE)
_MARKS = {sign: role for role, signs in codes("signs").items() for sign in signs.split(" ")}
_WITHIN = re.compile("[^ \n\t\"')\\]}*.\u2e81-\U0010ffff]")  # behind a full stop that ends no sentence
_CAPITALS = frozenset("ABCDEFGHJKLMNOPQRSTUVWXYZ")  # an option rather than the article, or "e", "y", "o"
ENDS = frozenset(["stop", "question", "line", "semicolon"])


@dataclass(slots=True)
class Unit:
    """A word, a phrase of the lexicon, a mark, or a value."""

    start: int
    end: int
    role: str  # "" for a word that the lexicon does not know
    word: str
    keys: frozenset[str] = frozenset()
    by: str = ""  # of a value: "letter", "text", "polar" or "place"
    firm: bool = True
    full: bool = False  # a letter with its own text: "B. Noise"
    sentence: int = 0


def tokenise(text: str) -> list[Unit]:
    """Words and marks, with no lexicon yet; ``word`` is in lower case."""
    units = []
    text = text.replace("\u0130", "I")  # the only character that gets longer in lower case
    for token in _TOKEN.finditer(text):
        kind, word, end = token.lastgroup or "", token[0], token.end()
        if kind == "mark":
            kind = "point" if word == "." and _WITHIN.match(text, end) else _MARKS.get(word, "mark")
        elif kind == "line":
            word = "\n"
        elif word not in _CAPITALS:
            word = word.lower()
        units.append(Unit(token.start(), end, "" if kind in ("word", "short") else kind, word))
    return units


def typed(units: list[Unit], lexicon: Lexicon) -> list[Unit]:
    """The stream with phrases of the lexicon as one unit each; values that stand in it already stay."""
    words = ["" if unit.keys else unit.word for unit in units]  # no phrase runs across a value
    found: list[Unit] = []
    end = 0
    for index, unit in enumerate(units):
        if index < end:
            continue
        entry = lexicon.longest(words, index) if unit.role in ("", "number") else None
        end = entry[1] if entry else index + 1
        found.append(Unit(unit.start, units[end - 1].end, entry[0], " ".join(words[index:end])) if entry else unit)
    return found


def sentences(units: list[Unit], text: str) -> list[tuple[int, int]]:
    """Number every unit's sentence; first and one past the last unit of each."""
    starts = [0]
    for index, unit in enumerate(units):
        unit.sentence = len(starts) - 1
        closes = unit.role in ("quote", "close") and index and units[index - 1].role in ("stop", "question")
        if (unit.role in ENDS or closes) and index + 1 < len(units) and not _trails(units, index, text):
            starts.append(index + 1)
    return list(pairwise((*starts, len(units)))) if units else []


def _trails(units: list[Unit], index: int, text: str) -> bool:
    """Whether the sentence goes on after the end mark: with more of its kind, a closing quote, or small letters."""
    if units[index].role == "line":
        return False
    following = units[index + 1]
    if units[index].role in ("quote", "close"):
        return text[following.start].islower()
    close = following.role in ("close", "quote") and following.start == units[index].end
    return close or following.role in ENDS
