"""A panel of a whole run: of judgements that were just made, or that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from medq_tasks.errors import RunError, SettingsError
from medq_tasks.records import ReasoningRecord
from medq_tasks.runs import files as run_files
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.panel import is_panel
from medq_tasks.runs.run import with_judge
from medq_tasks.scoring.judge_run import JudgedTask, is_reasoning, write
from medq_tasks.scoring.panel import LEAST, panel


def panel_run(folder: Path, members: Sequence[Sequence[JudgedTask]]) -> list[JudgedTask]:
    """Make one judgement of several judges' and write it beside theirs (``scoring.panel`` has the rule).

    Args:
        folder: what ``judge_run`` was given.
        members: what it returned for each judge.

    Raises:
        RunError: they have not judged the same items.
        SettingsError: they were asked in different prompts.
    """
    by_samples = [{task.samples: task for task in own if is_reasoning(task)} for own in members]
    common = set.intersection(*map(set, by_samples))
    done: list[JudgedTask] = []
    for files in run_files.find([folder]):
        own = [by_samples[0][path] for path in sorted(files.samples.values()) if path in common]
        found = [
            replace(task, records=panel([part[task.samples].records for part in by_samples]), path=None) for task in own
        ]
        stamps = {r.judge for task in found for r in task.records if isinstance(r, ReasoningRecord) and r.judge}
        if len(stamps) > 1:
            raise RunError(
                f"{files.folder}: its judges have not judged the same items, so that there are {len(stamps)} panels. "
                "Run `medq judge` with each of them again."
            )
        done += write(files, found, stamps.pop()) if stamps else []
    return done


def stored_members(folder: Path, wanted: Sequence[str] = ()) -> list[list[JudgedTask]]:
    """The judgements that are stored beside the samples below ``folder``, for ``panel_run``: nobody is asked.

    ``wanted``: models, or judgements by their names in the files; all that there are where none is named.

    Raises:
        RunError: there are fewer than two judges.
        SettingsError: one model has judged twice: which of its judgements is meant?
    """
    by_judge: dict[str, list[JudgedTask]] = {}
    models: dict[str, str] = {}
    for run in load_runs([folder]):
        for slug in run.judges:
            for task in with_judge(run, slug).tasks.values():
                stamp = task.stamps[0] if task.stamps and task.judgement == slug else None
                if stamp is None or task.samples is None or any(map(is_panel, task.records)):
                    continue
                if not wanted or stamp.model in wanted or slug in wanted:
                    models[slug] = stamp.model
                    own = by_judge.setdefault(slug, [])
                    own.append(JudgedTask(task.name, task.samples, task.records, fresh=False))
    for model in models.values():
        slugs = [slug or "(the run's own)" for slug, name in models.items() if name == model]
        if len(slugs) > 1:
            raise SettingsError(
                f"{model} has judged more than once. Name with --judge-model one of {', '.join(slugs)}."
            )
    missing = [name for name in wanted if name not in models.values() and name not in models]
    if missing:
        raise RunError(f"{folder}: no judgement by {missing[0]} is stored. Leave --panel out to ask it.")
    if len(by_judge) < LEAST:
        said = ", ".join(models.values()) or "nobody"
        raise RunError(f"{folder}: judged by {said}: a panel has two judges or more. Name them with --judge-model.")
    return list(by_judge.values())
