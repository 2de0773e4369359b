"""Which verdict a free-text assessment reaches."""

from __future__ import annotations

import re
from typing import Literal

from medq_tasks.answers.normalise import final_text, plain
from medq_tasks.answers.placeholders import failure

VerdictKind = Literal["no_reference", "comparison"]
_WORDS = {"no_reference": "good|usable|reject", "comparison": "first|second"}


def read_verdict(reply: str, kind: VerdictKind) -> str | None:
    """The verdict that ``reply`` reaches, or None."""
    if kind not in _WORDS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(_WORDS)}")
    if failure(reply):
        return None
    marked = re.findall(rf"(?:verdict|quality)\s*(?:is|:)\s*({_WORDS[kind]})", plain(final_text(reply)), re.IGNORECASE)
    return marked[-1].lower() if marked else None
