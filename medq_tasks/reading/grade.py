"""Which quality a text gives an image: the last clause about the whole image that names one level."""

from __future__ import annotations

from medq_tasks.reading.clause_words import holds
from medq_tasks.reading.scope import clauses, without_attributes, without_suppositions

_LEVELS = ("reject", "usable", "good")


def grade(text: str) -> tuple[str, str] | None:
    """ "good", "usable" or "reject" and the clause that says so; None where no clause says so.

    For what the older rules leave unread: other languages, and phrases that stand for a level.
    """
    kept = without_attributes(without_suppositions(text))
    said = [
        (level, clause.of(kept))
        for clause in clauses(kept, labels=False)
        if (level := _of(clause.of(kept))) is not None
    ]
    return said[-1] if len({value for value, _ in said}) == 1 else None


def _of(clause: str) -> str | None:
    if clause.rstrip().endswith("?") or holds(clause, "doubts"):
        return None
    found = [level for level in _LEVELS if holds(clause, level)]
    return found[0] if found and (len(found) == 1 or found[0] == "reject") else None
