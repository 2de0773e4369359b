"""``medq history``."""

from __future__ import annotations

from pathlib import Path

import typer

from medq_tasks.cli.console import say


def history(
    runs: list[Path] | None = typer.Argument(None, help="Runs to add; none to draw the page again."),
    file: Path = typer.Option(..., "--file", help="The history: JSON Lines, one run a line; made when missing."),
    html: Path | None = typer.Option(None, help="Draw the leaderboard over time to this page."),
    judge: str | None = typer.Option(None, help="Name of a later judgement (medq judge) to use."),
    title: str = typer.Option("MedQ-Bench leaderboard", help="Heading of the page."),
) -> None:
    """Append runs to a history file and redraw its leaderboard. A run that is in it already is not added twice."""
    from medq_tasks.report.history_file import read
    from medq_tasks.runs.load import load_runs

    read(file)
    found = load_runs(runs, judge) if runs else []
    from medq_tasks.report import history as book  # brings numpy and jinja2: not before file and runs are sound

    added = book.append(file, found) if found else 0
    entries = read(file)
    say(f"{file}: {added} runs added, {len(entries)} in all")
    if html is not None:
        book.write_page(html, entries, title)
        say(f"{html}: drawn")
