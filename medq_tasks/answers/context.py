"""What the surroundings of a mention do to it: which sentence it is in, whether it is denied, asked or supposed."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from medq_tasks.answers.mentions import Mention

_BOUNDARY = re.compile(r"\n+|[.!?]+[\"')\]]*(?=\s|$)|[!?](?=[\u4e00-\u9fff])|[。]|;\s")
_LONGEST_SERIES = 10  # mentions in one list
_REACH = 70  # characters in which a "not" can still deny what follows

_DENIES = re.compile(
    r"(?:(?<!no )(?<!without )(?<!without a )\bdoubt\b(?: that)?(?: it(?:'s| is))?|"
    r"(?:n't|not) (?:think|believe|convinced|see how)(?: that)?"
    r"(?: (?:it|the (?:correct |right )?(?:answer|choice|option))(?:'s| is| would be))?|"
    r"\b(?:not|no|nor|neither|never|without|cannot|rather than|instead of|as opposed to|unlike|other than|"
    r"except(?: for)?|"
    r"free (?:of|from)|absence of|lacks?(?: of)?|lacking|rul(?:e[sd]?|ing) out|exclud(?:e[sd]?|ing)|"
    r"eliminat(?:e[sd]?|ing)|"
    r"dismiss(?:ed|es|ing)?|discard(?:ed|s|ing)?|reject(?:ed|s|ing)?|(?:less|more|worse|better|greater)(?: \w+)? than|"
    r"(?:incorrect|wrong|ruled out|unlikely|excluded),? (?:and )?so (?:is|are)|"
    r"far from|hardly|barely|scarcely|anything but|beyond|"
    r"over|"
    r"between|compared (?:to|with)|against)\b|n't\b|不是|并非|排除|没有|非|而不是|不选)"
    r"(?!\s(?:any\s|an?\s)?(?:only|just|merely|doubt|question)\b)",
    re.IGNORECASE,
)
_SCOPE_ENDS = re.compile(
    r"[,:]|\b(?:but|however|so|therefore|thus|hence|because|since|while|whereas|although|though|it is|it's|is|are|"
    r"leaves|leaving|gives|giving)\b"
    r"|而是|->|=>|→",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"[)\]\"':.|\s-]{0,4}(?:both |all )?(?:(?:is|are|was|were|would be|can be|could be|should be|must be|seems?|"
    r"appears?|looks?)\s)?"
    r"(?:both |all |also |clearly |definitely |therefore |likely |probably |thus |simply |too |obviously |not really )*"
    r"\(?(?:not\b|wrong|incorrect|inaccurate|false\b|unlikely|less likely|implausible|impossible|invalid|"
    r"inconsistent|ruled out|"
    r"excluded|eliminated|dismissed|discarded|absent|out\b|isn't|aren't|wasn't|doesn't|don't|does not|do not|can't|"
    r"cannot|"
    r"can not|could not|couldn't|wouldn't|would not|won't|不正确|错误|不符|不对|不是|不成立|可以排除|排除|[❌✗✘×✖])",
    re.IGNORECASE,
)
_NO_AFTER = re.compile(r"\s?[-:(]\s?no\b", re.IGNORECASE)
_CONJUNCTION = re.compile(r"\b(?:or|nor|and)\b|/|、|和|或|及|&", re.IGNORECASE)
LIST_GAP = re.compile(
    r"[\s\"')\].*]*(?:,|/|、|和|或|及|&|\b(?:or|nor|and)\b)[\s,]*"
    r"(?:(?:or|nor|and|any|a|an|the|option|options|visible|significant|obvious|other|even)\s)*[\"'(\[]*",
    re.IGNORECASE,
)
# "I first thought B, but C is right": what follows the turn is meant.
_TURNS = re.compile(r"\b(?:but|however|now|although|yet|on closer|closer look)\b", re.IGNORECASE)
_NEXT_NAMED = re.compile(r"\s(?:the |an? )?(?:option |choice )?[\"'(\[]?", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"\W{0,12}(?:(?:if|unless|suppos\w+|had (?:the|there|it|we|i)|were it|when|"
    r"to (?=(?:answer|say) (?:with )?(?:yes|no)\b))(?:\b|(?<= ))(?! (?:i|we|forced|pressed)\b)"
    r"|.{0,60}\b(?:initially|my (?:initial|first|original) \w+|at first|first thought|originally|one might|someone "
    r"might|might think|some might|one "
    r"could|you might|"
    r"you could|could argue|first glance|first impression)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentences:
    """The sentences of a text, as positions."""

    text: str
    starts: list[int]

    @classmethod
    def of(cls, text: str, mentions: list[Mention]) -> Sentences:
        """Cut ``text`` into sentences. "B. Noise" is one: the dot after an option's letter ends nothing."""
        ends = {mention.end for mention in mentions if mention.by == "letter"}
        texts = {mention.start for mention in mentions if mention.by in ("text", "polar")}
        starts = [0]
        for boundary in _BOUNDARY.finditer(text):
            after = boundary.end()
            while after < len(text) and text[after] in " \t":
                after += 1
            listed = boundary.start() in ends and after in texts and "\n" not in boundary[0]
            if not listed and after > starts[-1]:
                starts.append(after)
        return cls(text, [start for start in starts if start < len(text)] or [0])

    def span(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence that holds ``position``."""
        index = bisect_right(self.starts, position) - 1
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
        return self.starts[index], end

    def asks(self, position: int) -> bool:
        """Whether the sentence is a question."""
        start, end = self.span(position)
        return self.text[max(start, end - 6) : end].rstrip(" \n\"')*").endswith("?")

    def supposes(self, position: int) -> bool:
        """Whether the sentence sets a condition or reports a thought that was given up: "If it were blurred, A"."""
        start, _ = self.span(position)
        found = _SUPPOSES.match(self.text, start)
        if found is None or found.end() > max(position, start + 8):
            return False
        return not _TURNS.search(self.text, found.end(), max(position, found.end()))


def denied(mentions: list[Mention], sentences: Sentences, polar: bool) -> set[int]:
    """The indices of mentions that are denied: "not B", "A is wrong", "rule out A, B and D".

    ``polar``: Yes or No is offered, so that "A - No" gives the text of option A and does not deny it.
    """
    text = sentences.text
    denials = _Denials.of(text)
    before = [denials.before(mention, sentences) for mention in mentions]
    starts = {mention.start for mention in mentions}
    after = [
        _denied_after(mention, text, starts) or (not polar and bool(_NO_AFTER.match(text, mention.end)))
        for mention in mentions
    ]
    for index in range(1, len(mentions)):
        if (
            before[index - 1]
            and _listed(mentions[index - 1], mentions[index], text)
            and _is_series(mentions, index, text)
        ):
            before[index] = True
    for index in range(len(mentions) - 1, 0, -1):
        one, other = mentions[index - 1], mentions[index]
        own = one.key == other.key and other.start - one.end <= 4
        listed = one.by != "polar" and _listed(one, other, text)  # "No, yes is wrong" denies yes alone
        if after[index] and (own or listed):
            after[index - 1] = True
    return {index for index in range(len(mentions)) if before[index] or after[index]}


def _is_series(mentions: list[Mention], index: int, text: str) -> bool:
    """Whether the list that goes on at ``index`` has an "or": "no noise, blur or rings"; not so "not severe, mild"."""
    for one, other in pairwise(mentions[index - 1 : index + _LONGEST_SERIES]):
        if not _listed(one, other, text):
            return False
        if _CONJUNCTION.search(text, one.end, other.start):
            return True
    return False


def _listed(one: Mention, other: Mention, text: str) -> bool:
    gap = other.start - one.end
    return 0 <= gap <= 40 and bool(LIST_GAP.fullmatch(text, one.end, other.start))


@dataclass(frozen=True)
class _Denials:
    """Where a text denies, and where the reach of a denial ends; found once, because a text may name options often."""

    starts: list[int]
    ends: list[int]
    barriers: list[int]

    @classmethod
    def of(cls, text: str) -> _Denials:
        found = list(_DENIES.finditer(text))
        barriers = [barrier.start() for barrier in _SCOPE_ENDS.finditer(text)]
        return cls([one.start() for one in found], [one.end() for one in found], barriers)

    def before(self, mention: Mention, sentences: Sentences) -> bool:
        """Whether the nearest denial before the mention reaches it."""
        nearest = bisect_right(self.ends, mention.start) - 1
        start, _ = sentences.span(mention.start)
        if nearest < 0 or self.starts[nearest] < max(start, mention.start - _REACH):
            return False
        barrier = bisect_left(self.barriers, self.ends[nearest])
        return barrier == len(self.barriers) or self.barriers[barrier] >= mention.start


def _denied_after(mention: Mention, text: str, starts: set[int]) -> bool:
    found = _DENIED_AFTER.match(text, mention.end)
    if found is None:
        return False
    # "C (not B)", "C, not option B": the denial is of what follows
    follows = _NEXT_NAMED.match(text, found.end())
    return not (found[0].lower().endswith("not") and follows is not None and follows.end() in starts)
