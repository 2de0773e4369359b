"""Runs beside each other, and beside the published rows where (and only where) that comparison is fair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from medq_tasks.demo import scripted_judge
from medq_tasks.families import FAMILIES
from medq_tasks.prompts import DEFAULT
from medq_tasks.records import AXES, KINDS, SHAPES, TEXT_KINDS, Kind, Usage, levels_of
from medq_tasks.report.board import NOBODY, BoardRow, Leaderboard
from medq_tasks.report.calibration import notes_of
from medq_tasks.report.columns import columns_of, left_out
from medq_tasks.report.places import comparable, placed
from medq_tasks.runs import published
from medq_tasks.runs.panel import in_words as panel_in_words
from medq_tasks.runs.picture_groups import NOT_KNOWN
from medq_tasks.runs.run import Run
from medq_tasks.runs.summary import RunSummary, TaskSummary, Value
from medq_tasks.runs.usage import Price, in_words, usage_by_judge
from medq_tasks.stats import wilson
from medq_tasks.wording.counts import count
from medq_tasks.wording.families import makers_of
from medq_tasks.wording.names import SPLITS

_NOT_STAMPED = (
    "no run here says which table it was made on (its results file is missing, of another table or of another tool)"
)
_THEIR_JUDGE = (published.JUDGE, published.JUDGE_PROMPTS)


def leaderboards(
    summaries: Sequence[RunSummary], runs: Sequence[Run] = (), prices: Mapping[str, Price] | None = None
) -> list[Leaderboard]:
    """One leaderboard per kind and split that at least one run has.

    Args:
        summaries: the numbers of each run.
        runs: the same runs, in the same order: with them places are worked out. Without, there are none.
        prices: of the judges' tokens, for the note on what judging has cost.
    """
    order = {split: place for place, split in enumerate(SPLITS)}
    found = {(task.kind, task.split) for run in summaries for task in run.tasks}
    keys = sorted(found, key=lambda key: (order.get(key[1], len(order)), key[1], KINDS.index(key[0])))
    boards = [_leaderboard(kind, split, summaries, spent(runs, kind, split), prices) for kind, split in keys]
    return [placed(board, summaries, runs) for board in boards] if runs else boards


def spent(runs: Sequence[Run], kind: Kind | None = None, split: str | None = None) -> dict[str, Usage]:
    """What judging the runs has cost, by judge; of one kind of task on one split, or of all."""
    tasks = (task for run in runs for task in run.tasks.values())
    wanted = (task for task in tasks if kind in (None, task.kind) and split in (None, task.split))
    return usage_by_judge(record for task in wanted for record in task.records)


def _leaderboard(
    kind: Kind, split: str, runs: Sequence[RunSummary], usage: Mapping[str, Usage], prices: Mapping[str, Price] | None
) -> Leaderboard:
    tasks = [
        (place, run, task)
        for place, run in enumerate(runs)
        for task in run.tasks
        if (task.kind, task.split) == (kind, split)
    ]
    beside = any(comparable(task) for _, _, task in tasks)
    rows = [_run_row(place, run, task) for place, run, task in tasks]
    labelled = [(row.label, task) for row, (_, _, task) in zip(rows, tasks, strict=True)]
    rows += _published_rows(kind) if beside else []
    if kind in TEXT_KINDS:
        own = [[(stamp.model, stamp.prompts) for stamp in task.judges] for _, _, task in tasks]
        judges = _judge_names([*own, *([_THEIR_JUDGE] for _ in rows[len(own) :])])
        rows = [replace(row, judge=judge) for row, judge in zip(rows, judges, strict=True)]
    rows += _chance_rows([task for _, _, task in tasks])
    columns, empty = columns_of(kind, rows)
    main = columns[0]
    rows.sort(key=lambda row: -row.metrics[main].value if main in row.metrics else float("inf"))
    notes = _notes(kind, split, [task for _, _, task in tasks], beside)
    notes += _judge_notes(labelled, beside) if kind in TEXT_KINDS else []
    notes += left_out(empty, [task for _, _, task in tasks])
    notes += notes_of(labelled)
    notes += dict.fromkeys(note for _, run, task in tasks for note in _own_family(run, task))
    notes += in_words(usage, prices)
    return Leaderboard(kind, split, columns, tuple(rows), tuple(notes), beside)


def _judge_names(rows: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    """Who judged each row, from its judges' models and prompts; prompts are named where one model had several."""
    prompts: dict[str, set[str]] = {}
    for model, words in (judge for row in rows for judge in row):
        prompts.setdefault(model, set()).add(words)
    return [
        ", ".join(
            dict.fromkeys(f"{model} ({words})" if len(prompts[model]) > 1 else model for model, words in sorted(row))
        )
        or NOBODY
        for row in rows
    ]


