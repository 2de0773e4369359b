"""What the words around a score do to it: deny it, suppose it, ask for it, or say it of something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from medq_tasks.reading.score_stream import Words

_FAR = 40  # units in which a cue before a value still counts
_ASKED = re.compile(r"[^.n?]{0,14}\?")
_LEADING_WORDS = re.compile(r"[^.?,;:n>)~\-|/VvM_+x%]{1,8}$")
_CLOSERS = re.compile(r'[)"]*')
_CLAUSE_ENDS = re.compile(r'[)"]*(?:$|[.?,;:n(>~-])')


@dataclass
class Surroundings:
    """A judge's words, cut into sentences and clauses; indices count units."""

    w: Words

    @cached_property
    def _clauses(self) -> list[int]:
        """For every index where the clause begins that holds it."""
        begins, begin = [0], 0
        for at, code in enumerate(self.w.codes):
            resumes = code == "," and (self.w.at("resumes", at + 1) or self.w.word(at + 1) > "\u3000")
            begin = at + 1 if code in ".?;n>~" or resumes or self.w.at("turns", at) else begin
            begins.append(begin)
        return begins

    def clause(self, index: int) -> int:
        """Where the clause around ``index`` begins."""
        return index if self.w.at("turns", index) else max(self._clauses[index], index - _FAR)

    def _sentence(self, index: int) -> int:
        codes = self.w.codes
        return max(index - _FAR, *(codes.rfind(sign, 0, index) + 1 for sign in ".?n"))

    def goes_on(self, end: int, role: str = "goes_on") -> bool:
        """Whether a statement can end with the value before ``end``: what follows is a mark, or a word of the role."""
        following = self.w.word(end)[:1]
        return bool(_CLAUSE_ENDS.match(self.w.codes, end) or self.w.at(role, end)) or (
            role == "goes_on" and following > "\u3000"
        )

    def is_meant(self, start: int, value: int, firm: bool) -> bool:
        """Whether the words around a value leave it standing: not denied, supposed, provisional, asked or quoted.

        ``firm``: a colon or the like stands before the value, so the words right before the value cannot deny it.
        """
        w, clause, lead = self.w, self.clause(start), start if firm else value
        if _ASKED.match(w.codes, value + 1) or self._near("provisional", clause, start, 8):
            return False
        if w.holds("attributed", max(clause, start - 20), start) or self._denied(clause, lead):
            return False
        if (
            w.at("opens_supposed", clause)
            or w.holds("condition", clause, lead)
            or self._near("supposed", clause, lead, 8)
        ):
            return False
        if self._near("ceiling", clause, start, 8) and not w.holds("awards", clause, start):
            return False
        return not self._unmade(value + 1) and not self._counterfactual(self._sentence(start), value)

    def _near(self, role: str, start: int, end: int, most: int) -> bool:
        """Whether a form of ``role`` stands in the last ``most`` units before ``end``, no number in between."""
        first = max(start, end - most, *(self.w.codes.rfind(value, 0, end) + 1 for value in "VvM"))
        return bool(self.w.holds(role, first, end))

    def _denied(self, start: int, end: int) -> bool:
        """Whether nothing but words stands between a denial and ``end``."""
        words = _LEADING_WORDS.search(self.w.codes[max(start, end - 8) : end])
        first = end - len(words[0]) if words else end
        return bool(self.w.holds("denied", max(first, self.w.holds("ends_denial", first, end)), end))

    def _unmade(self, end: int) -> bool:
        """What follows a value can unmake it: "would be too generous", "if all were named"."""
        closers = _CLOSERS.match(self.w.codes, end)
        end = closers.end() if closers else end
        return bool(self.w.at("unmade", end))

    def _counterfactual(self, start: int, end: int) -> bool:
        opened = next((at for at in range(start, end) if self.w.at("counterfactual", at)), end)
        return bool(self.w.holds("would", opened, end))
