"""Which quality a text gives an image: levels are the values, and what they are said of decides whether they count."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from medq_tasks.reading import lexicon
from medq_tasks.reading.passage import CODES, Passage
from medq_tasks.reading.statements import Level, Statement
from medq_tasks.reading.tokens import tokenise, typed

WORDS = lexicon.load("grades", "common")
TABLE = {
    **CODES, "thing": "T", "quality": "q", "kind": "y", "judge": "j", "mark": "N", "attribute": "r", "part": "p",
    "else": "E",
    "follows": "4", "prevents": "9", "wish": "5", "whether": "3", "below": "x", "seems": "z", "torn": "w", "given": "6",
    "ought": "m", "likely": "y", "follower": "2", "praise": "w",
    "answer": "N", "choose": "j", "fits": "j", "issue": "r", "main": "w", "final": "A",
}  # fmt: skip
_REACH = 80  # units before a level that its rules look at
_LEVELS = ("good", "usable", "reject")
_MARK = re.compile(r'N[")]?(?:[b2][^.:;nV]{1,10}?)?["():>\-cjfMyn,D]{0,6}?$|A:["f]{0,2}$')
_OFFERED = re.compile(r'(?:[|/]|V,)["(]*N["]?:')
_BETWEEN = re.compile(r'["(]{0,2}(?:\([^()]{1,14}\)|:0%?)?[")]{0,2}(?:,[|&]?|[|&/>\-]|b)[yfa|cMm]{0,3}(?:N:)?["(]{0,2}')
_NOT_BUT = re.compile(r'["]?,?B[yf]{0,2}"?')
_NO_FORM = re.compile(r'd[cfyb"]{0,2}[jc]{0,2}[fyb2"]{0,3}$')
_DENIED = re.compile(r"[dx](?P<gap>[^.;:,n]{0,9})$")
_SCOPE_ENDS = re.compile(r"[BD]|&[cMmDTf]|[^Mb]c|J|i")
_GOOD_ENDS = re.compile(r'$|[t_.,;:?!)"\]n(\-/]')
_OF_IMAGE = re.compile(
    r'(?:[qN](?:[b2][^.,;:V]{0,7}?T)?(?:,w)?|(?<![b2]f)(?<![b26])(?<![b26][fi])T"?q?|i(?!T)|[IA]|(?<=[.n])y|j)["(]?[:>]?(?:[cMmjzdybif2TqHDJ"(>\-]|(?<=[cj])w){0,8}$'
)
_SUMS_UP = re.compile(r'(?:[^.n]{4,}[:;>\-]|,[DAy,]+)["(]*$|^[n"yDA,]*$|>["]*$')


@dataclass
class Grading:
    """The statements of a text on the quality of one image."""

    p: Passage

    @classmethod
    def of(cls, text: str) -> Grading:
        """Make ``text`` (already plain) ready."""
        units = typed(tokenise(text), WORDS)
        for unit in units:
            if unit.role in _LEVELS:
                unit.keys, unit.role, unit.by = frozenset([unit.role]), "value", "level"
        return cls(Passage(text, units, table=TABLE))

    def statements(self) -> list[Statement]:
        """All places where the text states a level of the image's quality."""
        found: list[Statement] = []
        bare: set[frozenset[str]] = set()
        self._hide_menu()
        for start, end in self.p.spans:
            joined = start and self.p.codes[start - 1] == ";" and "U" in self.p.codes[self.p.span(start - 1)[0] : start]
            if self.p.asks(start) or joined:
                continue
            said = self._in_sentence(start, end)
            words = [unit for unit in self.p.units[start:end] if unit.word[:1].isalnum()]
            if len(words) == 1 and words[0].keys:
                bare.update(one.keys for one in said)
            found += said
        if len(bare) > 1 and all(one.level < Level.MARKED for one in found):
            return [Statement(0, 0, Level.DRAWN, frozenset(), "several lines")]  # "good" and "reject" on two lines
        return found

    def _hide_menu(self) -> None:
        """Take out the levels of a lettered list: "A. good B. usable C. reject"."""
        codes = self.p.codes
        listed = [
            i
            for i, role in enumerate(codes)
            if role == "V" and i > 1 and codes[i - 1] in ".):" and _is_label(self.p, i - 2)
        ]
        if len(listed) > 2:
            self.p.codes = "".join("w" if index in listed else role for index, role in enumerate(codes))

    def _in_sentence(self, start: int, end: int) -> list[Statement]:
        codes = self.p.codes
        levels = [index for index in range(start, end) if codes[index] == "V"][-40:]
        names = {self.p.units[index].keys for index in levels}
        if len(names) == 3 and all(self._joined(a, b) for a, b in itertools.pairwise(levels)):
            return []  # "good / usable / reject": the question's own list
        if _OFFERED.search(codes, start, end) or (
            re.search(r"U", codes[start:end]) and not re.search(r"U.*B", codes[start:end])
        ):
            return []
        verdicts = [self._verdict(start, end, index) for index in levels]
        corrects = [n > 0 and bool(_NOT_BUT.fullmatch(codes, levels[n - 1] + 1, levels[n])) for n in range(len(levels))]
        for number, (verdict, correct) in enumerate(zip(verdicts, corrects, strict=True)):
            if verdict and correct:
                verdicts[number - 1] = None  # "not usable but good"
        strong = bool(re.search(r"[DAq]", codes[start:end]))
        found = []
        for number, (index, verdict) in enumerate(zip(levels, verdicts, strict=True)):
            if verdict is None:
                continue
            marked = self._is_marked(start, index)
            if not marked and not corrects[number] and not self._of_image(start, end, index):
                continue
            torn = any(
                0 <= other < len(levels) and verdicts[other] not in (None, verdict)
                and self._joined(levels[min(number, other)], levels[max(number, other)])
                for other in (number - 1, number + 1)
            )  # fmt: skip
            level = Level.MARKED if marked else Level.STATED if strong else Level.DRAWN
            unit = self.p.units[index]
            keys = frozenset() if torn else frozenset([verdict])
            found.append(
                Statement(
                    self.p.units[self._from(start, index)].start,
                    unit.end,
                    level,
                    keys,
                    "marked" if marked else "said of the image",
                )
            )
        return found

    def _from(self, start: int, index: int) -> int:
        """Where the words that a reader should see begin: the clause of the level."""
        cut = max((at + 1 for at in range(start, index) if self.p.codes[at] in ",;n"), default=start)
        return min(cut, index)

    def _joined(self, one: int, other: int) -> bool:
        return bool(_BETWEEN.fullmatch(self.p.codes, one + 1, other))

    def _is_marked(self, start: int, index: int) -> bool:
        """Whether the level stands right after "Verdict:"."""
        before = self.p.codes[max(0, start - 3, index - 24) if start else max(0, index - 24) : index]
        found = list(_MARK.finditer(before))
        return bool(found) and "V" not in found[-1][0] and not re.search(r"[.;,]", found[-1][0][1:])

    def _verdict(self, start: int, end: int, index: int) -> str | None:
        """The level meant, after denial: "not usable" means reject, "not good" and "not rejected" mean no level."""
        codes, (name,) = self.p.codes, self.p.units[index].keys
        before, after = self._before(start, index), codes[index + 1 : end]
        if self.p.supposes(index) and not self._is_marked(start, index):
            return None
        if re.match(r'["D)]{0,2}C', after) or re.match(r'"[MmC]|M', after) or re.match(r"q?Tf?[Mm]", after):
            return None
        general = re.match(r"-?q?T", after)
        if general and self.p.units[index + general.end()].word.endswith("s") and index <= start + 1:
            return None
        if re.search(r'^["n]*6[^B;]*(?<!f)M', before):
            return None
        if re.search(r"M[^.]{0,3}$", before) and re.search(r"^[^.n]{0,9}C", after):
            return None
        if name == "usable" and _NO_FORM.search(before):
            return "reject"
        if re.search(r"9[^.;,]{0,12}c?[jy2f]*$", before) or re.search(r"u[^.;,]{0,10}$", before):
            return "reject" if name == "usable" else None
        if self._of_another(start, index):
            return None
        if (
            re.search(r"3[^B.;:n]{0,8}$", before)
            or re.search(r"5f?$", before)
            or re.search(r"M[w]+[^cj,]{0,3}$", before)
        ):
            return None
        denied = _DENIED.search(before)
        if denied and not _SCOPE_ENDS.search(denied["gap"]):
            return None
        return name

    def _before(self, start: int, index: int) -> str:
        """The codes before a level; those far away are left out, or a loop of levels would take quadratic time."""
        far = index - start > _REACH
        return "w" + self.p.codes[index - _REACH : index] if far else self.p.codes[start:index]

    def _of_another(self, start: int, index: int) -> bool:
        """ "A sharper scan would be good", "a radiologist may reject it": not this image, not the writer's word."""
        start = max((at + 1 for at in range(start, index) if self.p.codes[at] in ",;BDW"), default=start)
        before, units = self.p.codes[start:index], self.p.units
        modal = before.rfind("M")
        if modal < 0:
            return False
        if (
            units[index].word == "reject"
            and before.endswith("M")
            and not units[index - 1].word.endswith("be")
            and not re.search(r"[fi]M$", before)
        ):
            return True
        thing = before.rfind("T", 0, modal)
        return thing >= 0 and any(
            unit.word in ("a", "A", "an") for unit in units[start + max(0, thing - 3) : start + thing]
        )

    def _of_image(self, start: int, end: int, index: int) -> bool:
        """Whether the level is said of the image, not of its contrast."""
        codes, (name,) = self.p.codes, self.p.units[index].keys
        before, after = self._before(start, index), codes[index + 1 : end]
        words = [unit for unit in self.p.units[start:end] if unit.word[:1].isalnum()]
        if len(words) == 1:
            return True
        if self._of_else(before) or re.match(r"b?2?f?[wy]?p|4", after):
            return False
        if _SUMS_UP.search(before) and not re.search(r"[^.)\"!n\]]", after):
            return True
        if name != "good" or (index == start and re.match(r"[\-:;(]|[.,]", after)):
            return True
        if (
            self.p.units[index + 1 :][:4]
            and "of" in [unit.word for unit in self.p.units[index + 2 : index + 4]]
            and re.match(r"y*q[b2]f?(?![wy]{0,2}[Tq]|[A]|w?q|$)", after)
            and not re.match(r"y*q[2b]f?[Ay]?(?:[.,]|$)", after)
        ):
            return False
        if re.match(r"[&|b2][^.Vq,]{0,3}?r", after):
            return False
        if re.match(r"[yA]*q[b2]w?[b2]?f?y?r|[yA]*[qT]y?r", after):  # "good image contrast"
            return False
        if re.match(r"-?[yA]*(?:q|T|N)", after):
            return True
        if not (_GOOD_ENDS.match(after) or re.match(r"[2bJ&|BWdxADyCH]", after)):
            return False
        return bool(_OF_IMAGE.search(before))

    def _of_else(self, before: str) -> bool:
        """Whether the words before speak of something else: "Noise: usable", "the lower half should be rejected"."""
        return bool(
            re.search(r'(?:^|[.,;:n(])f?[wy]?r[:]["f]?$|r[qN]$|r[qN]?(?:[Mm]?c|z|[Mm]cj)[fy]{0,2}"?$', before)
            or re.search(r"p(?:bf?T)?(?:c|[Mm]c?j?|j|z)[fy]{0,2}$", before)
            or re.search(r"E[^.;B,]{0,4}$", before)
        )


def _is_label(passage: Passage, index: int) -> bool:
    return passage.units[index].word.lower() in ("a", "b", "c", "1", "2", "3")
