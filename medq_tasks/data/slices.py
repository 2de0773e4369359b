"""What the items of a table can be grouped by: columns found, words folded, the question type inferred if need be.

A slice that the table does not have is "" in every row; nothing here ever refuses a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from medq_tasks.data import slice_words
from medq_tasks.data.items import TableItem
from medq_tasks.data.schema import shorten
from medq_tasks.families import FAMILIES
from medq_tasks.records import Kind, Slices
from medq_tasks.wording.counts import count

_SHARE = 0.5  # of a broad column's values that must be words of the slice
_STEPS = {"0": "none", "1": "mild", "2": "severe", "0 0": "none", "1 0": "mild", "2 0": "severe"}
_SHOWN = 5  # unknown words named in a note


def find(kind: Kind, items: Sequence[TableItem]) -> tuple[list[Slices], list[str]]:
    """The slices of every item, and notes on where they were read, which words are unknown, and what was inferred."""
    wanted = [name for name in slice_words.ALIASES if _applies(name, kind)]
    notes: list[str] = []
    columns = {name: _column(name, items) for name in wanted}
    values = {name: _values(name, column, items, notes) for name, column in columns.items() if column}
    found = []
    for place, item in enumerate(items):
        said = {name: texts[place] for name, texts in values.items()}
        inferred: tuple[str, ...] = ()
        if FAMILIES[kind].shape == "choice" and not said.get("question_type"):
            said["question_type"] = slice_words.infer_question_type(item.question.strip(), item.options)
            inferred = ("question_type",)
        found.append(Slices(**said, inferred=inferred))
    if times := sum(bool(one.inferred) for one in found):
        notes.append(f"question type inferred from wording and options in {times} of {count(len(items), 'row')}")
    absent = [name for name in wanted if not columns[name] and name != "question_type"]
    if absent and items:
        notes.append(f"no column found for {', '.join(absent)}")
    return found, notes


def _applies(name: str, kind: Kind) -> bool:
    family = FAMILIES[kind]
    only = {"question_type": family.shape == "choice", "scope": family.shape == "choice", "grain": family.paired}
    return only.get(name, True)


def _column(name: str, items: Sequence[TableItem]) -> str:
    """The column that holds this slice, "" when there is none: by its name, or a broad name with fitting values."""
    columns = list(items[0].words) if items else []
    for column in slice_words.ALIASES[name]:
        if column in columns and any(_read(name, column, item) != "" for item in items):
            return column
    for column in slice_words.BROAD:
        said = [one for item in items if column in columns and (one := _read(name, column, item)) != ""]
        if said and name != "degradation" and sum(one is not None for one in said) >= _SHARE * len(said):
            return column
    return ""


def _read(name: str, column: str, item: TableItem) -> str | None:
    text = item.words[column]
    return slice_words.flag(column, text) or slice_words.fold(name, text)


def _values(name: str, column: str, items: Sequence[TableItem], notes: list[str]) -> list[str]:
    texts = [item.words[column] for item in items]
    if column != name:
        notes.append(f"{name} is read from column {column!r}")
    if name == "severity" and {slice_words.plain(text) for text in texts} - {"", "nan"} <= set(_STEPS):
        notes.append(f"severity: the numbers 0, 1, 2 of column {column!r} are read as none, mild, severe")
        return [_STEPS.get(slice_words.plain(text), "") for text in texts]
    unknown: Counter[str] = Counter()
    values = []
    for item, text in zip(items, texts, strict=True):
        value = _read(name, column, item)
        if value is None:
            value = " ".join(text.split())
            unknown[value] += 1
        values.append(value)
    if unknown and name != "source":  # a data set's name is a source of its own
        shown = ", ".join(f"{shorten(word)} in {count(times, 'row')}" for word, times in unknown.most_common(_SHOWN))
        notes.append(f"{name}: {len(unknown)} words are not known and kept as they are: {shown}")
    return values
