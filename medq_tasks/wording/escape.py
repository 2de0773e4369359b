"""Text from models, judges and tables made harmless for a terminal, a Markdown table, XML or a spreadsheet."""

from __future__ import annotations

import re
import unicodedata

# What a spreadsheet takes for the beginning of a formula. An apostrophe in front makes it text (and is taken off again
# by ``csv_read``); one that was there before gets another one, so that the two undo each other exactly.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def plain(text: str, limit: int | None = None) -> str:
    """One line without control, formatting or half characters (colour codes, reversed text), cut to ``limit``."""
    flat = " ".join(text.split())
    shown = "".join(char if unicodedata.category(char)[0] != "C" else "\ufffd" for char in flat)
    return shown if limit is None or len(shown) <= limit else shown[: limit - 1] + "…"


def markdown(text: str, limit: int | None = None) -> str:
    """Text that stays text in Markdown: no table break, no HTML, no link, no emphasis, no mention."""
    escaped = plain(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"([\\`*_\[\]|~])", r"\\\1", escaped)
    return re.sub(r"(?i)(https?|javascript|data|www)(?=[:.])", "\\1\u200b", escaped).replace("@", "@\u200b")


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the cells must be escaped already."""
    lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines) + "\n"


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 forbids even when escaped."""
    allowed = "\t\n\r"
    return "".join(c if c in allowed or (c >= "\x20" and _is_xml(ord(c))) else "\ufffd" for c in text)


def csv_write(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def csv_read(text: str) -> str:
    """Undo ``csv_write``."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _is_xml(code: int) -> bool:
    return code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
