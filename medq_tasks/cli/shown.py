"""What ``medq report`` and ``medq view`` show: the same runs, numbers and leaderboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medq_tasks.cli.arguments import BY_PICTURE, BY_PICTURE_HELP, JUDGE_HELP, PRICES_HELP, RUN_HELP

if TYPE_CHECKING:
    from medq_tasks.report.board import Leaderboard
    from medq_tasks.runs.run import Run
    from medq_tasks.runs.summary import RunSummary
    from medq_tasks.runs.usage import Price

# What both take.
Runs = Annotated[list[Path], typer.Argument(metavar="RUN", help=RUN_HELP)]
ByPicture = Annotated[bool, typer.Option(BY_PICTURE, help=BY_PICTURE_HELP)]
Judge = Annotated[str | None, typer.Option(metavar="NAME", help=f"{JUDGE_HELP} By default every judgement is a row.")]
Calibration = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Show axes with the judge's error; FILE: of medq align --json.")
]
Prices = Annotated[Path | None, typer.Option(metavar="FILE", help=PRICES_HELP)]
Title = Annotated[str, typer.Option(metavar="TEXT", help="Heading of the page.")]
TITLE = "MedQ-Bench report"


@dataclass(frozen=True)
class Shown:
    """Runs with their numbers; ``prices``: of the judges' tokens, where a file names them."""

    runs: Sequence[Run]
    summaries: Sequence[RunSummary]
    boards: Sequence[Leaderboard]
    prices: Mapping[str, Price] | None


def shown(
    paths: list[Path], judge: str | None, by_picture: bool, calibration: Path | None, prices: Path | None
) -> Shown:
    """Read everything that a report shows.

    Raises:
        MedqError: runs, calibration or prices cannot be used, or not together.
    """
    from medq_tasks.runs.calibration import read_calibration

    rated = read_calibration(calibration) if calibration else None
    found = _runs(paths, judge, by_picture)
    # They bring numpy and rich: not before there are runs.
    from medq_tasks.report.leaderboard import leaderboards
    from medq_tasks.runs.summary import summarise
    from medq_tasks.runs.usage import read_prices

    summaries = summarise(found)
    if rated is not None:
        from medq_tasks.report.calibration import calibrated

        summaries = calibrated(summaries, found, rated)
    known = read_prices(prices) if prices else None
    return Shown(found, summaries, leaderboards(summaries, found, known), known)


def _runs(paths: list[Path], judge: str | None, by_picture: bool) -> list[Run]:
    """The runs; without ``--judge`` each further judgement of a run stands beside it."""
    from medq_tasks.runs.load import load_runs
    from medq_tasks.runs.picture_groups import by_picture as grouped
    from medq_tasks.runs.run import side_by_side
    from medq_tasks.settings import Settings

    loaded = load_runs(paths, judge, totals=True)
    seen = loaded if judge is not None else [one for run in loaded for one in side_by_side(run)]
    return [grouped(run, Settings.from_env(), by_picture) for run in seen]
