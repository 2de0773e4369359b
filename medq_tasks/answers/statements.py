"""What both kinds of verdict have in common: statements, their strength, and how a verdict is announced."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEANS, SAID, CONCLUDED, MARKED = 0, 1, 2, 3

_NAMES = (
    r"verdict|(?:better|best|preferred|superior|winning|higher[- ]quality)(?:[- ]quality)? (?:image|one|picture|"
    r"scan)|final (?:assessment|rating|grade|quality|judge?ment|evaluation|decision|answer|classification|"
    r"conclusion|opinion)|"
    r"(?:overall |image |quality )+(?:rating|grade|assessment|verdict|level|evaluation|judge?ment|score|category|"
    r"classification|decision)|"
    r"my (?:choice|pick|selection)|selected image|(?<![^\n])(?:choice|assessment)|overall impression|rating|grade|"
    r"decision|"
    r"judge?ment|classification|recommendation|conclusion|answer|result|"
    r"winner|preference"
)
# "Verdict: good", "**Final verdict** - the first image", "my verdict would be usable"
MARK = re.compile(
    rf"(?:\b(?:{_NAMES})\b|结论|判定|评级|评价|判断|裁定|答案|结果)(?: (?:for|of|on|about) [^\n.:]{{1,60}}?)?[\"']?"
    r"(?:\s*(?:[:=]|-+>?|→)\s*|\s(?:here )?(?:is|would be|should be|must be|will be|was)\b:?\s*|\s*(?:是|为|:)\s*|"
    r"\s*\n\s*)|\boverall\s?[:=]\s*|(?<![^\n])(?:(?:final|overall) )?verdict\s",
    re.IGNORECASE,
)
# "End with Verdict: first, or Verdict: second" is the question's own words: a second mark after an "or".
OFFERED = re.compile(rf"(?:\bor|[/|]|或)\s*[\"'`(]*\b(?:{_NAMES})\b[\"']?\s*[:=]", re.IGNORECASE)
REFUSES = re.compile(
    r"(?:\b(?:cannot|can not|unable to|not able to|not possible to|impossible to)|n't)\s(?:\w+\s){0,2}?(?:give|provide|"
    r"render|determine|judge|decide|tell|say|assess|evaluate|rate|compare)\b(?![^;]*\b(?:but|however|still|yet)\b)"
    r"|\b(?:unclear|uncertain|unsure|not (?:clear|sure|certain)|(?:don't|do not) know)\s(?:if|whether|which)\b",
    re.IGNORECASE,
)
CONCLUDES = re.compile(
    r"\b(?:overall|therefore|thus|hence|consequently|accordingly|in conclusion|to conclude|in summary|to "
    r"summari[sz]e|in sum|ultimately|"
    r"in general|conclude|finally|as a result|so|all in all|taken together|on balance)\b|总体|综上|因此|所以|整体|"
    r"总之|总的来说",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\n+|[.!?]+[\"')\]]*(?=\s|$)|。")
_SUPPOSES = re.compile(
    r"\W*(?:if(?! (?:i|we) (?:had|have|were) to| forced| pressed| asked)|unless|had|were|suppos\w+|assuming)\b|"
    r"\W*(?:(?:after|without)\b[^.;\n]{0,80}(?<!\bi )\bwould|(?:after|with|without)\b[^.;\n]{0,80}(?<!\bi "
    r")\b(?:might|could))\b",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"\b(?:initially|at first|first glance|first (?:impression|verdict|thought|guess|choice)|one might|might "
    r"(?:seem|appear|think)|originally)\b",
    re.I,
)


_TURNS = re.compile(r"\b(?:but|however|yet|on (?:reflection|closer|second)|now|in fact)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """A verdict as stated at one place; ``verdict`` is None where the statement names two, or calls it a draw."""

    position: int
    strength: int
    verdict: str | None


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence that is neither a question nor a supposition."""
    spans, start = [], 0
    for boundary in [*_SENTENCE.finditer(text), None]:
        end = boundary.end() if boundary else len(text)
        piece = text[start:end]
        given_up = _GIVEN_UP.search(piece)
        turn = _TURNS.search(piece, given_up.end()) if given_up else None
        asks = piece.rstrip(" \n\"')").endswith("?")
        if piece.strip() and not asks and not _SUPPOSES.match(piece) and (turn or not given_up):
            spans.append((start + turn.start() if turn else start, end))
        start = end
    return spans
