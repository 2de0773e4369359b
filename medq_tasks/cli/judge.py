"""``medq judge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.console import say, wide_console
from medq_tasks.wording.escape import plain

if TYPE_CHECKING:
    from rich.table import Table

    from medq_tasks.scoring.judge_run import JudgedTask
    from medq_tasks.settings import Settings


def judge(
    run_dir: Path = typer.Argument(..., help="What `lmms-eval --output_path RUN_DIR --log_samples` wrote."),
    judge_model: str | None = typer.Option(None, help="Judge model; overrides MEDQ_JUDGE_MODEL."),
    base_url: str | None = typer.Option(None, help="OpenAI-compatible server; overrides MEDQ_JUDGE_BASE_URL."),
    concurrency: int | None = typer.Option(None, min=1, help="Requests in flight; overrides MEDQ_JUDGE_CONCURRENCY."),
    prompts: Path | None = typer.Option(
        None, help="YAML file, or checkout of the reference implementation; overrides MEDQ_JUDGE_PROMPTS."
    ),
) -> None:
    """Judge the logged samples of a run, for the first time or again, and write the result beside them.

    The key comes from MEDQ_JUDGE_API_KEY or OPENAI_API_KEY. Run it again after an interruption or a failure: only
    missing answers of the judge are asked for.
    """
    from medq_tasks.records import TEXT_KINDS
    from medq_tasks.runs import files as run_files
    from medq_tasks.settings import check_prompts

    settings = _settings(judge_model, base_url, concurrency, prompts)
    check_prompts(settings.judge.prompts)
    samples = [path for files in run_files.find([run_dir]) for path in files.samples.values()]
    if any(run_files.first_kind(path) in TEXT_KINDS for path in samples):
        settings.judge.require()
    # They bring what judges, half a second: not before there is something to judge, and a judge.
    from medq_tasks.judge import JudgeSession
    from medq_tasks.scoring.judge_run import judge_run

    session = JudgeSession(settings)
    done = judge_run(run_dir, settings, session)
    wide_console().print(_table(done, f"{session.stamp.model}, {session.rubric.name}"))
    for task in done:
        for reason, count in task.unscored.items():
            say(plain(f"{task.task}: {count} axes not scored: {reason}"))
        for read in task.second_readings:
            say(plain(f"{task.task}: {read.words}"))
        say(str(task.path))


def _settings(model: str | None, base_url: str | None, concurrency: int | None, prompts: Path | None) -> Settings:
    import dataclasses

    from medq_tasks.settings import Settings

    settings = Settings.from_env()
    given = {"model": model, "base_url": base_url, "concurrency": concurrency, "prompts": prompts}
    changed = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(settings, judge=dataclasses.replace(settings.judge, **changed))  # type: ignore[arg-type]


def _table(done: list[JudgedTask], title: str) -> Table:
    from rich.table import Table

    table = Table(title=plain(title))
    table.add_column("metric")
    for task in done:
        table.add_column(plain(task.task), justify="right")
    columns = [task.metrics for task in done]
    for name in dict.fromkeys(name for column in columns for name in column):
        table.add_row(plain(name), *(f"{column[name]:.4g}" if name in column else "" for column in columns))
    return table
