"""Reading the phrase in which an answer is expected: which options does it name?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from medq_tasks.answers import cues
from medq_tasks.answers.mentions import By, Mention
from medq_tasks.answers.passage import Passage

_DRESS = re.compile(r"[\s\"'(\[{<«「『【]*")
_LABEL = re.compile(r"[\s\"')\]}>»」』】]*[.,:;)\-=/|]{0,2}[\s\"'(\[]*")
_JOIN = re.compile(
    r"[\s\"')(\]}]*(?:[;,]?\s?also\b|,\s*(?:and|or|&)?|/|&|\+|>|->|→|\bvs\b\.?|\bversus\b|、|\band/or\b|\band also\b|"
    r"\band\b|\bor\b|-?\bto\b-?|和|还是|或者|或|与|及|\by\b|\bet\b|\bund\b|\boder\b)"
    r"\s*(?:possibly |maybe |perhaps |could be |might be |option |choice |also |even )*[\s\"'(\[]*|"
    r"\)\s?\((?=[A-Z]\))| +(?=[A-Z](?:\s|$))|\s?-\s?(?=[a-z])|"
    r"\s?[:.]\s?(?=[A-Z][:.](?:\s|$))",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"\s*(?:$|[.,;!?)\]\"'}|<\n。、(-])")
_LETTER_IN_BRACKETS = re.compile(r"\s?[(\[][A-Z][)\]]")
_BEFORE_NOUN = re.compile(r"[a-z] $(?<!option )(?<!choice )(?<!letter )(?<!answer )", re.IGNORECASE)
_MOST_NAMED = 12  # further repetitions in one breath add nothing
_ARTICLE = re.compile(r"an?\s+|the\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Phrase:
    """An answer phrase. ``keys`` is empty when it names nothing that is offered."""

    start: int
    end: int
    keys: frozenset[str]
    end_by: By | None = None
    firm: bool = True
    loose: bool = False  # begins with an option but runs on as prose: "Noise is visible"
    denied: bool = False


def parse(passage: Passage, position: int, *, announced: bool, strong: bool) -> Phrase | None:
    """The answer phrase at ``position``; None when there is none.

    Args:
        passage: the text and its mentions.
        position: where the phrase is expected: after a cue, or at the start of a line or of the reply.
        announced: a cue went before, so that filler words and lower-case letters are fine.
        strong: the cue is binding enough that "none of these" counts as an answer, and prose is searched.
    """
    text = passage.text
    pattern = cues.FILLER if announced else _DRESS
    start = _skip(pattern, text, position)
    index = _mention_at(passage, start, announced)
    if index is None and announced and _ARTICLE.match(text, start):
        start = _skip(_ARTICLE, text, start)
        index = _mention_at(passage, start, announced)
    if index is not None:
        return _read(passage, index, announced)
    if strong and announced:
        if cues.DENIES_ALL.match(text, start):
            return Phrase(start, start + 1, frozenset())
        return _in_clause(passage, start)
    return None


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _mention_at(passage: Passage, start: int, announced: bool) -> int | None:
    """The mention at ``start`` that can be an answer there: letters first, but not the article "a"."""
    for index in passage.by_start.get(start, ()):
        mention = passage.mentions[index]
        if mention.by != "letter" or mention.firm or _is_lone_letter(passage, mention, announced):
            return index
    return None


def _is_lone_letter(passage: Passage, mention: Mention, announced: bool) -> bool:
    """A letter that is lower case or could be the article: an answer only when nothing of a sentence follows."""
    rest = passage.text[mention.end : mention.end + 12]
    if mention.key is None:
        return passage.text[mention.start].isupper()
    if passage.text[mention.start] == "a" and not rest and _BEFORE_NOUN.search(passage.text, 0, mention.start):
        return False  # "The answer is a", "most likely a": cut before the noun
    if re.match(r"\s*(?:$|[.):,;\]\"'}!?|<\n-])", rest):
        return True
    follower = next((passage.mentions[i] for i in passage.between(mention.end, mention.end + 3)), None)
    own_text = follower is not None and follower.key == mention.key and follower.by != "letter"
    return own_text or bool(announced and re.match(r" (?:is|because|since|as|and|or|but|for)\b", rest))


def _read(passage: Passage, first: int, announced: bool) -> Phrase:
    text, mentions = passage.text, passage.mentions
    keys: set[str] = set()
    offered = True
    index, end, by, firm = first, mentions[first].end, mentions[first].by, mentions[first].firm
    denied = first in passage.denied
    for _ in range(_MOST_NAMED):
        mention = mentions[index]
        offered = offered and mention.key is not None
        if mention.key is not None:
            keys.add(mention.key)
        end, by = mention.end, mention.by
        label = _text_of(passage, index) if by == "letter" else None
        if label is not None:
            other = mentions[label]
            if (
                other.key is not None
                and other.key != mention.key
                and _CLAUSE_ENDS.match(text, other.end)
                and label not in passage.denied
            ):
                keys.add(other.key)
            if other.key == mention.key:
                end, by = other.end, other.by
                denied = denied or label in passage.denied
        following = _joined(passage, end, announced)
        if following is None:
            break
        index = following
    runs_on = by == "text" and not _CLAUSE_ENDS.match(text, end) and mentions[first].by == "text"
    found = frozenset(keys) if offered else frozenset()
    return Phrase(mentions[first].start, end, found, by, firm, runs_on, denied)


def _text_of(passage: Passage, index: int) -> int | None:
    """The option text that goes with the letter: "B. Noise"."""
    mention = passage.mentions[index]
    start = _skip(_LABEL, passage.text, mention.end)
    if passage.text[mention.end : start].count("\n") > 1:
        return None
    return next((i for i in passage.by_start.get(start, ()) if passage.mentions[i].by in ("text", "polar")), None)


def _joined(passage: Passage, end: int, announced: bool) -> int | None:
    """A further option that is named in the same breath: "A and C", "A, B", "B B B"."""
    polar = _polar_after_polar(passage, end)
    if polar is not None:  # "Yes No Yes No"
        return polar
    letter = _in_brackets(passage, end)
    if letter is not None:  # "Mild (C)"
        return letter
    join = _JOIN.match(passage.text, end)
    if join is None:
        return None
    for index in passage.by_start.get(join.end(), ()):
        mention = passage.mentions[index]
        denied = index in passage.denied and not (mention.by == "polar" and "/" in join[0])  # "no/yes"
        if mention.firm and not denied:
            return index
    return None


def _in_clause(passage: Passage, start: int) -> Phrase | None:
    """The one option text that the rest of the sentence names: "The answer is that there is mild noise"."""
    _, end = passage.sentences.span(start)
    indices = [
        i
        for i in passage.between(start, end)
        if passage.mentions[i].by in ("text", "place") and i not in passage.denied
    ]
    keys = frozenset(key for i in indices if passage.mentions[i].firm and (key := passage.mentions[i].key) is not None)
    if len(keys) != 1:
        return None
    return Phrase(passage.mentions[indices[0]].start, passage.mentions[indices[-1]].end, keys, "text", loose=True)


def own_text(passage: Passage, index: int) -> int | None:
    """The mention that repeats, in words, what the letter at ``index`` stands for: "B. Noise"."""
    if passage.mentions[index].by != "letter":
        return None
    label = _text_of(passage, index)
    return label if label is not None and passage.mentions[label].key == passage.mentions[index].key else None


def bracketed(passage: Passage, end: int) -> str | None:
    """The option whose letter follows in brackets: "Mild (C)"."""
    index = _in_brackets(passage, end)
    return None if index is None else passage.mentions[index].key


def _in_brackets(passage: Passage, end: int) -> int | None:
    found = _LETTER_IN_BRACKETS.match(passage.text, end)
    if found is None:
        return None
    return next((i for i in passage.by_start.get(found.end() - 2, ()) if i not in passage.denied), None)


def _polar_after_polar(passage: Passage, end: int) -> int | None:
    index = next((i for i in passage.by_start.get(end + 1, ()) if passage.mentions[i].by == "polar"), None)
    if index is None or index == 0 or index in passage.denied or passage.text[end] != " ":
        return None
    before = passage.mentions[index - 1]
    return index if before.by == "polar" and before.end == end else None
