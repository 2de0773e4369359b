"""``medq gate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.arguments import BY_PICTURE, BY_PICTURE_HELP, JUDGE_HELP, LATEST_HELP, RUN_HELP
from medq_tasks.cli.console import say

if TYPE_CHECKING:
    from medq_tasks.decide.gate_rules import Method, Rules, Verdict


def gate(
    run_dir: Path = typer.Argument(..., metavar="RUN", help=RUN_HELP),
    minimum: list[str] = typer.Option([], "--min", metavar="NAME=VALUE", help="Lowest value, e.g. accuracy=0.55."),
    maximum: list[str] = typer.Option([], "--max", metavar="NAME=VALUE", help="Highest value, e.g. unanswered=0.02."),
    baseline: Path | None = typer.Option(None, metavar="RUN_A", help="The run to compare with, for --max-drop."),
    max_drop: list[str] = typer.Option(
        [],
        metavar="NAME=VALUE",
        help="Largest drop against --baseline, in the metric's own unit (accuracy=0.02: two points). VALUE alone: of "
        "every task's main metric, where each is a share; overall (0 to 8) needs its name.",
    ),
    significant: bool = typer.Option(
        False, "--significant", help="The default: a drop fails where its one-sided 95 % lower limit exceeds VALUE."
    ),
    point: bool = typer.Option(False, "--point", help="A drop fails where it exceeds VALUE itself, chance or not."),
    prove: bool = typer.Option(False, "--prove", help="A drop passes only where its upper limit is within VALUE."),
    by_picture: bool = typer.Option(True, BY_PICTURE, help=BY_PICTURE_HELP),
    require: list[str] = typer.Option([], metavar="TASK", help="Task or group that must be there (repeatable)."),
    allow_failures: int = typer.Option(0, min=0, metavar="N", help="Accept up to N failed model requests."),
    allow_unjudged: bool = typer.Option(False, "--allow-unjudged", help="Accept items without a judge's score."),
    allow_limit: bool = typer.Option(False, "--allow-limit", help="Accept a run on a part of the table."),
    allow_problems: bool = typer.Option(False, "--allow-problems", help="Accept what is doubtful about the files."),
    allow_missing: list[str] = typer.Option(
        [],
        metavar="NAME",
        help="Accept that the run lacks this TASK or TASK.METRIC of the baseline (repeatable).",
    ),
    allow_different: list[str] = typer.Option(
        [], metavar="NAME", help="Accept a difference to the baseline (see medq compare)."
    ),
    judge: str | None = typer.Option(None, metavar="NAME", help=JUDGE_HELP),
    latest: bool = typer.Option(False, "--latest", help=LATEST_HELP),
    junit: Path | None = typer.Option(None, metavar="FILE", help="Write JUnit XML to this file."),
    summary: Path | None = typer.Option(
        None,
        envvar="GITHUB_STEP_SUMMARY",
        metavar="FILE",
        help="Append Markdown to this file (in GitHub Actions by itself).",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """May this run pass? Thresholds, and drops against a baseline.

    Exit code 0: pass, 1: fail, 2: the run cannot be used (failed requests, unjudged items, --limit ...). NAME is a
    metric (accuracy), TASK.METRIC, or a slice of it (accuracy[modality=ct]).
    """
    from medq_tasks.decide import gate_view
    from medq_tasks.decide.gate_rules import NO_BASELINE, UNUSABLE, Allowed, Rules, Verdict, parse_bound
    from medq_tasks.errors import MedqError, RunError
    from medq_tasks.runs.differences import check_allowed

    try:
        check_allowed(allow_different)
        if max_drop and baseline is None:
            raise RunError(NO_BASELINE)
        method = _method(significant, point, prove, bool(max_drop))
        rules = Rules(
            minima=tuple(parse_bound(text) for text in minimum),
            maxima=tuple(parse_bound(text) for text in maximum),
            max_drops=tuple(parse_bound(text, named=False) for text in max_drop),
            method=method,
            require=_tasks(require),
            allowed=Allowed(
                allow_failures,
                allow_unjudged,
                allow_limit,
                allow_problems,
                tuple(allow_different),
                _tasks(allow_missing),
            ),
        )
        verdict = _verdict(run_dir, baseline, rules, judge, latest, by_picture)
    except MedqError as error:
        verdict = Verdict(str(run_dir), refusals=(str(error),))
    say(json.dumps(gate_view.to_json(verdict), indent=2) if as_json else gate_view.to_text(verdict))
    try:
        if junit is not None:
            gate_view.write_junit(junit, verdict)
        if summary is not None:
            gate_view.add_to_summary(summary, verdict)
    except OSError as error:
        say(f"medq: cannot write {error.filename}: {error.strerror}. Give another file.", err=True)
        raise typer.Exit(UNUSABLE) from None
    raise typer.Exit(verdict.exit_code)


def _method(significant: bool, point: bool, prove: bool, drops: bool) -> Method:
    """How drops are judged.

    Raises:
        RunError: two ways at once, or no drop to judge.
    """
    from medq_tasks.errors import RunError

    given = [name for name, chosen in (("significant", significant), ("point", point), ("prove", prove)) if chosen]
    if len(given) > 1:
        raise RunError(f"{' and '.join(f'--{name}' for name in given)} exclude each other. Give one of them.")
    if given and not drops:
        raise RunError(f"--{given[0]} says how drops are judged, and there is no --max-drop.")
    return "point" if point else "prove" if prove else "limit"


def _verdict(
    run_dir: Path, baseline: Path | None, rules: Rules, judge: str | None, latest: bool, by_picture: bool
) -> Verdict:
    from medq_tasks.runs.choose import one_run
    from medq_tasks.runs.picture_groups import by_picture as grouped
    from medq_tasks.settings import Settings

    run = one_run(run_dir, judge, latest=latest)
    before = one_run(baseline, judge, latest=latest) if baseline else None
    from medq_tasks.decide.gate import judge_run  # brings numpy: not before both runs are there

    if rules.max_drops:  # the only rules that ask which items share a picture
        settings = Settings.from_env()
        run = grouped(run, settings, by_picture)
        before = None if before is None else grouped(before, settings, by_picture)
    return judge_run(run, rules, before)


def _tasks(names: list[str]) -> tuple[str, ...]:
    """Groups are replaced by their tasks."""
    if not names:
        return ()
    import yaml

    from medq_tasks.harness.plugin import task_folder

    groups: dict[str, list[str]] = {}
    for path in sorted((Path(task_folder()) / "groups").glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups[content["group"]] = content["task"]

    def members(name: str) -> list[str]:
        return [task for part in groups[name] for task in members(part)] if name in groups else [name]

    return tuple(dict.fromkeys(task for name in names for task in members(name)))
