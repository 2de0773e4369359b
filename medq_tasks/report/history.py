"""A scheduled leaderboard: one line per run in a history file, and a page that is drawn from the file alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from jinja2 import Environment, PackageLoader, StrictUndefined

from medq_tasks.metrics import METRICS
from medq_tasks.report.history_file import HistoryEntry, key, read
from medq_tasks.runs.differences import other_words
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.measures import main_metric
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.runs.summary import summarise_task
from medq_tasks.stats import FEW_CLUSTERS
from medq_tasks.store.files import write_whole
from medq_tasks.wording.escape import plain, printed
from medq_tasks.wording.figures import count_or_dash

SCHEMA = 1
_NOT_KNOWN = "not known"  # in which words an imported run was asked
# The hashes of the words that 0.1.0 asked in, whose entries do not name them; they hold however these words may change.
_FIRST_WORDS: dict[str, str] = {
    "perception": "db9e5e5b7ff919a7",
    "no_reference": "8efcae5eb13987f1",
    "comparison": "c024fa89810b9d26",
}
WIDTH, HEIGHT, EDGE = 720, 220, 12  # of a chart, in its own units
_COLOURS = ("#1a6fb5", "#c4501b", "#2b8a3e", "#8a3ea8", "#a0740b", "#0b8a8a", "#b5304f", "#555e68")


@dataclass(frozen=True)
class Point:
    """One run in a chart; ``x`` and ``y`` in the chart's units, ``label`` for people."""

    x: float
    y: float
    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Line:
    """One model in a chart."""

    name: str
    colour: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """One task on one table, asked and judged in one way: only such numbers compare, so only they share a chart."""

    title: str
    detail: str
    lines: tuple[Line, ...]
    rows: tuple[tuple[str, ...], ...]  # when, model, value, 95 % interval, items, pictures, failed
    top: float


def entry(run: Run) -> dict[str, Any]:
    """What the history keeps of a run: names, and every task's metrics with intervals and what they rest on."""
    return {
        "schema": SCHEMA,
        "when": run.when,
        "name": run.name,
        "model": run.model,
        "model_args": run.model_args,
        "tasks": {task.name: _task(task, _asked(run, task)) for task in run.tasks.values()},
    }


def append(path: Path, runs: Sequence[Run]) -> int:
    """Add the runs that the file does not hold yet, and return how many; the file is replaced whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        entries = read(path)
        known = {key(found) for found in entries}
        new = {key(made): made for made in map(entry, runs) if key(made) not in known}
        lines = [json.dumps(found, ensure_ascii=True, allow_nan=False) for found in [*entries, *new.values()]]
        write_whole(path, "".join(f"{line}\n" for line in lines))
    return len(new)


def page(entries: Sequence[HistoryEntry], title: str = "MedQ-Bench leaderboard") -> str:
    """The history as one HTML page without scripts; all texts are escaped by the template."""
    template = Environment(
        loader=PackageLoader("medq_tasks.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printed,
    ).get_template("history.html")
    return template.render(title=title, charts=charts(entries), width=WIDTH, height=HEIGHT, edge=EDGE)


def write_page(path: Path, entries: Sequence[HistoryEntry], title: str) -> None:
    """Write the history's page, its folder as well.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page(entries, title).encode("utf-8", "xmlcharrefreplace"))


def charts(entries: Sequence[HistoryEntry]) -> list[Chart]:
    """One chart per task, table, version, judge, wording and second reader that counts, the newest entries deciding the
    order."""
    groups: dict[tuple[str, ...], list[HistoryEntry]] = {}
    for found in entries:
        for name, task in found["tasks"].items():
            if task["main"] in task["metrics"]:
                asked = _words(task), task.get("second_reader", "")  # who is not named in older entries: it was new
                groups.setdefault((name, task["table"], task["version"], task["judge"], *asked), []).append(found)
    return [_chart(group, found) for group, found in sorted(groups.items(), key=lambda pair: pair[0][0])]


def _words(task: Mapping[str, Any]) -> str:
    """What tells the words of one entry from those of another: their hashes, since names are given anew."""
    hashes = task.get("words")
    if task.get("prompts") == _NOT_KNOWN:
        return _NOT_KNOWN
    if not hashes and not task.get("prompts"):
        hashes = [_FIRST_WORDS.get(task.get("kind", ""), "")]
    return ", ".join(hashes or [task["prompts"]])


