"""Rows of a file of predictions -> ids and replies: which columns those are, and what a cell means."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medq_tasks.errors import PredictionsError
from medq_tasks.records import AXES
from medq_tasks.scoring.prediction_files import RawRow, raw_rows
from medq_tasks.wording.counts import count

# Names of columns, small letters and "_" for blanks; of several that a file has, the first one here is taken.
# Plain "answer" is none of a reply: in the reference implementation's files it is the key, and all would be right.
IDS = ("index", "id", "question_id", "item_id", "sample_id", "qid", "uid", "image_id")
REPLIES = (
    "prediction", "reply", "response", "output", "answer_text", "model_answer", "model_output", "model_response",
    "predicted_answer", "generated_text", "generation", "completion", "pred", "text",
)  # fmt: skip
_STRONG = IDS[:4]  # names of nothing but an item; the others may say a picture or a reply
_OF_SOMETHING_ELSE = ("uid", "image_id")  # of a reply, of a picture
_OPTIONS = ("a", "options", "choices")
_SCORES = (*AXES, "score", "hit", "judge", "log", "overall", "gpt_score")  # what another judge or matcher has written
_EXCEL_LIMIT = 32_767  # characters of a cell
_NAMED = 5
_WHOLE = re.compile(r"([+-]?\d{1,18})(?:\.0*)?")


@dataclass(frozen=True)
class Prediction:
    """One reply of a file: ``place`` is where it stands, ``id`` as the file writes it; "" where it says nothing.

    ``key`` is what else may name the item: a key before the row, a second id in it; "" where nothing does.
    """

    file: str
    place: str
    id: str
    reply: str
    question: str = ""
    answer: str = ""
    key: str = ""


@dataclass(frozen=True)
class PredictionFile:
    """A file that was read. ``problems`` and ``notes`` are complete sentences: for the report, and merely to be said.

    ``choices``: whether it has options, or its answers are letters.
    """

    path: Path
    rows: tuple[Prediction, ...]
    choices: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def read_predictions(path: Path) -> PredictionFile:
    """The predictions of one file.

    Raises:
        PredictionsError: it cannot be read, or has no column of ids or of replies; it names file, place and cure.
    """
    raw = raw_rows(path, lambda names: bool(_first(IDS, names) and _first(REPLIES, names)))
    names = list(dict.fromkeys(name for row in raw for name in row.cells))
    id_name, reply_name = _required(path, names, any(row.key for row in raw))
    keys_count, keys_may = _which_names(raw, id_name)
    rival = "" if keys_count else _rival(raw, id_name, names)
    question, answer = _first(("question",), names), _first(("answer",), names)
    rows: list[Prediction] = []
    unnamed: list[str] = []
    unsaid: list[str] = []
    for row in raw:
        inner = text_of(row.cells.get(id_name), path, row.place).strip()
        keys = keys_count or (bool(row.key) and id_name not in row.cells)
        item, other = (row.key.strip(), inner) if keys else (inner, row.key.strip() if keys_may else "")
        other = text_of(row.cells.get(rival), path, row.place).strip() if rival else other
        if not item or reply_name not in row.cells:
            (unsaid if item else unnamed).append(row.place)
            continue
        reply = text_of(row.cells[reply_name], path, row.place)
        said = _cell(row, question), _cell(row, answer)
        rows.append(Prediction(str(path), row.place, item, reply, *said, other if other != item else ""))
    problems = [
        f"{path.name}: {count(len(places), f'row has no {what} and is', f'rows have no {what} and are')} left out: "
        f"{some(places)}."
        for places, what in ((unnamed, id_name), (unsaid, reply_name))
        if places
    ]
    cut = [row.id for row in rows if len(row.reply) == _EXCEL_LIMIT] if path.suffix.lower() == ".xlsx" else []
    if cut:
        problems.append(
            f"{path.name}: {count(len(cut), 'reply', 'replies')} with {_EXCEL_LIMIT:,} characters, all that a cell of "
            f"Excel holds, probably cut there: {some(cut)}."
        )
    if not rows:
        raise PredictionsError(f"{path}: no row has both an id ({id_name}) and a reply ({reply_name}).")
    letters = {row.answer.strip() for row in rows}
    choices = _first(_OPTIONS, names) is not None or all(len(one) == 1 and one.isupper() for one in letters)
    return PredictionFile(path, tuple(rows), choices, tuple(problems), tuple(_notes(path, rows, names, raw)))


def _notes(path: Path, rows: Sequence[Prediction], names: Sequence[str], raw: Sequence[RawRow]) -> Iterable[str]:
    id_name, reply_name = _required(path, names, any(row.key for row in raw))
    ids = f"the keys of the {'rows' if id_name else 'replies'}" if _which_names(raw, id_name)[0] else repr(id_name)
    yield f"{path.name}: {count(len(rows), 'reply', 'replies')}; ids from {ids}, replies from {reply_name!r}."
    scores = [name for name in names if key_of(name) in _SCORES]
    if scores:
        yield f"{path.name}: the scores in {', '.join(scores)} are not taken over. `medq judge` makes new ones."
    empty = [row.id for row in rows if not row.reply.strip()]
    if empty:
        yield f"{path.name}: {count(len(empty), 'reply is', 'replies are')} empty: {some(empty)}."


def _which_names(raw: Sequence[RawRow], id_name: str) -> tuple[bool, bool]:
    """Of keys before the rows and ids inside: whether the keys are the ids, and else whether they may be.

    Keys 0, 1, 2 ... are what pandas calls rows: beside an id in every row they are numbers, and no ids. But where that
    is named as a picture's or a reply's may be (``image_id``), nobody can know; both naming items is then refused.
    """
    keys = [row.key for row in raw]
    if not all(keys) or not id_name:
        return bool(raw) and all(keys), False
    numbered = keys == [str(n) for n in range(len(keys))] and all(id_name in row.cells for row in raw)
    strong = key_of(id_name) in _STRONG
    if key_of(id_name) in _OF_SOMETHING_ELSE and not any(_WHOLE.fullmatch(str(row.cells.get(id_name))) for row in raw):
        return True, False  # {"0": {"image_id": "img0.png"}}
    return not numbered and not strong, not (numbered and strong)


def _rival(raw: Sequence[RawRow], id_name: str, names: Sequence[str]) -> str:
    """A second column of ids beside an ``index`` that only numbers the rows, as pandas' does; "" for none."""
    others = [name for name in names if key_of(name) in IDS[1:] and key_of(name) not in _OF_SOMETHING_ELSE]
    numbers = [str(row.cells.get(id_name)).partition(".")[0] for row in raw]
    numbered = key_of(id_name) == IDS[0] and numbers == [str(n) for n in range(len(raw))]
    return others[0] if numbered and others else ""


