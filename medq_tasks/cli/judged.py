"""What ``medq judge`` says of a judgement: of several runs one block each, headed by the run's name and folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from medq_tasks.cli.console import say, wide_console
from medq_tasks.wording.escape import plain

if TYPE_CHECKING:
    from medq_tasks.runs.files import RunFiles
    from medq_tasks.scoring.judge_run import JudgedTask


def tell(run_dir: Path, done: Sequence[JudgedTask], judge: str) -> None:
    """Print the metrics of what ``judge`` has judged below ``run_dir``, what it left open, and where it is written."""
    blocks = list(_by_run(run_dir, done))
    title = f"Judged by {judge}"
    if len(blocks) == 1:
        _block(title, blocks[0][1])
        return
    say(plain(title))
    for head, tasks in blocks:
        say("")
        _block(head, tasks)


def _by_run(run_dir: Path, done: Sequence[JudgedTask]) -> Iterator[tuple[str, list[JudgedTask]]]:
    """Each run's name and folder, with its tasks; runs of which nothing was judged are left out."""
    from medq_tasks.runs import files as run_files
    from medq_tasks.runs.load import bare
    from medq_tasks.runs.run import labels

    found = []
    for files in run_files.find([run_dir]):
        own = set(files.samples.values())
        found.append((files, [task for task in done if task.samples in own]))
    found = [(files, tasks) for files, tasks in found if tasks]
    names = labels([bare(files) for files, _ in found])
    for (files, tasks), name in zip(found, names, strict=True):
        yield f"{name} · {_folder(run_dir, files)}", tasks


def _folder(run_dir: Path, files: RunFiles) -> Path:
    """The run's folder in the words of the command line, where it lies below what was given."""
    above = run_dir.resolve()
    return run_dir / files.folder.relative_to(above) if files.folder.is_relative_to(above) else files.folder


def _block(title: str, tasks: Sequence[JudgedTask]) -> None:
    from medq_tasks.runs import panel
    from medq_tasks.wording.counts import count
    from medq_tasks.wording.fitting import fitted

    wide = wide_console()
    wide.print(*fitted(title, _rows(tasks), wide.width), sep="\n")
    for task in tasks:
        for reason, times in task.unscored.items():
            say(plain(f"{task.task}: {count(times, 'axis', 'axes')} not scored: {reason}"))
        for read in task.second_readings:
            say(plain(f"{task.task}: {read.words}"))
        for line in panel.in_words(panel.panel_agreement(task.records)):
            say(plain(f"{task.task}: {line}"))
        say(str(task.path))


def _rows(tasks: Sequence[JudgedTask]) -> list[list[str]]:
    columns = [task.metrics for task in tasks]
    names = dict.fromkeys(name for column in columns for name in column)
    body = [[name, *(f"{column[name]:.4g}" if name in column else "" for column in columns)] for name in names]
    return [["metric", *(task.task for task in tasks)], *body]
