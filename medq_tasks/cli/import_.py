"""``medq import``: predictions made elsewhere become a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medq_tasks.cli.console import say
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain


def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Predictions: .xlsx, .tsv, .csv, .json or .jsonl.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RUN", help="Run folder to write into; made if need be.")
    ],
    task: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Task of the files; by default by their names, else by their ids."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the model; by default by the files' names.")
    ] = None,
    duplicates: Annotated[
        str,
        typer.Option(
            metavar="HOW", help="Of two different replies for one id: refuse, or count the first or the last."
        ),
    ] = "refuse",
) -> None:
    """Predictions made elsewhere (VLMEvalKit's result files, JSONL, CSV) become a run folder.

    Ids are matched to the official table in MEDQ_DATA_DIR; unknown, missing and duplicate ones are counted and named.
    Replies are read anew, and `medq judge RUN` judges them anew; so a run's own samples files (.jsonl) can be read
    by the rules of this version, with --model. A pickle is refused.
    """
    from datetime import datetime

    from medq_tasks.harness.plugin import task_folder
    from medq_tasks.scoring.import_run import import_files, write_runs
    from medq_tasks.scoring.shipped import shipped_tasks
    from medq_tasks.settings import Settings

    tasks = shipped_tasks(task_folder())
    found = import_files(files, tasks, Settings.from_env(), task=task, model=model, duplicates=duplicates)
    written = write_runs(found, output, datetime.now())
    for one in found:
        for line in (*(note for file in one.files for note in file.notes), *one.problems):
            say(plain(line), err=True)
        say(plain(f"{one.task.name}: {len(one.records):,} of {count(one.table.rows, 'item')} imported as {one.model}"))
    for path in written:
        say(str(path))