def _required(path: Path, names: Sequence[str], keyed: bool) -> tuple[str, str]:
    """The columns of ids ("" where there is none, but keys before the rows) and of replies."""
    found = _first(IDS, names) or ("" if keyed else None), _first(REPLIES, names)
    if found[0] is not None and found[1] is not None:
        for name in filter(None, found):
            alike = [other for other in names if key_of(other) == key_of(name or "")]
            if len(alike) > 1:
                raise PredictionsError(f"{path}: has both {' and '.join(map(repr, alike))}. Remove or rename one.")
        return found[0], found[1]
    what, known = ("ids", IDS) if found[0] is None else ("replies", REPLIES)
    shown = ", ".join(name[:40] for name in names[:12]) or "none"
    more = " ('answer' is the key in such files, and is not read as a reply.)" if _first(("answer",), names) else ""
    if found[1] is None and "record" in names and "doc_id" in names:
        more = " This is a log of lmms-eval: `medq report` reads its folder."
    raise PredictionsError(
        f"{path}: no column of {what}. Its columns: {shown}. Name one of them {known[0]} (or {', '.join(known[1:6])})."
        + more
    )


def _first(known: Sequence[str], names: Sequence[str]) -> str | None:
    """The name in a file that is the first of the ``known`` ones."""
    by_key = {key_of(name): name for name in reversed(names)}
    return next((by_key[name] for name in known if name in by_key), None)


def key_of(name: str) -> str:
    """The name of a column as the tables of this module write it."""
    return re.sub(r"[\s-]+", "_", str(name).strip().lower())


def _cell(row: RawRow, name: str | None) -> str:
    value = row.cells.get(name) if name is not None else None
    return value if isinstance(value, str) else ""


def text_of(value: Any, path: Path, place: str) -> str:
    """What a cell says: nothing where it is null or not a number, 3 where a spreadsheet made 3.0 of it.

    Raises:
        PredictionsError: it is an object, or a list of more than one.
    """
    while isinstance(value, list) and len(value) == 1:  # [[reply]], as the harness logs it
        value = value[0]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, list | dict):
        what = "an object" if isinstance(value, dict) else f"a list of {len(value)}"
        raise PredictionsError(f"{path}, {place}: {what} where a text is expected. Give one text per id.")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return "" if text.strip() in ("nan", "NaN") else text  # what pandas makes of no reply when it writes it as a text


def plain_id(text: str) -> str:
    """An id as it is compared: without blanks, and a whole number as one (3 for " 3", "3.0", "03")."""
    found = _WHOLE.fullmatch(text.strip())
    return str(int(found[1])) if found else text.strip()


def some(names: Iterable[str]) -> str:
    """The first few, then a count."""
    listed = [name if len(name) <= 40 else f"{name[:40]}..." for name in names]
    more = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
