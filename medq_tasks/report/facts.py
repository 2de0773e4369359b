"""What must be in sight beside a run's numbers: when, by whom judged, how asked, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medq_tasks.metrics import METRICS
from medq_tasks.records import SHAPES
from medq_tasks.report import links
from medq_tasks.report.short import short_names
from medq_tasks.runs.differences import image_transport
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.measures import main_metric
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.runs.summary import RunSummary, TaskSummary
from medq_tasks.wording import names
from medq_tasks.wording.figures import metric_interval

_NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Warned:
    """One thing that went wrong, with the samples that it is about ("": none to show)."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class TaskFacts:
    """One line: a task of a run."""

    title: str
    name: str
    value: str  # the main figure, without its interval
    interval: str
    metric: str  # its title
    items: str
    judge: str  # "" where there is nothing to judge
    prompts: str
    transport: str
    table: str
    warnings: tuple[Warned, ...]


@dataclass(frozen=True)
class RunFacts:
    """One run. ``problems`` are sentences about all of it."""

    label: str
    about: str
    made: str
    tasks: tuple[TaskFacts, ...]
    problems: tuple[str, ...]


def facts(runs: Sequence[Run], summaries: Sequence[RunSummary]) -> list[RunFacts]:
    """Per run of the page, in its order."""
    found = []
    called = short_names([summary.label for summary in summaries])
    for place, (run, summary) in enumerate(zip(runs, summaries, strict=True)):
        about = " · ".join(filter(None, (run.model, run.model_args if run.origin == OF_HARNESS else run.origin)))
        tasks = tuple(_task(place, run, run.tasks[task.name], task) for task in summary.tasks)
        found.append(RunFacts(called[place], about, summary.made, tasks, summary.problems))
    return found


def _task(place: int, run: Run, task: TaskRun, summary: TaskSummary) -> TaskFacts:
    name = main_metric(task)
    value, _, interval = metric_interval(name, summary.total.metrics.get(name)).partition(" (")
    split = f", {names.SPLITS.get(task.split, task.split)}" if task.split != "test" else ""
    items = f"{summary.total.n:,}" + (f" of {summary.n_original:,}" if summary.partial else "")
    models = ", ".join(dict.fromkeys(f"{stamp.model} · {stamp.prompts}" for stamp in task.stamps))
    return TaskFacts(
        title=f"{names.KIND_TITLES[task.kind]}{split}",
        name=task.name,
        value=value,
        interval=interval.rstrip(")"),
        metric=_unit(name),
        items=items,
        judge="" if SHAPES[task.kind] == "choice" else models or "none",
        prompts=", ".join(dict.fromkeys(stamp.name for stamp in task.prompts)) or summary.other_words or _NOT_RECORDED,
        transport=image_transport(run, task) or _NOT_RECORDED,
        table=", ".join(task.tables) or _NOT_RECORDED,
        warnings=tuple(_warnings(place, task.name, summary)),
    )


def _unit(metric: str) -> str:
    """``% accuracy``, ``of 8``, ``% verdicts``: what stands behind the figure."""
    known = METRICS[metric]
    if known.scale == "score":
        return f"of {known.top}"
    return "% accuracy" if known.main else f"% {known.title.lower()} accuracy"


def _warnings(place: int, task: str, summary: TaskSummary) -> Iterator[Warned]:
    for state in ("failed", "unanswered", "empty"):
        if count := summary.total.states.get(state):
            yield Warned(f"{count:,} {state}", links.samples(task=task, run=place, outcome=state))
    if SHAPES[summary.kind] == "text" and not summary.judges:
        yield Warned("no judge")
    elif count := summary.total.unjudged:
        yield Warned(f"{count:,} not fully judged", links.samples(task=task, run=place, outcome="unjudged"))
    if summary.partial:
        yield Warned(f"{summary.total.n:,} of {summary.n_original:,} items", links.samples(task=task, run=place))
    if summary.other_words:
        yield Warned(f"asked in other words: {summary.other_words}")
    for second in summary.second_readings:
        yield Warned(second.words)
