"""Predictions made elsewhere -> a run folder, in the shape of the harness's, that every command here reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from medq_tasks import data, metrics
from medq_tasks.data import PreparedTable
from medq_tasks.data.provenance import task_metadata
from medq_tasks.errors import PredictionsError
from medq_tasks.families import FAMILIES
from medq_tasks.records import PerceptionRecord, Record, to_dict
from medq_tasks.runs import files as run_files
from medq_tasks.runs import imported
from medq_tasks.runs.second_reader import second_readings
from medq_tasks.scoring import replies
from medq_tasks.scoring.predictions import Prediction, PredictionFile, read_predictions, some
from medq_tasks.scoring.shipped import ShippedTask
from medq_tasks.scoring.which_table import Fit, Tasks, at_hand, best_task, fit, named_task
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole
from medq_tasks.wording.counts import count

DUPLICATES = ("refuse", "first", "last")


@dataclass(frozen=True)
class ImportedTask:
    """One task's predictions by one model, matched to its table. ``problems`` are complete sentences."""

    model: str
    task: ShippedTask
    table: PreparedTable
    files: tuple[PredictionFile, ...]
    records: tuple[Record, ...]
    problems: tuple[str, ...]


def import_files(
    paths: Sequence[Path],
    tasks: Tasks,
    settings: Settings,
    *,
    task: str | None = None,
    model: str | None = None,
    duplicates: str = "refuse",
) -> list[ImportedTask]:
    """Read files of predictions and match them to their tables. Nothing is written.

    Args:
        paths: the files; those of one model and task are parts of one run.
        tasks: of ``shipped.shipped_tasks``.
        settings: where the tables are.
        task: the task of all files; by default by each file's name, else by its ids.
        model: the model of all files; by default by each file's name.
        duplicates: which of two different replies for one id counts, "first" or "last"; "refuse": that is an error.

    Raises:
        PredictionsError: a file cannot be used; it names file, row and cure.
        DataError: the table of a task cannot be used.
    """
    if task is not None and task not in tasks:
        raise PredictionsError(f"--task {task} is unknown. There is: {', '.join(sorted(tasks))}.")
    if duplicates not in DUPLICATES:
        raise PredictionsError(f"--duplicates {duplicates} is not one of {', '.join(DUPLICATES)}.")
    groups: dict[tuple[str, str], list[PredictionFile]] = {}
    for path in paths:
        file = read_predictions(path)
        named, by_name = named_task(path.stem, tasks)
        its = task or named or best_task(file, tasks, settings).name
        groups.setdefault((model or by_name, its), []).append(file)
    return [
        _match(by, tasks[its], files, tasks, settings, duplicates, task is not None)
        for (by, its), files in groups.items()
    ]


def _match(
    model: str,
    task: ShippedTask,
    files: Sequence[PredictionFile],
    tasks: Tasks,
    settings: Settings,
    duplicates: str,
    said: bool,
) -> ImportedTask:
    table = data.prepare(task.kind, task.split, settings)
    rows = [row for file in files for row in file.rows]
    found = fit(rows, table)
    _refuse_torn(rows, found, task)
    if not found.whole:
        others = {name: other for name, other in tasks.items() if name != task.name}
        at = at_hand(others, settings, choices=any(file.choices for file in files))
        _refuse_another(rows, found, task, {other.name: fit(rows, its) for other, its in at}, said)
    with data.open_table(table.path) as opened:
        ids = opened.ids()
        rows = [row if at is None else replace(row, id=ids[at]) for row, at in zip(rows, found.rows, strict=True)]
        kept, doubled = _once_each(rows, found, duplicates)
        anew = list(replies.records_from(opened, [(row, kept[row].reply) for row in sorted(kept)]))
    records = tuple(_second_readings_of(anew, settings))
    unknown = list(dict.fromkeys(row.id for row, place in zip(rows, found.rows, strict=True) if place is None))
    missing = [name for row, name in enumerate(ids) if row not in kept]
    told = [problem for file in files for problem in file.problems]
    if unknown:
        foreign = count(len(unknown), "id is not in its table and is", "ids are not in its table and are")
        told.append(f"{task.name}: {foreign} left out: {some(unknown)}.")
    if missing:
        told.append(
            f"{task.name}: {len(missing):,} of {count(len(ids), 'item has', 'items have')} no reply: {some(missing)}."
        )
    told += [f"{task.name}: {problem}" for problem in (*doubled, *_other_keys(kept, records))]
    told += [f"{task.name}: {read.words}" for read in second_readings(records)]
    return ImportedTask(model, task, table, tuple(files), records, tuple(told))


