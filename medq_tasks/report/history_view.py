"""What the history's page shows, ready to print: per task, table and judge a chart, a table of now, and all runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from medq_tasks.metrics import METRICS
from medq_tasks.records import KINDS, TEXT_KINDS
from medq_tasks.report.history import NOT_KNOWN, judges_of, words_of
from medq_tasks.report.history_change import Change, changes
from medq_tasks.report.history_chart import Chart, draw
from medq_tasks.report.history_file import HistoryEntry
from medq_tasks.report.history_nav import apart
from medq_tasks.runs import published
from medq_tasks.runs.published import PublishedRow
from medq_tasks.runs.summary import Value
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain
from medq_tasks.wording.figures import count_or_dash, metric_interval, metric_value
from medq_tasks.wording.names import KIND_TITLES, SPLITS
from medq_tasks.wording.times import told

Link = Callable[[HistoryEntry], str]  # the address of a run's report, "" where none is known


@dataclass(frozen=True)
class Row:
    """One run, or one published row, in a table; ``place``: of its model, as in a chart."""

    name: str
    origin: str  # run, published or experts
    amount: float | None
    value: str
    interval: str = ""
    place: int | None = None
    change: str = ""
    change_interval: str = ""
    rearranged: bool = False  # it comes with other model arguments
    judge: str = ""
    made: str = ""
    items: str = ""
    pictures: str = ""
    failed: str = ""
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One task on one table, asked and judged in one way: only such numbers compare, so only they share a chart."""

    title: str
    short: str
    head: str  # of the values
    percent: bool  # whether they are in %
    detail: str
    judge: str  # "" where nobody judged
    chart: Chart
    now: tuple[
        Row, ...
    ]  # the latest whole run of each model (or its latest part) beside the published rows, best first
    parts: tuple[str, ...]  # on newer runs over a part of the table, which are not in ``now``
    rows: tuple[Row, ...]  # all runs, the newest first
    published: bool
    notes: tuple[str, ...]
    anchor: str = ""
    apart: str = ""  # what tells it from others of the same short name


def sections(entries: Sequence[HistoryEntry], link: Link = lambda entry: "") -> list[Section]:
    """One per task, table, version, judge, wording and second reader that counts; of one task the latest first.

    A model has one number on the whole page: by its first run of all, so that a new one changes no other's colour.
    """
    groups: dict[tuple[str, ...], list[HistoryEntry]] = {}
    for found in entries:
        for name, task in found["tasks"].items():
            if task["main"] in task["metrics"]:
                asked = words_of(task), task.get("second_reader", "")  # who is not named in older entries: it was new
                groups.setdefault((name, task["table"], task["version"], task["judge"], *asked), []).append(found)
    places = {model: place for place, model in enumerate(dict.fromkeys(plain(str(one["name"])) for one in entries))}
    latest = sorted(groups.items(), key=lambda pair: str(pair[1][-1]["when"]), reverse=True)
    ordered = sorted(latest, key=lambda pair: (_kind_place(pair[1][-1]["tasks"][pair[0][0]]), pair[0][0]))
    last = [found[-1]["tasks"][group[0]] for group, found in ordered]
    told = apart([_short(group[0], task) for (group, _), task in zip(ordered, last, strict=True)], last)
    return [
        replace(_section(group[0], found, places, link), anchor=f"section-{n}", apart=said)
        for n, ((group, found), said) in enumerate(zip(ordered, told, strict=True), 1)
    ]


def _short(name: str, task: Mapping[str, Any]) -> str:
    return KIND_TITLES.get(task.get("kind", ""), plain(name))


def _kind_place(task: Mapping[str, Any]) -> int:
    """Perception first; last what does not say its kind."""
    return KINDS.index(task["kind"]) if task.get("kind") in KINDS else len(KINDS)


def _section(name: str, entries: Sequence[HistoryEntry], places: Mapping[str, int], link: Link) -> Section:
    last = entries[-1]["tasks"][name]
    metric, kind, split = last["main"], last.get("kind", ""), last.get("split", "")
    whole = any(found["tasks"][name].get("comparable") for found in entries)
    beside = [row for row in published.ROWS[kind] if metric in row.metrics] if whole else []
    judge = plain("; ".join(judges_of(last)))
    pairs = zip(entries, changes(entries, name, metric), strict=True)
    rows = [_row(found, name, metric, places, change, link(found)) for found, change in pairs]
    latest = _latest(rows)
    now = [*latest.values(), *(_published_row(row, metric, kind) for row in beside)]
    title = f"{KIND_TITLES[kind]}, {SPLITS.get(split, split)}" if kind in KIND_TITLES else plain(name)
    return Section(
        title=title,
        short=_short(name, last),
        head=METRICS[metric].title if metric in METRICS else plain(metric),
        percent=metric in METRICS and METRICS[metric].scale == "share",
        detail=_detail(name, last),
        judge=judge,
        chart=draw(entries, name, metric, places, beside),
        now=tuple(sorted(now, key=lambda row: -1.0 if row.amount is None else row.amount, reverse=True)),
        parts=tuple(_parts(rows, latest)),
        rows=tuple(reversed(rows)),
        published=bool(beside),
        notes=tuple(_notes(kind, metric, whole, split)),
    )


