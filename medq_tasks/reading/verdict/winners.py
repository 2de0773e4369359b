"""Who wins in a clause on two images: its predicates as patterns over codes, and the image that each is said of.

Codes are those of ``TABLE``; an image is ``V``. "The second image has higher quality" is ``fV7hq``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medq_tasks.reading.lexicon import codes
from medq_tasks.reading.passage import one_of

OTHER = {"first": "second", "second": "first"}
TABLE = codes("common", "comparison")


_TO_THE_GOOD = r"[yAPh&,rH\-]{0,4}"
PLUS = one_of(
    r"k[^.;V]{0,4}V[^V.;O]{0,4}(?:[+hPXN])", r'^["n]?f?VT?[+]f?VT?[.]?$', r"X",
    rf"[Ph]{_TO_THE_GOOD}[qTN](?!y?[re])", r"[Ph]bf?[yA]?q",
    r"q[^,;.nPQ]{0,12}?[Ph](?![rjp])", r"P(?![yAH]*[wrjpv1e0])", r"S(?!w)(?=[^.;V]{0,6}V)",
)  # fmt: skip
MINUS = one_of(
    r"k[^.;V]{0,4}V[^V.;O]{0,4}(?:[9lQY])", r"Y", r"[Ql][yAQl&,rH\-]{0,4}[qT]", r"[Ql]bf?[yA]?q",
    r"q[^,;.nPQ]{0,12}?[Ql](?![rjp])", r"Q(?![yAH]*[wrjp])", r"2q(?=.{0,5}<)",
)  # fmt: skip
_CLEARER = re.compile(r"[vP]|l[w,y]{0,3}[j2]|h[w,yr]{0,2}[rp]|j[^&BW,;]{0,6}?l")
_BLURRIER = re.compile(r"[LQ]|h[w,yp]{0,3}[j2]|l[w,y]{0,2}[rp]|j[^&BW,;]{0,6}?h")
_FAIR, _POOR = re.compile("1"), re.compile("2|j")
_DENIED = re.compile(r"[d=@uM](?![^V]*[,:])[^V]*$")
_CHOOSES = re.compile(r"MS?$|Mf?[cS]")  # "should be preferred"
_CALLS = re.compile(r"[du][^V,.;:]{0,4}V[^,V&]{0,2}$")  # "I would not call the second image better"
_CLEFT = re.compile(r"c?d[^V,.;]{0,3}V[wi6]c?$")  # "it is not the second image that is better"
_BOTH = re.compile(r"[^V.]{0,2}[=@]")
_OF_ATTRIBUTE = one_of(
    r"(?:.?f?VT?)?[DfH]?[b<][hlP]?(?:w?<|b)?f?[wy]{0,2}[rj]",
    r"(?:.?f?VT?)?5f?y?[rj]",
    r"5f?w[^0Vq.,]{0,4}(?:[.,;rej]|$)",
    r",r-",
)
_IN_A_PART = re.compile(r"bf?[wy]?e")  # "better in the centre"
_EITHER = re.compile(r'V"?[|/&]"?f?V')
_SUBJECT_OF_ELSE = re.compile(r"(?:[rjpe]([b<w]f?V)?|[w0][b<]f?V)$")
_UNKNOWN = re.compile(r'["n,;&BDA]*f?w{1,3}(?:[b<]f?w)?c[fHDay]*')  # "fat suppression is better in B"
# "for bone the first is better", "at the edge, the first", "noise-wise", "contrast: first > second"
LEAD = re.compile(r'["n,;&BDA]*(?:5f?y?[wrjpe]|[bw]fe|[wrjeb<-]{0,5}[rj](?:q?:|-w)|b[wrjeb<-]{0,5}[rj]w(?:,|$))[^0qV]*')
_SUBJECT_ENDS = re.compile(r"[cM7fHDadyup\"]*$")
_DOES_SOMETHING = re.compile(r"[7w]f?[wyrp]*[wrp]$")  # "the second depicts the cortex better"
_QUALITY_OF_ELSE = re.compile(r"q[b<]f?[yl]?[rjpwe]")


@dataclass(frozen=True)
class Clause:
    """Codes of a clause; ``own``: where it names images it speaks of, ``images``: those compared to as well."""

    start: int
    codes: str
    images: dict[int, str]  # place in ``codes`` -> "first" or "second"
    own: tuple[int, ...]
    subject: str | None

    def judged(self) -> str | None:
        """The winner by the first predicate; None where it is denied or said of both."""
        found = [one for one in (PLUS.search(self.codes), MINUS.search(self.codes)) if one]
        if not found:
            return None
        predicate = min(found, key=lambda one: one.start())
        if self._is_of_attribute(predicate):
            return None
        owner, wins = self._owner(predicate), predicate.re is PLUS
        if _CLEFT.search(self.codes[: predicate.start()]):
            wins = not wins
        elif self._is_denied(predicate):
            return None
        return owner if wins or owner is None else OTHER[owner]

    def _is_denied(self, predicate: re.Match[str]) -> bool:
        at = predicate.start()
        ahead = [index for index in self.own if index < at]
        before = self.codes[max(0, ahead[-1] - 4) if ahead else 0 : at]
        if _BOTH.match(self.codes[predicate.end() : predicate.end() + 3]):
            return True
        return bool((_DENIED.search(before) and not _CHOOSES.search(before)) or _CALLS.search(self.codes[:at]))

    def _is_of_attribute(self, predicate: re.Match[str]) -> bool:
        """Whether the predicate is said of one attribute: "the contrast of B is better", "better in sharpness"."""
        before, after = self.codes[: predicate.start()], self.codes[predicate.end() :]
        if "q" in predicate[0]:
            return bool(_QUALITY_OF_ELSE.search(predicate[0]) or _IN_A_PART.match(after))
        if ("q" not in after and _OF_ATTRIBUTE.match(after)) or _IN_A_PART.match(after):
            return True
        subject = _SUBJECT_ENDS.sub("", before)
        does = predicate[0] == "P" and _DOES_SOMETHING.search(before)
        return bool(does or _SUBJECT_OF_ELSE.search(subject) or _UNKNOWN.fullmatch(before))

    def _owner(self, predicate: re.Match[str]) -> str | None:
        """The image of which the predicate is said."""
        start, end = predicate.span()
        if predicate[0].startswith("k"):
            return self.images[start + predicate[0].index("V")]
        chosen = [index for index in self.images if index >= end]
        if predicate[0] == "S" and chosen:  # "reject the first and prefer the second", "the edge goes to the first"
            return None if _EITHER.match(self.codes, chosen[0]) else self.images[chosen[0]]
        if not self.own:
            if self.images and self.subject is None:  # "better than the first image": said of the other one
                return OTHER[next(iter(self.images.values()))]
            return self.subject
        ahead = [index for index in self.own if index < start]
        if len({self.images[index] for index in ahead}) == 2:
            return None  # "both the first and the second are better than most"
        after = [index for index in self.own if index >= end]
        return self.images[ahead[-1] if ahead else after[0] if after else self.own[0]]

    def denies(self) -> re.Pattern[str] | None:
        """``PLUS`` or ``MINUS``, where the clause denies that of an image: "the first is not better"."""
        found = next((one for one in (PLUS.search(self.codes), MINUS.search(self.codes)) if one), None)
        denied = found is not None and self.own and not self._is_of_attribute(found) and self._is_denied(found)
        return found.re if found is not None and denied and "=" not in self.codes else None

    def looks(self, plus: re.Pattern[str] = _CLEARER, minus: re.Pattern[str] = _BLURRIER) -> list[str]:
        """The winner by every look that the clause compares: "sharper but noisier" names both images."""
        winners = []
        for pattern in (plus, minus):
            for predicate in pattern.finditer(self.codes):
                owner = self._owner(predicate)
                if owner is not None and "d" not in self.codes[: predicate.start()]:
                    winners.append(owner if pattern is plus else OTHER[owner])
        return winners


def opposed(clauses: Sequence[Clause]) -> list[tuple[Clause, str]]:
    """The winner where the one image is called good and the other poor."""
    found = [(clause, said) for clause in clauses for said in clause.looks(_FAIR, _POOR)]
    return found if {clause.subject for clause, _ in found} >= {"first", "second"} else []
