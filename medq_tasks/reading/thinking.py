"""Thinking that is set apart in a way of its own: any pair of tags at the start."""

from __future__ import annotations

import re

_OPENING = re.compile(r"\s*<([A-Za-z][\w:-]{2,40})(?:\s[^<>]{0,80})?>")
# Tags that hold the answer, or dress it.
_NOT_THINKING = frozenset(
    [
        "answer",
        "final",
        "final_answer",
        "finalanswer",
        "choice",
        "option",
        "response",
        "output",
        "result",
        "solution",
        "ans",
        "verdict",
        "score",
        "rating",
        "html",
        "body",
        "div",
        "span",
        "strong",
        "small",
        "mark",
        "code",
        "pre",
        "font",
        "center",
        "table",
        "label",
        "selection",
        "conclusion",
        "json",
        "xml",
        "root",
        "reply",
    ]
)


def behind_leading_block(reply: str) -> int:
    """Where the reply goes on behind a leading ``<name>...</name>``, whatever the name, if anything is said there."""
    opening = _OPENING.match(reply)
    if opening is None or opening[1].casefold() in _NOT_THINKING:
        return 0
    closing = f"</{opening[1]}>"
    place = reply.find(closing, opening.end())
    inner, rest = reply[opening.end() : max(place, 0)], reply[place + len(closing) :] if place >= 0 else ""
    told = rest.strip() and len(inner.split()) > 1  # one word is a value, as in <noise>2</noise>
    return place + len(closing) if told else 0
