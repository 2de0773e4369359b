"""A number and its noun: ``1 fault``, ``1,305 faults``."""

from __future__ import annotations


def count(number: int, thing: str, several: str = "") -> str:
    """``1 fault``, ``1,305 faults``; ``several`` where an s is not enough: ``count(n, "row has", "rows have")``."""
    return f"{number:,} {thing if number == 1 else several or thing + 's'}"
