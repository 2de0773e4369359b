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


def without_leading_block(reply: str) -> str:
    """The reply behind a leading ``<name>...</name>``, whatever the name, if anything is said there."""
    opening = _OPENING.match(reply)
    if opening is None or opening[1].casefold() in _NOT_THINKING:
        return reply
    closing = f"</{opening[1]}>"
    place = reply.find(closing, opening.end())
    inner, rest = reply[opening.end() : max(place, 0)], reply[place + len(closing) :] if place >= 0 else ""
    return rest if rest.strip() and len(inner.split()) > 1 else reply  # one word is a value, as in <noise>2</noise>
