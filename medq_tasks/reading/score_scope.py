"""What the words around a score do to it: deny it, suppose it, ask for it, or say it of something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from medq_tasks.reading.score_stream import Value, Words

_FAR = 40  # units in which a cue before a value still counts
_OPENS_CLAUSE = frozenset(["so", "but", "hence", "therefore", "thus", "consequently", "however"])
_AFTER_COMMA = frozenset(["so", "but", "and", "which", "yet", "i", "my", "the", "it", "this", "score", "then"])
_ENDS_DENIAL = frozenset(["but", "and", "yet", "by", "choice", "all"])


@dataclass
class Surroundings:
    """A judge's words, cut into sentences and clauses; indices count units."""

    w: Words

    def clause(self, index: int) -> int:
        """Where the clause around ``index`` begins."""
        return index if self.w.word(index) in _OPENS_CLAUSE else max(self._clauses[index], index - _FAR)

    @cached_property
    def _clauses(self) -> list[int]:
        return self._begins(self._opens_clause)

    @cached_property
    def _sentences(self) -> list[int]:
        return self._begins(lambda at: self.w.role(at) in ("stop", "question", "line"))

    def _begins(self, ends: Callable[[int], bool]) -> list[int]:
        """For every index where the stretch begins that holds it."""
        begins, begin = [0], 0
        for at in range(len(self.w.units)):
            begin = at + 1 if ends(at) else begin
            begins.append(begin)
        return begins

    def _opens_clause(self, at: int) -> bool:
        """Whether a clause begins after ``at``."""
        role, word = self.w.role(at), self.w.word(at)
        if role in ("stop", "question", "semicolon", "line", "arrow") or (role == "dash" and self.spaced(at)):
            return True
        following = self.w.word(at + 1)
        return word in _OPENS_CLAUSE or (role == "comma" and (following in _AFTER_COMMA or following > "\u3000"))

    def spaced(self, at: int) -> bool:
        """Whether blanks stand on both sides of the mark at ``at``."""
        unit = self.w.units[at]
        return self.w.text[unit.start - 1 : unit.start].isspace() and self.w.text[unit.end : unit.end + 1].isspace()

    def _sentence(self, index: int) -> int:
        return max(self._sentences[index], index - _FAR)

    def is_meant(self, start: int, value: Value, firm: bool) -> bool:
        """Whether the words around a value leave it standing: not denied, supposed, provisional, asked or quoted.

        ``firm``: a colon or the like stands before the value, so the words right before the value cannot deny it.
        """
        clause, w = self.clause(start), self.w
        lead = start if firm else value.start
        for at in range(value.end, min(value.end + 14, len(w.units))):
            if w.role(at) in ("stop", "line"):
                break
            if w.role(at) == "question":
                return False
        if self._near("provisional", clause, start, 8) or self._near("attributed", clause, start, 20):
            return False
        if self._denied(clause, lead) or self._supposed(clause, lead):
            return False
        if self._near("ceiling", clause, start, 8) and not w.holds("awards", clause, start):
            return False
        return not self._unmade(value.end) and not self._counterfactual(self._sentence(start), value.start)

    def _near(self, role: str, start: int, end: int, most: int) -> bool:
        """Whether a form of ``role`` stands in the last ``most`` units before ``end``, no number in between."""
        first = max(start, end - most)
        if role != "attributed":
            first = max((at + 1 for at in range(first, end) if self.w.role(at) == "value"), default=first)
        return bool(self.w.holds(role, first, end))

    def _denied(self, start: int, end: int) -> bool:
        """Whether nothing but words stands between a denial and ``end``."""
        first = end
        while first > max(start, end - 8) and (
            self.w.is_word(first - 1) or self.w.role(first - 1) in ("quote", "open")
        ):
            if self.w.word(first - 1) in _ENDS_DENIAL:
                break
            first -= 1
        return bool(self.w.holds("denied", first, end))

    def _supposed(self, clause: int, end: int) -> bool:
        w = self.w
        if w.at("opens_supposed", clause):
            return True
        for at in range(clause, end):
            if w.word(at) in ("if", "unless", "whether", "were", "had", "如"):
                return True
        return self._near("supposed", clause, end, 8)

    def _unmade(self, end: int) -> bool:
        """What follows a value can unmake it: "would be too generous", "if all were named"."""
        while self.w.role(end) in ("close", "quote"):
            end += 1
        return bool(self.w.at("unmade", end)) or (
            self.w.word(end) in ("the", "this", "a", "one") and bool(self.w.at("demands", end + 2))
        )

    def _counterfactual(self, start: int, end: int) -> bool:
        said = self.w.words[start:end]
        opened = next(
            (at for at, word in enumerate(said) if word in ("if", "had", "were", "unless", "otherwise")), None
        )
        return opened is not None and any(word in ("would", "could", "might") for word in said[opened:])
