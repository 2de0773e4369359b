"""``medq history``."""

from __future__ import annotations

from pathlib import Path

import typer

from medq_tasks.cli.arguments import BY_PICTURE, BY_PICTURE_HELP
from medq_tasks.cli.console import say
from medq_tasks.errors import SettingsError


def history(
    runs: list[Path] | None = typer.Argument(None, metavar="RUN_DIR", help="Runs to add; none to draw the page again."),
    file: Path = typer.Option(
        ..., "--file", metavar="FILE", help="The history: JSON Lines, one run a line; made when missing."
    ),
    html: Path | None = typer.Option(None, metavar="PAGE", help="Draw the leaderboard over time to this page."),
    by_picture: bool = typer.Option(True, BY_PICTURE, help=BY_PICTURE_HELP),
    judge: str | None = typer.Option(None, metavar="NAME", help="Name of a later judgement (medq judge) to use."),
    report: str | None = typer.Option(
        None,
        metavar="PATH_OR_URL",
        help="The report of these runs, to be linked; by default report.html in a run's folder.",
    ),
    title: str = typer.Option("MedQ-Bench leaderboard", metavar="TEXT", help="Heading of the page."),
) -> None:
    """Append runs to a history file and redraw its leaderboard. A run that is in it already is not added twice.

    \b
    Examples:
      medq history runs/tonight --file history.jsonl --html index.html
      medq history runs/tonight --file history.jsonl --report https://example.org/tonight.html
      medq history --file history.jsonl --html index.html    # draw it again
    """
    from medq_tasks.report.history_file import read
    from medq_tasks.runs.load import load_runs
    from medq_tasks.runs.picture_groups import by_picture as grouped
    from medq_tasks.settings import Settings

    if report is not None and not runs:
        raise SettingsError("--report names the report of the runs that are given with it. Name them, too.")
    read(file)
    found = [grouped(run, Settings.from_env(), by_picture) for run in load_runs(runs, judge)] if runs else []
    from medq_tasks.report import history as book  # brings numpy: not before file and runs are sound
    from medq_tasks.report import history_links as links

    named = "" if report is None else links.kept(report, file)
    done = book.Appended(0, 0)
    if found:
        done = book.append(file, found, lambda run: named or links.beside(run, runs or [], file))
    entries = read(file)
    say(f"{file}: {_runs(done.added)} added, {len(entries)} in all" + _linked(done.linked))
    if html is not None:
        from medq_tasks.report.history_page import write_page

        write_page(html, entries, title, file)
        say(f"{html}: drawn")


def _runs(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"


def _linked(count: int) -> str:
    return f"; {_runs(count)} of it now lead{'s' if count == 1 else ''} to a report" if count else ""
