"""Whether a text ends its assessment as it was asked to: with a line ``Verdict: ...`` of its own."""

from __future__ import annotations

import re

from medq_tasks.reading.text import final_text, plain, undressed_signs

VERDICTS = {
    "no_reference": ("good", "usable", "reject"),
    "comparison": ("first", "second"),
}
# Marks around the words, and a number before them, do not count; a question mark and the quotes of a key of JSON do.
_MARKED = re.compile(
    r"[^\w?]*(?:\d{1,2}[^\w?]{1,4})?(?P<final>final\s)?verdict[\s\])}]*[:\u2236\ua789]"
    r"[^\w?]*(?P<word>\w+)[^\w?]*"
)
_LONGEST = 200  # characters of a line that can be the one asked for


def is_marked(reply: str, kind: str) -> bool:
    """Whether one line of ``reply`` (its thinking aside) is "Verdict: " and one of the asked-for words.

    Markdown, quotes and signs around it do not count, nor does a number before it, or case. Two such lines with
    different words are none: which is meant?
    """
    text = undressed_signs(final_text(reply))
    lines = (line for line in text.splitlines() if len(line) <= _LONGEST and "verdict" in line.casefold())
    said = {word for line in lines if (word := _marked(plain(line))) is not None}
    return len(said) == 1 and said <= set(VERDICTS[kind])


def _marked(line: str) -> str | None:
    """The word after "Verdict:" in a plain line that holds nothing else; None for any other line."""
    found = _MARKED.fullmatch(line.casefold())
    return found["word"] if found and not found["final"] else None


def last_line(text: str, kind: str) -> str | None:
    """The word of the asked-for line, where that is the last one and no other such line differs; else None."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = _MARKED.fullmatch(lines[-1].casefold()) if lines else None
    if found is None:
        return None
    sure = len(lines) > 1 and found["word"] in VERDICTS[kind] if found["final"] else is_marked(text, kind)
    return found["word"] if sure else None