def _run_row(place: int, run: RunSummary, task: TaskSummary) -> BoardRow:
    total = task.total
    accuracy = total.metrics.get("accuracy")
    return BoardRow(
        label=run.label if _alone(run, task) else f"{run.label} · {task.name}",
        origin="run",
        metrics={name: total.metrics[name] for name in FAMILIES[task.kind].columns if name in total.metrics},
        run=place,
        task=task.name,
        n=total.n,
        pictures=total.pictures,
        n_original=task.n_original,
        states=total.states,
        unjudged=total.unjudged if task.kind in TEXT_KINDS else None,
        calibrated=task.calibrated,
        gap_to_experts=_gap(accuracy) if accuracy and comparable(task) else None,
        note=f"{total.n:,} of {task.n_original:,} items" if task.partial and task.n_original else "",
    )


def _alone(run: RunSummary, task: TaskSummary) -> bool:
    return sum((other.kind, other.split) == (task.kind, task.split) for other in run.tasks) == 1


def _gap(accuracy: Value) -> Value:
    """Accuracy minus the experts'. Their own uncertainty is not published, so the interval is the run's alone."""
    experts = published.EXPERT_ACCURACY
    low = None if accuracy.low is None else accuracy.low - experts
    high = None if accuracy.high is None else accuracy.high - experts
    return Value(accuracy.value - experts, low, high, accuracy.n, accuracy.method)


def _published_rows(kind: Kind) -> list[BoardRow]:
    return [
        BoardRow(
            label=row.model,
            origin="experts" if row.experts else "published",
            metrics={name: _published_value(row, name) for name in row.metrics},
            source=row.source,
            note=row.note,
        )
        for row in published.ROWS[kind]
    ]


def _published_value(row: published.PublishedRow, metric: str) -> Value:
    value = row.metrics[metric]
    n = (row.items or {}).get(metric, 0)
    found = wilson(round(value * n), n)
    return Value(value, found.low if found else None, found.high if found else None, n, found.method if found else "")


def _chance_rows(tasks: Sequence[TaskSummary]) -> list[BoardRow]:
    """What choosing at random would give (perception): one row, or one per table where that differs."""
    levels: dict[tuple[float, ...], TaskSummary] = {}
    for task in sorted(tasks, key=lambda task: task.partial):  # whole tables first: they name the level
        if task.chance_by_type and not (task.partial and levels):
            levels.setdefault(tuple(round(level, 6) for level in task.chance_by_type.values()), task)
    return [
        BoardRow(
            label="Random choice" + (f" · table {', '.join(task.tables)}" if len(levels) > 1 else ""),
            origin="chance",
            metrics={name: Value(level, None, None, task.total.n) for name, level in task.chance_by_type.items()},
            source="computed from the number of options of each item",
        )
        for task in levels.values()
    ]


def _notes(kind: Kind, split: str, tasks: Sequence[TaskSummary], beside: bool) -> list[str]:
    notes = []
    expected = published.TEST_ITEMS[kind]
    if split == "mini":
        notes.append(
            "The embedded sample set is a smoke test, not MedQ-Bench: its numbers compare with no published result."
        )
    elif not split:
        notes.append(f"Published results are left out: {_NOT_STAMPED}.")
    elif split != "test":
        notes.append("Published results are for the test split; they do not compare with this one and are left out.")
    elif not beside and not any(task.stamped for task in tasks):
        notes.append(f"Published results are left out: {_NOT_STAMPED}.")
    elif not beside:
        notes.append(f"Published results are left out: no run here covers all {expected:,} items of the test split.")
    if beside and any(not comparable(task) for task in tasks):
        notes.append(f"Runs that do not cover all {expected:,} items do not compare with the published rows.")
    unknown = [task.name for task in tasks if task.total.pictures is None and not task.totals_only]
    if unknown:
        notes.append(f"{', '.join(dict.fromkeys(unknown))}: {NOT_KNOWN}")
    bare = dict.fromkeys(task.name for task in tasks if task.totals_only)
    if bare:
        notes.append(
            f"{', '.join(bare)}: totals only, no samples are left: no intervals from items, no slices, no tests."
        )
    asked = dict.fromkeys(f"{task.name} ({_words(task)})" for task in tasks if task.other_words)
    if asked:
        notes.append(f"Asked in other words than this package's, which moves scores: {', '.join(asked)}.")
    silent = dict.fromkeys(task.name for task in tasks if not task.prompts)
    if silent and any(task.prompts for task in tasks):
        notes.append(f"Some runs of {', '.join(silent)} do not say in which words they asked (0.1.0, or imported).")
    second = (f"{task.name}: {said.words}" for task in tasks for said in task.second_readings)
    notes += list(dict.fromkeys(second))
    if beside and SHAPES[kind] == "choice":
        notes.append(
            "Published rows come without intervals; those shown are worked out here from the published "
            "percentage and the number of items."
        )
    if len({task.tables for task in tasks}) > 1:
        notes.append("The runs used different tables (fingerprints differ): compare them with care.")
    return notes


