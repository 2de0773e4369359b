"""Statements of a decision in a passage, and how binding each is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from medq_tasks.answers import cues
from medq_tasks.answers.context import LIST_GAP
from medq_tasks.answers.passage import Passage
from medq_tasks.answers.phrase import Phrase, bracketed, own_text, parse

_OPENING = re.compile(
    r"(?:[\s!.,\"'(\[{<:«「『【|>✓✔✅☑√#/=-]|\b(?:sure|okay|ok|certainly|of course|absolutely|alright|well|oh|answer|"
    r"option|choice|letter|the|a:|hi|hello)\b|选项|第){0,40}",
    re.IGNORECASE,
)
_NO_ABOUT_ELSE = re.compile(
    r" (?:image|picture|photo|idea|answer|option|doubt|problem|matter|one|way|response|comment|input|content|text|"
    r"data|result|results|output|clue|thanks?|need|more|further|reason|preference|choice|reply|question|context|"
    r"information|clue|file|attachment|worries)\b",
    re.I,
)
_HYPOTHETICAL = re.compile(r"(?:\s*\([A-Z]\))?\s(?:would|could|might)\b", re.IGNORECASE)
_PERHAPS = re.compile(r"\b(?:could|might|may)\sbe\W*$", re.IGNORECASE)
# "B is possible", "A describes smearing": the letter is spoken of, and praise is looked for elsewhere.
_SPOKEN_OF = re.compile(
    r"\s(?:is|are|was|seems|appears|looks|would|could|might|may|can|has|shows|describes|says|means|refers|implies)\b",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\s?,?\s(?:but\s)?i(?:\s(?:can|could|cannot|can't|am|will)|'m|'ll)(?:\s\w+){0,3}?\s(?:help|assist|see|view|"
    r"analy[sz]e|describe|unable)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(r"\W*(?:is|could|would|should|what|which|does|can)\b", re.IGNORECASE)
_CONFIRMED = re.compile(r"\s?\?\s*yes\b", re.IGNORECASE)
_EITHER = re.compile(r"\beither\s$", re.IGNORECASE)
_HEDGES = re.compile(r"(?:maybe|perhaps|possibly|probably|likely|most likely)\W*$", re.IGNORECASE)
_SUPPOSED_TEXT = re.compile(
    r"\s*(?:would|could|might|may|refers?|means?|typically|usually|describes?|can|often|generally|tends?|says?|"
    r"states?|suggests?|implies|are|appears? as|is (?:usually|typically|often|a|an|characterized|when|caused))\b|"
    r"\s*[:?]",
    re.IGNORECASE,
)
_REST = re.compile(r"[\s.,;:!?)\]\"'}|*<>/=~。、\-_#]*(?:$|[^\s\w]*$)")


class Level(IntEnum):
    """How binding a statement is."""

    NAMED = 1  # the only option that the text names
    LAST_NAMED = 2  # the only one that its last sentence names
    CONCLUDED = 3  # the only one that a concluding sentence names
    ALONE = 4  # a line or sentence that is nothing but an option
    LEADING = 5  # the reply opens with it
    DRAWN = 6
    STATED = 7
    FINAL = 8


@dataclass(frozen=True)
class Evidence:
    """A statement: no keys means that it chooses nothing that is offered."""

    start: int
    end: int
    level: Level
    keys: frozenset[str]


def collect(passage: Passage) -> list[Evidence]:
    """All statements of a decision, in order of place."""
    found = [*_announced(passage), *_praised(passage), *_leading(passage), *_alone(passage), *_in_prose(passage)]
    return sorted(found, key=lambda item: (item.end, item.start))


_CUES = (
    (Level.FINAL, cues.FINAL),
    (Level.STATED, cues.STATED),
    (Level.DRAWN, cues.DRAWN),
    (Level.DRAWN, cues.FITS),
)


def _announced(passage: Passage) -> Iterator[Evidence]:
    for level, pattern in _CUES:
        for cue in pattern.finditer(passage.text):
            phrase = parse(passage, cue.end(), announced=True, strong=level > Level.DRAWN)
            if phrase is None or not _decides(passage, cue, phrase):
                continue
            described = (pattern is cues.FITS and phrase.end_by == "text") or bool(_PERHAPS.search(cue[0]))
            if described and (passage.cut_off or passage.declines):
                continue
            yield Evidence(cue.start(), phrase.end, Level.CONCLUDED if described else level, phrase.keys)
    for position in passage.retractions:
        cue_match = cues.RETRACTS.match(passage.text, position)
        phrase = parse(passage, cue_match.end(), announced=True, strong=False) if cue_match else None
        if phrase is not None and phrase.keys:
            yield Evidence(position, phrase.end, Level.DRAWN, phrase.keys)


def _decides(passage: Passage, cue: re.Match[str], phrase: Phrase) -> bool:
    """Whether the announced phrase is meant: not denied, asked, supposed, or the first item of a discussion."""
    if (
        phrase.denied
        or _is_menu(passage, phrase)
        or passage.sentences.supposes(phrase.start)
        or _asked(passage, phrase)
    ):
        return False
    if "\n" in passage.text[cue.start() : phrase.start] and _itemised(passage, phrase):
        return False  # "Let's look at each option:" and then the first of them
    if not _HEDGES.search(cue[0]):
        return True
    # "B, maybe A": two options in one breath, and not a conclusion
    near = passage.between(cue.start() - 8, cue.start())
    return not any(passage.mentions[index].end <= cue.start() for index in near)


def _asked(passage: Passage, phrase: Phrase) -> bool:
    """A question decides nothing ("Is the answer B?"), but "B?" as the whole reply is a hesitant answer."""
    if not passage.sentences.asks(max(phrase.end - 1, 0)):
        return False
    start, _ = passage.sentences.span(phrase.start)
    return start > 0 or bool(_QUESTION_WORD.match(passage.text, start))


def _is_menu(passage: Passage, phrase: Phrase) -> bool:
    """Whether the phrase lists everything that is offered ("Answer: A, B, C or D"), as the question does."""
    return len(phrase.keys) > 1 and len(phrase.keys) == len(passage.book.keys)


def _praised(passage: Passage) -> Iterator[Evidence]:
    text = passage.text
    for index, mention in enumerate(passage.mentions):
        if mention.key is None or mention.by == "polar" or index in passage.denied:
            continue
        label = own_text(passage, index)
        end = mention.end if label is None else passage.mentions[label].end
        if not passage.book.yes and _CONFIRMED.match(text, end):  # "A? No. B? Yes."
            yield Evidence(mention.start, end, Level.STATED, frozenset({mention.key}))
            continue
        praise = cues.PRAISE.match(text, end) or cues.PRAISE.match(text, mention.end)
        if praise is None or not (mention.firm or _option_before(text, mention.start)):
            continue
        if passage.sentences.asks(mention.start) or passage.sentences.supposes(mention.start):
            continue
        if passage.book.yes and praise[0].lower().endswith("yes"):
            continue  # "B. Yes" gives the text of option B
        if mention.by == "text" and _plain_adjective(praise[0]):
            continue
        keys = frozenset({mention.key, *_in_one_breath(passage, index)})
        yield Evidence(mention.start, praise.end(), Level.STATED, keys)
    for tick in cues.TICK.finditer(text):
        phrase = parse(passage, tick.end(), announced=True, strong=False)
        if phrase is not None and phrase.keys:
            yield Evidence(tick.start(), phrase.end, Level.STATED, phrase.keys)


def _in_one_breath(passage: Passage, index: int) -> set[str]:
    """The option that shares the praise: "either B or A could be right"."""
    if index == 0 or index - 1 in passage.denied:
        return set()
    before = passage.mentions[index - 1]
    joined = LIST_GAP.fullmatch(passage.text, before.end, passage.mentions[index].start)
    return {before.key} if joined and before.key is not None and before.firm else set()


def _plain_adjective(praise: str) -> bool:
    """ "Noise is more likely" chooses; "noise matches" or "noise is consistent with" says nothing of options."""
    return bool(
        re.search(
            r"(?:consistent with|matches|fits?|describes|remains|accurate|fitting|present|true)$", praise, re.IGNORECASE
        )
    )


def _option_before(text: str, start: int) -> bool:
    return bool(re.search(r"(?:option|choice|answer)\s*[(\"']?$", text[max(0, start - 12) : start], re.IGNORECASE))


def _leading(passage: Passage) -> Iterator[Evidence]:
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
        if _itemised(passage, phrase) or (_SUPPOSED_TEXT.match(passage.text, phrase.end) and phrase.end_by == "text"):
            continue
        weak_no = phrase.end_by == "polar" and not phrase.firm
        if weak_no and _NO_ABOUT_ELSE.match(passage.text, phrase.end):
            continue
        yield Evidence(phrase.start, phrase.end, Level.CONCLUDED if weak_no else Level.LEADING, phrase.keys)


def _itemised(passage: Passage, phrase: Phrase) -> bool:
    """Whether the opening is the first item of a discussion of every option: "A: ...\\nB: ...\\nC: ..."."""
    if phrase.end_by not in ("letter", "text") or len(phrase.keys) != 1:
        return False
    return any(key not in phrase.keys and index not in passage.denied for index, key in passage.items.items())


def _alone(passage: Passage) -> Iterator[Evidence]:
    text, bounds = passage.text, [*passage.sentences.starts, len(passage.text)]
    for start, end in pairwise(bounds):
        if passage.sentences.asks(start) and len(bounds) > 2:
            continue
        opening = _OPENING.match(text, start, end)
        phrase = _fills(passage, opening.end() if opening else start, end)
        tail = _tail(passage, start, end)
        if phrase is None and tail is not None:
            phrase = _fills(passage, tail, end)
            if phrase is not None and phrase.end_by == "text" and text[tail - 2] == ",":
                continue  # "..., noise": the end of an enumeration rather than an answer
        if phrase is None:
            continue
        if (
            passage.cut_off
            and phrase.end_by == "text"
            and phrase.end == len(text)
            and "\n" not in text[max(0, start - 1) : start]
        ):
            continue  # the beginning of a sentence that was cut: "... Metal artifact"
        yield Evidence(phrase.start, phrase.end, Level.ALONE, phrase.keys)


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


def _in_prose(passage: Passage) -> Iterator[Evidence]:
    if passage.declines or passage.cut_off:
        return
    yield from _last_interjection(passage)
    labels = {label for item in passage.items if (label := own_text(passage, item)) is not None}
    named = [
        mention
        for index, mention in enumerate(passage.mentions)
        if mention.by == "text"
        and mention.firm
        and not (passage.discusses_all and index in labels)
        and index not in passage.topics
        and not _HYPOTHETICAL.match(passage.text, mention.end)
        and not _EITHER.search(passage.text, max(0, mention.start - 8), mention.start)
        and not passage.lists_letters(mention.start)
        and mention.key is not None
        and index not in passage.denied
        and not passage.sentences.asks(mention.start)
        and not passage.sentences.supposes(mention.start)
    ]
    if not named:
        return
    ends = [start for start in passage.sentences.starts if passage.text[max(0, start - 2) : start] != "; "]
    last_start = ends[-1]
    last = [mention for mention in named if mention.start >= last_start]
    concluding = cues.DRAWN.match(passage.text, last_start)
    for level, group in ((Level.CONCLUDED if concluding else Level.LAST_NAMED, last), (Level.NAMED, named)):
        keys = frozenset(mention.key for mention in group if mention.key is not None)
        keys |= {key for mention in group if (key := bracketed(passage, mention.end)) is not None}
        if len(keys) == 1:
            yield Evidence(group[0].start, group[-1].end, level, keys)


def _last_interjection(passage: Passage) -> Iterator[Evidence]:
    """Yes or No at the head of the last sentence: "The image shows no artifacts. Yes, it is clean." """
    start = passage.sentences.starts[-1]
    for index in passage.by_start.get(start, ()):
        mention = passage.mentions[index]
        if (
            start
            and mention.by == "polar"
            and mention.firm
            and not passage.sentences.asks(start)
            and mention.key is not None
        ):
            yield Evidence(start, mention.end, Level.CONCLUDED, frozenset({mention.key}))
