"""What a text takes back: behind the words that do so it begins anew."""

from __future__ import annotations

from medq_tasks.reading.clause_words import holds
from medq_tasks.reading.spans import sentences


def last_word(text: str) -> str | None:
    """The text from the last sentence on in which something is taken back; None where nothing is."""
    found = [span for span in sentences(text)[1:] if holds(span.of(text), "retracts")]
    return text[found[-1].start :] if found else None
