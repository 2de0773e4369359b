"""Which option a reply chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from medq_tasks.answers.normalise import final_text, plain
from medq_tasks.answers.placeholders import failure


@dataclass(frozen=True)
class Reading:
    """What was read from a reply: a letter, or None and the reason why."""

    choice: str | None
    reason: str = ""


def explain_choice(reply: str, options: Mapping[str, str]) -> Reading:
    """The option that ``reply`` chooses, or why none can be read."""
    failed = failure(reply)
    if failed:
        return Reading(None, failed)
    text = plain(final_text(reply))
    if not text:
        return Reading(None, "empty reply")
    letters = {key.strip().upper(): key for key in options}
    allowed = "".join(letters)
    marked = re.findall(rf"\b(?:answer|option|choice)\s*(?:is|:)\s*[(\[\"']*([{allowed}])\b", text, re.IGNORECASE)
    bare = re.match(rf"[(\[\"']*([{allowed}])[)\]\"'.:]*(?:$|[)\].:\n,-])", text, re.IGNORECASE)
    if marked:
        return Reading(letters[marked[-1].upper()])
    if bare:
        return Reading(letters[bare[1].upper()])
    named = [key for key, value in options.items() if value.strip().lower() == text.rstrip(".").lower()]
    return Reading(named[0]) if len(named) == 1 else Reading(None, "no option named")


def read_choice(reply: str, options: Mapping[str, str]) -> str | None:
    """The letter of the option that ``reply`` chooses, or None. Never a guess."""
    return explain_choice(reply, options).choice
