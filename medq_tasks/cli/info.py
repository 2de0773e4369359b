"""``medq info``, ``medq tasks-path`` and ``medq --version``."""

from __future__ import annotations

import typer

from medq_tasks.cli.console import say


def tasks_path() -> None:
    """Print the folder of the task definitions, for lmms-eval's --include_path."""
    from medq_tasks.harness.plugin import task_folder

    typer.echo(task_folder())  # for $(...): a path to the letter, whatever its letters


def version(wanted: bool) -> None:
    """Print the versions of this package, the harness and Python, and end."""
    if not wanted:
        return
    import platform
    from importlib import metadata

    from medq_tasks import __version__

    try:
        harness = metadata.version("lmms-eval")
    except metadata.PackageNotFoundError:
        harness = "not installed"
    say(f"medq-tasks {__version__}, lmms-eval {harness}, Python {platform.python_version()}")
    raise typer.Exit


def info(
    probe: bool = typer.Option(
        True,
        help="Ask the judge's server (with --check: the hub too) whether it answers; costs nothing.",
    ),
    check: bool = typer.Option(
        False,
        "--check",
        help="One line for each thing that would stop or falsify a run; exit 1 if there is one.",
    ),
    model: str = typer.Option(
        "qwen2_vl", metavar="NAMES", help="With --check: backends that must be importable, between commas."
    ),
) -> None:
    """Versions, settings in force, where the data comes from, whether a judge is reachable."""
    if check:
        _check([name.strip() for name in model.split(",") if name.strip()], probe)
        return
    from medq_tasks.cli import facts
    from medq_tasks.settings import Settings

    settings = Settings.from_env()
    sections = {
        "versions": facts.versions(),
        "harness": facts.registration(),
        "settings": facts.settings(settings),
        "data": facts.data(settings),
        "judge": facts.judge(settings, probe=probe),
    }
    longest = max(len(name) for rows in sections.values() for name in rows)
    for title, rows in sections.items():
        say(title)
        for name, value in rows.items():  # a line each, whatever the width: a path that is broken cannot be copied
            say(f"  {name:<{longest}}  {' '.join(value.splitlines())}")


def _check(backends: list[str], probe: bool) -> None:
    import sys

    from medq_tasks.harness.health.check import check

    if sys.stderr.isatty():
        say("Importing lmms-eval as a run does: about 20 seconds ...", err=True)
    traps = check(backends, ask_servers=probe)
    for trap in traps:
        say(str(trap))
    if traps:
        raise typer.Exit(1)
    say("nothing found")
