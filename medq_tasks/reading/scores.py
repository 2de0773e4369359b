"""Which level a judge's reply gives: 0, 1, 2, or None. It never guesses (docs/reading.md has the ladder)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medq_tasks.reading.judge_text import readable
from medq_tasks.reading.rubrics import several_targets
from medq_tasks.reading.score_line import score_line
from medq_tasks.reading.score_lines import BARE, FINAL, LABELLED, SAID, Bare, Statement
from medq_tasks.reading.score_stream import WORDS, Value, Words
from medq_tasks.reading.statements import Reading

_NO_BETWEEN = frozenset(["or", "and", "minus", "least", "most", "image", "images", "code", "factor", "if"])
_NO_POINTS = frozenset(["of", "or", "to", "/", "-", "~", "the", "all", "these", "those"])  # "the 4 points" are things


def read_score(reply: str) -> int | None:
    """The level (0, 1 or 2) that a judge's reply gives, or None when it gives none, several, or one off the scale.

    ``Score: 20`` is None, not 2; ``Score: 1.5`` is None; ``**Score:** 2/2`` is 2; a restated rubric says nothing.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    level = explain_score(reply).choice
    return None if level is None else int(level)


def explain_score(reply: str) -> Reading:
    """The level as "0", "1" or "2" with the statement that gives it, or None with the reason.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    text = readable(reply).strip()
    if not text:
        return Reading(None, "no text")
    words = Words(text)
    if words.other_scale or several_targets(words):
        return Reading(None, "scores of another kind")
    scorer = Scorer(words)
    found = sorted(scorer.statements(), key=lambda said: said.start)
    said = scorer.last_correction(found) or _strongest(found)
    if said is None or said.level is None:
        line = score_line(text) if said is None else None
        if line is not None:
            return Reading(str(line), "", f"Score: {line}", "line")
        return Reading(None, "several scores" if said is None and found else "no score")
    units = words.units
    return Reading(said.level, "", text[units[said.start].start : units[said.end - 1].end], said.rule)


def _strongest(found: list[Statement]) -> Statement | None:
    strongest = max((said.strength for said in found), default=0)
    said = [one for one in found if one.strength == strongest]
    return said[-1] if len({one.level for one in said}) == 1 else None


@dataclass
class Scorer(Bare):
    """The statements of one reply."""

    def statements(self) -> Iterator[Statement]:
        """Every statement of a score."""
        for index in range(len(self.w.units)):
            yield from self._labelled(index)
            yield from self._given(index)
            yield from self._worth(index)
        yield from self.bare()

    # --- "Score: 2", "The score is therefore 2", "score of 2", "Score 2" ---

    def _labelled(self, index: int) -> Iterator[Statement]:
        score = self.w.at("score", index) or self.w.at("axis", index)
        end = score or self.w.at("result", index)
        if not end or (self.w.word(index) == "level" and self.w.is_word(index - 1)):
            return
        for link, firm in (
            (self._colon(end, 8 if score else 0), True), (self._worded(end), True), (self._dash(end), True),
            (self._touching(end), False), (self._verb(end), False),
        ):  # fmt: skip
            value = self.w.value(link) if link else None
            if value is None or self._other_label(end, value.start, bool(score)):
                continue
            dashed = self.w.word(end) == "-"
            if firm or self._goes_on(value.end):
                strength = LABELLED if score and firm else SAID
                yield from self._statement(index, value, strength, firm, "score" if score else "result")
            del dashed
            return

    def _other_label(self, start: int, end: int, score: bool) -> bool:
        """Whether a nearer label owns the value."""
        roles = ("score", "axis") if score else ("score", "axis", "result")
        return any(self.w.at(role, at) for at in range(start, end) for role in roles)

    def _note(self, at: int) -> int:
        """After a parenthesis with the scale or the axis."""
        if self.w.role(at) != "open":
            return at
        for end in range(at + 1, at + 14):
            if self.w.role(end) == "close":
                return end + 1
            if self.w.role(end) == "line":
                break
        return at

    def _separator(self, at: int) -> int:
        """After ":" and the like, with a second label in between ("Result: score: 2"); 0 where there is none."""
        while self.w.role(at) in ("close", "quote") or (self.w.role(at) == "line" and self.w.role(at + 1) == "colon"):
            at += 1
        dots = at
        while self.w.role(dots) in ("stop", "point"):
            dots += 1
        if dots - at > 1:
            return dots
        if self.w.role(at) not in ("colon", "semicolon") and self.w.word(at) not in ("|", "→", "->", "=>"):
            return 0
        if self.w.role(at) == "semicolon" and self.w.role(at + 1) != "value":
            return 0
        while self.w.role(at) in ("colon", "semicolon", "slash", "line") or self.w.word(at) in ("→", "->", "=>"):
            at += 1
        second = self.w.at("score", at)
        if second:
            return self._separator(second) or second
        return at + 1 if self.w.word(at) == "is" else at

    def _colon(self, end: int, most: int) -> int:
        at = self._note(end)
        for _ in range(most + 1):
            found = self._separator(self._note(at))
            if found:
                return found
            if not self.w.is_word(at):
                return 0
            at += 1
        return 0

    def _worded(self, end: int) -> int:
        """ "Score: partial (1)"."""
        at = self._separator(self._note(end))
        for skip in range(1, 4):
            if not at or not self.w.is_word(at + skip - 1):
                return 0
            sign = self.w.word(at + skip)
            if sign in ("(", "=", "-") and self.w.word(at + skip + 1) in ("0", "1", "2"):
                return at + skip + 1 if sign != "(" or self.w.role(at + skip + 2) == "close" else 0
        return 0

    def _dash(self, end: int) -> int:
        if self.w.word(end) in ("-", "--", "---"):
            return end + 1
        return 0

    def _touching(self, end: int) -> int:
        at = end
        while self.w.role(at) in ("close", "quote", "comma") and at < end + 2:
            at += 1
        return (
            at + 1
            if self.w.role(at) == "line" and self.w.text.count("\n", self.w.units[at].start, self.w.units[at].end) < 5
            else at
        )

    def _verb(self, end: int) -> int:
        at = self._note(end)
        for _ in range(11):
            copula = self.w.at("copula", at)
            if copula and self.w.value(self._soft(copula)):
                return self._soft(copula)
            at = at + 1 if self.w.role(at) == "comma" else at
            if not self.w.is_word(at):
                return 0
            at += 1
        return 0

    def _soft(self, at: int) -> int:
        while (
            self.w.word(at) in WORDS.singles["after_link"] - {"score", "i"}
            or self.w.at("link", at) == at + 1
            or self.w.role(at) == "colon"
        ):
            at += 1
        return at

    # --- "I'd give this a 1", "so 1" ---

    def _given(self, index: int) -> Iterator[Statement]:
        end = self.w.at("giving", index)
        value = self._after_giving(end) if end else None
        if value and self._goes_on(value.end) and not self._of_something(value.end):
            yield from self._statement(index, value, SAID, False, "given")
            return
        end = self.w.at("link", index) or (index + 1 if self.w.role(index) == "arrow" else 0)
        label = self.w.word(index) in ("a", "an") and self.w.role(index + 1) not in ("", "value")
        if not end or label or self.w.holds("limits", index - 1, index):
            return
        at = end
        while self.w.role(at) in ("colon", "comma", "quote", "open") or self.w.word(at) in WORDS.singles["after_link"]:
            at += 1
            if at > end + 8:
                return
        value = self.w.value(at)
        if value and self._ends_here(value.end) and not self._of_something(value.end):
            yield from self._statement(index, value, SAID, False, "concluded")

    def _after_giving(self, at: int) -> Value | None:
        for _ in range(10):
            value = self.w.value(at)
            if value is not None:
                return value
            if self.w.role(at) in ("colon", "open", "quote"):
                at += 1
                continue
            if not self.w.is_word(at) or self.w.word(at) in _NO_BETWEEN:
                return None
            at += 1
        return None

    def _goes_on(self, end: int) -> bool:
        return self._clause_ends(end) or self.w.word(end) in WORDS.singles["goes_on"] or self.w.word(end)[:1] > "\u3000"

    def _ends_here(self, end: int) -> bool:
        return self._clause_ends(end) or bool(self.w.at("ends_here", end))

    def _clause_ends(self, end: int) -> bool:
        while self.w.role(end) in ("close", "quote"):
            end += 1
        return self.w.role(end) in (
            "end",
            "stop",
            "question",
            "comma",
            "semicolon",
            "colon",
            "line",
            "open",
            "arrow",
            "dash",
        )

    def _of_something(self, end: int) -> bool:
        """ "1 of the artifacts", "2 in the image": counts things."""
        if self.w.word(end) == "of" or (self.w.word(end) == "out" and self.w.word(end + 1) == "of"):
            return self.w.role(end + 1) != "value"
        return self.w.word(end) == "in" and (self.w.word(end + 1) == "the" or self.w.role(end + 1) == "value")

    # --- "2 points", "A 1 is appropriate" ---

    def _worth(self, index: int) -> Iterator[Statement]:
        if self.w.role(index) != "value":
            return
        value = self.w.value(index)
        if value is None or value.start != index:
            return
        unit = self.w.units[index].by == "points" and index + 1
        before = self.w.word(index - 1)
        listed = before == "," and self.w.role(index - 2) == "value"
        if (
            unit
            and before not in _NO_POINTS
            and not listed
            and not self._of_something(unit)  # "4 points in the reference"
            and not self.w.holds("lost", index - 3, index)
        ):
            yield from self._statement(index, value, SAID, False, "points")
        verb = self.w.word(value.end) in ("is", "seems", "feels", "looks") or self.w.word(value.end + 1) == "be"
        at = value.end + (2 if self.w.word(value.end + 1) == "be" else 1)
        while verb and self.w.word(at) in ("therefore", "thus", "the", "a", "most", "more", "right"):
            if self.w.at("fit", at):
                break
            at += 1
        if (verb and self.w.at("fit", at)) or (self.w.words[value.end : value.end + 2] == ["it", "is"]):
            yield from self._statement(index, value, SAID, False, "fits")

    def _statement(self, start: int, value: Value, strength: int, firm: bool, rule: str) -> Iterator[Statement]:
        """The statement, unless it is denied, supposed, provisional, asked, or names several levels."""
        if value.several or not self.is_meant(start, value, firm):
            return
        clause = self.clause(start)
        final = strength >= SAID and self._is_final(clause, value.start)
        yield Statement(value.level, FINAL if final else strength, start, value.end, rule)

    def _is_final(self, clause: int, end: int) -> bool:
        return any(self.w.at("final", at) for at in range(max(clause, end - 14), end))

    # --- corrections ---

    def last_correction(self, found: list[Statement]) -> Statement | None:
        """The last statement that takes back an earlier, different one."""
        latest: dict[str | None, Statement] = {}
        correction, looked = None, 0
        for said in found:
            others = [one for level, one in latest.items() if level != said.level and one.end <= said.start]
            if others and said.strength > BARE:
                since = max(looked, *(one.end for one in others))
                if self.w.holds("corrects", since, said.end):
                    correction = said
                else:
                    looked = max(looked, said.start - 4)
            latest[said.level] = said
        return correction
