"""What the words around a score do to it: deny it, suppose it, ask for it, or say it of something else."""

from __future__ import annotations

import re
from functools import cached_property

from medq_tasks.reading.score.score_stream import Words

_FAR = 40  # units in which a cue before a value still counts
_ASKED = re.compile(r"[^.n?]{0,14}\?")
_LEADING_WORDS = re.compile(r"[^.?,;:n>)~\-|/VvM_+x%]{1,8}$")
_COUNTS_THINGS = re.compile(r"O?o(?![VvM])|j[TVvM]")  # "1 of the artifacts", "2 in the image"
_CLAUSE_ENDS = re.compile(r'[)"]*(?:$|[.?,;:n(>~-])')


class Surroundings(Words):
    """A judge's words, cut into sentences and clauses; indices count units."""

    @cached_property
    def _clauses(self) -> list[int]:
        """For every index where the clause begins that holds it."""
        begins, begin = [0], 0
        for at, code in enumerate(self.codes):
            resumes = code == "," and (self.opens("resumes", at + 1) or "".join(self.words[at + 1 : at + 2]) > "\u3000")
            begin = at + 1 if code in ".?;n>~" or resumes or self.opens("turns", at) else begin
            begins.append(begin)
        return begins

    def clause(self, index: int) -> int:
        """Where the clause around ``index`` begins."""
        return index if self.opens("turns", index) else max(self._clauses[index], index - _FAR)

    def goes_on(self, end: int, role: str) -> bool:
        """Whether a statement can end before ``end``: a mark, Chinese or a word of the role follows, and no things."""
        if _COUNTS_THINGS.match(self.codes, end):
            return False
        following = "".join(self.words[end : end + 1])
        return not role or bool(_CLAUSE_ENDS.match(self.codes, end) or self.opens(role, end) or following > "\u3000")

    def is_meant(self, start: int, value: int, firm: bool) -> bool:
        """Whether the words around a value leave it standing: not denied, supposed, provisional, asked or quoted.

        ``firm``: a colon or the like stands before the value, so the words right before the value cannot deny it.
        """
        clause, lead = self.clause(start), start if firm else value
        behind = next(at for at in range(value + 1, len(self.codes) + 2) if self.codes[at : at + 1] not in (")", '"'))
        return not (
            _ASKED.match(self.codes, value + 1)
            or self._near("provisional", clause, start)
            or self.holds("attributed", max(clause, start - 20), start)
            or self._denied(clause, lead)
            or self.opens("opens_supposed", clause)
            or self.holds("condition", clause, lead)
            or self._near("supposed", clause, lead)
            or (self._near("ceiling", clause, start) and not self.holds("awards", clause, start))
            or self.opens("unmade", behind)
            or self._counterfactual(value)
        )

    def _near(self, role: str, start: int, end: int) -> bool:
        """Whether a form of ``role`` stands in the last units before ``end``, no number in between."""
        first = max(start, end - 8, *(self.codes.rfind(value, 0, end) + 1 for value in "VvM"))
        return bool(self.holds(role, first, end))

    def _denied(self, start: int, end: int) -> bool:
        """Whether nothing but words stands between a denial and ``end``."""
        words = _LEADING_WORDS.search(self.codes[max(start, end - 8) : end])
        first = end - len(words[0]) if words else end
        return bool(self.holds("denied", max(first, self.holds("ends_denial", first, end)), end))

    def _counterfactual(self, value: int) -> bool:
        """Whether the sentence so far supposes what is not so: "Had the blur been named, it would be"."""
        start = max(value - _FAR, *(self.codes.rfind(sign, 0, value) + 1 for sign in ".?n"))
        return bool(self.holds("counterfactual", start, value) and self.holds("would", start, value))
