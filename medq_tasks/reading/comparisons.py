"""Which of two images a text says is the better one: images are values, "is better" and the like their predicates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from medq_tasks.reading.comparison_words import (
    BLURRIER,
    CLEARER,
    CLOSES,
    DRAWN,
    FAIR,
    MARK,
    MINUS,
    OFFERED,
    OTHER,
    PLUS,
    POOR,
    TABLE,
    WORDS,
    is_letter,
    short_name,
)
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement
from medq_tasks.reading.tokens import ENDS, tokenise, typed


@dataclass(frozen=True)
class Clause:
    """Units [start, end) with one subject. ``own``: images that it speaks of, not those compared to."""

    start: int
    codes: str
    images: tuple[int, ...]
    own: tuple[int, ...]
    subject: str | None


@dataclass
class Comparison:
    """The statements of a text on two images."""

    p: Passage

    @classmethod
    def of(cls, text: str) -> Comparison:
        """Make ``text`` (already plain) ready."""
        units = typed(tokenise(text), WORDS)
        for index, unit in enumerate(units):
            opens = unit.word in ("first", "second") and (index == 0 or units[index - 1].role in ENDS)
            if opens and units[index + 1 : index + 2] and units[index + 1].role == "comma":
                unit.role = ""  # "First, the noise"
            if unit.role in ("first", "second"):
                unit.keys, unit.role, unit.by = frozenset([unit.role]), "value", "image"
            elif unit.word in ("A", "B") and is_letter(text, units, index):
                key = "first" if unit.word == "A" else "second"
                unit.keys, unit.role, unit.by = frozenset([key]), "value", "image"
        return cls(Passage(text, units, table=TABLE))

    def image(self, index: int) -> str:
        """The image that the value at ``index`` names."""
        return next(iter(self.p.units[index].keys))

    def statements(self) -> list[Statement]:
        """All places where the text says which image is the better one."""
        whole = self._whole(0, len(self.p.units))
        if whole is not None:
            return [self._said(0, Level.MARKED, whole, "alone")]
        found: list[Statement] = []
        before: str | None = None
        for start, end in self.p.spans:
            if not self.p.asks(start):
                found += self._in_sentence(start, end, before)
            if not re.match(r'[n"]?[DA]?,?[DA]?,?[6i]', self.p.codes[start:end]):
                named = [index for index in range(start, end) if self.p.codes[index] == "V"]
                before = self.image(named[0]) if named else None
        leaning = {said.keys for said in found if said.level is Level.NAMED}
        if len(leaning) > 1:  # "Overall, the first image is sharper but noisier" prefers neither
            found = [said for said in found if said.level > Level.NAMED]
        return found

    def _said(self, index: int, level: Level, verdict: str | None, rule: str, end: int | None = None) -> Statement:
        units = self.p.units
        last = units[min(end or index + 1, len(units)) - 1] if units else None
        start = units[index].start if index < len(units) else 0
        return Statement(start, last.end if last else 0, level, frozenset([verdict] if verdict else []), rule)

    def _whole(self, start: int, end: int) -> str | None:
        """The image that these units name, and nothing else."""
        words = [i for i in range(start, end) if self.p.units[i].word[:1].isalnum() or self.p.codes[i] == "V"]
        words = [i for i in words if self.p.codes[i] not in "fTo"] or words
        if (
            len(words) == 3
            and self.p.codes[words[0]] == "V"
            and self.p.codes[words[1]] in "6i"
            and self.p.codes[words[2]] == "c"
        ):
            words = words[:1]  # "Image B it is"
        if len(words) != 1:
            return None
        return self.image(words[0]) if self.p.codes[words[0]] == "V" else short_name(self.p.units[words[0]])

    def _in_sentence(self, start: int, end: int, before: str | None) -> list[Statement]:
        codes = self.p.codes
        marks = [mark.end() for mark in MARK.finditer(codes, start, end)]
        if start and not marks and re.search(r"N[\"):]{0,2}n$", codes[max(0, start - 4) : start]):
            marks = [start]
        if marks and OFFERED.search(codes, start, end):
            return []
        if marks:
            marked = [self._marked(one, other) for one, other in itertools.pairwise([*marks, end])]
            if marked[-1] is not None:
                return [said for said in marked if said is not None]
        if "U" in codes[start:end] and not re.search(r"U.*[BW]", codes[start:end]):
            return [self._said(start, Level.CONCLUDED, None, "refusal")]
        led = CLOSES.match(codes, start, end)
        asked = start > 0 and self.p.asks(start - 1)
        lone = self._whole(led.end() if led else start, end) if led or asked else None
        if lone is not None:
            return [self._said(start, Level.STATED, lone, "concluded", end)]
        return self._by_clause(start, end, before, bool(marks))

    def _by_clause(self, start: int, end: int, before: str | None, marked: bool) -> list[Statement]:
        codes = self.p.codes[start:end]
        goes_on = re.match(r'[n"]?[DA]?,?[DA]?,?[6i]', codes)
        clauses = list(self._clauses(start, end, before if goes_on else None))
        strong = bool(re.search(r"[DA]", codes))
        led = not strong and re.match(r'["n]?(?:5|b)f?[wy]{0,2}[rj]', codes)
        found = []
        for clause in clauses:
            said = self._ranked(clause) or self._judged(clause) or self._drawn(clause, strong)
            if said is None or (led and "q" not in clause.codes):
                continue
            level = Level.STATED if strong or said == DRAWN or "q" in clause.codes else Level.DRAWN
            last = clause.start + len(clause.codes)
            found.append(self._said(clause.start, level, None if said == DRAWN else said, "judged", last))
        if found and found[-1].keys:  # "while both are of good quality, the first is better" is no draw
            found = [said for said in found if said.keys]
        closes = CLOSES.match(codes) or re.search(r'A[.)"n]*$', codes)
        if not found and (marked or closes):
            found = [
                self._said(clause.start, Level.NAMED, said, "looks", clause.start + len(clause.codes))
                for clause in clauses
                for said in self._looks(clause, CLEARER, BLURRIER)
            ]
            found = found or self._opposed(clauses)
        return found

    # --- clauses ---

    def _cuts(self, start: int, end: int) -> Iterator[int]:
        codes = self.p.codes
        for index in range(start + 1, end):
            following = codes[index + 1 : index + 5]
            if (
                codes[index] in ";BWD8"
                or (codes[index] == "," and re.match(r"f?V|[DA]|f?[6i]c", following))
                or (codes[index] == "&" and re.match(r"f?V[c7PQXYhlvL]|c|[DA],?f?[V6ic7]", following))
            ):
                yield index

    def _clauses(self, start: int, end: int, subject: str | None) -> Iterator[Clause]:
        codes = self.p.codes
        for left, right in itertools.pairwise([start, *self._cuts(start, end), end]):
            if re.search(r"[34]", codes[left:right]):
                continue
            if self.p.units[left].word == "which" or (codes[left] == "," and codes[left + 1 : left + 2] == "8"):
                named = [index for index in range(start, left) if codes[index] == "V"]
                subject = self.image(named[-1]) if named else subject
            images = tuple(index for index in range(left, right) if codes[index] == "V")
            own = tuple(index for index in images if not self._is_object(index, left))
            subject = self.image(own[0]) if own else subject
            yield Clause(left, codes[left:right], images, own, subject)

    def _is_object(self, index: int, start: int) -> bool:
        """Whether the image is the one compared to: "than the second image", "than that of the second"."""
        at = index - 1
        while at >= start and self.p.codes[at] in 'fT"(':
            at -= 1
        if at < start or self.p.codes[at] != "<":
            return False
        if self.p.units[at].word not in ("of", "to", "by"):
            return True
        head = at - 1
        while head > start and self.p.codes[head] in "fy":
            head -= 1
        if self.p.codes[head] in "q" and self.p.units[at].word == "of":
            back = head - 1
            while back > start and self.p.codes[back] in "fy":
                back -= 1
            return self.p.codes[back] == "<"
        return True

    # --- who wins ---

    def _marked(self, position: int, end: int) -> Statement | None:
        """What follows "Verdict:": one image, or none of them; None where it is a sentence of its own."""
        turn = re.search("[BW]", self.p.codes[position:end])
        end = position + turn.start() if turn and turn.start() else end
        codes = self.p.codes[position:end]
        if PLUS.search(codes) or MINUS.search(codes):
            return None
        images = [position + found.start() for found in re.finditer("V", codes)]
        at = position + len(re.match(r'[n"(f:T]*', codes)[0])  # type: ignore[index]
        short = short_name(self.p.units[at]) if at < end and self.p.codes[at] != "V" else None
        ends = at + 1 >= end or self.p.codes[at + 1] in '.,;:)"(n-TJ?wH'
        if (
            short
            and ends
            and not (
                self.p.units[at].word in ("one", "a", "two") and self.p.codes[at + 1 : at + 2] in ("w", "<", "b", "T")
            )
        ):
            return self._said(position, Level.MARKED, short, "marked", at + 1)
        if images and self.p.codes[images[0] + 1 : images[0] + 2] in ("c", "7"):
            return None  # "Conclusion: the first image is blurred"
        ahead = self.p.codes[position : images[0]] if images else codes
        if "=" in ahead or "d" in ahead or (not images and "Z" in codes):
            return self._said(position, Level.MARKED, None, "marked", end)
        if len({self.image(index) for index in images}) == 1:
            return self._said(position, Level.MARKED, self.image(images[0]), "marked", images[0] + 1)
        if (
            images
            and not re.match(r"[|&/]|,[|&f]*V", self.p.codes[images[0] + 1 : images[0] + 4])
            and images[0] - position < 4
        ):
            return self._said(position, Level.MARKED, self.image(images[0]), "marked", images[0] + 1)
        return self._said(position, Level.MARKED, None, "marked", end) if images else None

    def _ranked(self, clause: Clause) -> str | None:
        """The winner of "Image 2 > Image 1"."""
        for one, other in itertools.pairwise(clause.images):
            sign = self.p.text[self.p.units[one].end : self.p.units[other].start].strip()
            of_look = re.search(r"[rjpw]:.{0,2}$", self.p.codes[clause.start : one])
            if sign and set(sign) in ({">"}, {"<"}) and not of_look:
                return self.image(one if sign[0] == ">" else other)
        return None

    def _drawn(self, clause: Clause, strong: bool) -> str | None:
        """DRAWN for "both images are of similar quality"."""
        both = len({self.image(index) for index in clause.images}) == 2 or "=" in clause.codes
        return DRAWN if both and "=" in clause.codes and (strong or "q" in clause.codes) else None

    def _judged(self, clause: Clause) -> str | None:
        """The winner by the first predicate of the clause; DRAWN where the predicate is denied or said of both."""
        found = [one for one in (PLUS.search(clause.codes), MINUS.search(clause.codes)) if one]
        if not found:
            return None
        predicate = min(found, key=lambda one: one.start())
        at = clause.start + predicate.start()
        if self.p.supposes(at) or ("q" not in predicate[0] and self._of_attribute(clause, predicate)):
            return None
        wins = predicate.re is PLUS
        ahead = [index - clause.start for index in clause.own if index < at]
        before = clause.codes[max(0, ahead[-1] - 4) if ahead else 0 : predicate.start()]
        if "u" in clause.codes[: predicate.start()]:
            return DRAWN if wins else None
        if (
            re.match(r"[^V.]{0,2}=", clause.codes[predicate.end() :])
            and "=" in clause.codes[predicate.end() : predicate.end() + 3]
        ):
            return DRAWN
        if (re.search(r"[d=uM](?![^V]*[,:])[^V]*$", before) and not re.search(r"MS?$|Mf?[cS]", before)) or re.search(
            "d[^V,]{0,4}$", before
        ):
            return DRAWN if wins else None
        owner = self._owner(clause, predicate)
        return owner if wins or owner in (None, DRAWN) else OTHER[str(owner)]

    def _of_attribute(self, clause: Clause, predicate: re.Match[str]) -> bool:
        """Whether the predicate is said of one attribute: "the contrast of B is better", "better in sharpness"."""
        after = clause.codes[predicate.end() :]
        if re.match(r"[b<][hlP]?(?:w?<|b)?f?y?[rj]", after) or re.match(r"5f?y?[rj]", after):
            return True
        before = clause.codes[: predicate.start()]
        subject = re.sub(r"[cM7fHDadyup\"]*$", "", before)
        if subject.endswith(("r", "j", "p")) and not re.search(r"V[c7bJ]", subject):
            return True
        return bool(re.search(r"[rj][b<w]f?V$", subject))

    def _owner(self, clause: Clause, predicate: re.Match[str]) -> str | None:
        """The image of which the predicate is said."""
        start, end = clause.start + predicate.start(), clause.start + predicate.end()
        if predicate[0].startswith("S"):  # "reject the first and prefer the second", "the edge goes to the first"
            chosen = [index for index in clause.images if index >= end]
            if chosen:
                return self.image(chosen[0])
        if not clause.own:
            if clause.images and clause.subject is None:  # "better than the first image": said of the other one
                return OTHER[self.image(clause.images[0])]
            return clause.subject
        ahead = [index for index in clause.own if index < start]
        after = [index for index in clause.own if index >= end]
        if len({self.image(index) for index in ahead}) == 2:
            return DRAWN
        return self.image(ahead[-1] if ahead else after[0] if after else clause.own[0])

    def _looks(self, clause: Clause, plus: re.Pattern[str], minus: re.Pattern[str]) -> list[str]:
        """The winner by every look that the clause compares: "sharper but noisier" names both images."""
        winners = []
        for pattern in (plus, minus):
            for predicate in pattern.finditer(clause.codes):
                owner = self._owner(clause, predicate)
                if owner in (None, DRAWN) or "d" in clause.codes[: predicate.start()]:
                    continue
                winners.append(str(owner) if pattern is plus else OTHER[str(owner)])
        return winners

    def _opposed(self, clauses: list[Clause]) -> list[Statement]:
        """The winner where the one image is called good and the other poor."""
        spoken_of = {clause.subject for clause in clauses if self._looks(clause, FAIR, POOR)}
        if not spoken_of >= {"first", "second"}:
            return []
        return [
            self._said(clause.start, Level.NAMED, said, "opposed")
            for clause in clauses
            for said in self._looks(clause, FAIR, POOR)
        ]
