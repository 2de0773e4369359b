"""Which of two images a text says is the better one: images are values, "is better" and the like their predicates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from medq_tasks.reading import lexicon
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Statement
from medq_tasks.reading.tokens import Unit, tokenise, typed
from medq_tasks.reading.verdict.winners import LEAD, MINUS, OTHER, PLUS, TABLE, Clause, opposed

WORDS = lexicon.load("comparison", "common")
_SHORT = lexicon.load("short")
_LETTER_GOES_ON = frozenset('6c7XYPQMH<&|,.;:n?()>-"J/BWDk')
_MARK = re.compile(
    r'(?:N(?=f?V[.n)"]*$)|(?:N|Aq|X(?=[":])|[hP]-?y{0,2}[qT]T?)[")]?(?:[b<][^.:;nV]{1,10}?)?[")]?'
    r'(?:(?:[:>\-]|f?c)["(:]*|n))'
)
_OFFERED = re.compile(r'(?:[|/]|V,)["(]*N["]?:')
_CLOSES = re.compile(r'[n"]?(?:B,)?(?:[DAHsgR>][,:]?)+(?!r|y?r)')
_GOES_ON = re.compile(r'[n"]?[DA]?,?[DA]?,?[6i]')
_ANSWER_ENDS = '.,;:)"(n-J?H'  # not "Verdict: the two images are alike"
_LISTED = re.compile(r"[|&/]|,[|&f]*V")
_NOT_THE_OTHER = re.compile(r'(?<=V),?df?V,?|\("?V"?[/|,]"?V"?\)')  # "the first image, not the second, is better"
_NOT_BUT = re.compile(r'["(f:T]*df?V,?B')  # "not the first but the second"
_THAN, _QUALITY_OF = re.compile(r'(?<!c)<[fT"(]*$'), re.compile("(<[fy]*)?q[fy]*$")  # "than", "the quality of"
_CUT = re.compile("[;BWD8]|,(?=f?V|[DA]|f?[6i]c)|&(?=f?V[c7PQXYhlvL]|c|[DA],?f?[V6ic7])")  # between clauses
_HEADS = re.compile(r'(?:^|n)["(]*N[":)]*n$')  # a line before it that is "Final verdict" and nothing else
_LEAVES_OUT = re.compile(r"[;,&BW]{0,2}f?Vc[.!n]*")  # "the second is"
_OR_NONE = re.compile(r'[")]?[|/]["(]?(?:6c)?f?[=@]')  # "first/tie", "or it is a tie"
_ARGUED = re.compile(r'[fT"]*V[fT")]*,?J')  # "B, because it is sharper"


class Comparison(Passage):
    """The statements of a text on two images."""

    @classmethod
    def of(cls, text: str) -> Comparison:
        """Make ``text`` (already plain) ready."""
        units = typed(tokenise(text), WORDS)
        for index, unit in enumerate(units):
            letter = unit.word in ("A", "B") and unit.role not in OTHER and _is_letter(text, units, index)
            if letter or unit.role in OTHER:
                key = _short_name(unit) if letter else unit.role
                unit.keys, unit.role, unit.by = frozenset([key or ""]), "value", "image"
        passage = cls(text, units, table=TABLE)
        for aside in _NOT_THE_OTHER.finditer(passage.codes):
            passage.codes = passage.codes[: aside.start()] + "f" * len(aside[0]) + passage.codes[aside.end() :]
        return passage

    def image(self, index: int) -> str:
        """The image that the value at ``index`` names."""
        return next(iter(self.units[index].keys))

    def statements(self) -> list[Statement]:
        """All places where the text says which image is the better one."""
        whole = self._whole(0, len(self.units))
        if whole is not None:
            return [self._said(0, Level.MARKED, whole, "alone")]
        found: list[Statement] = []
        before: str | None = None
        self._last: list[Clause] = []  # of the sentence before
        for start, end in self.spans:
            if not self.asks(start):
                found += self._in_sentence(start, end, before)
            if not _GOES_ON.match(self.codes, start, end):
                named = [index for index in range(start, end) if self.codes[index] == "V"]
                before = self.image(named[0]) if named else None
        for level in (Level.NAMED, Level.ALONE):  # "the first is sharper but noisier", "First image", "Second image"
            if len({said.keys for said in found if said.level is level}) > 1:
                found = [said for said in found if said.level is not level]
        return found

    def _said(self, index: int, level: Level, verdict: str | None, rule: str, end: int | None = None) -> Statement:
        last = self.units[min(end or index + 1, len(self.units)) - 1]
        keys = frozenset([verdict] if verdict else [])
        return Statement(self.units[index].start, last.end, level, keys, rule)

    def _whole(self, start: int, end: int) -> str | None:
        """The image that these units name, and nothing else: "the second one", "Image B it is", "it is B"."""
        words = [i for i in range(start, end) if self.units[i].word[:1].isalnum() or self.codes[i] == "V"]
        words = [i for i in words if self.codes[i] not in "fToHI"] or words
        codes = "".join(self.codes[i] for i in words)
        if codes in ("V6c", "Vic", "6cV", "icV", "6V", "iV"):
            words = [words[codes.index("V")]]
        if len(words) != 1:
            return None
        return self.image(words[0]) if self.codes[words[0]] == "V" else _short_name(self.units[words[0]])

    def _in_sentence(self, start: int, end: int, before: str | None) -> list[Statement]:
        codes = self.codes
        marks = [mark.end() for mark in _MARK.finditer(codes, start, end)]
        if marks and _OFFERED.search(codes, start, end):
            return []
        marked = [self._marked(one, other) for one, other in itertools.pairwise([*marks, end])]
        if marked and marked[-1] is not None:
            return [said for said in marked if said is not None]
        if "U" in codes[start:end] and not re.search(r"U.*[BW]", codes[start:end]):
            return []
        return self._alone(start, end) or self._by_clause(start, end, before, bool(marks))

    def _alone(self, start: int, end: int) -> list[Statement]:
        """A sentence that is an image and nothing else, where one is expected: "So, B.", "Which one? The second."."""
        codes = self.codes
        led = _CLOSES.match(codes, start, end)
        at = led.end() if led else start
        argued = _ARGUED.match(codes, at, end)
        lone = self._whole(at, argued.end() - 1 if argued else end)
        if lone is None:
            return []
        if led or argued or (start > 0 and self.asks(start - 1)):
            return [self._said(start, Level.STATED, lone, "concluded", end)]
        if _HEADS.search(codes[max(0, start - 8) : start]):
            return [self._said(start, Level.MARKED, lone, "headed", end)]
        ends = codes[end - 1] in ".n" or (end == len(codes) and codes[start - 1 : start] == "n")
        named = ends and "V" in codes[start:end] and ":" not in codes[start:end]
        return [self._said(start, Level.ALONE, lone, "alone", end)] if named else []

    def _by_clause(self, start: int, end: int, before: str | None, marked: bool) -> list[Statement]:
        codes = self.codes[start:end]
        clauses = list(self._clauses(start, end, before if _GOES_ON.match(codes) else None))
        strong = bool(re.search(r"[DA]", codes))
        found = []
        for clause in clauses:
            said = self._ordered(clause) or clause.judged()
            if _OR_NONE.search(clause.codes):
                said = None  # "either the second is better or it is a tie"
            if said is not None:
                level = Level.STATED if strong or "q" in clause.codes else Level.DRAWN
                found.append(self._from(clause, level, said, "judged"))
        found += self._completed(clauses) if not found else []
        self._last = [clause for clause in clauses if clause.own][-1:]
        if found or not (marked or _CLOSES.match(codes) or re.search(r'A[.)"n]*$', codes)):
            return found
        looks = [self._from(clause, Level.NAMED, said, "looks") for clause in clauses for said in clause.looks()]
        return looks or [self._from(clause, Level.NAMED, said, "opposed") for clause, said in opposed(clauses)]

    def _completed(self, clauses: list[Clause]) -> list[Statement]:
        """What a clause leaves to be completed: "The first image is not better; the second is"."""
        found = []
        for before, clause in itertools.pairwise([*self._last, *clauses]):
            denied = before.denies()
            if denied and _LEAVES_OUT.fullmatch(clause.codes) and clause.subject and clause.subject != before.subject:
                said = clause.subject if denied is PLUS else OTHER[clause.subject]
                found.append(self._from(clause, Level.DRAWN, said, "completed"))
        return found

    def _from(self, clause: Clause, level: Level, said: str, rule: str) -> Statement:
        return self._said(clause.start, level, said, rule, clause.start + len(clause.codes))

    def _clauses(self, start: int, end: int, subject: str | None) -> Iterator[Clause]:
        codes, led = self.codes, False
        cuts = [cut.start() for cut in _CUT.finditer(codes, start + 1, end)]
        for left, right in itertools.pairwise([start, *cuts, end]):
            of_else = (led or LEAD.match(codes, left, right)) and not re.search("[q0]", codes[left:right])
            led = bool(LEAD.fullmatch(codes, left, right))
            if of_else or re.search(r"[34]", codes[left:right]):
                continue
            if self.units[left].role == "relative":
                named = [index for index in range(start, left) if codes[index] == "V"]
                subject = self.image(named[-1]) if named else subject
            images = {index - left: self.image(index) for index in range(left, right) if codes[index] == "V"}
            own = tuple(place for place in images if not self._is_object(left + place, left))
            subject = images[own[0]] if own else subject
            yield Clause(left, codes[left:right], images, own, subject)

    def _is_object(self, index: int, start: int) -> bool:
        """Whether the image is the one compared to: "than the second image", "than that of the second"."""
        than = _THAN.search(self.codes[start:index])
        if than is None:
            return False
        at = start + than.start()
        quality = _QUALITY_OF.search(self.codes[start:at])
        return self.units[at].word != "of" or quality is None or quality[1] is not None

    def _marked(self, position: int, end: int) -> Statement | None:
        """What follows "Verdict:": one image, or none of them; None where it is a sentence of its own."""
        instead = _NOT_BUT.match(self.codes, position, end)
        position = instead.end() if instead else position
        turn = re.search("[BW]", self.codes[position:end])
        end = position + turn.start() if turn and turn.start() else end
        codes = self.codes[position:end]
        if PLUS.search(codes) or MINUS.search(codes):
            return None
        images = [position + found.start() for found in re.finditer("V", codes)]
        if images and any(unit.role == "order" for unit in self.units[max(0, position - 2) : position]):
            return self._said(position, Level.MARKED, self.image(images[0]), "marked", images[0] + 1)
        at = position + len(re.match(r'[n"(f:T]*', codes)[0])  # type: ignore[index]
        short = _short_name(self.units[at]) if at < end and self.codes[at] != "V" else None
        following = self.codes[at + 1 : at + 2] if at + 1 < end else "."
        if short and following in _ANSWER_ENDS:
            return self._said(position, Level.MARKED, short, "marked", at + 1)
        ahead = self.codes[position : images[0]] if images else codes
        if re.search("[=@]", ahead) or "d" in ahead or (not images and "Z" in codes):
            return self._said(position, Level.MARKED, None, "marked", end)
        if not images:
            return None
        one = len({self.image(index) for index in images}) == 1
        first = not _LISTED.match(self.codes, images[0] + 1) and images[0] - position < 4
        verdict = self.image(images[0]) if (one or first) and not _OR_NONE.match(self.codes, images[0] + 1) else None
        return self._said(position, Level.MARKED, verdict, "marked", images[0] + 1 if verdict else end)

    def _ordered(self, clause: Clause) -> str | None:
        """The winner of "Image 2 > Image 1"."""
        for one, other in itertools.pairwise(clause.images):
            before = self.units[clause.start + one]
            sign = self.text[before.end : self.units[clause.start + other].start].strip()
            if sign and set(sign) in ({">"}, {"<"}):
                return clause.images[one if sign[0] == ">" else other]
        return None


def _short_name(unit: Unit) -> str | None:
    """The image that a bare word names where an answer is expected: "2", "left", "B"."""
    found = _SHORT.by_first.get(unit.word)
    return found[0][0] if found else None


def _is_letter(text: str, units: list[Unit], index: int) -> bool:
    """Whether a capital letter names an image rather than being the article."""
    unit = units[index]
    before = text[unit.start - 1 : unit.start] if unit.start else ""
    if text[unit.end : unit.end + 1] in ("-", "'") or (before and before in "-'"):
        return False
    if unit.word == "B" or index + 1 >= len(units):
        return True
    following = units[index + 1]
    goes_on = TABLE.get(following.role, "w") in _LETTER_GOES_ON and following.role != "quote"
    return goes_on or text[following.start].isupper()
