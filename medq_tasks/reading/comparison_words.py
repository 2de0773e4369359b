"""The vocabulary of comparisons as codes, and the patterns over them: who wins, by quality or by looks alone."""

from __future__ import annotations

import re

from medq_tasks.reading import lexicon
from medq_tasks.reading.passage import CODES
from medq_tasks.reading.tokens import Unit

WORDS = lexicon.load("comparison", "common")
SHORT = lexicon.load("short")
OTHER = {"first": "second", "second": "first"}
DRAWN = "drawn"
TABLE = {
    **CODES, "better": "P", "worse": "Q", "more": "h", "less": "l", "wins": "X", "loses": "Y", "prefers": "S",
    "choose": "S",
    "quality": "q", "kind": "y", "thing": "T", "attribute": "r", "fault": "j", "merit": "p", "looks_better": "v",
    "looks_worse": "L", "fair": "1", "poor": "2", "draw": "=", "which": "3", "depends": "4", "leads": "5", "it": "6",
    "than": "<", "mark": "N", "issue": "j", "torn": "=", "verb": "7", "cut": "8", "link": "c",
}  # fmt: skip
LETTER_GOES_ON = frozenset('c7XYPQMH<&|,.;:n?()>-"J/BWD')
MARK = re.compile(
    r'(?:N(?=f?V[.n)"]*$)|(?:N|Aq|X(?=[":])|[hP]-?y{0,2}[qT]T?)[")]?(?:[b<][^.:;nV]{1,10}?)?[")]?(?:(?:[:>\-]|f?c)["(:]*|n))'
)
OFFERED = re.compile(r'(?:[|/]|V,)["(]*N["]?:')
PLUS = re.compile(
    r"X|[Ph][yAPh&,rH\-]{0,4}[qTN](?!y?r)|[Ph]bf?[yA]?q|q[^,;.nPQ]{0,12}?[Ph](?![rjp])|P(?![wrjpT0ov1]|y{1,2}r)|S(?=[^.;V]{0,6}V)"
)
MINUS = re.compile(
    r"Y|[Ql][yAQl&,rH\-]{0,4}[qT]|[Ql]bf?[yA]?q|q[^,;.nPQ]{0,12}?[Ql](?![rjp])|Q(?![wrjpT0o])|2q(?=.{0,5}<)"
)
CLEARER = re.compile(r"[vP]|l[w,y]{0,3}[j2]|h[w,yr]{0,2}[rp]|j[^&BW,;]{0,6}?l")
BLURRIER = re.compile(r"[LQ]|h[w,yp]{0,3}[j2]|l[w,y]{0,2}[rp]|j[^&BW,;]{0,6}?h")
FAIR, POOR = re.compile("1"), re.compile("2|j")
CLOSES = re.compile(r'[n"]?(?:[DAHs][,:]?)+(?!r|y?r)')
STRICT = 12  # units


def short_name(unit: Unit) -> str | None:
    """The image that a bare word names where an answer is expected: "2", "left", "B"."""
    found = SHORT.by_first.get(unit.word)
    return found[0][0] if found else None


def is_letter(text: str, units: list[Unit], index: int) -> bool:
    """Whether a capital letter names an image rather than being the article."""
    unit = units[index]
    glued = text[unit.end : unit.end + 1] in ("-", "'") or (
        text[max(0, unit.start - 1) : unit.start] in ("-", "'") and unit.start
    )
    if glued:
        return False
    if unit.word == "B" or index + 1 >= len(units):
        return True
    following = units[index + 1]
    return (TABLE.get(following.role, "w") in LETTER_GOES_ON and (following.role != "quote")) or text[
        following.start
    ].isupper()
