"""Options that stand by themselves: at the head of the reply, or as a line or sentence of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from medq_tasks.answers.evidence import Evidence, Level
from medq_tasks.answers.items import itemised
from medq_tasks.answers.passage import Passage
from medq_tasks.answers.phrase import Phrase, parse

_OPENING = re.compile(
    r"(?:[\s!.,\"'(\[{<:~|>✓✔✅☑√#/=-]|\b(?:sure|okay|ok|certainly|of course|absolutely|alright|well|oh|answer|"
    r"option|choice|letter|the|a:|hi|hello)\b|\b\d{1,2}[.)]\s|选项|第){0,40}",
    re.IGNORECASE,
)
_NO_ABOUT_ELSE = re.compile(
    r" (?:image|picture|photo|idea|answer|option|doubt|problem|matter|one|way|response|comment|input|content|text|"
    r"data|result|results|output|clue|thanks?|need|more|further|reason|preference|choice|reply|question|context|"
    r"information|file|attachment|worries)\b",
    re.I,
)
# "B is possible", "A describes smearing": the letter is spoken of, and praise is looked for elsewhere.
_SPOKEN_OF = re.compile(
    r"\s(?:is|are|was|seems|appears|looks|would|could|might|may|can|has|shows|describes|says|means|refers|implies)\b|\s?(?:是|表示|指|描述)(?!正确)",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\s?,?\s(?:but\s)?i(?:\s(?:can|could|cannot|can't|am|will)|'m|'ll)(?:\s\w+){0,3}?\s(?:help|assist|unable|"
    r"(?:see|view|analy[sz]e|describe) (?:the|this|that|your|an?|any)? ?(?:image|picture|photo|scan)s?)\b",
    re.IGNORECASE,
)
_SUPPOSED_TEXT = re.compile(
    r"\s*(?:would|could|might|may|refers?|means?|typically|usually|describes?|can|often|generally|tends?|says?|"
    r"states?|suggests?|implies|are|appears? as|is (?:usually|typically|often|a|an|characterized|when|caused))\b|"
    r"\s*[:?]",
    re.IGNORECASE,
)
_REST = re.compile(
    r"(?:,? ?(?:then|it is|i (?:think|guess|believe|suppose)))?[\s.,;:!?)\]\"'}|*<>/=~。、\-_#]*(?:$|[^\s\w]*$)"
)


def leading(passage: Passage) -> Iterator[Evidence]:
    """The option with which the reply, or what follows a repeated list of options, begins."""
    for start in {0, *(end for _, end in passage.echoed[-1:])}:
        opening = _OPENING.match(passage.text, start)
        position = opening.end() if opening else start
        phrase = parse(passage, position, announced=False, strong=True)
        if phrase is None or phrase.loose or phrase.denied:
            continue
        if passage.sentences.asks(phrase.start) and len(passage.sentences.starts) > 1:
            continue
        if phrase.end_by == "letter" and _SPOKEN_OF.match(passage.text, phrase.end):
            continue
        if phrase.end_by == "polar" and _ABOUT_ITSELF.match(passage.text, phrase.end):
            continue
        if itemised(passage, phrase) or (_SUPPOSED_TEXT.match(passage.text, phrase.end) and phrase.end_by == "text"):
            continue
        weak_no = phrase.end_by == "polar" and not phrase.firm
        if weak_no and _NO_ABOUT_ELSE.match(passage.text, phrase.end):
            continue
        yield Evidence(phrase.start, phrase.end, Level.CONCLUDED if weak_no else Level.LEADING, phrase.keys)


def alone(passage: Passage) -> Iterator[Evidence]:
    """Lines and sentences that are nothing but an option."""
    found = list(_alone_or_labelled(passage))
    labelled = [item for labels, item in found if labels]
    if len({item.keys for item in labelled}) > 1:  # "Sharpness: good\nContrast: poor": each about something else
        yield from (item for labels, item in found if not labels)
    else:
        yield from (item for _, item in found)


def _alone_or_labelled(passage: Passage) -> Iterator[tuple[bool, Evidence]]:
    text, bounds = passage.text, [*passage.sentences.starts, len(passage.text)]
    for start, end in pairwise(bounds):
        if passage.sentences.asks(start) and len(bounds) > 2:
            continue
        opening = _OPENING.match(text, start, end)
        phrase = _fills(passage, opening.end() if opening else start, end)
        tail = _tail(passage, start, end)
        labelled = phrase is None and tail is not None and text[tail - 2] == ":"
        if phrase is None and tail is not None:
            phrase = _fills(passage, tail, end)
            if phrase is not None and phrase.end_by == "text" and text[tail - 2] == ",":
                continue  # "..., noise": the end of an enumeration rather than an answer
        if phrase is None or _breaks_off(passage, start, phrase):
            continue
        yield labelled and phrase.end_by == "text", Evidence(phrase.start, phrase.end, Level.ALONE, phrase.keys)


def _breaks_off(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether the reply was cut right after ``phrase``: "... Metal artifact", "A) no. B) no. C)"."""
    text = passage.text
    if text[phrase.end :].strip(" ).:,(-"):
        return False
    if phrase.end_by == "letter":
        first = next(iter(passage.by_start.get(phrase.start, ())), None)
        before = [key for index, key in passage.items.items() if index != first]
        listed = first in passage.items and text[phrase.end : phrase.end + 1] in (")", ":") and not passage.retractions
        return listed and bool(before) and not phrase.keys & set(before) and text[start - 2] != "\n"
    own_line = "\n" in text[max(0, start - 1) : start]
    return passage.cut_off and phrase.end_by == "text" and (text[-1] == ":" or not own_line)


def _fills(passage: Passage, position: int, end: int) -> Phrase | None:
    """The answer phrase that takes up all from ``position`` to ``end``."""
    phrase = parse(passage, position, announced=False, strong=True)
    if phrase is None or phrase.denied or phrase.end > end:
        return None
    return phrase if _REST.fullmatch(passage.text[phrase.end : end].strip()) else None


def _tail(passage: Passage, start: int, end: int) -> int | None:
    """Where the last part of a sentence begins ("Without a doubt, yes."), unless it goes on with a list of options."""
    cut = max(passage.text.rfind(mark, start, end) for mark in (", ", ": ", "- "))
    if cut <= start or any(passage.mentions[index].end == cut for index in passage.between(cut - 30, cut)):
        return None
    return cut + 2
