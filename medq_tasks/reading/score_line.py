"""A judge's score on a line of its own, as it was asked for: ``Score: 2``. What stands on other lines explains it."""

from __future__ import annotations

from medq_tasks.reading.clause_words import holds

_DRESS = " \t*_#`~|\"'.()[]{}"
_HEADS = frozenset(("score", "final score", "rating", "overall score", "评分", "得分", "分数", "puntuación", "note"))


def score_line(text: str) -> int | None:
    """The score of the lines that hold nothing but it; None where there is none, they differ, or one is taken back."""
    lines = text.splitlines()
    said = {score for line in lines if (score := _score(line)) is not None}
    values = {value for line in lines if (value := line.rpartition(":")[2].strip(_DRESS)).isdecimal()}  # "Grade: 2"
    if len(said) != 1 or len(values) > 1 or holds(text, "retracts") or holds(text, "pauses"):
        return None
    return said.pop()


def _score(line: str) -> int | None:
    head, colon, rest = line.replace("：", ":").casefold().partition(":")
    value = rest.strip(_DRESS)
    return int(value) if colon and head.strip(_DRESS) in _HEADS and value in ("0", "1", "2") else None
