"""What a text takes back: with the words that do so it begins anew."""

from __future__ import annotations

from medq_tasks.reading.clause_words import Found, find, starts
from medq_tasks.reading.spans import sentences


def last_word(text: str) -> str | None:
    """The text from the last words on that take something back; None where nothing was said before them."""
    for span in reversed(sentences(text)):
        said = span.of(text)
        taken = [found.start for found in find(said, "retracts")]
        taken += [_behind(said, found) for found in find(said, "takes_back")]
        if taken and span.start + max(taken) > 0:
            return text[span.start + max(taken) :]
    return None


def _behind(said: str, found: Found) -> int:
    """Where the words behind a phrase begin: "good" in "I meant good"."""
    at = starts(said)
    return at[found.end] if found.end < len(at) else found.start