def _words(task: TaskSummary) -> str:
    """The words that are not this package's, with their hash: two files may have one name."""
    other = (f"{said.name}, {said.hash}" for said in task.prompts if said.name != DEFAULT)
    return "; ".join(other) or task.other_words


def _judge_notes(labelled: Sequence[tuple[str, TaskSummary]], beside: bool) -> list[str]:
    """``beside``: published rows stand beside the tasks, which have a judge of their own."""
    tasks = [task for _, task in labelled]
    stamps = {replace(stamp, server="") for task in tasks for stamp in task.judges}
    servers = sorted({stamp.server for task in tasks for stamp in task.judges} - {""})  # 0.1.0 noted none
    others = [
        f"{label} (by {', '.join(dict.fromkeys(stamp.model for stamp in task.judges))})"
        for label, task in labelled
        if any((stamp.model, stamp.prompts) != _THEIR_JUDGE for stamp in task.judges)
    ]
    notes = []
    if beside and others:
        notes.append(
            f"Judged by another judge or other prompts than the published rows, so that its scores do not compare with "
            f"theirs: {', '.join(others)}."
        )
    if beside:
        notes.append(
            f"The published scores are judgements of {published.JUDGE} under the paper's own prompts. That model was "
            f"announced to end on {published.JUDGE_ENDS}: nobody can repeat them."
        )
    if len(stamps) > 1:
        notes.append("The runs were judged by different judges or prompts: axis scores compare only under one judge.")
    elif len(servers) > 1:
        notes.append(
            f"One judge's name on several servers ({', '.join(servers)}): it may stand for other weights there."
        )
    notes += [scripted_judge.NOTE] if any(stamp.model == scripted_judge.NAME for stamp in stamps) else []
    notes += [note for task in tasks for note in (_sums(task), _old_levels(task), *panel_in_words(task.panel)) if note]
    return list(dict.fromkeys(notes))


def _old_levels(task: TaskSummary) -> str:
    """Whether scores count that the protocol does not know: runs judged before such were asked for again."""
    ones = sum(
        count
        for axis, scores in task.axis_scores.items()
        for level, count in scores.items()
        if not task.panel and level.isdecimal() and int(level) not in levels_of(task.kind, axis)
    )
    if not ones:
        return ""
    levels = count(ones, "score is a level", "scores are levels")
    return f"{task.name}: {levels} that the axis does not have; `medq judge` asks for them again."


def _own_family(run: RunSummary, task: TaskSummary) -> Iterator[str]:
    """Whether a judge is of the model's own makers (self-preference: arXiv 2604.11589)."""
    makers = makers_of(f"{run.label} {run.model_args}")
    for stamp in task.judges:
        if makers & makers_of(stamp.model):
            yield (
                f"{run.label} is judged by {stamp.model}: of one maker, and a judge may favour the texts of its own "
                "family. Another maker's judge beside it tells how much."
            )


def _sums(task: TaskSummary) -> str:
    """Where axes were left unscored: that the axes shown are no parts of the overall shown."""
    found = task.total.metrics
    overall = found.get("overall")
    axes = [found[axis] for axis in AXES if axis in found]
    if overall is None or all(axis.n == overall.n for axis in axes):
        return ""
    return (
        f"{task.name}: overall {overall.value:.3f} is over the {overall.n:,} items with all four axes, each axis over "
        f"the items where it is scored; the axes shown add up to {sum(axis.value for axis in axes):.3f}."
    )
