"""``medq report``: leaderboard, slices, plots and sample browser of one or more runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medq_tasks.cli.arguments import BY_PICTURE, BY_PICTURE_HELP, JUDGE_HELP, PRICES_HELP, RUN_HELP
from medq_tasks.cli.console import say, wide_console
from medq_tasks.errors import SettingsError

if TYPE_CHECKING:
    from medq_tasks.runs.run import Run


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help=RUN_HELP)],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write one self-contained HTML page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    by_picture: Annotated[bool, typer.Option(BY_PICTURE, help=BY_PICTURE_HELP)] = True,
    judge: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"{JUDGE_HELP} By default every judgement is a row."),
    ] = None,
    pictures: Annotated[
        str,
        typer.Option(
            metavar="MODE",
            help="embed: in the page, as many as the budget holds; folder: at full size in a folder beside it; none.",
        ),
    ] = "embed",
    picture_budget: Annotated[int, typer.Option(metavar="MB", help="Most MB of pictures inside the page.")] = 16,
    calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show axes with the judge's error; FILE: of medq align --json.")
    ] = None,
    prices: Annotated[Path | None, typer.Option(metavar="FILE", help=PRICES_HELP)] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Heading of the page.")] = "MedQ-Bench report",
) -> None:
    """Leaderboard with 95 % intervals beside the published rows, slices, plots, sample browser."""
    from medq_tasks.report.picture_mode import PictureMode

    if as_json and as_markdown:
        raise SettingsError("--json and --markdown both print to standard output. Choose one of them.")
    modes = [mode.value for mode in PictureMode]
    if pictures not in modes:
        raise SettingsError(f"--pictures {pictures!r} is not one of {', '.join(modes)}.")
    from medq_tasks.runs.calibration import read_calibration

    rated = read_calibration(calibration) if calibration else None
    found = _runs(runs, judge, by_picture)
    # They bring numpy and rich: not before there are runs.
    from medq_tasks.decide.answers import answers
    from medq_tasks.report import text
    from medq_tasks.report.leaderboard import leaderboards, spent
    from medq_tasks.runs import usage
    from medq_tasks.runs.summary import summarise

    summaries = summarise(found)
    if rated is not None:
        from medq_tasks.report.calibration import calibrated

        summaries = calibrated(summaries, found, rated)
    known = usage.read_prices(prices) if prices else None
    boards = leaderboards(summaries, found, known)
    said = answers(found, [summary.label for summary in summaries])
    if output is not None:
        from medq_tasks.report.page import write_page

        written = write_page(
            output, found, summaries, boards, pictures=PictureMode(pictures), budget_mb=picture_budget, title=title
        )
        say(str(written), err=True)
    if as_json:
        import json

        whole = text.as_json(summaries, boards, usage.as_json(spent(found), known), said)
        say(json.dumps(whole, indent=2, ensure_ascii=True))
    elif as_markdown:
        say(text.as_markdown(summaries, boards, said).rstrip())
    else:
        wide = wide_console()
        wide.print(text.as_terminal(summaries, boards, said, slices=output is None, width=wide.width))


def _runs(paths: list[Path], judge: str | None, by_picture: bool) -> list[Run]:
    """The runs; without ``--judge`` each further judgement of a run stands beside it."""
    from medq_tasks.runs.load import load_runs
    from medq_tasks.runs.picture_groups import by_picture as grouped
    from medq_tasks.runs.run import side_by_side
    from medq_tasks.settings import Settings

    loaded = load_runs(paths, judge)
    shown = loaded if judge is not None else [shown for run in loaded for shown in side_by_side(run)]
    return [grouped(run, Settings.from_env(), by_picture) for run in shown]
