"""``medq compare``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.console import say, wide_console
from medq_tasks.records import SLICE_FIELDS, Identity
from medq_tasks.runs.differences import ALL, DIFFERENCES, check_allowed

if TYPE_CHECKING:
    from medq_tasks.runs.run import Run


def compare(
    run_a: Path = typer.Argument(..., help="The run to compare with (the baseline): its folder or results file."),
    run_b: Path = typer.Argument(..., help="The run to compare."),
    allow_different: list[str] = typer.Option(
        [], help=f"Accept a difference (repeatable): {', '.join([*DIFFERENCES, ALL])}."
    ),
    by: list[str] = typer.Option(
        [], help=f"Slice field (repeatable): {', '.join(SLICE_FIELDS)}. Default: all but degradation."
    ),
    by_picture: bool = typer.Option(
        False, "--by-picture", help="Resample pictures, not items: questions on one picture hang together."
    ),
    judge_a: str | None = typer.Option(None, help="Name of a later judgement (medq judge) to use for run A."),
    judge_b: str | None = typer.Option(None, help="The same for run B."),
    latest: bool = typer.Option(False, "--latest", help="Where a folder holds several runs, take the newest."),
    flips: int = typer.Option(20, min=0, help="Flipped items to list; 0 lists all."),
    everything: bool = typer.Option(False, "--all", help="Show the slices of every metric, not of the main one only."),
    as_json: bool = typer.Option(False, "--json", help="Print everything as JSON."),
    as_markdown: bool = typer.Option(False, "--markdown", help="Print Markdown."),
) -> None:
    """Is run B better than run A on the same items, beyond chance? Where, and on which items did they part?"""
    from medq_tasks.errors import SettingsError
    from medq_tasks.runs.choose import one_run

    strange = [field for field in by if field not in SLICE_FIELDS]
    if strange:
        raise SettingsError(f"--by {', '.join(strange)} is no slice field. There is: {', '.join(SLICE_FIELDS)}.")
    if as_json and as_markdown:
        raise SettingsError("--json and --markdown exclude each other. Give one of them.")
    check_allowed(allow_different)
    first, second = one_run(run_a, judge_a, latest=latest), one_run(run_b, judge_b, latest=latest)
    # They bring numpy and rich: not before both runs are there.
    from medq_tasks.decide import compare_view
    from medq_tasks.decide.compare import DEFAULT_FIELDS
    from medq_tasks.decide.compare import compare as compare_runs

    groups = _groups(first) if by_picture else None
    found = compare_runs(first, second, allow=allow_different, fields=by or DEFAULT_FIELDS, groups=groups)
    if as_json:
        say(json.dumps(compare_view.to_json(found), indent=2, allow_nan=False))
    elif as_markdown:
        say(compare_view.to_markdown(found, flips=flips or None, everything=everything))
    else:
        compare_view.show(found, wide_console(), flips=flips or None, everything=everything)


def _groups(run: Run) -> dict[str, dict[Identity, int]]:
    from medq_tasks.runs.picture_groups import picture_groups
    from medq_tasks.settings import Settings

    settings = Settings.from_env()
    return {name: picture_groups(task, settings) for name, task in run.tasks.items()}
