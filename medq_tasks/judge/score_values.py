"""The value after a label: a whole level, something that is no level, or a list of levels (a rubric, a range)."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEVELS = (0, 1, 2)
_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2,
    "三": 3,
}  # fmt: skip

_QUOTE = r"(?:[\s\"'(\[{|*_~≈«}\])]|<(?=[^<>\n]{1,12}>))"  # "<2>" is a bracket, "<2" a comparison
_LEAD = r"(?:about|approximately|approx\.?|roughly|around|an?|clear|solid|strong|level) "
# Bounded: ten thousand opening brackets must not take a minute.
_OPEN = rf"{_QUOTE}{{0,12}}(?:{_LEAD}[\"'(\[]{{0,2}})?"
_VALUE = re.compile(
    _OPEN + r"(?P<compare>[<>≤≥]=?\s*|at (?:least|most)\s+|(?:less|more|lower|higher) than\s+|(?:below"
    r"|above|under|over|up to)\s+)?"
    r"(?P<sign>[+-]\s?)?(?:(?P<digits>\d+)(?P<decimals>\.\d+|,\d+)?|(?P<word>zero|one|two|three"
    r"|four|five|[零〇一二两三]))(?![\d])",
    re.I,
)
_UNIT = re.compile(
    r"[\"')\]}>|*_]*\s*(?:points?|pts?|marks?|stars?|分|점|点|балл(?:а|ов)?|puntos?|pontos?|Punkte?)(?![a-z])",
    re.I,
)
_SCALE = re.compile(
    r"[\"')\]}>*_]*\s*\(?\s*(?:/|out of(?: a (?:possible|maximum(?: of)?))?"
    r"|of(?= (?:a (?:possible |maximum )?)?(?:\d|two\b))|over(?= \d))"
    r"\s*(?:a (?:possible|maximum(?: of)?) )?(?P<top>\d+(?:\.\d+)?|two|three|four|five|six|eight|ten)(?![0-9A-Za-z])",
    re.I,
)
_LIST = re.compile(
    r"\s*(?:(?:points?|分)\s*)?\(?(?:(?:to|or|vs\.?|versus|bis|ou|o|到|至|或)\s*(?:an? |maybe "
    r"|possibly |perhaps )?(?:\d|zero|one|two\b)"
    r"|[-~/|](?=\d)|\s[-~/|] (?=\d(?!\s*[a-z]))|(?:,|;|、)\s*(?:or |and "
    r"|maybe |possibly |perhaps |或)?\d(?=\s*(?:[,;、)\]}]"
    r"|or\b|and\b|或|\.?\s*$|\.?\n))|\s(?:and|&) \d(?!\s*[a-z])| \d+(?![\d.)]))",
    re.I,
)
_HALF = re.compile(
    r"\s*(?:1/2|and (?:a|one) half|\.\d|:\s?\d|\s+point\s+(?:\d|five|two)|-?ish\b|\s?[\^*×]\s?\d|\s?\+\s?\d|\s*→\s*\d"
    r"|-half)|\s*%"
    r"|\s*percent|\s[<≤]\s|\+(?!\w)|\s*(?:or (?:more|less|higher|lower|above|below))",
    re.I,
)
_GLUED = re.compile(r"(?!(?:pts?|points?)\b)[A-Za-z°]")


@dataclass(frozen=True)
class Value:
    """What stood there. ``level`` is None for a number that is no level of the scale (20, 1.5, -1, 2/10)."""

    level: int | None
    several: bool  # "0, 1 or 2", "1-2": names levels, chooses none
    start: int
    end: int


def value_at(text: str, position: int) -> Value | None:
    """The value that starts at ``position`` (after blanks, quotes and brackets), or None if there is no number."""
    match = _VALUE.match(text, position)
    if match is None:
        return None
    start, end = match.start("word") if match["word"] else match.start("digits"), match.end()
    if _GLUED.match(text, end) or (match["digits"] and _ordinal_context(text, start)):
        return None
    level = _level(match)
    if _HALF.match(text, end):
        return Value(None, False, start, end)
    scale = _SCALE.match(text, _after_unit(text, end))
    if scale and _LIST.match(text, scale.end()):
        return Value(None, True, start, end)
    if scale:
        after = re.match(r"\s*/\s*\d", text[scale.end() :])
        if after:
            return Value(None, True, start, end)
        on_ours = scale["top"].lower() in ("2", "two", "2.0")
        return Value(level if on_ours else None, False, start, _after_unit(text, scale.end()))
    if _LIST.match(text, end):
        return Value(None, True, start, end)
    return Value(level, False, start, _after_unit(text, end))


def _level(match: re.Match[str]) -> int | None:
    if match["word"]:
        number = _WORDS[match["word"].lower()]
    else:
        number = int(match["digits"][:6])
        if len(match["digits"]) > 1 or (
            match["decimals"] and (match["decimals"][1:].strip("0") or match["decimals"].startswith(","))
        ):
            return None
    compared = match["compare"] and not _bracketed(match)
    negative = match["sign"] and match["sign"].startswith("-")
    return number if number in LEVELS and not compared and not negative else None


def _bracketed(match: re.Match[str]) -> bool:
    """ "<2>" is a bracket, "<2" is a comparison."""
    return (match["compare"] or "").strip() == "<" and match.string[match.end() : match.end() + 1] == ">"


def _ordinal_context(text: str, start: int) -> bool:
    before = text[max(0, start - 8) : start]
    return bool(re.search(r"[A-Za-z]$", before)) and not re.search(r"(?i)(?:score|rating|grade)$", before)


def _after_unit(text: str, end: int) -> int:
    unit = _UNIT.match(text, end)
    return unit.end() if unit else end
