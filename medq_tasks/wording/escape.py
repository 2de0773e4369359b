"""Text from outside made harmless: for a terminal, a page, Markdown, XML or a spreadsheet.

From outside is what a table, a model, a judge, a server, a file's name or a setting says. It stays text: it is neither
obeyed (colour codes, reversed text, links) nor does it break out of the line, cell or element that it stands in.
"""

from __future__ import annotations

import re
import unicodedata

# What a spreadsheet takes for the beginning of a formula. An apostrophe in front makes it text (and is taken off again
# by ``csv_read``); one that was there before gets another one, so that the two undo each other exactly.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def plain(text: str, limit: int | None = None) -> str:
    """One line without control, formatting or half characters (colour codes, reversed text), cut to ``limit``."""
    shown = _shown(" ".join(text.split()))
    return shown if limit is None or len(shown) <= limit else shown[: limit - 1] + "…"


def lines(text: str) -> str:
    """As ``plain``, with line breaks and blanks as they are. What it returns is text for XML 1.0, too.

    A zero-width space is let through: ``markdown`` puts it where a link would begin.
    """
    return "\n".join("\u200b".join(map(_shown, line.split("\u200b"))) for line in text.split("\n"))


def printed(value: object) -> object:
    """A value as a template prints it (jinja's ``finalize``): a text by ``lines``, and no direction mark in it."""
    return lines(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def markdown(text: str, limit: int | None = None) -> str:
    """Text that stays text in Markdown: no table break, no HTML, no link, no emphasis, no mention."""
    escaped = plain(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", escaped)
    # A text that begins so would be a list or a rule (and "-0.010" is none); "#" a heading, or somebody's issue.
    escaped = re.sub(r"^(?:[-+]|\d+[.)])(?= |$)|^[-=]+$|#", "\\g<0>\u200b", escaped)
    return re.sub(r"(?i)(https?|ftp|javascript|data|www)(?=[:.])", "\\1\u200b", escaped).replace("@", "@\u200b")


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the cells must be escaped already."""
    return "".join("| " + " | ".join(row) + " |\n" for row in [header, ["---"] * len(header), *rows])


def csv_write(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def csv_read(text: str) -> str:
    """Undo ``csv_write``."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _shown(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if _is_text(char) else " " if char.isspace() else "\ufffd" for char in line)


def _is_text(char: str) -> bool:
    """Neither control, formatting, half a character nor unassigned (C), nor a line break of Unicode's own (Zl, Zp)."""
    return char.isprintable() or unicodedata.category(char) == "Zs"