def _asked(run: Run, task: TaskRun) -> str:
    """The names of words that are not this package's; "" for its own, which runs of 0.1.0 asked in and do not say."""
    elsewhere = run.origin != OF_HARNESS and not task.prompts
    return _NOT_KNOWN if elsewhere else other_words(run, task)


def _settings_hash(task: TaskRun, asked: str) -> list[str]:
    """Of words that a run of 0.1.0 had in its definition, which it does not hash itself."""
    if not asked or asked == _NOT_KNOWN:
        return []
    block = json.dumps(task.config.get("lmms_eval_specific_kwargs"), sort_keys=True, default=str)
    return [hashlib.sha256(block.encode("utf-8", "surrogatepass")).hexdigest()[:16]]


def _task(task: TaskRun, asked: str) -> dict[str, Any]:
    """``asked``: the names of words that are not this package's."""
    total = summarise_task(task).total
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
        "prompts": asked,
        "words": sorted(said.hash for said in task.prompts) or _settings_hash(task, asked),
        "second_reader": ", ".join(task.second_readers),
        "items": total.n,
        "complete": task.complete,
        "states": total.states,
        "unjudged": total.unjudged,
        "metrics": metrics,
    }


def _chart(group: tuple[str, ...], entries: Sequence[HistoryEntry]) -> Chart:
    name, table, version, judge, words, reader = group
    asked = entries[-1]["tasks"][name].get("prompts", "")
    metric = entries[-1]["tasks"][name]["main"]
    highest = METRICS[metric].full if metric in METRICS else 1  # the file may come from another version
    places = {when: number for number, when in enumerate(sorted({str(found["when"]) for found in entries}))}
    models: dict[str, list[Point]] = {}
    for found in entries:
        value = found["tasks"][name]["metrics"].get(metric)
        if value is not None:
            x = EDGE + (WIDTH - 2 * EDGE) * (places[str(found["when"])] + 0.5) / len(places)
            models.setdefault(plain(str(found["name"])), []).append(_point(x, value, highest, found))
    lines = tuple(
        Line(model, _COLOURS[number % len(_COLOURS)], tuple(points))
        for number, (model, points) in enumerate(sorted(models.items()))
    )
    judged = f", judge {judge.split(' ')[0]}" if judge else ""
    known = (
        f"asked in the words of {asked} ({words})" if asked != _NOT_KNOWN else "in which words it asked is not known"
    )
    judged += f", {known}" if asked else ""
    judged += f", counting what {reader} read in replies that no rule reads" if reader else ""
    return Chart(
        title=f"{name}: {METRICS[metric].title if metric in METRICS else metric}",
        detail=f"table {table or 'not recorded'}, task version {version or 'not recorded'}{judged}",
        lines=lines,
        rows=tuple(_row(found, name, metric) for found in reversed(entries)),
        top=highest,
    )


def _point(x: float, value: Mapping[str, Any], highest: float, found: HistoryEntry) -> Point:
    def height(number: float | None) -> float:
        share = (value["value"] if number is None else number) / highest
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share, 1)

    label = plain(f"{found['name']}, {found['when']}: {value['value']:.3f}")
    return Point(round(x, 1), height(value["value"]), height(value["low"]), height(value["high"]), label)


def _row(found: HistoryEntry, name: str, metric: str) -> tuple[str, ...]:
    task = found["tasks"][name]
    value = task["metrics"].get(metric)
    figures = ("n/a", "n/a")
    pictures = (value or {}).get("pictures")  # a line of 0.1.0 says nothing of them
    if value is not None:
        interval = "n/a" if value["low"] is None else f"{value['low']:.3f} to {value['high']:.3f}"
        few = pictures is not None and pictures < min(value["n"], FEW_CLUSTERS)
        interval += f" ({pictures} picture{'s' if pictures != 1 else ''})" if few else ""
        figures = (f"{value['value']:.3f}", interval)
    items = f"{task['items']}" + ("" if task["complete"] else " (not the whole table)")
    counts = items, count_or_dash(pictures), str(task["states"].get("failed", 0))
    return plain(str(found["when"])), plain(str(found["name"])), *figures, *counts
