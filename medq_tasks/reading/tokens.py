"""One typed stream: every word and mark of a text as a unit with a role."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from medq_tasks.reading.lexicon import Lexicon

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
_MARKS = {
    **dict.fromkeys([",", "，", "、"], "comma"), **dict.fromkeys([":", "=", "："], "colon"),
    **dict.fromkeys(["->", "=>", ">", "→", "∴", "-->", "⇒"], "arrow"), **dict.fromkeys(["-", "--", "---", "~"], "dash"),
    **dict.fromkeys(["(", "[", "{", "<"], "open"), **dict.fromkeys([")", "]", "}"], "close"),
    **dict.fromkeys(['"', "'", "`", "*"], "quote"), **dict.fromkeys(["/", "|", "\\"], "slash"),
    ";": "semicolon", "；": "semicolon",
    **dict.fromkeys([*"✓✔✅☑√", "[x]", "[X]", "[✓]"], "tick"), **dict.fromkeys("❌✗✘×✖", "cross"),
    "&": "and", "+": "and", "%": "percent",
}  # fmt: skip
_STOPS = {".": "stop", "!": "stop", "。": "stop", "?": "question", "？": "question", "！": "stop", "…": "stop"}
_CAPITALS = frozenset("ABCDEFGHJKLMNOPQRSTUVWXYZ")  # an option rather than the article, or "e", "y", "o"
ENDS = frozenset(["stop", "question", "line", "semicolon"])


@dataclass(slots=True)
class Unit:
    """A word, a phrase of the lexicon, a mark, or a value."""

    start: int
    end: int
    role: str  # "" for a word that the lexicon does not know
    word: str
    keys: frozenset[str] = field(default=frozenset())
    by: str = ""  # of a value: "letter", "text", "polar" or "place"
    firm: bool = True
    full: bool = False  # a letter with its own text: "B. Noise"
    sentence: int = 0


def tokenise(text: str) -> list[Unit]:
    """Words and marks, with no lexicon yet; ``word`` is in lower case."""
    units = []
    text = text.replace("\u0130", "I")  # the only character that gets longer in lower case
    for token in _TOKEN.finditer(text):
        kind, start, end = token.lastgroup, token.start(), token.end()
        word = token[0]
        if kind == "mark":
            role = _STOPS.get(word)
            if role is None:
                role = _MARKS.get(word, "mark")
            elif word == "." and end < len(text) and text[end] not in " \n\t\"')]}*." and not text[end] > "\u2e80":
                role = "point"
            units.append(Unit(start, end, role, word))
        elif kind == "line":
            units.append(Unit(start, end, "line", "\n"))
        else:
            units.append(
                Unit(start, end, "number" if kind == "number" else "", word if word in _CAPITALS else word.lower())
            )
    return units


def typed(units: list[Unit], lexicon: Lexicon) -> list[Unit]:
    """The stream with phrases of the lexicon as one unit each; values that stand in it already stay."""
    words = ["" if unit.keys else unit.word for unit in units]  # no phrase runs across a value
    found: list[Unit] = []
    index = 0
    while index < len(units):
        unit = units[index]
        if unit.role and unit.role != "number":
            found.append(unit)
            index += 1
            continue
        entry = lexicon.longest(words, index)
        end = entry[1] if entry else index + 1
        if entry:
            unit = Unit(unit.start, units[end - 1].end, entry[0], " ".join(words[index:end]))
        found.append(unit)
        index = end
    return found


def sentences(units: list[Unit], text: str) -> list[tuple[int, int]]:
    """Number every unit's sentence; first and one past the last unit of each."""
    spans: list[tuple[int, int]] = []
    start = 0
    for index, unit in enumerate(units):
        unit.sentence = len(spans)
        closes = unit.role in ("quote", "close") and index and units[index - 1].role in ("stop", "question")
        if (unit.role in ENDS or closes) and index + 1 < len(units) and not _trails(units, index, text):
            spans.append((start, index + 1))
            start = index + 1
    if start < len(units):
        spans.append((start, len(units)))
    return spans


def _trails(units: list[Unit], index: int, text: str) -> bool:
    """Whether the sentence goes on after the end mark: with more of its kind, a closing quote, or small letters."""
    if units[index].role == "line":
        return False
    following = units[index + 1]
    close = following.role in ("close", "quote") and following.start == units[index].end
    before = units[index - 1] if index else following
    if units[index].role == "quote" or (
        before.role in ("stop", "question") and units[index].role in ("close", "quote")
    ):
        return text[following.start].islower()
    return close or following.role in ENDS
