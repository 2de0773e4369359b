"""A comparison as a terminal table, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from medq_tasks.decide.compare import ComparedMetric, Flip, RunComparison
from medq_tasks.metrics import METRICS
from medq_tasks.stats import FEW_CLUSTERS
from medq_tasks.wording.escape import markdown, markdown_table, plain
from medq_tasks.wording.figures import decimal_interval, decimals, p_text

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
    parts += [f"- {markdown(line)}" for line in remarks(comparison)]
    for task, rows in _by_task(shown(comparison.rows, everything)):
        parts.append(f"\n### {markdown(task)}\n")
        parts.append(markdown_table(HEADER, [[markdown(cell) for cell in cells(row)] for row in rows]))
    parts.append(LEGEND + "\n")
    parts.append(f"### Items that flipped\n\n{_flip_summary(comparison)}\n")
    for task, found in _by_task(comparison.flips):
        listed, hidden = _cut(found, flips)
        body = [[markdown(cell, 200) for cell in flip_cells(flip)] for flip in listed]
        parts.append(f"{markdown(task)}\n\n{markdown_table(FLIP_HEADER, body)}\n{hidden}\n")
    return "\n".join(parts)


def show(comparison: RunComparison, console: Console, *, flips: int | None = 20, everything: bool = False) -> None:
    """Print the comparison."""
    console.print(Text(f"A: {plain(comparison.label_a)}"))
    console.print(Text(f"B: {plain(comparison.label_b)}"))
    for line in remarks(comparison):
        console.print(Text(plain(line), style="yellow"))
    for task, rows in _by_task(shown(comparison.rows, everything)):
        console.print(_table(task, HEADER, (cells(row) for row in rows), figures=True))
    console.print(Text(LEGEND, style="dim"))
    if not everything and len(shown(comparison.rows, False)) < len(comparison.rows):
        console.print(Text("Slices of the other metrics: --all.", style="dim"))
    console.print(Text(_flip_summary(comparison)))
    for task, found in _by_task(comparison.flips):
        listed, hidden = _cut(found, flips)
        console.print(_table(task, FLIP_HEADER, (flip_cells(flip) for flip in listed), figures=False))
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
    return text + (f" ({row.pictures} pictures)" if few else "") + (" *" if row.paired.contradicts else "")


def flip_cells(flip: Flip) -> list[str]:
    """One flipped item in words."""
    return [flip.id, flip.change, flip.question, flip.expected, flip.reading_a, flip.reading_b]


def _table(title: str, header: list[str], body: Iterable[list[str]], figures: bool) -> Table:
    """``figures``: all but the first column are numbers, which a terminal of 80 columns must not break in two."""
    table = Table(title=Text(plain(title)), title_justify="left", box=None, padding=(0, 1, 0, 0))
    for index, name in enumerate(header):
        right = figures and index > 0
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in body:
        table.add_row(*(Text(_indented(cell)) for cell in row))
    return table


def _indented(cell: str) -> str:
    return ("  " if cell.startswith("  ") else "") + plain(cell, 160)


def _flip_summary(comparison: RunComparison) -> str:
    lost = sum(flip.change == "right -> wrong" for flip in comparison.flips)
    return f"Flipped from A to B: {lost} right -> wrong, {len(comparison.flips) - lost} wrong -> right."


def _cut(flips: list[Flip], most: int | None) -> tuple[list[Flip], str]:
    if most is None or len(flips) <= most:
        return flips, ""
    return flips[:most], f"{len(flips) - most} more in this task: --flips 0 lists all, --json has them all."


def _by_task(items: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    grouped: dict[str, list[Any]] = {}
    for item in items:
        grouped.setdefault(item.task, []).append(item)
    return list(grouped.items())
