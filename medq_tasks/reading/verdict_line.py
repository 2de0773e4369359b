"""Whether a text ends its assessment as it was asked to: with a line ``Verdict: ...`` of its own."""

from __future__ import annotations

from medq_tasks.reading.text import final_text

VERDICTS = {
    "no_reference": ("good", "usable", "reject"),
    "comparison": ("first", "second"),
}
_DECORATION = " \t*_#>`~|-•\"'.()[]"


def is_marked(reply: str, kind: str) -> bool:
    """Whether one line of ``reply`` (its thinking aside) is "Verdict: " and one of the asked-for words.

    Markdown around it does not count, case neither. Two such lines with different words are none: which is meant?
    """
    said = {word for line in final_text(reply).splitlines() if (word := _marked(line)) is not None}
    return len(said) == 1 and said <= set(VERDICTS[kind])


def _marked(line: str) -> str | None:
    """The word after "Verdict:" in a line that holds nothing else; None for any other line."""
    head, colon, rest = line.casefold().replace("：", ":").partition(":")
    return rest.strip(_DECORATION) if colon and head.strip(_DECORATION) == "verdict" else None


def last_line(text: str, kind: str) -> str | None:
    """The word of the asked-for line, where that is the last one and no other such line differs; else None."""
    lines = [line for line in text.splitlines() if line.strip()]
    head, _, rest = lines[-1].casefold().partition(":") if lines else ("", "", "")
    if len(lines) > 1 and head.strip(_DECORATION) == "final verdict" and rest.strip(_DECORATION) in VERDICTS[kind]:
        return rest.strip(_DECORATION)
    return _marked(lines[-1]) if lines and is_marked(text, kind) and _marked(lines[-1]) else None
