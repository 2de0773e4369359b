"""Replies that go through the options one by one and give each a verdict: "A: no. B: yes. C: no."."""

from __future__ import annotations

import re
from itertools import pairwise

from medq_tasks.answers.passage import Passage
from medq_tasks.answers.phrase import Phrase

_OPENS = re.compile(r"(?:^|\n|[.;。]|->)[\s|]*(?:option |选项)?[(\[\"']?$", re.IGNORECASE)
_LABEL = re.compile(r"\s?(?:选项)?\s?[).:,|\]→=-]")
_WORDS_RIGHT = r"(?:yes|true|correct|right|符合|正确|对|是)"
_WORDS_WRONG = r"(?:no|false|incorrect|wrong|不符合|不正确|不对|错误?|否|不是)"
_RIGHT_MARK, _WRONG_MARK = re.compile("[✓✔✅☑√]"), re.compile("[❌✗✘×✖]")
_ENDS = r"[\s.,;:!|。)\]\"']*$"
_RIGHT_WORD = re.compile(rf"(?:[:|>(?→=-]|\.\.\.)\s*{_WORDS_RIGHT}{_ENDS}", re.IGNORECASE)
_WRONG_WORD = re.compile(rf"(?:[:|>(?→=-]|\.\.\.)\s*{_WORDS_WRONG}{_ENDS}", re.IGNORECASE)
_LONGEST = 400  # characters of one item


def marked_right(passage: Passage) -> tuple[int, int, str] | None:
    """Start, end and key of the one item that is marked as right where another is marked as wrong."""
    text = passage.text
    opens = [
        (mention.start, mention.key)
        for mention in passage.mentions
        if mention.by == "letter"
        and mention.key is not None
        and _OPENS.search(text, max(0, mention.start - 12), mention.start)
        and _LABEL.match(text, mention.end)
    ]
    right: list[tuple[int, int, str]] = []
    wrong: set[str] = set()
    for (start, key), (following, _) in pairwise([*opens, (len(text), "")]):
        end = _end_of_item(text, start, following)
        verdict = _verdict(text[start:end], words=not (passage.book.yes or passage.book.no))
        if verdict:
            right.append((start, end, key))
        elif verdict is False:
            wrong.add(key)
    keys = {key for _, _, key in right}
    return right[-1] if len(keys) == 1 and wrong - keys else None


def _end_of_item(text: str, start: int, following: int) -> int:
    newline = text.find("\n", start)
    return min(following, start + _LONGEST, len(text) if newline < 0 else newline)


def _verdict(item: str, words: bool) -> bool | None:
    """What an item says of its option. ``words``: yes and no are verdicts here, not the texts of options."""
    right, wrong = _RIGHT_MARK.search(item), _WRONG_MARK.search(item)
    if not (right or wrong) and words:
        right, wrong = _RIGHT_WORD.search(item), _WRONG_WORD.search(item)
    return bool(right) if bool(right) != bool(wrong) else None


def itemised(passage: Passage, phrase: Phrase) -> bool:
    """Whether the opening is the first item of a discussion of every option: "A: ...\\nB: ...\\nC: ..."."""
    if phrase.end_by not in ("letter", "text") or len(phrase.keys) != 1:
        return False
    return any(key not in phrase.keys and index not in passage.denied for index, key in passage.items.items())
