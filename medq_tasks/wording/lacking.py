"""What is printed in place of a character that an output's encoding lacks (ASCII, cp1252), so that it still reads.

A codec's own answer is "?": of "87.5–99.2" it makes "87.5?99.2", and of a plot's bars a row of question marks.
"""

from __future__ import annotations

import codecs
import unicodedata

HANDLER, HANDLER_WITH_CODES = "medq-readable", "medq-readable-or-code"
_IN_PLACE = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2022": "*",
    "\u00b7": "-",
    "\u00b1": "+-",
    "\u00d7": "x",
    "\u00b0": " degrees",
    "\u00b5": "u",
    "\u2190": "<-",
    "\u2192": "->",
    "\u2191": "^",
    "\u2193": "v",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2248": "~",
    "\u200b": "",
}
_LINES, _BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


def readable(char: str) -> str:
    """ASCII that says the same, or "" where there is none."""
    if char in _IN_PLACE:
        return _IN_PLACE[char]
    if ord(char) in _BLOCKS:
        return "#"
    if ord(char) in _LINES:
        name = unicodedata.name(char)
        crossed = " AND " in name  # "... VERTICAL AND HORIZONTAL"
        return "+" if crossed else "-" if name.endswith("HORIZONTAL") else "|" if name.endswith("VERTICAL") else "+"
    return "".join(part for part in unicodedata.normalize("NFKD", char) if part.isascii())


def _handle(error: UnicodeError, *, codes: bool) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    code = codecs.lookup_error("backslashreplace")
    told = []
    for place, char in enumerate(lacking, error.start):
        rest = UnicodeEncodeError(error.encoding, error.object, place, place + 1, error.reason)
        instead = str(code(rest)[0]) if codes else "?"
        told.append(readable(char) if char in _IN_PLACE else readable(char) or instead)
    return "".join(told), error.end


def _marked(error: UnicodeError) -> tuple[str | bytes, int]:
    return _handle(error, codes=False)


def _coded(error: UnicodeError) -> tuple[str | bytes, int]:
    return _handle(error, codes=True)


codecs.register_error(HANDLER, _marked)
codecs.register_error(HANDLER_WITH_CODES, _coded)
