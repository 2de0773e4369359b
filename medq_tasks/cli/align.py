"""``medq align``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.arguments import JUDGE_HELP, LATEST_HELP
from medq_tasks.cli.console import say, wide_console
from medq_tasks.wording.counts import count

if TYPE_CHECKING:
    from medq_tasks.align.sheet import RatedText
    from medq_tasks.runs.run import Run


def align(
    judged: Path = typer.Argument(..., metavar="RUN", help="The judged run: its folder, or one results file."),
    human: list[Path] | None = typer.Argument(
        None, metavar="CSV", help="Filled-in rating sheets (CSV), one or several experts."
    ),
    draw: int | None = typer.Option(None, "--sample", metavar="N", help="Draw a blinded sheet of N items instead."),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", help="With --sample: the sheet to write (CSV)."
    ),
    html: Path | None = typer.Option(
        None, metavar="FILE", help="With --sample: the sheet as an offline page with pictures."
    ),
    seed: int = typer.Option(0, metavar="N", help="With --sample: another number draws other items."),
    picture_budget: float = typer.Option(64, min=0, metavar="MB", help="With --html: most MB of pictures in the page."),
    judge: str | None = typer.Option(None, metavar="NAME", help=JUDGE_HELP),
    latest: bool = typer.Option(False, "--latest", help=LATEST_HELP),
    allow_missing: bool = typer.Option(False, "--allow-missing", help="Accept blank ratings."),
    as_json: bool = typer.Option(
        False, "--json", help="Print the agreement as JSON, for medq report --calibration too."
    ),
    as_markdown: bool = typer.Option(False, "--markdown", help="Print the agreement as Markdown."),
    full: bool = typer.Option(
        False, "--full", help="By kind and by expert as well, held against the paper's figures, with confusion tables."
    ),
) -> None:
    """Does the judge score like experts? Per axis: exact agreement and quadratic-weighted kappa, as in the paper."""
    from medq_tasks.errors import SettingsError

    if draw is None and not human:
        raise SettingsError("give the experts' CSV, or draw a sheet for them: --sample 200 -o sheet.csv.")
    if draw is not None and (human or not (output or html)):
        raise SettingsError("--sample takes a run alone and needs -o SHEET.csv, --html FORM.html or both.")
    if draw is None and (output or html):
        raise SettingsError("-o and --html belong to --sample N.")
    from medq_tasks.runs.choose import one_run

    run = one_run(judged, judge, latest=latest)
    from medq_tasks.align.sheet import rateable, sample

    if draw is not None:
        _write(run, sample(run, draw, seed), draw, output, html, picture_budget)
    else:
        _compare(run, rateable(run), human or [], allow_missing, as_json, as_markdown, full)


def _compare(
    run: Run,
    items: list[RatedText],
    human: list[Path],
    allow_missing: bool,
    as_json: bool,
    as_markdown: bool,
    full: bool,
) -> None:
    from medq_tasks.align.ratings import read_ratings

    ratings = read_ratings(human, items, allow_missing=allow_missing)
    # They bring numpy and rich: not before the sheets are read.
    from medq_tasks.align import view as align_view
    from medq_tasks.align.align import align as agreement

    found = agreement(ratings)
    if as_json:
        from medq_tasks.align.calibration import of_run

        say(json.dumps(align_view.to_json(found, of_run(run, ratings)), indent=2, allow_nan=False))
    elif as_markdown:
        say(align_view.to_markdown(found, _judges(run), full=full))
    else:
        align_view.show(found, wide_console(), _judges(run), full=full)


def _judges(run: Run) -> str:
    return ", ".join(dict.fromkeys(stamp.model for task in run.ordered for stamp in task.stamps))


def _write(
    run: Run, items: list[RatedText], wanted: int, output: Path | None, html: Path | None, budget: float
) -> None:
    from medq_tasks.align.form import write_form
    from medq_tasks.align.sheet import write_sheet
    from medq_tasks.settings import Settings

    if len(items) < wanted:
        say(f"The run holds only {count(len(items), 'text')} to rate; the sheet has all.", err=True)
    if output is not None:
        write_sheet(output, items)
        say(f"{output}: {count(len(items), 'item')}")
    if html is not None:
        album = write_form(html, run, items, budget, Settings.from_env())
        for note in album.notes:
            say(note, err=True)
        say(f"{html}: {count(len(items), 'item')}, {count(sum(map(bool, album.uris)), 'picture')}")
