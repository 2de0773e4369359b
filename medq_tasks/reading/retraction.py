"""What a text takes back: with the words that do so it begins anew."""

from __future__ import annotations

from medq_tasks.reading.clause_words import find
from medq_tasks.reading.spans import sentences


def last_word(text: str) -> str | None:
    """The text from the last words on that take something back; None where nothing was said before them."""
    for span in reversed(sentences(text)):
        taken = find(span.of(text), "retracts")
        if taken and span.start + taken[-1].start > 0:
            return text[span.start + taken[-1].start :]
    return None
