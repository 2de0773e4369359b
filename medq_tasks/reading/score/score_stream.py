"""A judge's reply as a stream: every number is a value, a level or none, and the rubric said again is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from medq_tasks.reading import lexicon
from medq_tasks.reading.clause_words import Phrases
from medq_tasks.reading.lexicon import Lexicon
from medq_tasks.reading.passage import CODES
from medq_tasks.reading.tokens import Unit, tokenise

_WORDS = lexicon.load("score_scope")
LABELS = lexicon.load("scores")
_NUMBERS = lexicon.load("numbers")
_GLUED = re.compile(r"(?<=[a-z])_(?=[0-2]\b)", re.IGNORECASE)  # "score_2" is two words

# One character for each word and mark of a text as far as numbers go; what is no mark and in no table is "w".
_TABLE, LABEL_CODES = lexicon.codes("numbers"), lexicon.codes("scores")
_MARKS = {"->": "→", "=>": "→", **dict(zip("→≤≥×^*⁄≈~|<>", "→cc****~~|<>", strict=True))}
_D, _W = "[0-3NE]", "[wausomcMhHfge]"
_VALUE = re.compile(
    rf"(?<!/)(?<!(?<![.p])p)[a~]{{0,3}}(?P<off>c+|<(?!{_D}>)|>)?P?(?P<number>{_D})"
    rf'(?P<spoilt>-?m+|(?=[%+])|{_D}/{_D}|[:*P?<c]{_D}|(?<=[012])→{_D}|p{_D})?(?P<unit>[)"]{{0,2}}u{{1,3}})?'
)
_OUT_OF = re.compile(rf'[)"(]{{0,3}}(?:/|o+)(?P<top>{_D})(?:[)"]{{0,2}}u{{1,3}})?')
_MORE = re.compile(
    rf"(?:/{_D}|\(?[jt]{{1,3}}[hH]?{_D}|&[hH]?{_D}(?!{_W})|-{_D}|[_~|]{_D}(?!{_W})|[,;](?:[jt&]{{1,3}}h?)?H?{_D}(?!{_W})|E|{_D}(?!{_W}|[.)p]))+"
)
# "0-2", "0, 1 or 2", "out of 2" name all levels; what is called a scale ("on a 0-2 scale") is left out.
_SCALE = re.compile(
    r"(?P<on>g{0,2}(?:s[owf]?)?)(?<![/p-])(?:0(?:[-_~t&p]|\.p|pp|t+[wh])2|(?:0[,/|j&-]{1,3}1|2[,/|j&-]{1,3}1)[,/|j&-]{1,3}[02])"
    r"(?P<scale>-?s)?(?![/%p])|0E|(?<=[wef])oo+2(?![/p])"
)
_RESULT = re.compile(rf"{_D}u?(?:[P+*_-]{_D}u?){{1,9}}(?=:{_D})|f2(?=t+[01])|f1(?=t+0)")  # of "1 + 1 = 2" the 2
_ITEM = re.compile(rf'(?<![/p])[012]u*[")]*(?:[:(>→_]|\|(?!n)|M+)(?!{_D}(?!w))')
_ENDS_MEANING = re.compile(r"[.;)n]")
_OTHER_SCALE = re.compile(r"s.{0,4}[01][-_~t]+[3N]|\([01][-_~t]+[3N]\)|N-us")
_ITEM_REACH = 60  # units that a meaning may take before the next level


def _coded(words: Sequence[str], table: dict[str, str], tables: Lexicon, mark: Callable[[int], str]) -> str:
    """One character for each unit: what ``mark`` says, or else that of the longest form that holds it."""
    codes = ""
    for index in range(len(words)):
        if index >= len(codes):
            sign = mark(index)
            entry = None if sign else tables.longest(words, index)
            other = sign or ("e" if words[index].endswith("ly") else "w")
            codes += table[entry[0]] * (entry[1] - index) if entry else other
    return codes


def _number_codes(units: list[Unit], text: str) -> str:
    def mark(index: int) -> str:
        unit = units[index]
        if unit.role == "number":
            return _digit(unit.word)
        if unit.word in ("+", "~"):
            return {"+": "P+", "~": "~-"}[unit.word][unit.start > 0 and not text[unit.start - 1].isspace()]
        if unit.role == "dash":
            return "_" if text[unit.end : unit.end + 1].isspace() else "-"
        return _MARKS.get(unit.word) or ("p" if unit.role == "point" else CODES.get(unit.role, unit.role and "w"))

    return _coded([unit.word for unit in units], _TABLE, _NUMBERS, mark)


def _digit(word: str) -> str:
    word = word.rstrip("0").rstrip(".") if "." in word and "," not in word else word
    return word if word in ("0", "1", "2", "3") else "E" if word.startswith("-") else "N"


def _rubric(codes: str) -> Iterator[tuple[int, int]]:
    """Groups of levels with what each stands for: "2 = all covered", "- 1 for a part", "Score 0: none"."""
    group: list[re.Match[str]] = []
    for item in [*_ITEM.finditer(codes), None]:
        follows = item and group and item.start() - group[-1].end() <= _ITEM_REACH and codes[item.start() - 1] != ":"
        if item is None or not follows or item[0][0] in {one[0][0] for one in group}:
            if len(group) > 1:
                end = _ENDS_MEANING.search(codes, group[-1].end())
                yield group[0].start(), end.start() if end else len(codes)
            group = []
        if item:
            group.append(item)


class Words(Phrases):
    """The units of a text with the vocabulary of judges; indices count units.

    A number is one value with what belongs to it ("2/2 points", "1 or 2"). Where the text enumerates the levels with
    their meanings nothing is left of it, and the word "scale" where it names them all.
    """

    def __init__(self, text: str) -> None:
        self.text, self.units = text, list[Unit]()
        units = tokenise(_GLUED.sub(" ", text))
        codes = _number_codes(units, text)
        other = _OTHER_SCALE.search(codes)  # "on a scale of 1-5, this is a 2"
        self.other_scale = units[other.start()].start if other else None
        told = [(*found.span(), "" if found["on"] or found["scale"] else "scale") for found in _SCALE.finditer(codes)]
        told += [(*found.span(), "") for found in _RESULT.finditer(codes)]
        for first, end in _rubric(codes):
            labelled = first > 0 and units[first - 1].word in LABELS.singles["score"]
            told.append((first - labelled, end, "scale" if end - first < 8 else ""))
        merged = {}
        for first, end, word in told:
            codes = f"{codes[:first]}{'s' * (end - first)}{codes[end:]}"
            merged[first] = end, Unit(0, 0, "", word)
        values, at = {found.start(): found for found in _VALUE.finditer(codes)}, 0
        while at < len(units):
            end, unit = _value(values[at]) if at in values else merged.get(at, (at + 1, units[at]))
            unit.start, unit.end = units[at].start, units[end - 1].end
            self.units += [unit] if unit.word else []
            at = end
        super().__init__(["" if unit.role == "value" else unit.word.lower() for unit in self.units], _WORDS)

    @cached_property
    def codes(self) -> str:
        """One character for each unit: V, v or M for a level, another value or several; ~ for a dash before a blank."""

        def mark(index: int) -> str:
            unit = self.units[index]
            if unit.role == "value":
                return "M" if unit.by == "several" else "V" if unit.keys else "v"
            if unit.word == "-":
                return "~" if self.text[unit.end : unit.end + 1].isspace() else "-"
            return "|" if unit.word == "|" else CODES.get(unit.role, unit.role and "w").replace("t", "+")

        return _coded(self.words, LABEL_CODES, LABELS, mark)


def _value(found: re.Match[str]) -> tuple[int, Unit]:
    """Where the value ends with all that belongs to it, and its unit."""
    number, codes = found["number"], found.string
    top = _OUT_OF.match(codes, found.end())
    more = _MORE.match(codes, top.end() if top else found.end())
    whole = not (found["spoilt"] is not None or found["off"] or more or (top and top["top"] != "2"))
    keys = frozenset(number if whole and number in "012" else "")
    by = "several" if more else "points" if found["unit"] else ""
    return (more or top or found).end(), Unit(0, 0, "value", number, keys, by, full=top is not None)