def _second_readings_of(records: list[Record], settings: Settings) -> list[Record]:
    if not settings.reader.model:
        return records
    from medq_tasks import judge  # half a second, for few

    return judge.second_readings_of(records, settings)


def _refuse_torn(rows: Sequence[Prediction], found: Fit, task: ShippedTask) -> None:
    """Raise where a row's key names one item and the id in it another: which of them the reply is of is not known.

    Raises:
        PredictionsError: names file, row and both ids.
    """
    if not found.torn:
        return
    row = rows[found.torn[0]]
    raise PredictionsError(
        f"{row.file}, {row.place}: two ids of it, or its key and its id, name two items of {task.name}, {row.id} and "
        f"{row.key} (so for {len(found.torn):,} of {len(rows):,} rows). Leave one of them in the file."
    )


def _refuse_another(
    rows: Sequence[Prediction], found: Fit, task: ShippedTask, others: Mapping[str, Fit], said: bool
) -> None:
    """Raise where the predictions are of another table than the task's.

    A question is another, or no id is the table's; or some are not, and all of them are another table's, unless it was
    ``said`` which task they are of.

    Raises:
        PredictionsError: names file, row and id, and the tables that fit instead.
    """
    lost = [row.id for row, place in zip(rows, found.rows, strict=True) if place is None]
    asks = any(row.question.strip() for row in rows)  # then ids alone are no sign
    good = [name for name, other in others.items() if other.whole and (other.same or not asks)]
    if found.other:
        row = rows[found.other[0]]
        told = (
            f"{row.file}, {row.place}: the question of id {row.id} is not the one that the table of {task.name} has "
            f"(so for {len(found.other):,} of {len(rows):,} rows): the ids are of another table."
        )
    elif len(lost) == len(rows) or (good and not said):
        files = ", ".join(dict.fromkeys(row.file for row in rows))
        few = "none" if len(lost) == len(rows) else f"{len(rows) - len(lost):,} of {len(rows):,}"
        told = f"{files}: {few} of its ids are in the table of {task.name} (not there: {some(dict.fromkeys(lost))})."
    else:
        return
    if good:
        raise PredictionsError(f"{told} They fit {' and '.join(good)}: say so with --task.")
    cure = "Point MEDQ_DATA_DIR at the files that the predictions were made on"
    cure += ", or take the questions out of the file if their wording alone was changed." if found.other else "."
    raise PredictionsError(f"{told} No other table in MEDQ_DATA_DIR fits. {cure}")


def _once_each(rows: Sequence[Prediction], found: Fit, duplicates: str) -> tuple[dict[int, Prediction], list[str]]:
    """Table row -> the one prediction that counts, and what is to be said of ids that stand several times.

    Raises:
        PredictionsError: two replies for one id differ, and ``duplicates`` does not say which of them counts.
    """
    kept: dict[int, Prediction] = {}
    equal: dict[str, None] = {}
    different: dict[str, tuple[Prediction, Prediction]] = {}
    for prediction, row in zip(rows, found.rows, strict=True):
        if row is None:
            continue
        before = kept.setdefault(row, prediction)
        if before is prediction:
            continue
        if before.reply == prediction.reply:
            equal[before.id] = None
            continue
        different.setdefault(before.id, (before, prediction))
        if duplicates == "last":
            kept[row] = prediction
    if different and duplicates == "refuse":
        (name, (one, other)), more = next(iter(different.items())), len(different)
        raise PredictionsError(
            f"{one.file}, {one.place} and {other.file}, {other.place}: two different replies for id {name} "
            f"({more:,} such id{'s' if more > 1 else ''}). Remove one, or say which counts: --duplicates first|last."
        )
    told = (
        [f"{count(len(equal), 'id stands', 'ids stand')} more than once with equal replies: {some(equal)}."]
        if equal
        else []
    )
    if different:
        told.append(
            f"{count(len(different), 'id has', 'ids have')} different replies, the {duplicates} counts: "
            f"{some(different)}."
        )
    return kept, told


