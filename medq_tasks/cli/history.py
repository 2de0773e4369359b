"""``medq history``."""

from __future__ import annotations

from pathlib import Path

import typer

from medq_tasks.cli.arguments import BY_PICTURE, BY_PICTURE_HELP
from medq_tasks.cli.console import say


def history(
    runs: list[Path] | None = typer.Argument(None, help="Runs to add; none to draw the page again."),
    file: Path = typer.Option(..., "--file", help="The history: JSON Lines, one run a line; made when missing."),
    html: Path | None = typer.Option(None, help="Draw the leaderboard over time to this page."),
    by_picture: bool = typer.Option(True, BY_PICTURE, help=BY_PICTURE_HELP),
    judge: str | None = typer.Option(None, help="Name of a later judgement (medq judge) to use."),
    title: str = typer.Option("MedQ-Bench leaderboard", help="Heading of the page."),
) -> None:
    """Append runs to a history file and redraw its leaderboard. A run that is in it already is not added twice."""
    from medq_tasks.report.history_file import read
    from medq_tasks.runs.load import load_runs
    from medq_tasks.runs.picture_groups import by_picture as grouped
    from medq_tasks.settings import Settings

    read(file)
    found = [grouped(run, Settings.from_env(), by_picture) for run in load_runs(runs, judge)] if runs else []
    from medq_tasks.report import history as book  # brings numpy and jinja2: not before file and runs are sound

    added = book.append(file, found) if found else 0
    entries = read(file)
    say(f"{file}: {added} runs added, {len(entries)} in all")
    if html is not None:
        book.write_page(html, entries, title)
        say(f"{html}: drawn")