def _latest(rows: Sequence[Row]) -> dict[str, Row]:
    """Each model's latest run over the whole table; of a model without one its latest part. ``rows``: oldest first."""
    return {row.name: row for row in sorted(rows, key=lambda row: row.note == "")}


def _parts(rows: Sequence[Row], latest: Mapping[str, Row]) -> Iterator[str]:
    """On runs over a part of the table that are newer than the whole run in the table of now."""
    for name, shown in latest.items():
        newer = [row for row in rows[rows.index(shown) + 1 :] if row.name == name and row.note]
        if newer:
            last = newer[-1]
            yield (
                f"{name}: its latest whole run stands here; "
                f"{count(len(newer), 'newer run covers', 'newer runs cover')} a part of the items, "
                f"the last on {last.made} with {last.items}: {last.value}."
            )


def _detail(name: str, task: Mapping[str, Any]) -> str:
    """What all runs of the section have in common."""
    parts = [
        plain(name),
        f"table {task['table'] or 'not recorded'}",
        f"task version {task['version'] or 'not recorded'}",
    ]
    if task["judge"]:
        hashes = "; ".join(" / ".join(one.rsplit(" ", 2)[1:]) for one in task["judge"].split(", "))
        parts.append(f"judged by {'; '.join(judges_of(task))} ({hashes})")
    asked = task.get("prompts", "")
    if asked:
        known = f"asked in the words of {asked} ({words_of(task)})"
        parts.append(known if asked != NOT_KNOWN else "in which words it asked is not known")
    if task.get("second_reader"):
        parts.append(f"counting what {task['second_reader']} read in replies that no rule reads")
    return plain(", ".join(parts))


def _row(
    found: HistoryEntry, name: str, metric: str, places: Mapping[str, int], change: Change | None, link: str
) -> Row:
    task = found["tasks"][name]
    model = plain(str(found["name"]))
    made = plain(told(str(found["when"]), str(found.get("utc", ""))))
    value = task["metrics"].get(metric)
    pictures = (value or {}).get("pictures")  # an entry of 0.1.0 says nothing of them
    shown, ends = _figures(metric, value)
    return Row(
        name=model,
        origin="run",
        amount=value["value"] if value else None,
        value=shown,
        interval=ends,
        place=places[model],
        change="–" if change is None else _signed(metric, change.value),
        change_interval=""
        if change is None or change.low is None or change.high is None
        else f"{_signed(metric, change.low)} to {_signed(metric, change.high)}",
        rearranged=change is not None and change.rearranged,
        judge=plain("; ".join(judges_of(task))),
        made=made,
        items=f"{task['items']:,}",
        pictures=count_or_dash(pictures),
        failed=f"{task['states'].get('failed', 0):,}",
        link=link,
        note="" if task["complete"] else "part of the table",
    )


def _published_row(row: PublishedRow, metric: str, kind: str) -> Row:
    judge = f"{published.JUDGE}, the paper's prompts" if kind in TEXT_KINDS else ""
    value = row.metrics[metric]
    origin = "experts" if row.experts else "published"
    return Row(row.model, origin, value, metric_value(metric, value), judge=judge, note=row.note)


def _figures(metric: str, value: Mapping[str, Any] | None) -> tuple[str, str]:
    """The value and its interval, as the report prints them."""
    if value is None:
        return "n/a", ""
    if metric not in METRICS:  # of another version of this package
        return f"{value['value']:.3f}", "" if value["low"] is None else f"{value['low']:.3f} to {value['high']:.3f}"
    made = Value(value["value"], value["low"], value["high"], value["n"], "", value.get("pictures"))
    shown, _, ends = metric_interval(metric, made).partition(" (")
    return shown, ends.removesuffix(")")


def _signed(metric: str, value: float) -> str:
    score = metric in METRICS and METRICS[metric].scale == "score"
    shown = round(value, 3) if score else round(100 * value, 2)
    return f"{shown + 0.0:+.{3 if score else 2}f}"


def _notes(kind: str, metric: str, whole: bool, split: str) -> list[str]:
    notes = []
    if whole and kind in TEXT_KINDS and metric not in ("accuracy", "verdict_accuracy"):
        notes.append(
            f"Published rows are judgements of {published.JUDGE} under the paper's own prompts: another judge's are "
            "another measure, not to be read against theirs."
        )
    if not whole:
        why = (
            "no run here covers the whole test split and says so"
            if split == "test"
            else "they are for the test split and do not compare with this one"
        )
        notes.append(f"Published rows are left out: {why}.")
    return notes
