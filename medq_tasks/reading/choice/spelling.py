"""Other spellings of the same: numbers in words, 2.0 for 2, 20mm for 20 mm, sums, and slips of the pen.

Tried only where a reply, as it is written, names no option: what is read without them stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os.path import commonprefix

from medq_tasks.reading.lexicon import load
from medq_tasks.reading.mapped import Mapped

_LEAST = 5  # letters of a word that a slip of the pen is looked for in
_DIGITS = {word: entry.role for entry in load("number_words").entries for word in entry.forms[0][0].words}
_ANNOUNCING = frozenset(
    word
    for entry in load("clauses").only("marks").entries
    for form in entry.forms
    for slot in form
    for word in slot.words
    if len(word) >= _LEAST
)
_WORD = re.compile(r"[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<=\d)[,' ](?=\d{3}(?!\d))")
_POINT = re.compile(r"(?<![\d.,])(\d*)[.,](\d{1,2})(?![\d.,])")  # ".5" and "0,5"
_WHOLE = re.compile(r"(?<![\d.])(\d+)\.0+(?![\d.])")
_UNIT = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)\s+(?=(?:[kcmµn]?m|[kmµ]?g|m?s|%|°|[kM]?Hz|px|pixels?|degrees?|times|x)\b|[%°])"
)
_REPEATED = re.compile(r"\b([A-Z])\b(?:[,;\s]+\1\b){2,}[,;]?")
_LONGEST_LOOP = 200  # characters
_LOOP = re.compile(r"([^\W\d_])(?:\s*\1)+|([^\W\d_]{2,30}?)\2{2,}")
_INSERTED = re.compile(r"\s(?:-|—|–)\s[^-—–\n]{1,40}\s(?:-|—|–)\s|—[^—\n]{1,40}—")  # "the answer - after all - is B"
_GLUED = re.compile(r"\b(is|answer|option|choice)([A-Z])\b")
_SEAM = re.compile(r"([a-z])(?:_(?=[a-z]+\b(?!\"))|(?=[A-Z][a-z]))")  # "motion_artifact", "MotionArtifact"
_SUM = re.compile(r"\d+%?(?:\s*[-+*/x×]\s*\d+%?)+\s*=\s*(?=\d)")
_SHORT = 12  # words: in a longer reply a word that is nearly an option's may well be another one


def other_spellings(text: Mapped, options: Mapping[str, str]) -> Iterator[tuple[Mapped, dict[str, str]]]:
    """The text and the options in other spellings, the likeliest first; none that change nothing."""
    if any(sign.isdecimal() for said in options.values() for sign in said):
        yield _numeric(text), {letter: numeric(said) for letter, said in options.items()}
    for other in (text.sub(_INSERTED, " "), text.sub(_SEAM, r"\1 "), _without_slips(text, options)):
        if other != text:
            yield other, dict(options)


def without_repeats(text: Mapped) -> Mapped:
    """The text with what is said over and over ("B, B, B, B", "YesYesYes", "BBBB") once."""
    text = text.strip().sub(_REPEATED, r"\1")
    loop = _LOOP.fullmatch(text.text) if len(text.text) <= _LONGEST_LOOP else None
    return text[slice(*loop.span(1 if loop[1] else 2))] if loop else text


def numeric(text: str) -> str:
    """Numbers as digits, without needless decimals, their units glued on."""
    return _numeric(Mapped(text)).text


def _numeric(text: Mapped) -> Mapped:
    text = text.sub(_THOUSANDS, "").sub(_POINT, lambda one: f"{one[1] or 0}.{one[2]}")
    text = text.sub(_WORD, lambda word: _DIGITS.get(word[0].casefold(), word[0]))
    return text.sub(_WHOLE, r"\1").sub(_UNIT, r"\1")


def without_sums(text: Mapped) -> Mapped:
    """Of "2 + 3 = 5" only the 5: what is added up is no choice."""
    return text.sub(_SUM, "")


def _without_slips(text: Mapped, options: Mapping[str, str]) -> Mapped:
    """A short text with each word that is nearly one of the options' words as that word."""
    meant = {word for option in options.values() for word in _WORD.findall(option.casefold()) if len(word) >= _LEAST}

    def correct(word: re.Match[str]) -> str:
        written = word[0].casefold()
        if len(written) < _LEAST or {written, written.removesuffix("s")} & (meant | _ANNOUNCING):
            return word[0]  # "options" is no slip of "option"
        # "noisy" is not "noise"; of the words that announce an answer, any slip is one.
        near = {one for one in meant if one[-1] == written[-1]} | _ANNOUNCING
        near = {one for one in near if alike(written, one)}
        return near.pop() if len(near) == 1 else word[0]

    return text if len(text.text.split()) > _SHORT else text.sub(_GLUED, r"\1 \2").sub(_WORD, correct)


def alike(written: str, meant: str) -> bool:
    """Whether a word is the one that is meant, or that one with one letter wrong, missing, double or exchanged."""
    same = len(commonprefix((written, meant)))  # noqa: RUF071 (words, no paths)
    one, other = written[same:], meant[same:]
    near = one[1:] in (other, other[1:]) or one == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
    return written == meant or (near and same > 0 and len(meant) >= _LEAST)
