"""Other spellings of the same: numbers in words, 2.0 for 2, 20mm for 20 mm, sums, and what is said over and over.

Tried only where a reply, as it is written, names no option: what is read without them stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from medq_tasks.reading.lexicon import load

_DIGITS = {word: entry.role for entry in load("number_words").entries for word in entry.forms[0][0].words}
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
_SUM = re.compile(r"\d+(?:\s*[-+*/x×]\s*\d+)+\s*=\s*(?=\d)")


def other_spellings(text: str, options: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The text and the options in other spellings, the likeliest first; none that change nothing."""
    if any(sign.isdecimal() for said in options.values() for sign in said):
        yield numeric(text), {letter: numeric(said) for letter, said in options.items()}
    plainer = _INSERTED.sub(" ", text)
    if plainer != text:
        yield plainer, dict(options)


def without_repeats(text: str) -> str:
    """The text with what is said over and over ("B, B, B, B", "YesYesYes", "BBBB") once."""
    text = _REPEATED.sub(r"\1", text.strip())
    loop = _LOOP.fullmatch(text) if len(text) <= _LONGEST_LOOP else None
    return loop[1] or loop[2] if loop else text


def numeric(text: str) -> str:
    """Numbers as digits, without needless decimals, their units glued on."""
    text = _POINT.sub(lambda one: f"{one[1] or 0}.{one[2]}", _THOUSANDS.sub("", text))
    text = _WORD.sub(lambda word: _DIGITS.get(word[0].casefold(), word[0]), text)
    return _UNIT.sub(r"\1", _WHOLE.sub(r"\1", text))


def without_sums(text: str) -> str:
    """Of "2 + 3 = 5" only the 5: what is added up is no choice."""
    return _SUM.sub("", text)
