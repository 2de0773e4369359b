"""``medq compare``."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from medq_tasks.cli.arguments import BY_PICTURE, BY_PICTURE_HELP, JUDGE_HELP, LATEST_HELP
from medq_tasks.cli.console import say, wide_console
from medq_tasks.records import SLICE_FIELDS
from medq_tasks.runs.differences import ALL, DIFFERENCES, check_allowed


def compare(
    run_a: Path = typer.Argument(
        ..., metavar="RUN_A", help="The run to compare with (the baseline): its folder, or one results file."
    ),
    run_b: Path = typer.Argument(..., metavar="RUN_B", help="The run to compare: the same."),
    allow_different: list[str] = typer.Option(
        [], metavar="NAME", help=f"Accept a difference (repeatable): {', '.join([*DIFFERENCES, ALL])}."
    ),
    by: list[str] = typer.Option(
        [], metavar="FIELD", help=f"Slice field (repeatable): {', '.join(SLICE_FIELDS)}. Default: all but degradation."
    ),
    primary: str | None = typer.Option(
        None, metavar="NAME", help="The row that is the question asked first, as in medq gate: it is not corrected."
    ),
    by_picture: bool = typer.Option(True, BY_PICTURE, help=BY_PICTURE_HELP),
    judge_a: str | None = typer.Option(None, metavar="NAME", help=f"For run A: {JUDGE_HELP}"),
    judge_b: str | None = typer.Option(None, metavar="NAME", help="The same for run B."),
    latest: bool = typer.Option(False, "--latest", help=LATEST_HELP),
    flips: int = typer.Option(20, min=0, metavar="N", help="Changed items to list per task; 0 lists all."),
    everything: bool = typer.Option(False, "--all", help="Show the slices of every metric, not of the main one only."),
    as_json: bool = typer.Option(False, "--json", help="Print everything as JSON."),
    as_markdown: bool = typer.Option(False, "--markdown", help="Print Markdown."),
) -> None:
    """Is run B better than run A on the same items, beyond chance? Where, and on which items did they part?"""
    from medq_tasks.errors import SettingsError
    from medq_tasks.runs.choose import one_run
    from medq_tasks.runs.picture_groups import by_picture as grouped
    from medq_tasks.settings import Settings

    strange = [field for field in by if field not in SLICE_FIELDS]
    if strange:
        raise SettingsError(f"--by {', '.join(strange)} is no slice field. There is: {', '.join(SLICE_FIELDS)}.")
    if as_json and as_markdown:
        raise SettingsError("--json and --markdown exclude each other. Give one of them.")
    check_allowed(allow_different)
    chosen = [one_run(path, judge, latest=latest) for path, judge in ((run_a, judge_a), (run_b, judge_b))]
    first, second = (grouped(run, Settings.from_env(), by_picture) for run in chosen)
    # They bring numpy and rich: not before both runs are there.
    from medq_tasks.decide import compare_view
    from medq_tasks.decide.compare import DEFAULT_FIELDS
    from medq_tasks.decide.compare import compare as compare_runs

    found = compare_runs(first, second, allow=allow_different, fields=by or DEFAULT_FIELDS, primary=primary)
    if as_json:
        say(json.dumps(compare_view.to_json(found), indent=2, allow_nan=False))
    elif as_markdown:
        say(compare_view.to_markdown(found, flips=flips or None, everything=everything))
    else:
        compare_view.show(found, wide_console(), flips=flips or None, everything=everything)
