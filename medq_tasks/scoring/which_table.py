"""Which task the predictions of a file are of, and by which model: by names, else by the tables at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medq_tasks import data
from medq_tasks.data import PreparedTable
from medq_tasks.data.special_tokens import inert
from medq_tasks.errors import DataError, PredictionsError
from medq_tasks.families import FAMILIES, file_name
from medq_tasks.records import Kind
from medq_tasks.scoring.predictions import Prediction, PredictionFile, plain_id
from medq_tasks.scoring.shipped import ShippedTask
from medq_tasks.settings import Settings

# How the reference implementation calls the tables, less the split.
_REFERENCE: Mapping[Kind, str] = {
    "perception": "MedqbenchMCQ",
    "no_reference": "MedqbenchCaption",
    "comparison": "MedqbenchPairedDescription",
}
Tasks = Mapping[str, ShippedTask]


@dataclass(frozen=True)
class Fit:
    """How ids and questions of some predictions meet a table: ``rows`` is the table's row of each, None for no such.

    ``same``: how many questions are the table's own; ``other``: places of those that are not. ``torn``: places of
    those whose key names another item than the id inside.
    """

    rows: tuple[int | None, ...]
    size: int
    same: int
    other: tuple[int, ...]
    torn: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every id is one of the table's, and no question another."""
        return not self.other and not self.torn and None not in self.rows

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Greater is better: no other question, more ids, and ids that are those of the whole table."""
        known = {row for row in self.rows if row is not None}
        return not self.other and not self.torn, len(known), len(known) == self.size and self.whole


def named_task(stem: str, tasks: Tasks) -> tuple[str | None, str]:
    """The task that a file's name says (None: none), and the model: what stands before that name, else behind it."""
    names: list[tuple[str, str | None]] = [(name, task.name) for task in tasks.values() for name in _names_of(task)]
    names += [(name, None) for name in _REFERENCE.values()]  # without the split: no task, and no part of the model
    for name, task in sorted(names, key=lambda one: -len(one[0])):
        match = re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", stem.lower())
        if match:
            before, after = (part.strip(" _-.") for part in (stem[: match.start()], stem[match.end() :]))
            return task, before or after or stem
    return None, stem


def _names_of(task: ShippedTask) -> Iterable[str]:
    yield task.name
    yield f"{_REFERENCE[task.kind]}_{task.split}"
    yield file_name(task.kind, task.split).removesuffix(".tsv")


def fit(rows: Sequence[Prediction], table: PreparedTable) -> Fit:
    """Match the ids of ``rows``, and hold the questions that both sides have against each other.

    A row whose key and id name two items is torn, unless its question says that it is of the one.
    """
    with data.open_table(table.path) as opened:
        ids = opened.ids()
        exact = {name: row for row, name in enumerate(ids)}
        plain = _unambiguous(ids)
        found = tuple(exact.get(row.id, plain.get(plain_id(row.id))) for row in rows)
        keyed = [exact.get(row.key, plain.get(plain_id(row.key))) if row.key else None for row in rows]
        torn = {n for n, place in enumerate(found) if None not in (place, keyed[n]) and place != keyed[n]}
        same, other = 0, []
        for place, row in enumerate(found):
            own = opened.row(row)["question"] if row is not None and rows[place].question.strip() else ""
            if not own.strip():  # nothing to hold against each other
                continue
            if _plain(own) in _plain(rows[place].question):  # theirs may have options or an instruction around it
                same += 1
                torn.discard(place)
            else:
                other.append(place)
    return Fit(found, len(ids), same, tuple(other), tuple(sorted(torn)))


def _plain(question: str) -> str:
    """As it is compared: the table's has backends' own marks made plain text; a spreadsheet may change blanks."""
    return " ".join(inert(question)[0].split()).casefold()


def _unambiguous(ids: Sequence[str]) -> dict[str, int]:
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(ids):
        rows.setdefault(plain_id(name), []).append(row)
    return {name: found[0] for name, found in rows.items() if len(found) == 1}


def best_task(file: PredictionFile, tasks: Tasks, settings: Settings) -> ShippedTask:
    """The one task at hand whose table the file's ids (and questions, where it has them) fit best.

    Raises:
        PredictionsError: there is none, or several are equally good.
    """
    fits = {task.name: fit(file.rows, table) for task, table in at_hand(tasks, settings, file.choices)}
    matching = {name: one for name, one in fits.items() if any(row is not None for row in one.rows)}
    ask = f"Say with --task which one it is of: {', '.join(sorted(tasks))}."
    if not matching:
        tried = ", ".join(sorted(fits)) or "none, as MEDQ_DATA_DIR names no folder with an official file"
        raise PredictionsError(
            f"{file.path}: its name says no task, and its ids are of no table at hand (tried: {tried}). {ask}"
        )
    most = max(one.rank for one in matching.values())
    best = [name for name, one in matching.items() if one.rank == most]
    if len(best) > 1:
        raise PredictionsError(f"{file.path}: its name says no task, and its ids fit {' and '.join(best)} alike. {ask}")
    return tasks[best[0]]


def at_hand(tasks: Tasks, settings: Settings, choices: bool = False) -> Iterable[tuple[ShippedTask, PreparedTable]]:
    """The tables whose official file lies in MEDQ_DATA_DIR and can be used; nothing is fetched.

    ``choices``: those of multiple choice alone.
    """
    for task in tasks.values():
        official = settings.data_dir and settings.data_dir / file_name(task.kind, task.split)
        if not official or not official.is_file() or (choices and FAMILIES[task.kind].shape != "choice"):
            continue
        try:
            yield task, data.prepare(task.kind, task.split, settings)
        except DataError:  # told when it is asked for by name
            continue
