"""A scheduled leaderboard: one line per run in a history file; ``history_page`` draws it from the file alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from medq_tasks.report.history_file import key, read
from medq_tasks.report.places import comparable
from medq_tasks.runs.differences import other_words
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.measures import main_metric
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.runs.summary import summarise_task
from medq_tasks.store.files import write_whole

SCHEMA = 1
NOT_KNOWN = "not known"  # in which words an imported run was asked
# The hashes of the words that 0.1.0 asked in, whose entries do not name them; they hold however these words may change.
_FIRST_WORDS: dict[str, str] = {
    "perception": "db9e5e5b7ff919a7",
    "no_reference": "8efcae5eb13987f1",
    "comparison": "c024fa89810b9d26",
}


def entry(run: Run) -> dict[str, Any]:
    """What the history keeps of a run: names, and every task's metrics with intervals and what they rest on."""
    return {
        "schema": SCHEMA,
        "when": run.when,
        "utc": run.utc,
        "name": run.name,
        "model": run.model,
        "model_args": run.model_args,
        "tasks": {task.name: _task(task, _asked(run, task)) for task in run.tasks.values()},
    }


class Appended(NamedTuple):
    """What has become of a history file: runs that are new in it, and known ones that now lead to a report."""

    added: int
    linked: int


def append(path: Path, runs: Sequence[Run], report_of: Callable[[Run], str] = lambda run: "") -> Appended:
    """Add the runs that the file does not hold yet; it is replaced whole or not at all.

    Args:
        path: the file.
        runs: to be added.
        report_of: where a run's report is (see ``history_links``), "" where none is known.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    added = linked = 0
    with FileLock(f"{path}.lock"):
        entries = {key(found): found for found in read(path)}
        for run in runs:
            made = entry(run)
            added += key(made) not in entries
            kept = entries.setdefault(key(made), made)
            report = report_of(run)
            if report and kept.get("report") != report:
                linked += kept is not made
                kept["report"] = report
        lines = [json.dumps(found, ensure_ascii=True, allow_nan=False) for found in entries.values()]
        write_whole(path, "".join(f"{line}\n" for line in lines))
    return Appended(added, linked)


def judges_of(task: Mapping[str, Any]) -> list[str]:
    """Who judged a task of an entry, for people: model and prompts; of 0.1.0 the model alone."""
    names = task.get("judges")
    return list(names) if names else [one.rsplit(" ", 2)[0] for one in task["judge"].split(", ") if one]


def words_of(task: Mapping[str, Any]) -> str:
    """What tells the words of one entry from those of another: their hashes, since names are given anew."""
    hashes = task.get("words")
    if task.get("prompts") == NOT_KNOWN:
        return NOT_KNOWN
    if not hashes and not task.get("prompts"):
        hashes = [_FIRST_WORDS.get(task.get("kind", ""), "")]
    return ", ".join(hashes or [task["prompts"]])


def _asked(run: Run, task: TaskRun) -> str:
    """The names of words that are not this package's; "" for its own, which runs of 0.1.0 asked in and do not say."""
    elsewhere = run.origin != OF_HARNESS and not task.prompts
    return NOT_KNOWN if elsewhere else other_words(run, task)


def _settings_hash(task: TaskRun, asked: str) -> list[str]:
    """Of words that a run of 0.1.0 had in its definition, which it does not hash itself."""
    if not asked or asked == NOT_KNOWN:
        return []
    block = json.dumps(task.config.get("lmms_eval_specific_kwargs"), sort_keys=True, default=str)
    return [hashlib.sha256(block.encode("utf-8", "surrogatepass")).hexdigest()[:16]]


def _task(task: TaskRun, asked: str) -> dict[str, Any]:
    """``asked``: the names of words that are not this package's."""
    summary = summarise_task(task)
    total = summary.total
    metrics = {
        name: {"value": found.value, "low": found.low, "high": found.high, "n": found.n, "pictures": found.pictures}
        for name, found in total.metrics.items()
    }
    stamps = [f"{stamp.model} {stamp.prompts_hash} {stamp.settings_hash}" for stamp in task.stamps]
    return {
        "main": main_metric(task),
        "kind": task.kind,
        "split": task.split,
        "version": task.version,
        "table": ", ".join(task.tables),
        "judge": ", ".join(stamps),
        "judges": [f"{stamp.model} · {stamp.prompts}" for stamp in task.stamps],
        "prompts": asked,
        "words": sorted(said.hash for said in task.prompts) or _settings_hash(task, asked),
        "second_reader": ", ".join(task.second_readers),
        "items": total.n,
        "complete": task.complete,
        "comparable": comparable(summary),
        "states": total.states,
        "unjudged": total.unjudged,
        "metrics": metrics,
    }
