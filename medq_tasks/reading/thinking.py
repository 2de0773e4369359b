"""Thinking that is set apart in a way of its own: any pair of tags at the start."""

from __future__ import annotations

import re

from medq_tasks.reading import lexicon

_OPENING = re.compile(r"\s*<([A-Za-z][\w:-]{2,40})(?:\s[^<>]{0,80})?>")
_NOT_THINKING = lexicon.load("keys").singles["no_thinking"]  # tags that hold the answer, or dress it


def behind_leading_block(reply: str) -> int:
    """Where the reply goes on behind a leading ``<name>...</name>``, whatever the name, if anything is said there."""
    opening = _OPENING.match(reply)
    if opening is None or opening[1].casefold() in _NOT_THINKING:
        return 0
    inner, closing, rest = reply[opening.end() :].partition(f"</{opening[1]}>")
    told = rest.strip() and len(inner.split()) > 1  # one word is a value, as in <noise>2</noise>
    return opening.end() + len(inner) + len(closing) if told else 0
