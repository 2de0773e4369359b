"""``medq info`` and ``medq tasks-path``."""

from __future__ import annotations

import typer


def tasks_path() -> None:
    """Print the folder of the task definitions, for lmms-eval's --include_path."""
    from medq_tasks.plugin import task_folder

    typer.echo(task_folder())


def info(
    probe: bool = typer.Option(True, help="Ask the judge server whether it answers (lists its models, costs nothing)."),
) -> None:
    """Versions, settings in force, where the data comes from, whether a judge is reachable."""
    from rich.console import Console
    from rich.table import Table

    from medq_tasks.cli import facts
    from medq_tasks.settings import Settings

    settings = Settings.from_env()
    console = Console()
    sections = {
        "versions": facts.versions(),
        "harness": facts.registration(),
        "settings": facts.settings(settings),
        "data": facts.data(settings),
        "judge": facts.judge(settings, probe=probe),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for title, rows in sections.items():
        table.add_row(f"[cyan]{title}[/cyan]", "")
        for name, value in rows.items():
            table.add_row(f"  {name}", value)
    console.print(table)
