"""Run folders as objects: what was evaluated, on which table, by which model, with every record.

Everything downstream (report, compare, gate, align) starts from ``load_runs``. What is missing or doubtful is
named in ``Run.problems``; what makes a run unusable raises ``RunError``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from medq_tasks.errors import RunError
from medq_tasks.records import ReasoningRecord, Record
from medq_tasks.runs import files as run_files
from medq_tasks.runs import imported, kept, twins
from medq_tasks.runs.files import RunFiles
from medq_tasks.runs.run import OWN_JUDGE, Run, TaskRun, with_judge
from medq_tasks.runs.totals import printed_metrics, split_of, totals_of, version_of
from medq_tasks.store.secrets import without_values
from medq_tasks.wording.counts import count


def load_runs(paths: Sequence[Path], judge: str | None = None, *, totals: bool = False) -> list[Run]:
    """Every run found below ``paths``, oldest first within each path.

    Result files of one folder, model and model_args that share no task are one run (perception today, reasoning
    tomorrow); with a task in common they are separate runs.

    Args:
        paths: Run folders, searched recursively; or single result files.
        judge: Slug of a later judgement (``medq judge``) to use; "" for the run's own. By default the run's
            own, or where it has none the first later one by name.
        totals: Take runs of which only totals are left, too (``TaskRun.totals_only``), and leave out those beside
            others whose replies nobody has scored yet, which a problem of the first run names.

    Raises:
        RunError: nothing usable was found, a file cannot be read, or ``judge`` names no judgement.
    """
    runs: list[Run] = []
    unscored: list[str] = []
    for files in run_files.find(paths):
        if totals and (waiting := _unscored(files)):
            unscored.append(waiting)
            continue
        run = _load(files, totals)
        if run is not None:
            _merge_into(runs, run)
    if unscored and not runs:
        raise RunError(unscored[0])
    if unscored:
        runs[0] = replace(runs[0], problems=(*runs[0].problems, *(f"Left out: {told}" for told in unscored)))
    if not runs:
        raise RunError(f"{_names(paths)}: results, but none of a MedQ task. Run `lmms-eval --tasks medq_bench ...`.")
    return [with_judge(run, judge) for run in runs]


def _unscored(files: RunFiles) -> str:
    """Why a run beside others cannot be shown yet; "" where it can, or where that is another matter."""
    ours = [path for task, path in files.samples.items() if run_files.is_ours(task, path)]
    waiting = [path for path in ours if not run_files.has_records(path)]
    if not waiting or files.judged:
        return ""
    return run_files.not_scored(str(waiting[0]))


def _load(files: RunFiles, totals: bool) -> Run | None:
    """None when the evaluation had no task of ours.

    Raises:
        RunError: nothing but totals is left of it, and they are not wanted.
    """
    ours = {task: path for task, path in files.samples.items() if run_files.is_ours(task, path)}
    results = run_files.read_results(files.results) if files.results else {}
    asked = {task for task in results.get("n-samples") or {} if task.startswith("medq_")}
    if not ours and not asked:
        return None
    if not ours and not totals:
        raise RunError(
            f"{files.results}: totals of {', '.join(sorted(asked))} and no samples. `medq report` shows them; for the "
            "rest run the evaluation again with --log_samples."
        )
    if not ours:
        tasks, problems = totals_of(results, sorted(asked), str(files.results))
        return _run(results, tasks, problems, files)
    # Generated with --predict_only and judged later: the records are in the judged files alone.
    later = {task for task, path in ours.items() if files.judged.get(task) and not run_files.has_records(path)}
    records = {task: [] if task in later else run_files.read_records(path) for task, path in ours.items()}
    run = _build(results, records, files)
    problems = [f"{task}: in the results, but its samples file is missing." for task in sorted(asked - set(ours))]
    if why := kept.ended(results):
        problems.append(f"{files.results}: ended early ({why}); what the model had answered was kept.")
    if files.results is None:
        problems.append(f"{files.stamp}: samples without a results file; versions, limit and table size are unknown.")
    return replace(run, problems=tuple(problems) + run.problems)


def _build(results: Mapping[str, Any], records: Mapping[str, list[Record]], files: RunFiles) -> Run:
    tasks: dict[str, TaskRun] = {}
    problems: list[str] = []
    for name in sorted(records):
        if not records[name] and name not in files.judged:
            problems.append(f"{name}: its samples file is empty.")
            continue
        tasks[name] = task = _task(name, records[name], results, files)
        problems += _task_problems(task, len(records[name]) or len(task.records))
        if task.judgement == OWN_JUDGE and files.results and not kept.ended(results):
            problems += twins.task_problems(str(files.results), name, results, task.records)
    own = {name: task.records for name, task in tasks.items() if task.judgement == OWN_JUDGE}
    problems += twins.group_problems(str(files.results), results, own)
    if not tasks:
        raise RunError(f"{files.folder}: every samples file is empty. Run the evaluation again.")
    return _run(results, tasks, problems, files)


def bare(files: RunFiles) -> Run:
    """A run without its tasks, for its name: nothing but its results file is read."""
    return _run(run_files.read_results(files.results) if files.results else {}, {}, (), files)


def _run(results: Mapping[str, Any], tasks: Mapping[str, TaskRun], problems: Iterable[str], files: RunFiles) -> Run:
    config = results.get("config") or {}
    return Run(
        model=str(config.get("model") or results.get("model_name") or files.folder.name or "unknown"),
        model_args=_model_args(config.get("model_args")),
        when=str(results.get("date") or files.stamp),
        folder=files.folder,
        tasks=tasks,
        problems=(*imported.problems(results), *problems),
        config=config,
        origin=imported.origin(results),
        utc=kept.moment_of(results),
    )


def _task(name: str, records: list[Record], results: Mapping[str, Any], files: RunFiles) -> TaskRun:
    config = (results.get("configs") or {}).get(name) or {}
    sizes = (results.get("n-samples") or {}).get(name) or {}
    later = sorted(files.judged.get(name, {}).items())
    read = {slug: run_files.read_judged(path, records) for slug, path in later}
    judged = {slug: _tidy(lines) for slug, lines in read.items()}
    doubts = {slug: tuple(_judged_problems(name, slug, files, read[slug], judged[slug])) for slug in read}
    slug = OWN_JUDGE if records else next(iter(judged))
    chosen = _tidy(records) if records else judged.pop(slug)
    if not chosen:
        raise RunError(f"{files.judged[name][slug]}: holds no records. Run `medq judge` again.")
    printed = (results.get("results") or {}).get(name) or {}
    return TaskRun(
        name=name,
        kind=chosen[0].kind,
        split=split_of(name, config, chosen),
        version=version_of(results, name),
        records=chosen,
        config=config,
        metrics=printed_metrics(printed),
        pictures=twins.told_of(results, name, "pictures", "pictures"),
        n_original=sizes.get("original"),
        n_effective=sizes.get("effective"),
        limit=(results.get("config") or {}).get("limit"),
        samples=files.samples.get(name),
        judgements=judged,
        judgement=slug,
        doubts=doubts,
        told=twins.told_of(results, name, "summary", "record"),
    )


def _tidy(records: Iterable[Record]) -> tuple[Record, ...]:
    """One record per item and variant, in table order. The harness appends to its file: the last of an item counts."""
    kept = {record.identity: record for record in records}.values()
    return tuple(sorted(kept, key=lambda record: (record.row, record.variant)))


def _task_problems(task: TaskRun, lines: int) -> Iterator[str]:
    if lines > len(task.records):
        again = count(lines - len(task.records), "item is", "items are")
        yield f"{task.name}: {again} logged more than once; the last of each counts."
    if task.n_effective is not None and len(task.records) < task.n_effective:
        yield f"{task.name}: {len(task.records)} of {task.n_effective} items are logged; the rest is missing."
    if len(task.tables) > 1:
        yield f"{task.name}: records of {len(task.tables)} different tables ({', '.join(task.tables)})."
    if len(task.stamps) > 1:
        yield f"{task.name}: judged by {len(task.stamps)} different judges or prompts."
    if len(task.prompts) > 1:
        asked = ", ".join(f"{stamp.name} ({stamp.hash})" for stamp in task.prompts)
        yield f"{task.name}: asked in different words ({asked})."
    if len({record.kind for record in task.records}) > 1:
        yield f"{task.name}: records of several kinds."


def _judged_problems(
    name: str, slug: str, files: RunFiles, lines: Sequence[Record], judged: Sequence[Record]
) -> Iterator[str]:
    """What is doubtful about the judgement ``slug``: in its file, and beside the totals that were written with it."""
    path, again = files.judged[name][slug], "Run `medq judge` again."
    if len(lines) > len(judged):
        twice = count(len(lines) - len(judged), "item is", "items are")
        yield f"{path}: {twice} judged more than once; the last of each counts. {again}"
    if len({record.judge for record in judged if isinstance(record, ReasoningRecord) and record.judge}) > 1:
        yield f"{path}: judgements of different judges or prompts. {again}"
    summary = files.folder / f"{files.stamp}_judged.{slug}.json"
    if summary.is_file() and judged:
        printed = (run_files.read_results(summary).get("results") or {}).get(name)
        found = twins.totals(str(summary), name, printed, judged) if isinstance(printed, Mapping) else ()
        yield from (f"{problem} {again}" for problem in found)


def _model_args(value: Any) -> str:
    if isinstance(value, Mapping):
        value = ",".join(f"{key}={item}" for key, item in value.items())
    return without_values(str(value or ""))


def _merge_into(runs: list[Run], run: Run) -> None:
    """Join ``run`` to the latest earlier one of the same folder and model when they share no task."""
    for index in range(len(runs) - 1, -1, -1):
        other = runs[index]
        if (other.folder, other.model, other.model_args) != (run.folder, run.model, run.model_args):
            continue
        if not other.tasks.keys() & run.tasks.keys():
            tasks = {**other.tasks, **run.tasks}
            origin = "; ".join(dict.fromkeys((other.origin, run.origin)))
            runs[index] = replace(run, tasks=tasks, problems=other.problems + run.problems, origin=origin)
            return
        break
    runs.append(run)


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in paths)
