"""``medq runs``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.console import say
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain

if TYPE_CHECKING:
    from medq_tasks.runs.kept import KeptRun


def runs(
    folders: list[Path] | None = typer.Argument(
        None, metavar="[DIR]...", help="List those below; by default all that were kept on this machine."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print them as JSON."),
) -> None:
    """The runs of this package's tasks that were kept, newest first: for report, gate, judge, compare.

    Every run is kept (MEDQ_KEEP_RUNS=0: none), below its --output_path or else below MEDQ_CACHE_DIR, also where
    --log_samples was forgotten. Example: medq report "$(medq runs --json | jq -r '.[0].path')"
    """
    from medq_tasks.errors import RunError
    from medq_tasks.runs import kept
    from medq_tasks.settings import Settings

    lost = [folder for folder in folders or () if not folder.is_dir()]
    if lost:
        raise RunError(f"{lost[0]}: no such folder. Without one, all runs that were kept on this machine are listed.")
    if folders:
        places = [place for folder in folders for place in kept.folders_below(folder)]
    else:
        places = kept.folders_known(Settings.from_env().cache_dir)
    found = kept.listed(places)
    if as_json:
        say(json.dumps([_as_json(run) for run in found], indent=2))
    else:
        say("\n".join(map(_in_words, found)) or "no runs are kept here")


def _as_json(run: KeptRun) -> dict[str, object]:
    told = {**asdict(run), "path": str(run.folder), "tasks": list(run.tasks)}
    del told["folder"]
    return told


def _in_words(run: KeptRun) -> str:
    """Two lines; the path stands alone, so that it can be copied from any width."""
    from medq_tasks.runs.run import display_name
    from medq_tasks.wording.times import told

    parts = [f"{run.judged:,} judged"] * bool(run.judged)
    parts += [count(run.judgements, "later judgement")] * bool(run.judgements)
    parts = parts or ["not scored yet" if not run.scored else "not judged"] * (run.texts or not run.scored)
    ended = [f"ended early ({run.ended})"] * bool(run.ended)
    facts = [count(run.items, "item"), *parts, *ended, _size(run.size)]
    head = f"{told('', run.utc)}  {display_name(run.model, run.model_args)}  {', '.join(run.tasks)}: {', '.join(facts)}"
    return f"{plain(head)}\n    {plain(str(run.folder))}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
