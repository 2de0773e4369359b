"""Keeping a run of our tasks: its records, and what the harness would say of them, whatever flags were forgotten.

Below the output path, or below ``MEDQ_CACHE_DIR`` where there is none. Of a run that ended early, what had been
answered. ``runs.kept`` says in which form, and reads it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from medq_tasks import __version__
from medq_tasks.harness.evaluation import HERE, RECORD, Evaluation, rank
from medq_tasks.harness.our_tasks import leave_trace
from medq_tasks.harness.telling import tell
from medq_tasks.records import AXES, TEXT_KINDS
from medq_tasks.runs import kept
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole
from medq_tasks.store.secrets import in_force, scrub, without_values

MOST_BYTES = 1_000_000_000  # of the kept runs in one folder: about a hundred of the whole test split
_PARTS = ("results", "configs", "versions", "n-shot", "higher_is_better", "n-samples")  # by task
_WHOLE = ("date", "lmms_eval_version", "git_hash", "model_name")
_Lines = dict[str, list[dict[str, Any]]]  # task -> lines


def place_of(one: Evaluation, settings: Settings) -> Path:
    """The folder that the run will be kept in."""
    root = one.output / kept.BELOW_OUTPUT if one.output else settings.cache_dir / kept.BELOW_CACHE
    part = f"-rank{rank()}" if rank() else ""
    return root / f"{one.begun:%Y%m%dT%H%M%SZ}-{one.id[:8]}{part}"


def keep(one: Evaluation, error: BaseException | None) -> Path | None:
    """Write the run; the folder, or None where nothing is to be kept (another rank's, nothing answered, switched off).

    Raises:
        OSError: it cannot be written, below the output path or in the cache.
    """
    settings = Settings.from_env()
    if not settings.keep_runs or (rank() and error is None):
        return None
    lines = {name: list(_lines_of(one, name, task)) for name, task in one.tasks.items()}
    lines = {name: found for name, found in lines.items() if found}
    if not lines:
        return None
    header = _header(one, lines, error)
    folder = place_of(one, settings)
    try:
        _write(folder, header, lines)
    except OSError as fault:
        if one.output is None:
            raise
        tell(f"{folder} cannot be written ({fault.strerror}): the records of this run go to the cache")
        folder = settings.cache_dir / kept.BELOW_CACHE / folder.name
        _write(folder, header, lines)
    _note(folder, settings)
    _make_room(folder)
    return folder


def _write(folder: Path, header: Mapping[str, Any], lines: _Lines) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for name, file in kept.files_of(header).items():
            write_whole(folder / file, "".join(json.dumps(line, default=str) + "\n" for line in lines[name]))
        text = json.dumps(header, indent=2, default=_plain)
        write_whole(folder / kept.HEADER, scrub(text, in_force()) + "\n")  # last: with it the run is there
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _plain(value: Any) -> Any:
    """As the harness writes what JSON has not: numbers of numpy as such, sets as lists, anything else by its text."""
    if hasattr(value, "item") and not getattr(value, "shape", (1,)):
        return value.item()
    return sorted(map(str, value)) if isinstance(value, (set, frozenset)) else str(value)


# --- what is kept -----------------------------------------------------------------------------------------------------


def _lines_of(one: Evaluation, name: str, task: Any) -> Iterator[dict[str, Any]]:
    """A line per item. Where not every reply has a record (``--predict_only``, an early end) none has: `medq judge`
    makes them all from the table."""
    replies = _replies(one, name, task)
    seen = one.seen.get(name) or {}
    records = seen.get(RECORD) or seen.get(HERE) or []
    if records and len({record["row"] for record in records}) >= len(replies):
        for record in records:
            reply = replies.get(record["row"]) or {}
            told = {key: said for key, said in reply.items() if key != "filtered_resps"}  # the record has it
            yield {"doc_id": record["row"], **told, "record": record}
    else:
        yield from ({"doc_id": row, **reply} for row, reply in sorted(replies.items()))


def _replies(one: Evaluation, name: str, task: Any) -> dict[int, dict[str, Any]]:
    """Row -> what is known of a reply: those of all ranks where the harness has logged them, else this rank's."""
    logged = ((one.results or {}).get("samples") or {}).get(name)
    if logged:
        return {sample["doc_id"]: _of_sample(sample) for sample in logged}
    answered = (instance for instance in getattr(task, "instances", ()) if instance.resps)
    return {instance.doc_id: _of_instance(instance) for instance in answered}


def _of_sample(sample: Mapping[str, Any]) -> dict[str, Any]:
    asked = next(iter(sample.get("arguments") or ()), None)
    return _reply(sample.get("filtered_resps"), asked, sample.get("token_counts"))


def _of_instance(instance: Any) -> dict[str, Any]:
    counts = [count.to_dict() if hasattr(count, "to_dict") else None for count in instance.token_counts]
    return _reply(instance.resps[:1], next(iter(instance.args), None), counts)


def _reply(texts: Any, asked: Any, counts: Any) -> dict[str, Any]:
    told = {"filtered_resps": texts, "token_counts": counts if counts and any(counts) else None}
    return {key: said for key, said in {**told, "input": asked if isinstance(asked, str) else None}.items() if said}


def _header(one: Evaluation, lines: _Lines, error: BaseException | None) -> dict[str, Any]:
    results = one.results if one.results is not None else _without_results(one)
    header: dict[str, Any] = {
        part: {name: said for name, said in (results.get(part) or {}).items() if name in lines} for part in _PARTS
    }
    for key, told in {**one.notes, "run": dict.fromkeys(lines, one.stamp)}.items():
        leave_trace(header, key, told)
    header |= {key: results[key] for key in _WHOLE if key in results}
    header["config"] = _config(one, results)
    header["date"] = str(results.get("date") or one.given.get("datetime_str") or f"{one.begun:%Y%m%d_%H%M%S}")
    header[kept.KEY] = {
        **one.stamp,
        "medq_tasks": __version__,
        "files": {name: f"records-{place}.jsonl" for place, name in enumerate(lines, 1)},
        "items": {name: len(found) for name, found in lines.items()},
        "scored": all("record" in line for found in lines.values() for line in found),
        "judged": {name: _judged(found) for name, found in lines.items() if _are_texts(found)},
        "ended": _why(error),
    }
    return header


def _without_results(one: Evaluation) -> dict[str, Any]:
    """What a run that ended early can say of its tasks."""
    return {
        "configs": {name: dict(task.dump_config()) for name, task in one.tasks.items()},
        "n-samples": {name: {"original": len(task.eval_docs)} for name, task in one.tasks.items()},
    }


def _config(one: Evaluation, results: Mapping[str, Any]) -> dict[str, Any]:
    """The harness's, without the command line (it may hold keys)."""
    model = one.given.get("model")
    own = {
        "model": model if isinstance(model, str) else type(model).__name__,
        "model_args": one.given.get("model_args"),
        "limit": one.given.get("limit"),
    }
    config = {**own, **(results.get("config") or {})}
    config.pop("resolved_cli_args", None)
    args = config.get("model_args")
    text = ",".join(f"{key}={said}" for key, said in args.items()) if isinstance(args, Mapping) else str(args or "")
    return {**config, "model_args": without_values(text)}


def _are_texts(lines: Iterable[Mapping[str, Any]]) -> bool:
    return any(line["record"]["kind"] in TEXT_KINDS for line in lines if "record" in line)


def _judged(lines: Iterable[Mapping[str, Any]]) -> int:
    """How many the run's own judge has given all four axes."""
    said = [line["record"].get("judgements") or () for line in lines if "record" in line]
    axes = [one["axes"] for judgements in said for one in judgements[:1]]
    return sum(all((found.get(axis) or {}).get("score") is not None for axis in AXES) for found in axes)


def _why(error: BaseException | None) -> str:
    if error is None:
        return ""
    why = f"{type(error).__name__}: {error}".splitlines()[0][:200].removesuffix(": ")
    others = int(os.environ.get("WORLD_SIZE") or 1)
    part = f" (the part of rank {rank()} of {others})" if others > 1 else ""
    return scrub(why, in_force()) + part


# --- where ------------------------------------------------------------------------------------------------------------


def _note(folder: Path, settings: Settings) -> None:
    """Let `medq runs` find a run that is kept below an output path."""
    here = settings.cache_dir / kept.BELOW_CACHE
    if folder.parent == here:
        return
    try:
        here.mkdir(parents=True, exist_ok=True)
        with (here / kept.ELSEWHERE).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"folder": str(folder.resolve())}) + "\n")
    except OSError as fault:
        tell(f"{here / kept.ELSEWHERE} cannot be written ({fault.strerror}): `medq runs` will not list {folder}")


def _make_room(newest: Path) -> None:
    """Delete the oldest kept runs beside this one until all of them fit."""
    by_age: Sequence[Path] = sorted(newest.parent.glob(f"*/{kept.HEADER}"), key=lambda header: header.parent.name)
    sizes = {header.parent: kept.size_of(header.parent) for header in by_age}
    gone: list[str] = []
    for folder in [folder for folder in sizes if folder != newest]:
        if sum(sizes.values()) <= MOST_BYTES:
            break
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            del sizes[folder]
            gone.append(folder.name)
    if gone:
        tell(
            f"{newest.parent} held more than {MOST_BYTES / 1e9:g} GB of kept runs: the oldest were deleted "
            f"({', '.join(gone)})"
        )
