"""Which quality a text gives an image: levels are the values, and what they are said of decides whether they count.

A rule is a pattern over the codes of a sentence (``TABLE``); the level in question is ``#`` there, others are ``V``.
"""

from __future__ import annotations

import re

from medq_tasks.reading import lexicon
from medq_tasks.reading.passage import Passage, one_of
from medq_tasks.reading.statements import Level, Statement
from medq_tasks.reading.tokens import tokenise, typed

WORDS = lexicon.load("grades", "common")
TABLE = lexicon.codes("common", "grades")
_PICTURES = ("gram", "graph", "grams", "graphs", "graphy", "scopy")  # "mammogram", "angiography"
_REACH = 80  # units before a level that its rules look at
_MOST = 40  # levels of a sentence
_LEVELS = ("good", "usable", "reject")
_LABELS = frozenset(["a", "b", "c", "1", "2", "3"])


_MARK = re.compile(r'N[")]?(?:[b2F][^.:;nV]{1,10}?)?["():>\-cjfMyn,D]{0,6}?$|A:["f]{0,2}$')
_BETWEEN = re.compile(
    r'["(]{0,2}(?:\([^()]{1,14}\)|:0%?)?[")]{0,2}(?:,[|&]?|[|&/>\-]b?|b)[yfa|cMm]{0,3}(?:N:)?["(]{0,2}'
)
_NOT_BUT = re.compile(r'["]?,?B[yf]{0,2}"?')
_BUT_NOT = re.compile(r'"?,?["]?d["f]{0,2}')
_TICK = re.compile(":?t")
_CUTS = re.compile(r"[,;n]")

_TURNED_DOWN = one_of(  # "usable it is not", "too noisy to be usable", "prevents it from being usable"
    r"#icd",
    r"9[^.;:,]{0,12}c?[jy2f]*#",
    r"u[^.;,]{0,10}#",
)
_DENIED_AFTER = one_of(
    r'#[")]?[cMm]{0,2}e', r"#m?cd"
)  # "reject is out of the question", "a rejection is not warranted"
_DENIED = re.compile(r"[dx](?P<gap>[^.;:,n\-]{0,9})#")
_SCOPE_ENDS = re.compile(r"[BD]|&[cMmDTfj]|[^Mb]c|J|i")
_OF_ELSE = one_of(
    r"3[^B.;:n,]{0,8}#",  # "whether it is usable"
    r"#b?2?f?[wy]?p|#4",  # "usable field of view", "good in the centre"
    r'(?:^|[.,;:n(])f?[wy]?r:["f]?#|(?:[rp]q|p):["f]?#|r[qN]#',  # "Noise: usable"
    r'(?:r[qN]?|[wp])(?:b[fi]?T)?[cz]j?[fy]{0,2}"?#',  # "the hue of this image is good": any noun that is no image
    r'[rp](?:b[fi]?T)?[Mm]cj?[fy]{0,2}"?#',
    r"p(?:b[fi]?T)?(?:[Mm]j?|j)[fy]{0,2}#",  # "the lower half should be rejected"
    r"[fr]#[wr]",
    r"^#wc",  # "the usable range", "usable data are scarce"
    r"~[yf]{0,2}#",  # "it is not just usable, it is good"
    r"#[yf2]?[F5][^@y.,;nTWBJ]{0,3}w",  # "usable for research"; not "usable for diagnosis despite the blur"
    r'^["n]?[F5][^@.;Bn]*w[^@.;Bn]*#',  # "usable for teaching", "for a phone camera it is good"
    # "with regard to contrast, it is good", "in the centre it is good", "noise-wise it is good"
    r'(?:^|[.;nB],?)"?(?:(?:F|[bw2]f)[^@.;Bn,#]{0,6}[rp]|[wrqpb-]{0,5}r(?:w,|-w))[^.;Bn]*#',
    r"5f?#",  # "to obtain a good image"
    r"E[^.;:B,]{0,4}#",  # "the transplant was rejected"
)
_REJECTS_ELSE = re.compile(r"r#|#f[wErp]")  # "noise rejection", "I reject the idea"
# What "good" may be said of: it praises contrast, position and much else, which the other levels do not.
_SUMS_UP = re.compile(r'(?:(?:[^.n]{4,}[:;>\-]|,[DAy,]+)["(]*|^[n"yDAf,:]*|>["]*)#[.)"!n\]]*$')
_OPENS = re.compile(r"^#(?:-(?!q)|[;(.,]|$)")
_GOOD_IN = one_of(
    r"#[yT]*qbf?[wy]?p", r"#-qw",  # "good-quality optics"
    r"#y*q[b2F]f?(?![wy]{0,2}[TqA]|w?q|$|[Ay]?[.,])",  # "good quality of the vessel walls"
    r"#[&|b2][^.Vq,]{0,3}?r", r"#[yA]*(?:q[b2]w?[b2]?f?|[qT])y?r",  # "good image contrast"
)  # fmt: skip
_GOOD_IMAGE = re.compile(r"#-?(?:[yA]*[qTN]|y\W*$)")
_IS_GOOD = re.compile(
    r'(?:[qN](?:[b2F][^.,;:V]{0,7}?T)?(?:,w|,)?|(?:^|[.n])[yDA]+|(?<![b2]f)(?<![b2])T"?q?|i(?!T)|[IA]|(?<=[.n])y|j)'
    r'["(]?[:>]?(?:[cMmjzdybFif2TqHDJ"(>\-/]|(?<=[cj])w){0,8}#'
    r'(?:$|[t_.,;:?!)"\]n(\-/2bFJ&|BWdxADyCH])'
)


