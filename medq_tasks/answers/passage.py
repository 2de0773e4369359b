"""A reply made ready for reading: its plain text, the options it names, and what each mention is worth."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property

from medq_tasks.answers import cues
from medq_tasks.answers.context import Sentences, denied
from medq_tasks.answers.mentions import Mention, find
from medq_tasks.answers.options import OptionBook

_ITEM_SEPARATOR = re.compile(r"[\s.,;:|()\[\]/-]*(?:and|or|、)?[\s(\[]*", re.IGNORECASE)
_LABEL = re.compile(r"[\s.):\]、,|-]{1,5}")
_LINE_START = re.compile(r"(?:^|\n|[.:;]\s)\s*(?:option )?[(\"']?$", re.IGNORECASE)
_TOPIC = re.compile(r"\s?[:(-]|\s(?:would|could|might)\b")
_LABELS = re.compile(r"\s?[).:,\]→=-]")
_PERCENT = re.compile(r"[\"')]?\s*[:=(-]\s*(?:\d|high|low|medium)", re.IGNORECASE)
_UNFINISHED = re.compile(
    r"(?<!option )(?<!answer )(?:[,:(-]|\.\.\.|\b(?:the|a|an|is|are|was|of|to|and|or|but|because|with|in|on|for|as|"
    r"that|which|this|it|be|by|shows?|i|we|would|"
    r"could|may|might|can|"
    r"will|usually|typically|often|generally|also|than|like|when|where|while|"
    r"appears?|looks?|seems?|from|at|if|so|not|no|very|its|there|has|have|let|me))\s*$",
    re.IGNORECASE,
)
_TURN = re.compile(r"\b(?:so|therefore|thus|hence|but|however|yet)\b|所以|因此|但", re.IGNORECASE)
_FULL_STOP = re.compile(r"[a-z)][.!?]\s")
_STOPS_BEFORE = 3  # a writer who ended three sentences properly ends the last one, too
_LONG_WITHOUT_END = 40  # words; a long text that stops without a full stop was cut by a token limit


@dataclass(frozen=True)
class Passage:
    """The text and its mentions; ``mentions`` leaves out those in a repeated list of the options."""

    text: str
    book: OptionBook
    mentions: list[Mention]
    sentences: Sentences
    echoed: list[tuple[int, int]] = field(default_factory=list)  # spans of repeated option lists

    @classmethod
    def of(cls, text: str, book: OptionBook) -> Passage:
        """Find what ``text`` (already plain) names."""
        every = find(text, book)
        echoes = _echoes(text, every)
        hidden = set().union(*(set(group) for group in echoes)) | _rated(text, every)
        kept = [mention for index, mention in enumerate(every) if index not in hidden]
        spans = [(every[group[0]].start, every[group[-1]].end) for group in echoes]
        return cls(text, book, kept, Sentences.of(text, every), spans)

    @cached_property
    def by_start(self) -> dict[int, list[int]]:
        """Indices of mentions by the position at which they start."""
        table: dict[int, list[int]] = {}
        for index, mention in enumerate(self.mentions):
            table.setdefault(mention.start, []).append(index)
        return table

    @cached_property
    def starts(self) -> list[int]:
        """Start of every mention, for bisection."""
        return [mention.start for mention in self.mentions]

    @cached_property
    def denied(self) -> set[int]:
        """Indices of mentions that the text denies."""
        return denied(self.mentions, self.sentences, polar=bool(self.book.yes or self.book.no))

    @cached_property
    def items(self) -> dict[int, str]:
        """Indices of letters that open a line of their own ("A: ...", "(B) ..."), with their option."""
        found = {}
        for index, mention in enumerate(self.mentions):
            before = self.text[max(0, mention.start - 9) : mention.start]
            opens = mention.by == "letter" and _LINE_START.search(before) and _LABELS.match(self.text, mention.end)
            if opens and mention.key is not None:
                found[index] = mention.key
        return found

    @cached_property
    def topics(self) -> set[int]:
        """Indices of option texts that head a line ("Noise: grainy"), where more than one option does so."""
        heads = {
            index
            for index, mention in enumerate(self.mentions)
            if mention.by == "text"
            and _LINE_START.search(self.text[max(0, mention.start - 9) : mention.start])
            and _TOPIC.match(self.text, mention.end)
        }
        return heads if len({self.mentions[index].key for index in heads}) > 1 else set()

    def lists_letters(self, position: int) -> bool:
        """Whether the sentence names several letters: it goes through the options ("A is motion, B is noise")."""
        start, end = self.sentences.span(position)
        named = {
            self.mentions[index].key
            for index in self.between(start, end)
            if self.mentions[index].by == "letter" and self.mentions[index].firm
        }
        return len(named) > 1

    @cached_property
    def discusses_all(self) -> bool:
        """Whether the text goes through several options one by one."""
        return len(set(self.items.values())) > 1

    @cached_property
    def retractions(self) -> list[int]:
        """Where the text takes back what it said."""
        return [found.start() for found in cues.RETRACTS.finditer(self.text) if found.start() > 0]

    def turns_between(self, start: int, end: int) -> bool:
        """Whether something is taken back, or a conclusion drawn, between two positions."""
        taken_back = any(start <= position <= end for position in self.retractions)
        return taken_back or bool(_TURN.search(self.text, start, end))

    @cached_property
    def declines(self) -> bool:
        """Whether the text says that it cannot or will not answer (and this is not an option's own text)."""
        for found in cues.DECLINES.finditer(self.text):
            near = self.mentions[bisect_left(self.starts, found.start() - 40) : bisect_left(self.starts, found.end())]
            if not any(one.by == "text" and one.start < found.end() and found.start() < one.end for one in near):
                return True
        return False

    @cached_property
    def cut_off(self) -> bool:
        """Whether the text stops in the middle of a sentence."""
        if _UNFINISHED.search(self.text, max(0, len(self.text) - 30)):
            return True
        ended = self.text[-1:] in ".!?。\"')]}|" or not self.text[-1:].isalpha()
        if ended:
            return False
        last = self.sentences.starts[-1]
        same_line = last > 0 and self.text[last - 1] == " "
        if same_line and not self.between(last, len(self.text)) and len(self.text[last:].split()) > 2:
            return True
        return len(self.text.split()) > _LONG_WITHOUT_END or len(_FULL_STOP.findall(self.text)) >= _STOPS_BEFORE

    def between(self, start: int, end: int) -> range:
        """Indices of mentions that start in [start, end)."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))


def _echoes(text: str, mentions: list[Mention]) -> list[list[int]]:
    """Groups of mentions that only repeat the list of options: "A. Yes B. No". A list decides nothing."""
    groups: list[list[int]] = []
    group: list[int] = []
    letters: list[str] = []
    index = 0
    while index < len(mentions):
        item = _item(text, mentions, index)
        if item is None:
            index += 1
            continue
        letter, members = item
        joined = bool(group) and bool(
            _ITEM_SEPARATOR.fullmatch(text, mentions[group[-1]].end, mentions[members[0]].start)
        )
        if joined and letter > letters[-1]:
            group, letters = [*group, *members], [*letters, letter]
        else:
            if len(letters) > 1:
                groups.append(group)
            group, letters = list(members), [letter]
        index = members[-1] + 1
    if len(letters) > 1:
        groups.append(group)
    return groups


def _item(text: str, mentions: list[Mention], index: int) -> tuple[str, list[int]] | None:
    """A letter directly followed by its own text, as in a list of options."""
    mention = mentions[index]
    if mention.by != "letter" or mention.key is None:
        return None
    follower = index + 1
    while follower < len(mentions) and mentions[follower].start == mention.start:
        follower += 1
    if follower >= len(mentions):
        return None
    other = mentions[follower]
    if other.by not in ("text", "polar") or other.key != mention.key:
        return None
    return (mention.key, [index, follower]) if _LABEL.fullmatch(text, mention.end, other.start) else None


def _rated(text: str, mentions: list[Mention]) -> set[int]:
    """Letters with a number beside each ("A: 10%, B: 80%"): a distribution is not a decision."""
    rated = [i for i, one in enumerate(mentions) if one.by == "letter" and _PERCENT.match(text, one.end)]
    return set(rated) if len({mentions[index].key for index in rated}) > 1 else set()
