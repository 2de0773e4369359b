"""Agreement of judge and experts as terminal tables, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from medq_tasks.align.align import PAPER_ACCURACY, PAPER_KAPPA, AxisAgreement
from medq_tasks.stats import Agreement
from medq_tasks.wording.escape import markdown, markdown_table, plain
from medq_tasks.wording.figures import decimal_interval, decimals

HEADER = ["axis", "items", "accuracy", "95 % interval", "kappa", "95 % interval"]
LEGEND = (
    "accuracy: exact agreement of judge and expert. kappa: Cohen's, quadratic weights. With several experts: the mean "
    "over the experts, and as the ceiling the same between experts."
)


def to_json(found: Sequence[AxisAgreement]) -> dict[str, Any]:
    """Everything, as plain values, with the paper's figures beside it."""
    return {
        "axes": [asdict(axis) for axis in found],
        "paper": {"accuracy": PAPER_ACCURACY, "kappa_range": list(PAPER_KAPPA), "cases": 200, "experts": 3},
    }


def to_markdown(found: Sequence[AxisAgreement]) -> str:
    """The same tables as in the terminal."""
    parts = ["## Judge against experts\n", markdown_table(HEADER, [_escaped(row) for row in rows(found)]), LEGEND, ""]
    parts += [f"- {markdown(line)}" for line in remarks(found)]
    for axis in found:
        parts.append(f"\n### {markdown(title(axis))}: judge (rows) by experts (columns)\n")
        parts.append(markdown_table(["", "0", "1", "2"], confusion_rows(axis)))
    return "\n".join(parts)


def show(found: Sequence[AxisAgreement], console: Console) -> None:
    """Print tables, verdicts and confusion matrices."""
    console.print(_table("Judge against experts", HEADER, rows(found)))
    console.print(Text(LEGEND, style="dim"))
    for line in remarks(found):
        console.print(Text(plain(line)))
    for axis in found:
        header = ["judge \\ experts", "0", "1", "2"]
        console.print(_table(title(axis), header, confusion_rows(axis)))


def title(axis: AxisAgreement) -> str:
    """``completeness``, or ``completeness, comparison``."""
    return axis.axis if axis.kind == "all" else f"{axis.axis}, {axis.kind}"


def rows(found: Sequence[AxisAgreement]) -> list[list[str]]:
    """One line per axis and kind; below it each expert, and what the experts reach among themselves."""
    lines: list[list[str]] = []
    for axis in found:
        lines.append([title(axis), str(axis.items), *_figures(axis.accuracy, axis.kappa)])
        if len(axis.raters) > 1:
            lines += [
                [f"  judge and {one.rater}", str(one.accuracy.n), *_figures(one.accuracy, one.kappa)]
                for one in axis.raters
            ]
        if axis.ceiling_accuracy is not None and axis.ceiling_kappa is not None:
            figures = _figures(axis.ceiling_accuracy, axis.ceiling_kappa)
            lines.append(["  ceiling: expert and expert", str(axis.ceiling_accuracy.n), *figures])
    return lines


def remarks(found: Sequence[AxisAgreement]) -> list[str]:
    """Verdict, agreement among the experts, and what was left out or is not defined; one sentence each."""
    lines: list[str] = []
    for axis in found:
        lines.append(f"{title(axis)}: {axis.verdict}.")
        if axis.alpha is not None:
            lines.append(f"{title(axis)}, among the experts: Krippendorff's alpha {_or_reason(axis.alpha)}.")
        if axis.fleiss is not None:
            lines.append(f"{title(axis)}, among the experts: Fleiss' kappa {_or_reason(axis.fleiss)}.")
        if axis.unjudged:
            lines.append(f"{title(axis)}: {axis.unjudged} rated items have no judge's score and are left out.")
        for name, figure in (("accuracy", axis.accuracy), ("kappa", axis.kappa)):
            if figure.reason and figure.value is not None:
                lines.append(f"{title(axis)}, {name}: {figure.reason}.")
    return lines


def confusion_rows(axis: AxisAgreement) -> list[list[str]]:
    """Label and counts per level."""
    return [[str(level), *map(str, counts)] for level, counts in enumerate(axis.confusion)]


def _figures(accuracy: Agreement, kappa: Agreement) -> list[str]:
    share = "n/a" if accuracy.value is None else f"{100 * accuracy.value:.1f} %"
    spread = accuracy.interval
    # "no spread" for a bootstrap of equal values; Wilson's interval is never without width.
    wide = spread is not None and not spread.degenerate
    percent = f"{100 * spread.low:.1f} to {100 * spread.high:.1f}" if wide and spread else decimal_interval(spread)
    return [share, percent, decimals(kappa.value), decimal_interval(kappa.interval)]


def _or_reason(figure: Agreement) -> str:
    return f"is not defined ({figure.reason})" if figure.value is None else f"{figure.value:.3f} ({figure.n} items)"


def _escaped(row: list[str]) -> list[str]:
    return [markdown(cell) for cell in row]


def _table(name: str, header: list[str], body: list[list[str]]) -> Table:
    table = Table(title=Text(name), title_justify="left", box=None, padding=(0, 1, 0, 0))
    for index, column in enumerate(header):
        table.add_column(column, justify="right" if index else "left", no_wrap=bool(index), overflow="fold")
    for row in body:
        table.add_row(*(Text(("  " if cell.startswith("  ") else "") + plain(cell)) for cell in row))
    return table