def _other_keys(kept: Mapping[int, Prediction], records: Sequence[Record]) -> Iterator[str]:
    """Letters alone are held against each other: some files have places (0 to 3) or whole texts for a key."""
    choices = [record for record in records if isinstance(record, PerceptionRecord)]
    keys = {record.row: kept[record.row].answer.strip().upper() for record in choices}
    odd = [one.id for one in choices if keys[one.row] in one.options and keys[one.row] != one.answer]
    if odd:
        ours = count(len(odd), "item has", "items have")
        yield f"{ours} another key in the files than in the table, whose key counts: {some(odd)}."


# --- writing ----------------------------------------------------------------------------------------------------------


def write_runs(found: Sequence[ImportedTask], out: Path, now: datetime) -> list[Path]:
    """Write one run per model below ``out``; no file that is there is touched.

    Args:
        found: of ``import_files``.
        out: the run folder, made if need be.
        now: the time that becomes the stamp, or the first second after it that is free.

    Returns:
        The result files.

    Raises:
        PredictionsError: a file stands where the folder is to be.
        OSError: a file cannot be written.
    """
    written = []
    for model in dict.fromkeys(one.model for one in found):
        written.append(_write(out / _folder_name(model), [one for one in found if one.model == model], now))
    return written


def _write(folder: Path, found: Sequence[ImportedTask], now: datetime) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise PredictionsError(f"{folder}: a file stands in the way. Name another folder with -o.") from error
    while any(folder.glob(f"{now:%Y%m%d_%H%M%S}_*")):
        now += timedelta(seconds=1)
    stamp = f"{now:%Y%m%d_%H%M%S}"
    done: list[Path] = []
    try:
        for one in found:
            lines = (json.dumps(_sample(record), ensure_ascii=True) + "\n" for record in one.records)
            done.append(folder / run_files.samples_name(stamp, one.task.name))
            write_whole(done[-1], "".join(lines), one.files[0].path)
        done.append(folder / run_files.results_name(stamp))
        write_whole(done[-1], json.dumps(_results(found, stamp, now), indent=2) + "\n", found[0].files[0].path)
    except OSError:
        for path in done:  # samples without results would be taken for a run that was cut off
            path.unlink(missing_ok=True)
        raise
    return done[-1]


def _folder_name(model: str) -> str:
    return re.sub(r"[^\w.-]+", "__", model)[:60].strip(".") or "model"


def _sample(record: Record) -> dict[str, Any]:
    target = record.answer if isinstance(record, PerceptionRecord) else record.reference
    return {"doc_id": record.row, "target": target, "filtered_resps": record.reply, "record": to_dict(record)}


def _results(found: Sequence[ImportedTask], stamp: str, now: datetime) -> dict[str, Any]:
    """What the harness would write, as far as it is known: prompts, pictures and settings of the model are not."""
    files = dict.fromkeys(file.path.name for one in found for file in one.files)
    notes = (note for one in found for file in one.files for note in file.notes)
    return {
        "results": {one.task.name: {"alias": one.task.name, **_printed(one)} for one in found},
        "configs": {one.task.name: {"task": one.task.name, "metadata": _metadata(one, now)} for one in found},
        "versions": {one.task.name: one.task.version for one in found},
        "n-samples": {one.task.name: {"original": one.table.rows, "effective": len(one.records)} for one in found},
        "config": {"model": found[0].model, "model_args": ""},
        "date": stamp,
        "model_name": found[0].model,
        **imported.stamp(files, (problem for one in found for problem in one.problems), notes),
    }


def _printed(one: ImportedTask) -> dict[str, float | None]:
    values = metrics.of_records(one.records)
    return {f"{name},none": values.get(name) for name in FAMILIES[one.task.kind].metrics}


def _metadata(one: ImportedTask, now: datetime) -> dict[str, Any]:
    """Version and table. What this machine has of pictures, prompts and libraries says nothing of these replies."""
    told = task_metadata(one.table)
    own = {name: told["versions"][name] for name in ("medq-tasks", "python")}
    made = {"utc": now.astimezone(timezone.utc).isoformat(timespec="seconds")}
    return {"version": one.task.version, "medq": {"table": told["table"], "versions": own, "run": made}}
