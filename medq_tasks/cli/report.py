"""``medq report``: leaderboard, slices, plots and sample browser of one or more runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medq_tasks.cli.console import say, wide_console
from medq_tasks.cli.shown import TITLE, ByPicture, Calibration, Judge, Prices, Runs, Title, shown
from medq_tasks.errors import SettingsError


def report(
    runs: Runs,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write one self-contained HTML page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    by_picture: ByPicture = True,
    judge: Judge = None,
    pictures: Annotated[
        str,
        typer.Option(
            metavar="MODE",
            help="embed: in the page, as many as the budget holds; folder: at full size in a folder beside it; none.",
        ),
    ] = "embed",
    picture_budget: Annotated[int, typer.Option(metavar="MB", help="Most MB of pictures inside the page.")] = 16,
    calibration: Calibration = None,
    prices: Prices = None,
    title: Title = TITLE,
) -> None:
    """Leaderboard with 95 % intervals beside the published rows, slices, plots, sample browser."""
    from medq_tasks.report.picture_mode import PictureMode

    if as_json and as_markdown:
        raise SettingsError("--json and --markdown both print to standard output. Choose one of them.")
    modes = [mode.value for mode in PictureMode]
    if pictures not in modes:
        raise SettingsError(f"--pictures {pictures!r} is not one of {', '.join(modes)}.")
    found = shown(runs, judge, by_picture, calibration, prices)
    summaries, boards = found.summaries, found.boards
    # They bring numpy and rich: not before there are runs.
    from medq_tasks.decide.answers import answers
    from medq_tasks.report import text

    said = answers(found.runs, [summary.label for summary in summaries])
    if output is not None:
        from medq_tasks.report.page import write_page

        written = write_page(
            output,
            found.runs,
            summaries,
            boards,
            pictures=PictureMode(pictures),
            budget_mb=picture_budget,
            title=title,
            said=said,
        )
        say(str(written), err=True)
    if as_json:
        import json

        from medq_tasks.report.leaderboard import spent
        from medq_tasks.runs import usage

        whole = text.as_json(summaries, boards, usage.as_json(spent(found.runs), found.prices), said)
        say(json.dumps(whole, indent=2, ensure_ascii=True))
    elif as_markdown:
        say(text.as_markdown(summaries, boards, said).rstrip())
    else:
        wide = wide_console()
        wide.print(text.as_terminal(summaries, boards, said, slices=output is None, width=wide.width))
