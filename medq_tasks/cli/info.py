"""``medq info`` and ``medq tasks-path``."""

from __future__ import annotations

import typer


def tasks_path() -> None:
    """Print the folder of the task definitions, for lmms-eval's --include_path."""
    from medq_tasks.plugin import task_folder

    typer.echo(task_folder())