class Grading(Passage):
    """The statements of a text on the quality of one image."""

    @classmethod
    def of(cls, text: str) -> Grading:
        """Make ``text`` (already plain) ready."""
        units = typed(tokenise(text), WORDS)
        for unit in units:
            if not unit.role and unit.word.endswith(_PICTURES):
                unit.role = "thing"
            if unit.role in _LEVELS:
                unit.keys, unit.role, unit.by = frozenset([unit.role]), "value", "level"
        return cls(text, units, table=TABLE)

    def statements(self) -> list[Statement]:
        """All places where the text states a level of the image's quality."""
        found: list[Statement] = []
        bare: set[frozenset[str]] = set()
        self._hide_menus()
        ticked = [unit for index, unit in enumerate(self.units) if self.codes[index] == "V" and self._ticked(index)]
        if len(ticked) == 1:
            return [Statement(ticked[0].start, ticked[0].end, Level.MARKED, ticked[0].keys, "ticked")]
        for start, end in self.spans:
            said = [] if self.asks(start) else self._in_sentence(start, end)
            if self._words(start, end) == 1:
                bare.update(one.keys for one in said)
            found += said
        if len(bare) > 1 and all(one.level < Level.MARKED for one in found):
            return [Statement(0, 0, Level.DRAWN, frozenset(), "several lines")]  # "good" and "reject" on two lines
        return found

    def _ticked(self, index: int) -> bool:
        """ "[x] usable", "usable: ✓"."""
        return self.codes[index - 1 : index] == "t" or bool(_TICK.match(self.codes, index + 1))

    def _words(self, start: int, end: int) -> int:
        return sum(unit.word[:1].isalnum() for unit in self.units[start:end])

    def _hide_menus(self) -> None:
        """Take out the question's own list: "A. good B. usable C. reject", "good/usable/reject"."""
        codes, units = self.codes, self.units
        values = [index for index, role in enumerate(codes) if role == "V"]
        lettered = [at for at in values if codes[at - 1] in ".):" and units[at - 2].word.lower() in _LABELS]
        explained = [at for at in values if codes[at + 1 : at + 2] == ":"]
        hidden: set[int] = set()
        runs = [values[at : at + 3] for at in range(len(values) - 2)]
        joined = [run for run in runs if self._joined(*run[:2]) and self._joined(*run[1:])]
        for listed in (lettered, explained, *joined):
            if len({units[at].keys for at in listed}) == len(_LEVELS):
                hidden.update(listed)
        self.codes = "".join("w" if index in hidden else role for index, role in enumerate(codes))

    def _in_sentence(self, start: int, end: int) -> list[Statement]:
        codes = self.codes
        levels = [index for index in range(start, end) if codes[index] == "V"][-_MOST:]
        if self._offers(start, end, levels):
            return []
        scenes = [self._scene(start, end, index) for index in levels]
        meant = [self._meant(scene, index) for scene, index in zip(scenes, levels, strict=True)]
        marked = [self._is_marked(start, index) for index in levels]
        found: list[Statement] = []
        for number, index in enumerate(levels):
            corrects = number > 0 and bool(_NOT_BUT.fullmatch(codes, levels[number - 1] + 1, index))
            if corrects and meant[number] and found and found[-1].end == self.units[levels[number - 1]].end:
                found.pop()  # "not usable but good"
            if number and meant[number - 1] and _BUT_NOT.fullmatch(codes, levels[number - 1] + 1, index):
                continue  # "good, not usable"
            level = meant[number]
            if level is None or not (marked[number] or corrects or self._of_image(scenes[number], start, end, index)):
                continue
            keys = frozenset() if self._is_torn(levels, meant, number) else frozenset([level])
            strength = Level.DRAWN if not re.search(r"[DAq]", codes[start:end]) else Level.STATED
            rule = "marked" if marked[number] else "said of the image"
            begins = self.units[self._from(start, index)].start
            strength = Level.MARKED if marked[number] else strength
            found.append(Statement(begins, self.units[index].end, strength, keys, rule))
        return found

    def _offers(self, start: int, end: int, levels: list[int]) -> bool:
        """Whether the sentence repeats the question's list, refuses, or weighs two purposes: it decides nothing."""
        codes = self.codes[start:end]
        names = {self.units[index].keys for index in levels}
        if len(names) > 1 and codes.count("F") + codes.count("5") > 1:
            return True  # "for screening it is usable, for grading it is a reject"
        return "U" in codes and not re.search(r'U.*B|^["(fD]*V["]?[,:;(J]', codes)  # "Reject, as it cannot be assessed"

    def _scene(self, start: int, end: int, index: int) -> str:
        """The codes of the sentence, the level in question as "#"; far ones left out, or time is quadratic."""
        far = index - start > _REACH
        before = "w" + self.codes[index - _REACH : index] if far else self.codes[start:index]
        return f"{before}#{self.codes[index + 1 : end]}"

    def _meant(self, scene: str, index: int) -> str | None:
        """The level meant, after denial: "not usable" means reject, "not good" and "not rejected" mean no level."""
        (name,) = self.units[index].keys
        if _TURNED_DOWN.search(scene):
            return "reject" if name == "usable" else None
        if _DENIED_AFTER.search(scene):
            return None
        denied = _DENIED.search(scene)
        if denied and not _SCOPE_ENDS.search(denied["gap"]):
            return "reject" if name == "usable" and denied[0].startswith("d") else None
        return name

    def _is_torn(self, levels: list[int], meant: list[str | None], number: int) -> bool:
        """Whether another level stands right beside this one: "good or usable"."""
        return any(
            0 <= other < len(levels) and meant[other] not in (None, meant[number])
            and self._joined(levels[min(number, other)], levels[max(number, other)])
            for other in (number - 1, number + 1)
        )  # fmt: skip

    def _from(self, start: int, index: int) -> int:
        """Where the words that a reader should see begin: the clause of the level."""
        return max((cut.end() for cut in _CUTS.finditer(self.codes, start, index)), default=start)

    def _joined(self, one: int, other: int) -> bool:
        return bool(_BETWEEN.fullmatch(self.codes, one + 1, other))

    def _is_marked(self, start: int, index: int) -> bool:
        """Whether the level stands right after "Verdict:"."""
        before = self.codes[max(0, start - 3, index - 24) if start else max(0, index - 24) : index]
        found = list(_MARK.finditer(before))
        return bool(found) and "V" not in found[-1][0] and not re.search(r"[.;,]", found[-1][0][1:])

    def _of_image(self, scene: str, start: int, end: int, index: int) -> bool:
        """Whether the level is said of the image, not of its contrast."""
        if self._words(start, end) == 1:
            return True
        if _OF_ELSE.search(scene):
            return False
        if "reject" in self.units[index].keys and _REJECTS_ELSE.search(scene):
            return False
        if "good" not in self.units[index].keys or _OPENS.search(scene):
            return True
        if _GOOD_IN.search(scene):
            return False
        return any(rule.search(scene) for rule in (_GOOD_IMAGE, _SUMS_UP, _IS_GOOD))
