"""Agreement of judge and experts as terminal tables, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from medq_tasks.align.align import EVERYTHING, PAPER_ACCURACY, PAPER_CASES, PAPER_KAPPA, AxisAgreement
from medq_tasks.runs.calibration import SCHEMA
from medq_tasks.stats import FEW_ITEMS, Agreement
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import markdown, markdown_table, plain
from medq_tasks.wording.figures import decimal_interval, decimals
from medq_tasks.wording.fitting import fitted

HEADER = ["axis", "items", "ratings", "accuracy", "95 % interval", "kappa", "95 % interval"]
LEGEND = (
    "accuracy: exact agreement of judge and expert. kappa: Cohen's, quadratic weights. With several experts each of "
    "their ratings counts once."
)
_AMONG_EXPERTS = (
    " Experts among each other show how far people agree; a judge may pass that, since each "
    "expert errs in a way of his own."
)

SHORT = " --full: by kind and by expert, held against the paper's figures, with confusion tables."


def to_json(found: Sequence[AxisAgreement], calibration: Mapping[str, Any]) -> dict[str, Any]:
    """Everything, as plain values, with the paper's figures beside it (see docs/report.md for the shape).

    ``calibration``: the scores of each item (``calibration.of_run``), which ``medq report --calibration`` reads.
    """
    return {
        "schema": SCHEMA,
        "axes": [asdict(axis) | {"few_items": {one.rater: one.accuracy.n for one in axis.few}} for axis in found],
        "paper": {"accuracy": PAPER_ACCURACY, "kappa_range": list(PAPER_KAPPA), "cases": PAPER_CASES, "experts": 3},
        "calibration": calibration,
    }


def to_markdown(found: Sequence[AxisAgreement], judge: str = "", *, full: bool = False) -> str:
    """The same tables as in the terminal."""
    lines = rows(found) if full else short_rows(found)
    parts = [f"## {markdown(_heading(judge))}\n", markdown_table(HEADER, [_escaped(row) for row in lines])]
    parts += [LEGEND + (_AMONG_EXPERTS if full else SHORT), ""]
    parts += [f"- {markdown(line)}" for line in (remarks(found) if full else warnings(found))]
    for axis in found if full else ():
        parts.append(f"\n### {markdown(title(axis))}: judge (rows) by experts (columns)\n")
        parts.append(markdown_table(["", "0", "1", "2"], confusion_rows(axis)))
    return "\n".join(parts)


def show(found: Sequence[AxisAgreement], console: Console, judge: str = "", *, full: bool = False) -> None:
    """Print a line per axis, and what is to be doubted; ``full``: kinds, experts, verdicts and confusion as well."""
    lines = rows(found) if full else short_rows(found)
    console.print(*fitted(_heading(judge), [HEADER, *lines], console.width), sep="\n")
    console.print(Text(LEGEND + (_AMONG_EXPERTS if full else SHORT), style="dim"))
    for line in remarks(found) if full else warnings(found):
        console.print(Text(plain(line)))
    for axis in found if full else ():
        header = ["judge \\ experts", "0", "1", "2"]
        console.print(Text(""), *fitted(title(axis), [header, *confusion_rows(axis)], console.width), sep="\n")


def _heading(judge: str) -> str:
    return f"Judge {judge} against experts" if judge else "Judge against experts"


def short_rows(found: Sequence[AxisAgreement]) -> list[list[str]]:
    """One line per axis, over all kinds of items and all experts."""
    return [[title(axis), *_figures(axis.accuracy, axis.kappa)] for axis in found if axis.kind == EVERYTHING]


def warnings(found: Sequence[AxisAgreement]) -> list[str]:
    """What may not be missing beside those lines: what was left out of them, or is not defined, and why."""
    lines: list[str] = []
    for axis in (axis for axis in found if axis.kind == EVERYTHING):
        lines += _left_out(axis)
        figures = (("accuracy", axis.accuracy), ("kappa", axis.kappa))
        lines += [f"{title(axis)}, {name}: {figure.reason}." for name, figure in figures if figure.reason]
    return lines


def title(axis: AxisAgreement) -> str:
    """``completeness``, or ``completeness, comparison``."""
    return axis.axis if axis.kind == "all" else f"{axis.axis}, {axis.kind}"


def rows(found: Sequence[AxisAgreement]) -> list[list[str]]:
    """One line per axis and kind; below it each expert, and what the experts reach among themselves."""
    lines: list[list[str]] = []
    for axis in found:
        lines.append([title(axis), *_figures(axis.accuracy, axis.kappa)])
        if len(axis.raters) > 1:
            lines += [[f"  judge and {one.rater}", *_figures(one.accuracy, one.kappa)] for one in axis.raters]
        if axis.experts_accuracy is not None and axis.experts_kappa is not None:
            lines.append(["  experts among each other", *_figures(axis.experts_accuracy, axis.experts_kappa)])
    return lines


def remarks(found: Sequence[AxisAgreement]) -> list[str]:
    """Verdict, agreement among the experts, and what was left out or is not defined; one sentence each."""
    lines: list[str] = []
    for axis in found:
        lines.append(f"{title(axis)}: {axis.verdict}.")
        if axis.few and len(axis.raters) > 1:
            few = ", ".join(f"{one.rater} ({one.accuracy.n})" for one in axis.few)
            lines.append(f"{title(axis)}: fewer than {FEW_ITEMS} items of {few}: too few to say much of one expert.")
        if axis.alpha is not None:
            lines.append(f"{title(axis)}, among the experts: Krippendorff's alpha {_or_reason(axis.alpha)}.")
        if axis.fleiss is not None:
            lines.append(f"{title(axis)}, among the experts: Fleiss' kappa {_or_reason(axis.fleiss)}.")
        lines += _left_out(axis)
        lines += [f"{title(axis)}, {name}: {figure.reason}." for name, figure in _figures_of(axis) if figure.reason]
    return lines


def _left_out(axis: AxisAgreement) -> list[str]:
    if not axis.unjudged:
        return []
    items = count(axis.unjudged, "rated item has", "rated items have")
    return [f"{title(axis)}, left out: {items} no judge's score, or a panel's half step."]


def _figures_of(axis: AxisAgreement) -> list[tuple[str, Agreement]]:
    """The figures of the table by name: those that are not defined, or have no interval, tell why."""
    named: list[tuple[str, Agreement | None]] = [("accuracy", axis.accuracy)]
    named += [("kappa", axis.kappa)] if axis.kappa.value is not None else []  # else the verdict tells
    if len(axis.raters) > 1:
        named += [(f"kappa of judge and {one.rater}", one.kappa) for one in axis.raters]
        named += [(f"accuracy of judge and {one.rater}", one.accuracy) for one in axis.raters]
    named += [("accuracy among the experts", axis.experts_accuracy), ("kappa among the experts", axis.experts_kappa)]
    return [(name, figure) for name, figure in named if figure is not None]


def confusion_rows(axis: AxisAgreement) -> list[list[str]]:
    """Label and counts per level."""
    return [[str(level), *map(str, counts)] for level, counts in enumerate(axis.confusion)]


def _figures(accuracy: Agreement, kappa: Agreement) -> list[str]:
    share = "n/a" if accuracy.value is None else f"{100 * accuracy.value:.1f} %"
    spread = accuracy.interval
    percent = "n/a" if spread is None else f"{100 * spread.low:.1f} to {100 * spread.high:.1f}"
    counts = [str(accuracy.n), str(accuracy.ratings)]
    return [*counts, share, percent, decimals(kappa.value), decimal_interval(kappa.interval)]


def _or_reason(figure: Agreement) -> str:
    if figure.value is None:
        return f"is not defined ({figure.reason})"
    why = f", {figure.reason}" if figure.reason else ""
    spread = why if figure.interval is None else f", 95 % interval {decimal_interval(figure.interval)}"
    return f"{figure.value:.3f}{spread} ({count(figure.n, 'item')})"


def _escaped(row: list[str]) -> list[str]:
    return [markdown(cell) for cell in row]
