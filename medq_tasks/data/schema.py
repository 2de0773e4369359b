"""The official TSV schema: columns, and what a cell may say.

Source: the column table of the MedQ-Bench release (hub dataset ``jiyaoliufd/MedQ-Bench``). A cell is data and nothing
else: no part of it is ever evaluated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

from medq_tasks.families import FAMILIES
from medq_tasks.records import Kind

# Part of every fingerprint: raise it when a change makes another table out of the same file.
SCHEMA_VERSION = "2"
# Part of what is known about a source, and of no fingerprint: raise it when a change refuses or notes what passed
# before. Every source is then read once more, so that no table passes for sound by the checks of an older version.
CHECKS_VERSION = "4"

OPTION_LETTERS = "ABCDE"
MIN_OPTIONS = 2
# An image cell of this many characters or fewer is the index of another row (official rule). The smallest PNG there
# is has 67 bytes, 92 characters in base64, so no picture is ever taken for a reference.
REFERENCE_LENGTH = 64
_SHOWN = 40  # characters of a cell in a message
MAX_PICTURES = 16  # per row; the benchmark needs 1 or 2. Each one becomes a column of the prepared table.

# How a missing value is written by pandas, R and spreadsheets. "None", "NA" and "N/A" are left out of the first set:
# they are honest options ("How strong is the noise? A. None"), and pandas' own defaults would drop that option.
# Of options and keys only these very spellings count ("Null" may be an option); of other cells, any case does.
_MISSING = frozenset({"", "nan", "NaN", "<NA>", "#N/A", "null", "NULL"})
_MISSING_OR_WORD = {text.casefold() for text in _MISSING} | {"none", "na", "n/a", "-"}
_MISSING_LENGTH = max(map(len, _MISSING_OR_WORD))


def column_name(header: str) -> str:
    """A header as it is compared: ``" Question-Type "`` and ``question_type`` are the same column."""
    return re.sub(r"[\W_]+", "_", header.casefold()).strip("_")


def missing_columns(kind: Kind, names: Collection[str]) -> list[str]:
    """Which columns a table of this kind cannot do without and does not have, as text for a message."""
    has = set(names)
    lacking = [name for name in ("index",) if name not in has]
    if FAMILIES[kind].paired:
        if not ({"image_a", "image_b"} <= has or has & {"image", "image_path"}):
            lacking.append("image_a and image_b (or image, or image_path)")
    elif not has & {"image", "image_path"}:
        lacking.append("image (or image_path)")
    needed = ("question", "a", "b", "answer") if FAMILIES[kind].shape == "choice" else ("description",)
    return lacking + [name.upper() if len(name) == 1 else name for name in needed if name not in has]


def value(cell: str) -> str:
    """The cell's text without outer blanks; "" for every spelling of a missing value."""
    text = cell.strip()
    # The length first: folding the case of every picture's base64 costs more than splitting the table.
    return "" if len(text) <= _MISSING_LENGTH and text.casefold() in _MISSING_OR_WORD else text


def read_options(cells: Mapping[str, str]) -> dict[str, str]:
    """Option letter -> text, in table order, from the cells of columns ``a`` to ``e``; missing ones are left out.

    "None" is an option when it stands once in the row ("None / Mild / Severe"). Twice or more in one row it is
    Python's missing value written out ("Yes / No / None / None"), and no item has two equal options.
    """
    texts = {letter: cells.get(letter.lower(), "").strip() for letter in OPTION_LETTERS}
    spoken = [text.casefold() for text in texts.values() if text not in _MISSING]
    return {
        letter: text
        for letter, text in texts.items()
        if text not in _MISSING and not (text.casefold() in _MISSING_OR_WORD and spoken.count(text.casefold()) > 1)
    }


def read_answer(cell: str, options: Mapping[str, str]) -> str:
    """The letter that an answer cell names: a letter in either case, a digit (0 = A), or an option's exact text.

    Raises:
        ValueError: the answer is missing, names no option of the row, or more than one (ambiguous); the text says so.
    """
    text = cell.strip()
    if text in _MISSING:
        raise ValueError("the answer is missing")
    named = {letter for letter in _places(text) if letter in options}
    named |= {letter for letter, option in options.items() if _spoken(option) == _spoken(text)}
    if len(named) > 1:
        raise ValueError(f"the answer {shorten(text)} is ambiguous: it names the options {', '.join(sorted(named))}")
    if not named:
        raise ValueError(f"the answer {shorten(text)} names none of the options {', '.join(options) or '(none)'}")
    return named.pop()


def _places(text: str) -> set[str]:
    """The letter that a text gives as a letter (``b``, ``(B)``, ``B.``) or as a place from 0; "?" beyond the last.

    Where there is no such option, "I" beside I, II and III, or "5" beside 1, 3 and 5, is a text and nothing else.
    """
    letter = re.fullmatch(r"\(?([A-Za-z])[.):]?", text)
    digits = re.fullmatch(r"(\d{1,4})(?:\.0*)?", text)  # "1.0": pandas writes whole numbers beside a NaN that way
    if letter:
        return {letter[1].upper()}
    if digits:
        return {OPTION_LETTERS[int(digits[1])] if int(digits[1]) < len(OPTION_LETTERS) else "?"}
    return set()


def _spoken(text: str) -> str:
    """A text as an answer and an option are compared: ``1.0`` is ``1``, ``(B)`` and ``b.`` are ``b``."""
    whole = re.fullmatch(r"(\d+)\.0*", text)
    letter = re.fullmatch(r"\(?([A-Za-z])[.):]?", text)
    return (whole or letter or [text, text])[1].casefold()


def read_list(cell: str) -> list[str] | None:
    """The texts of a cell that holds a list (JSON or a Python literal of strings); None when it holds none.

    Python literals are read by a pattern for "strings between brackets" and by nothing stronger: ``ast`` would follow
    nested brackets and operators as deep as a hostile cell has them.

    Raises:
        ValueError: the cell begins like a list and is not a flat list of texts.
    """
    text = cell.strip()
    if text[:1] not in ("[", "("):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        return _python_strings(text)
    if not isinstance(found, list) or not all(isinstance(one, (str, int)) for one in found):
        raise ValueError("the list does not hold texts only")
    return [str(one).strip() for one in found]


_PYTHON_STRING = re.compile(r"""\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*(,|$)""")


def _python_strings(text: str) -> list[str]:
    closing = {"[": "]", "(": ")"}[text[0]]
    if not text.endswith(closing):
        raise ValueError("a list is opened and not closed")
    inner, found, position = text[1:-1].strip(), [], 0
    while position < len(inner):
        match = _PYTHON_STRING.match(inner, position)
        if match is None:
            raise ValueError("the list is neither JSON nor a plain Python list of texts")
        found.append((match[1] if match[1] is not None else match[2]).strip())
        position = match.end()
    return found


def shorten(text: str) -> str:
    """A cell as it may stand in a message: quoted, one line, at most ``_SHOWN`` characters of it."""
    line = " ".join(text[: _SHOWN * 4].split())
    return repr(line if len(line) <= _SHOWN else line[:_SHOWN] + "...")
