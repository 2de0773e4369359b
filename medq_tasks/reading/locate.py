"""Where in a raw reply stands what was read: by its place in the text that was read, through the map from there."""

from __future__ import annotations

import functools
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from medq_tasks.reading import containers
from medq_tasks.reading.spans import sentences
from medq_tasks.reading.statements import SET_APART, Reading
from medq_tasks.reading.text import DRESS, plain, seen, undressed_signs
from medq_tasks.reading.tokens import ALPHABETIC, CJK

_WORD = re.compile(rf"[{CJK}]|[{ALPHABETIC}]+?(?=(?<=[a-z])[A-Z])|[{ALPHABETIC}]+|\w")  # "OptionB" is two
# What is plain only as a whole: a letter with its accents, a kana with its mark, a syllable of Hangul.
_CLUSTER = re.compile("[\\s\\S][\u0300-\u036f\u0900-\u0dff\u1160-\u11ff\u3099\u309a\uff9e\uff9f]*")
_LINE = re.compile(r"[^\n]+")
_VALUE = re.compile(r"[:\[]\s*\W?\s*\Z")  # before a value of JSON


def locate(reply: str, reading: Reading) -> tuple[int, int] | None:
    """Start and end (behind the last character) in ``reply`` of the words that decided ``reading``.

    None where that is not certain: a mark on the wrong one of two places would say what is not so.
    """
    raw = seen(reply)
    whole = _Words.of_raw(raw.text)
    apart = _set_apart(raw.text, whole, reading) if reading.rule == SET_APART else None
    found = apart or _placed(whole, reading)
    return None if found is None else (raw.places[whole.starts[found[0]]], raw.places[whole.ends[found[1]] - 1] + 1)


@dataclass(frozen=True)
class _Words:
    """The words of a text; case does not count."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, text: str) -> _Words:
        found = list(_WORD.finditer(text))
        words = [word[0].casefold() for word in found]
        return cls(text, words, [word.start() for word in found], [word.end() for word in found])

    @classmethod
    def of_raw(cls, text: str) -> _Words:
        """The words of a raw text as ``plain`` leaves them: markup is no word, and signs count in their plain form."""
        for pattern, instead in DRESS:
            text = pattern.sub(functools.partial(_as_long, instead), text)
        signs, places = [], array("q")
        for cluster in _CLUSTER.finditer(text):
            form = undressed_signs(cluster[0])
            signs.append(form)
            places.extend([*cluster.span()] * len(form))
        found = cls.of("".join(signs))
        starts, ends = [places[2 * start] for start in found.starts], [places[2 * end - 1] for end in found.ends]
        return cls(text, found.words, starts, ends)

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """The first and the last word that characters ``start`` to ``end`` are of; the last before the first: none."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end) - 1


def _as_long(instead: str, found: re.Match[str]) -> str:
    """What is instead of the dress, as long as it was; what would be longer stays as it is."""
    form = found.expand(instead).ljust(len(found[0]), "\u200b")
    return form if len(form) == len(found[0]) else found[0]


_Place = tuple[int, int]  # the first and the last word


def _placed(whole: _Words, reading: Reading) -> _Place | None:
    """Where the words that were said are: by the text around them, by their sentence, or because they stand once."""
    said = _Words.of(plain(reading.said))
    alone = (0, len(said.words) - 1)
    if reading.within and said.words:
        context = _Words.of(reading.within)
        inner = context.inside(reading.start, reading.start + len(reading.said))
        found = _unbroken(whole, context, inner) or _with_gaps(whole.words, context.words, inner)
        if found or len(_places(whole.words, said.words)) != 1:
            return found
    return _unbroken(whole, said, alone)


def _unbroken(whole: _Words, context: _Words, inner: _Place) -> _Place | None:
    """Where the words ``inner`` of ``context`` are, if that stands in the text as it is.

    Of several places it is the last that is a whole sentence or line, as what is said last counts.
    """
    places = _places(whole.words, context.words)
    length = len(context.words)
    if len(places) > 1 and len(places) * length < len(whole.words):  # else "B B B": a model that cannot stop
        spans = [(span.start, span.end) for span in sentences(whole.text)]
        ends = {whole.inside(*span) for span in (*spans, *(line.span() for line in _LINE.finditer(whole.text)))}
        firsts, lasts = {first for first, _ in ends}, {last for _, last in ends}
        places = [place for place in places if place in firsts and place + length - 1 in lasts]
    return (places[-1] + inner[0], places[-1] + inner[1]) if places and inner[0] <= inner[1] else None


def _places(whole: Sequence[str], part: Sequence[str]) -> list[int]:
    """All words with which ``part`` begins in ``whole``, word after word."""
    text, wanted = f" {' '.join(whole)} ", re.escape(f" {' '.join(part)} ")
    starts = {at: number for number, at in enumerate(blank.start() for blank in re.finditer(" ", text))}
    return [starts[found.start()] for found in re.finditer(f"(?={wanted})", text)] if part else []


def _with_gaps(whole: Sequence[str], part: Sequence[str], inner: _Place) -> _Place | None:
    """Where the words ``inner`` of ``part``, a text with words left out, are; None where that may be several places."""
    first, last = inner
    early = _embedded(whole, part)
    late = [len(whole) - 1 - place for place in reversed(_embedded(whole[::-1], part[::-1]))]
    if not early or first > last or early[first] != late[first] or early[last] != late[last]:
        return None
    return early[first], early[last]


def _embedded(whole: Sequence[str], part: Sequence[str]) -> list[int]:
    """The earliest places of the words of ``part`` in ``whole``, in order; [] where some are missing."""
    rest = iter(enumerate(whole))
    places = [next((place for place, word in rest if word == wanted), -1) for wanted in part]
    return [] if -1 in places else places


def _set_apart(raw: str, whole: _Words, reading: Reading) -> _Place | None:
    """Where the words stand in what holds them: a box or a tag, which has nothing else, or a value of JSON."""
    held = containers.marked(raw)
    for role in ("answer_key", "verdict_key"):
        held += containers.json_answers(raw, role)
    last = containers.last(held)
    content = _Words.of(reading.within)
    first, end = content.inside(reading.start, reading.start + len(reading.said))
    if last is None or first > end:
        return None
    opened = bisect_left(whole.starts, last[0])
    places = [opened + place for place in _places(whole.words[opened:], content.words)]
    if raw[last[0]] == "{":
        places = [place for place in places if _VALUE.search(whole.text[: whole.starts[place]][-4:])][-1:]
    return (places[0] + first, places[0] + end) if places else None
