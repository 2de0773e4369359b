"""Decisions that the words around them announce: "The answer is B", "B is correct"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.answers import cues
from medq_tasks.answers.context import LIST_GAP
from medq_tasks.answers.evidence import Evidence, Level
from medq_tasks.answers.items import itemised, marked_right
from medq_tasks.answers.passage import Passage
from medq_tasks.answers.phrase import Phrase, own_text, parse

_PERHAPS = re.compile(r"\b(?:could|might|may)\sbe\W*$", re.IGNORECASE)
_QUESTION_WORD = re.compile(r"\W{0,12}(?:is|could|would|should|what|which|does|can)\b", re.IGNORECASE)
_BARE_IS = re.compile(r"\s(?:is|does)[.!]", re.IGNORECASE)
_CONFIRMED = re.compile(r"\s?\?\s*yes\b", re.IGNORECASE)
_ON_THE_OTHER_HAND = re.compile(
    r"\b(?:but|while|whereas|however|though|although)\b[^.;]{0,60}\b(?:is|are|looks?|seems?)\s(?:\w+\s)?$",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\W{0,3}\s(?:only )?(?:if|unless|had)\s\w+(?: \w+)? (?:was|were|had|been)\b", re.IGNORECASE)
_LEFT_OPEN = re.compile(
    r"\W{0,3}\s(?:is|was|are|can|could|would|may|might|seems|appears|looks|does|has|or)(?: not)?\W{0,3}", re.IGNORECASE
)
_HEDGES = re.compile(r"(?:maybe|perhaps|possibly|probably|likely|most likely)\W*$", re.IGNORECASE)

_ONE_BREATH = 8  # characters between an option and a further one that is only possible
_NEAR = 120  # characters in which one sentence sets two things against each other
_CUES = (
    (Level.FINAL, cues.FINAL),
    (Level.STATED, cues.STATED),
    (Level.DRAWN, cues.DRAWN),
    (Level.DRAWN, cues.FITS),
)


def announced(passage: Passage) -> Iterator[Evidence]:
    """What follows the words of ``cues``: "The answer is B", "So, B", "wait, B"."""
    for level, pattern in _CUES:
        for cue in pattern.finditer(passage.text):
            phrase = parse(passage, cue.end(), announced=True, strong=level > Level.DRAWN)
            if phrase is None or not _decides(passage, cue, phrase):
                continue
            described = (pattern is cues.FITS and phrase.end_by == "text") or bool(_PERHAPS.search(cue[0]))
            if described and (passage.cut_off or passage.declines or _outweighed(passage, phrase)):
                continue
            yield Evidence(cue.start(), phrase.end, Level.CONCLUDED if described else level, phrase.keys)
    for position in passage.retractions:
        cue_match = cues.RETRACTS.match(passage.text, position)
        phrase = parse(passage, cue_match.end(), announced=True, strong=False) if cue_match else None
        if phrase is not None and phrase.keys:
            yield Evidence(position, phrase.end, Level.DRAWN, phrase.keys)


def _outweighed(passage: Passage, phrase: Phrase) -> bool:
    """Whether the sentence goes on to say the opposite: "The quality is good but the contrast is bad"."""
    _, end = passage.sentences.span(phrase.start)
    end = min(end, phrase.end + _NEAR)
    return any(
        passage.mentions[index].key not in phrase.keys
        and index not in passage.denied
        and _ON_THE_OTHER_HAND.search(passage.text, phrase.end, passage.mentions[index].start)
        for index in passage.between(phrase.end, end)
    )


def _decides(passage: Passage, cue: re.Match[str], phrase: Phrase) -> bool:
    """Whether the announced phrase is meant: not denied, asked, supposed, or the first item of a discussion."""
    if (
        phrase.denied
        or _is_menu(passage, phrase)
        or passage.sentences.supposes(phrase.start)
        or _asked(passage, phrase)
    ):
        return False
    if _CONDITION.match(passage.text, phrase.end):
        return False  # "The answer would be B if there were ghosting"
    if _LEFT_OPEN.fullmatch(passage.text, phrase.end):
        return False  # "Looking at the options, A (Noise) is": cut before anything was said of A
    if "\n" in passage.text[cue.start() : phrase.start] and itemised(passage, phrase):
        return False  # "Let's look at each option:" and then the first of them
    if not _HEDGES.search(cue[0]):
        return True
    # "B, maybe A": two options in one breath, and not a conclusion; "A or D, most likely D" narrows them to one
    near = [passage.mentions[index] for index in passage.between(cue.start() - 40, cue.start())]
    before = {mention.key for mention in near if mention.end <= cue.start()}
    in_one_breath = bool(near) and cue.start() - near[-1].end <= _ONE_BREATH
    return not in_one_breath or phrase.keys < before


def _asked(passage: Passage, phrase: Phrase) -> bool:
    """A question decides nothing ("Is the answer B?"), but "B?" as the whole reply is a hesitant answer."""
    if not passage.sentences.asks(max(phrase.end - 1, 0)):
        return False
    start, _ = passage.sentences.span(phrase.start)
    more = bool(passage.text[phrase.end :].strip("?!. \n\"')*"))
    return start > 0 or more or bool(_QUESTION_WORD.match(passage.text, start))


def _is_menu(passage: Passage, phrase: Phrase) -> bool:
    """Whether the phrase lists everything that is offered ("Answer: A, B, C or D"), as the question does."""
    return len(phrase.keys) > 1 and len(phrase.keys) == len(passage.book.keys)


def praised(passage: Passage) -> Iterator[Evidence]:
    """What is called right after it is named: "B is correct", "✓ B", "A? No. B? Yes."."""
    text = passage.text
    for index, mention in enumerate(passage.mentions):
        if mention.key is None or mention.by == "polar" or index in passage.denied:
            continue
        label = own_text(passage, index)
        end = mention.end if label is None else passage.mentions[label].end
        if not passage.book.yes and _CONFIRMED.match(text, end):  # "A? No. B? Yes."
            yield Evidence(mention.start, end, Level.STATED, frozenset({mention.key}))
            continue
        if index - 1 in passage.denied and _BARE_IS.match(text, end):  # "A is not correct; D is."
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
    item = marked_right(passage)
    if item is not None:
        start, end, key = item
        yield Evidence(start, end, Level.STATED, frozenset({key}))
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
