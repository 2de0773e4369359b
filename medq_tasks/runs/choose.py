"""From the path that a user typed to the one run that is meant."""

from __future__ import annotations

from pathlib import Path

from medq_tasks.errors import RunError
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.run import Run


def one_run(path: Path, judge: str | None = None, *, latest: bool = False) -> Run:
    """The single run below ``path``; of several, the newest where ``latest`` is set.

    Raises:
        RunError: nothing usable, or several runs and nobody said which.
    """
    runs = sorted(load_runs([path], judge), key=lambda run: run.when)
    if len(runs) > 1 and not latest:
        listed = "\n".join(f"  {run.made}  {run.name}: {', '.join(run.tasks)}" for run in runs)
        raise RunError(
            f"{path}: {len(runs)} runs, and only one can be meant:\n{listed}\n"
            "Give a folder or results file of one of them, or take the newest with --latest."
        )
    return runs[-1]
