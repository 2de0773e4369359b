"""Severity answers of How questions: which level the key names against which level the model chose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medq_tasks.records import SEVERITIES, PerceptionRecord
from medq_tasks.severity_words import LEVEL_WORDS

OTHER = "other"  # an option whose wording names no level, or more than one
COLUMNS = (*SEVERITIES, OTHER, "unanswered", "failed")

# Whole words, so that "noise" does not count as "no". "No severe artifact" names two levels and therefore none.
_LEVELS = {
    level: re.compile(rf"\b(?:{searched})\b", re.IGNORECASE)
    for level, words in LEVEL_WORDS.items()
    for searched in [f"{words.both}, {words.option}".replace(", ", "|")]
}


@dataclass(frozen=True)
class Confusion:
    """``counts[row][column]`` items: rows are the key's levels (``rows``), columns what came back (of ``COLUMNS``)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def severity_level(text: str) -> str:
    """The level that an option's wording names: none / mild / severe, or "other" when that is not plain."""
    found = [level for level, pattern in _LEVELS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else OTHER


def severity_confusion(records: Sequence[PerceptionRecord]) -> Confusion | None:
    """Key against choice over the How questions; None when there is none whose key names a level."""
    counts = {row: dict.fromkeys(COLUMNS, 0) for row in (*SEVERITIES, OTHER)}
    for record in records:
        if record.slices.question_type == "how":
            counts[severity_level(record.options.get(record.answer, ""))][_column(record)] += 1
    rows = tuple(row for row, cells in counts.items() if sum(cells.values()))
    if not set(rows) - {OTHER}:
        return None
    columns = tuple(name for name in COLUMNS if name in SEVERITIES or any(counts[row][name] for row in rows))
    return Confusion(rows, columns, tuple(tuple(counts[row][name] for name in columns) for row in rows))


def _column(record: PerceptionRecord) -> str:
    if record.choice is None:
        return "failed" if record.state == "failed" else "unanswered"
    return severity_level(record.options.get(record.choice, ""))
