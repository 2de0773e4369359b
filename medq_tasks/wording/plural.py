"""One thing, several things."""

from __future__ import annotations


def counted(count: int, one: str, several: str = "") -> str:
    """``1 row``, ``2 rows``; ``several`` where that is not ``one`` with an s, as with a verb (``1 row has``)."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"
