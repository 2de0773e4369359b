"""The one option that the prose affirms, where nothing announces a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.answers import cues
from medq_tasks.answers.evidence import Evidence, Level
from medq_tasks.answers.passage import Passage
from medq_tasks.answers.phrase import bracketed, own_text

_HYPOTHETICAL = re.compile(r"(?:\s*\([A-Z]\))?\s(?:would|could|might)\b", re.IGNORECASE)
_ALSO = re.compile(r"\b(?:also|additionally|in addition|as well)\b", re.IGNORECASE)
_EITHER = re.compile(r"\beither\s(?:[^.\n]{0,60}\sor\s(?:an?\s)?)?$", re.IGNORECASE)


def in_prose(passage: Passage) -> Iterator[Evidence]:
    """The option whose text is the only one affirmed, in the last sentence or anywhere."""
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
        and not _EITHER.search(passage.text, max(0, mention.start - 80), mention.start)
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
    if _ALSO.search(passage.text, last_start):  # "There is noise. There is also blur." names two
        last = []
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
