"""Levels that stand alone: a line by itself, the beginning of the first line, the end of the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medq_tasks.reading.score_scope import Surroundings

BARE, SAID, LABELLED, FINAL = range(1, 5)


@dataclass(frozen=True)
class Statement:
    """One place where the reply states a score; ``level`` is None where what it states is no level."""

    level: str | None
    strength: int
    start: int
    end: int
    rule: str


@dataclass
class Bare(Surroundings):
    """The levels of a reply that no word announces."""

    def _lines(self) -> list[tuple[int, int]]:
        cuts = [at for at, unit in enumerate(self.w.units) if unit.role == "line"]
        spans = zip([0, *(at + 1 for at in cuts)], [*cuts, len(self.w.units)], strict=True)
        return [(start, end) for start, end in spans if end > start]

    def bare(self) -> Iterator[Statement]:
        """Levels that are a line, the beginning of the first, or the end of the last."""
        lines = self._lines()
        listed = (
            sum(self.w.role(start) == "value" and self.w.role(start + 1) in ("stop", "close") for start, _ in lines) > 1
        )
        for number, (start, end) in enumerate(lines):
            at = start
            while at < end and (
                self.w.role(at) not in ("", "value")
                or self.w.word(at).endswith("ly")
                or self.w.word(at) in ("a", "an", "the", "i", "think", "believe")
            ):
                if self.w.word(at) in ("-", "+", "<", ">", "/", ".", "≥", "≤"):
                    break
                at += 1
            value = self.w.value(at)
            if value is None or value.several or (self.w.is_word(at) and not self.w.word(at)[:1].isalpha()):
                continue
            rest = value.end
            while rest < end and (
                self.w.role(rest) in ("close", "quote", "stop", "mark", "tick") or self.w.word(rest) == "|"
            ):
                rest += 1
            first = number == 0 and not listed and self._after_bare(value.end)
            if rest >= end or first:
                yield Statement(value.level, BARE, value.start, value.end, "alone")
        if lines:
            yield from self._tail(*lines[-1])

    def _after_bare(self, end: int) -> bool:
        while self.w.role(end) in ("close", "quote"):
            end += 1
        ends = ("end", "stop", "comma", "colon", "semicolon", "open", "line", "dash", "arrow")
        return self.w.role(end) in ends or bool(self.w.at("after_bare", end))

    def _tail(self, start: int, end: int) -> Iterator[Statement]:
        """The level that ends the last line: after a sentence, an arrow, or a colon, dash or bracket that sums up."""
        if any(self.w.at("refuse", at) for at in range(len(self.w.units))):
            return
        last = end
        while last > start and self.w.role(last - 1) in ("stop", "close", "quote"):
            last -= 1
        for at in range(max(start + 1, last - 5), last):
            value = (
                self.w.value(at)
                if self.w.role(at - 1) in ("stop", "arrow", "colon", "dash", "open", "comma", "semicolon")
                else None
            )
            if value is None or value.several or value.end < last or value.start > at + 2:
                continue
            sign = self.w.role(at - 1)
            if sign == "dash" and (not self.spaced(at - 1) or self.w.role(at - 2) == "value"):
                continue
            if sign == "stop" and self.w.word(at - 2) in ("fig", "no", "image"):
                continue
            counted = any(self.w.role(one) == "value" for one in range(start, at - 1))
            if sign in ("colon", "dash", "open") and counted:
                continue
            if sign in ("comma",) and not self.w.units[value.start].full and not self._introduced(start):
                continue
            if sign in ("colon", "dash", "open") and self._names_something_else(start, at - 1):
                continue
            yield Statement(value.level, BARE, value.start, value.end, "last word")
            return

    def _introduced(self, start: int) -> bool:
        return self.w.word(start) in (
            "given",
            "based",
            "per",
            "under",
            "with",
            "considering",
            "by",
            "after",
            "according",
        )

    def _names_something_else(self, start: int, end: int) -> bool:
        """Whether the number counts or names something, or belongs to a label that was looked at already."""
        cut = max(
            (at + 1 for at in range(start, end) if self.w.role(at) in ("comma", "semicolon", "stop")), default=start
        )
        labels = any(self.w.at(role, at) for at in range(cut, end) for role in ("score", "axis", "result"))
        return labels or bool(self.w.holds("counted", cut, end))
