"""What is told of an evaluation before it generates, and once more under its table: what it loses, what is kept where.

Each line on rank 0 alone, as a warning where something is lost.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medq_tasks.harness import under_table
from medq_tasks.harness.evaluation import Evaluation, rank
from medq_tasks.harness.kept_runs import place_of
from medq_tasks.harness.telling import note, tell
from medq_tasks.records import TEXT_KINDS
from medq_tasks.runs.twins import metadata_of, table_stamp
from medq_tasks.settings import Settings
from medq_tasks.wording.counts import count

_NO_JUDGE = (
    "no judge is configured (MEDQ_JUDGE_BASE_URL, MEDQ_JUDGE_API_KEY): the four axes of {} stay empty (N/A), and "
    "verdict_accuracy needs none"
)


def at_the_top(one: Evaluation) -> None:
    """Say what this command line will lose."""
    settings = Settings.from_env()
    texts = unjudged(one, settings)
    if texts:
        from medq_tasks import judge  # half a second, for few

        judge.session_for(settings).told = True  # on each rank: it would say so in the middle of a progress bar
    if rank():
        return
    if one.by_command:
        for line in lost(one, settings):
            tell(line)
    if texts:
        later = "; `medq judge RUN_DIR` can judge this run later" if settings.keep_runs or logs(one) else ""
        tell(_NO_JUDGE.format(", ".join(texts)) + later)


def logs(one: Evaluation) -> bool:
    """Whether the harness will write the samples of this run."""
    return one.output is not None and bool(one.given.get("log_samples") or one.predicts_only)


def lost(one: Evaluation, settings: Settings) -> Iterator[str]:
    """What lmms-eval will not write of this run, and where its records will be all the same."""
    if logs(one):
        return
    what = "no --output_path: lmms-eval writes nothing of this run"
    if one.output is not None:
        what = "no --log_samples: lmms-eval writes the totals of this run and none of its replies"
    if settings.keep_runs:
        yield f"{what}. Replies and records are kept in {place_of(one, settings)} (MEDQ_KEEP_RUNS=0 keeps none)"
    else:
        yield (
            f"{what}, and MEDQ_KEEP_RUNS=0 keeps none: report, gate and judge will find nothing. Stop here and add "
            "--output_path DIR --log_samples to have them"
        )


def unjudged(one: Evaluation, settings: Settings) -> list[str]:
    """The tasks that a judge would score and that have none."""
    if settings.judge.configured or one.predicts_only:
        return []
    configs = {name: getattr(task, "config", None) for name, task in one.tasks.items()}
    said = {name: table_stamp({"metadata": getattr(config, "metadata", None)}) for name, config in configs.items()}
    return [name for name, table in said.items() if table.get("kind") in TEXT_KINDS]


def at_the_end(one: Evaluation, folder: Path | None, error: BaseException | None) -> None:
    """Say where the run is kept, and what its N/A rows lack: under the table, which a command line prints last."""
    if error is not None:
        if folder is not None:
            tell(
                f"the run ended before its results were there; what the model had answered is kept in {folder}: "
                f"first `medq judge {shlex.quote(str(folder))}`, which scores what has none yet, then `medq report`"
            )
        return
    if rank():
        return
    lines = list(_under_the_table(one, folder))
    if one.by_command and under_table.in_force():
        under_table.LINES[one.id] = lines
    else:
        for line in lines:
            note(line)


def _under_the_table(one: Evaluation, folder: Path | None) -> Iterator[str]:
    texts = unjudged(one, Settings.from_env())
    place = one.output if logs(one) else folder
    if texts:
        cure = f"; `medq judge {shlex.quote(str(place))}` judges this run" if place else ""
        yield f"{_NO_JUDGE.format(', '.join(texts))}{cure}"
    for name in one.tasks:
        many = _summary(one.results or {}, name).get("second_counted")
        if many:
            words = count(many, "reply counts", "replies count")
            yield f"{name}: {words} as a second reader alone has read them (MEDQ_READER_COUNTS=1)"
    if folder:
        yield f"the records of this run are kept in {folder} (`medq runs` lists such folders)"


def _summary(results: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = metadata_of((results.get("configs") or {}).get(name)).get("summary")
    return found if isinstance(found, Mapping) else {}
