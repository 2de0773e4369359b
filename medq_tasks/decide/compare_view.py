"""A comparison as a terminal table, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from medq_tasks.decide.compare import ComparedMetric, RunComparison
from medq_tasks.decide.flips import Flip, FlipCount
from medq_tasks.metrics import METRICS
from medq_tasks.stats import FEW_CLUSTERS
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import markdown, markdown_table, plain
from medq_tasks.wording.figures import decimal_interval, decimals, p_text
from medq_tasks.wording.fitting import fitted

HEADER = ["metric", "A", "B", "B - A", "95 % interval", "p", "p (Holm)", "items", "pictures"]
FLIP_HEADER = ["id", "change", "question", "expected", "reading in A", "reading in B"]
LEGEND = (
    "B - A is positive where B is higher. p: exact, two-sided (McNemar's test of shares, permutation of the signs of "
    "scores; where items share pictures, of whole pictures). p (Holm): corrected over all rows of whole tasks, or over "
    "all slices of the metric; not for the question asked first (--primary). *: interval and p disagree at 5 %; then p "
    "is exact, and the interval near. items: with a value in both runs; (+n): n more have a value in one run only. "
    "pictures: groups of items that share none with each other; below 20 the interval itself is rough."
)


def to_json(comparison: RunComparison) -> dict[str, Any]:
    """Everything, as plain values; ``where`` is also given as ``slice`` (text)."""
    plain = asdict(comparison)
    for row, source in zip(plain["rows"], comparison.rows, strict=True):
        row["where"] = dict(source.where)
        row["slice"] = source.slice
        row.update({**row.pop("paired"), "contradicts": source.paired.contradicts})
    return plain


def to_markdown(comparison: RunComparison, *, flips: int | None = 20, everything: bool = False) -> str:
    """Tables for a pull request: metrics, then flipped items (at most ``flips``, None for all)."""
    parts = [f"## B: {markdown(comparison.label_b)}, compared with A: {markdown(comparison.label_a)}\n"]
    parts += [f"- {name}: made {markdown(made)}" for name, made in zip("AB", comparison.made, strict=True)]
    parts += [f"- {markdown(line)}" for line in remarks(comparison)]
    for task, rows in _by_task(shown(comparison.rows, everything)):
        parts.append(f"\n### {markdown(task + comparison.judged(task))}\n")
        parts.append(markdown_table(HEADER, [[markdown(cell) for cell in cells(row)] for row in rows]))
    parts.append(LEGEND + "\n")
    parts.append("### Items that changed from A to B\n")
    for task, counts in _by_task(comparison.flip_counts):
        parts.append(f"{markdown(_changed(task, counts))}\n")
        listed, hidden = _cut(_own(comparison, counts), flips)
        body = [[markdown(cell, 200) for cell in flip_cells(flip)] for flip in listed]
        parts += [markdown_table(FLIP_HEADER, body)] if body else []
        parts += [f"{hidden}\n"] if hidden else []
    return "\n".join(parts)


def show(comparison: RunComparison, console: Console, *, flips: int | None = 20, everything: bool = False) -> None:
    """Print the comparison."""
    for name, label, made in zip("AB", (comparison.label_a, comparison.label_b), comparison.made, strict=True):
        console.print(Text(plain(f"{name}: {label}, made {made}")))
    for line in remarks(comparison):
        console.print(Text(plain(line), style="yellow"))
    for task, rows in _by_task(shown(comparison.rows, everything)):
        title = f"{task}{comparison.judged(task)}"
        console.print(Text(""), *fitted(title, [HEADER, *map(cells, rows)], console.width), sep="\n")
    console.print(Text(LEGEND, style="dim"))
    if not everything and len(shown(comparison.rows, False)) < len(comparison.rows):
        console.print(Text("Slices of the other metrics: --all.", style="dim"))
    for task, counts in _by_task(comparison.flip_counts):
        console.print(Text(""), Text(plain(_changed(task, counts))), sep="\n")
        listed, hidden = _cut(_own(comparison, counts), flips)
        if listed:
            console.print(_table(FLIP_HEADER, (flip_cells(flip) for flip in listed)))
        if hidden:
            console.print(Text(hidden))


def remarks(comparison: RunComparison) -> list[str]:
    """What the reader must know first: allowed differences, then notes."""
    return [f"allowed difference: {item}" for item in comparison.allowed] + list(comparison.notes)


def shown(rows: Iterable[ComparedMetric], everything: bool) -> list[ComparedMetric]:
    """Whole tasks, and the slices of the main metric (or of all)."""
    return [row for row in rows if everything or not row.where or METRICS[row.metric].main]


def cells(row: ComparedMetric) -> list[str]:
    """One row in words; "n/a" where something is not defined."""
    paired = row.paired
    items = f"{paired.n}" + (f" (+{row.left_out})" if row.left_out else "")
    name = f"  {row.slice}" if row.where else row.metric
    return [
        name + (" (asked first)" if row.primary else ""),
        decimals(paired.mean_a),
        decimals(paired.mean_b),
        decimals(paired.difference, signed=True),
        _interval(row),
        p_text(paired.p_value),
        p_text(row.p_holm),
        items,
        "n/a" if row.pictures is None else str(row.pictures),
    ]


def _interval(row: ComparedMetric) -> str:
    """The interval, and what is to be known of it."""
    if row.paired.interval is None and row.pictures == 1 < row.paired.n:
        return "none: 1 picture"
    text = decimal_interval(row.paired.interval, signed=True)
    few = row.pictures is not None and row.pictures < min(row.paired.n, FEW_CLUSTERS)
    return (
        text + (f" ({count(row.pictures or 0, 'picture')})" if few else "") + (" *" if row.paired.contradicts else "")
    )


def flip_cells(flip: Flip) -> list[str]:
    """One flipped item in words."""
    return [flip.id, flip.change, flip.question, flip.expected, flip.reading_a, flip.reading_b]


def _table(header: list[str], body: Iterable[list[str]]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in header:
        table.add_column(name, overflow="fold")
    for row in body:
        table.add_row(*(Text(plain(cell, 160)) for cell in row))
    return table


def _changed(task: str, counts: Iterable[FlipCount]) -> str:
    return f"{task}, from A to B: {'; '.join(count.words for count in counts)}."


def _own(comparison: RunComparison, counts: Iterable[FlipCount]) -> list[Flip]:
    """The changed items of a task to list: those by its own figure. The others are counted, and in the JSON."""
    wanted = {(count.task, count.metric) for count in counts if count.own}
    return [flip for flip in comparison.flips if (flip.task, flip.metric) in wanted]


def _cut(flips: list[Flip], most: int | None) -> tuple[list[Flip], str]:
    if most is None or len(flips) <= most:
        return flips, ""
    return flips[:most], f"{len(flips) - most} more in this task: --flips 0 lists all, --json has them all."


def _by_task(items: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    grouped: dict[str, list[Any]] = {}
    for item in items:
        grouped.setdefault(item.task, []).append(item)
    return list(grouped.items())
