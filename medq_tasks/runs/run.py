"""One evaluation as an object: tasks, records, judgements, and the names people know it by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from medq_tasks.errors import RunError
from medq_tasks.records import (
    KINDS,
    RULES,
    JudgeStamp,
    Kind,
    PerceptionRecord,
    PromptStamp,
    ReasoningRecord,
    Record,
    levels_of,
    prompt_stamp,
    stamp_from,
)
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.panel import is_panel
from medq_tasks.runs.twins import metadata_of, own_stamp
from medq_tasks.wording.times import told

OWN_JUDGE = ""  # the judgement made inside the harness run itself
# Where model_args name the checkpoint, in the harness's own order (evaluation_tracker.py, _get_model_name).
_MODEL_KEYS = ("peft", "delta", "pretrained", "model", "model_version", "model_name", "model_id", "path", "engine")


@dataclass(frozen=True)
class TaskRun:
    """One task of one run. ``records`` are in table order; their identities are unique."""

    name: str
    kind: Kind
    split: str  # "test", "dev" or "mini"; "" where neither a stamp of the table nor the name says so
    version: str  # of the task, "" when the run does not say
    records: tuple[Record, ...]
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)  # the harness's dump of the task's YAML
    metrics: Mapping[str, float | None] = field(default_factory=dict)  # what the harness printed, without ",none"
    pictures: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what limits did to them (pixels.summary)
    n_original: int | None = None  # rows of the table
    n_effective: int | None = None  # rows asked for (--limit)
    limit: float | None = None
    samples: Path | None = None
    judgements: Mapping[str, tuple[Record, ...]] = field(default_factory=dict, repr=False)  # slug -> records
    judgement: str = OWN_JUDGE  # the slug that ``records`` come from
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)  # slug -> what is doubtful there
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what the run says of its records, together

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What the plugin recorded about versions, table and code, and what happened to the pictures ({}: nothing).

        Not what the records say of themselves, together.
        """
        told = {key: said for key, said in metadata_of(self.config).items() if key not in ("summary", "run")}
        return {**told, **({"pictures": self.pictures} if self.pictures else {})}

    @property
    def totals_only(self) -> bool:
        """Whether nothing is left of its items: neither intervals nor slices, and no test, can be made."""
        return not self.records

    @property
    def stamped(self) -> bool:
        """Whether the run says which table it was made on, and its records are of that very table."""
        stamp = own_stamp(self.config, self.records)
        return (stamp.get("kind"), stamp.get("split")) == (self.kind, self.split)

    @property
    def tables(self) -> tuple[str, ...]:
        """Fingerprints of the tables that the records come from; more than one is a problem."""
        if self.totals_only:
            return tuple(map(str, self.told.get("tables") or ()))
        return tuple(dict.fromkeys(record.table for record in self.records))

    @property
    def stamps(self) -> tuple[JudgeStamp, ...]:
        """Who judged; more than one when the judge changed during the run."""
        if self.totals_only:
            return tuple(stamp_from(said) for said in self.told.get("judges") or ())
        return tuple(dict.fromkeys(r.judge for r in self.records if isinstance(r, ReasoningRecord) and r.judge))

    @property
    def prompts(self) -> tuple[PromptStamp, ...]:
        """In which words the items were asked; more than one is a problem, none where the run does not say."""
        found = [record.prompts for record in self.records]
        if self.totals_only:
            found = [prompt_stamp(metadata_of(self.config).get("prompts"))]
        return tuple(dict.fromkeys(stamp for stamp in found if stamp))

    @property
    def second_readers(self) -> tuple[str, ...]:
        """The models whose readings count as choices or verdicts here."""
        return tuple(sorted({record.read_by for record in self.records if has_value(record)} - {RULES}))

    @property
    def answered_as(self) -> tuple[str, ...]:
        """As whom the judge's server answered, where that is another name than the one that was asked for."""
        texts = [record for record in self.records if isinstance(record, ReasoningRecord) and record.judge]
        names = {said.model for record in texts for said in record.axes.values()}
        return tuple(sorted(names - {"", *(stamp.model for stamp in self.stamps)}))

    @property
    def old_levels(self) -> int:
        """How many scores are levels that their axis does not have; before such were asked for again they counted."""
        texts = [r for r in self.records if isinstance(r, ReasoningRecord) and not is_panel(r)]
        return sum(
            said.score is not None and said.score not in levels_of(record.kind, axis)
            for record in texts
            for axis, said in record.axes.items()
        )

    @property
    def complete(self) -> bool:
        """Whether every row of the table was asked (no --limit, nothing lost); True when the size is unknown."""
        items = (self.n_effective or 0) if self.totals_only else len(self.records)
        return self.n_original is None or items >= self.n_original


@dataclass(frozen=True)
class Run:
    """One evaluation of one model: one result file, or several of the same model that share no task."""

    model: str  # the harness's --model
    model_args: str
    when: str  # stamp of the (latest) result file
    folder: Path | None
    tasks: Mapping[str, TaskRun]
    problems: tuple[str, ...] = ()  # each a complete sentence
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)  # the harness's ``config``
    origin: str = OF_HARNESS  # what asked the model and logged its replies
    utc: str = ""  # when the (latest) result file was made, ISO 8601 with a zone; "" where the run does not say

    @property
    def made(self) -> str:
        """When the run was made, for people."""
        return told(self.when, self.utc)

    @property
    def name(self) -> str:
        """For people: the checkpoint's last path part and the backend, e.g. ``Qwen2-VL-7B-Instruct (qwen2_vl)``."""
        return display_name(self.model, self.model_args)

    @property
    def judges(self) -> tuple[str, ...]:
        """Slugs of the judgements at hand; ``OWN_JUDGE`` first when the run itself was judged."""
        own = any(task.judgement == OWN_JUDGE and task.stamps for task in self.tasks.values())
        own = own or any(_judged(task.judgements.get(OWN_JUDGE, ())) for task in self.tasks.values())
        slugs = {slug for task in self.tasks.values() for slug in (*task.judgements, task.judgement)}
        return ((OWN_JUDGE,) if own else ()) + tuple(sorted(slugs - {OWN_JUDGE}))

    @property
    def ordered(self) -> list[TaskRun]:
        """The tasks in reading order: by split, perception before reasoning."""
        return sorted(self.tasks.values(), key=lambda task: (task.split, KINDS.index(task.kind), task.name))

    def records(self) -> Iterator[tuple[TaskRun, Record]]:
        """Every record with its task, in reading order."""
        for task in self.ordered:
            for record in task.records:
                yield task, record


def with_judge(run: Run, judge: str | None) -> Run:
    """The same run seen through another judgement (see ``load_runs``).

    Args:
        run: the run.
        judge: the judgement's own name, or its judge's model; "" for the run's own, None for the default.

    Raises:
        RunError: no task of the run has that judgement, or a model has several.
    """
    slug = _default_judge(run) if judge is None else _slug_of(run, judge)
    tasks = {name: _select(task, slug) for name, task in run.tasks.items()}
    lost = [
        f"{task.name}: judgement {slug!r} holds {len(task.records)} of {len(run.tasks[name].records)} items."
        for name, task in tasks.items()
        if slug and task.judgement == slug and len(task.records) < len(run.tasks[name].records)
    ]
    lost += [doubt for task in tasks.values() for doubt in task.doubts.get(task.judgement, ())]
    return replace(run, tasks=tasks, problems=tuple(dict.fromkeys((*run.problems, *lost))))


def display_name(model: str, model_args: str) -> str:
    """``<checkpoint> (<backend>)``; the backend alone where model_args name no checkpoint."""
    pairs = dict(part.split("=", 1) for part in model_args.split(",") if "=" in part)
    named = next((pairs[key] for key in _MODEL_KEYS if pairs.get(key)), "")
    base = PurePosixPath(named.strip().replace("\\", "/")).name
    return f"{base} ({model})" if base and base != model else model


def labels(runs: Sequence[Run]) -> list[str]:
    """A distinct label per run: its name, with judge, stamp and number added where they tell equal names apart."""
    texts = [run.name for run in runs]
    slugs = [", ".join(sorted({task.judgement for task in run.tasks.values()} - {OWN_JUDGE})) for run in runs]
    for extras in (slugs, [run.made for run in runs]):
        groups: dict[str, set[str]] = {}
        for text, extra in zip(texts, extras, strict=True):
            groups.setdefault(text, set()).add(extra)
        pairs = zip(texts, extras, strict=True)
        texts = [f"{text} · {extra}" if extra and len(groups[text]) > 1 else text for text, extra in pairs]
    seen: Counter[str] = Counter()
    for index, text in enumerate(texts):
        seen[text] += 1
        if seen[text] > 1:
            texts[index] = f"{text} · {seen[text]}"
    return texts


def side_by_side(run: Run) -> list[Run]:
    """The run as it is, and one more per further judgement with the tasks that it covers."""
    runs = [run]
    shown = {task.judgement for task in run.tasks.values()}
    for slug in (slug for slug in run.judges if slug not in shown):
        other = with_judge(run, slug)
        judged = {name: task for name, task in other.tasks.items() if task.judgement == slug and task.stamps}
        runs += [replace(other, tasks=judged)] if judged else []
    return runs


def has_value(record: Record) -> bool:
    """Whether the item has a choice or a verdict: what a second reader read may only be noted beside it."""
    read = record.choice if isinstance(record, PerceptionRecord) else record.verdict
    return read is not None


def _slug_of(run: Run, name: str) -> str:
    if not name or name in run.judges:
        return name
    models = {slug: _models_of(run, slug) for slug in run.judges}
    found = [slug for slug in run.judges if name in models[slug]]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(
        f"{slug or '(the run)'}, by {', '.join(models[slug]) or 'nobody'}" for slug in found or run.judges
    )
    if found:
        raise RunError(f"{run.folder}: {name!r} has judged more than once ({listed}). Give the name before the comma.")
    raise RunError(f"{run.folder}: no judgement {name!r}. There is: {listed or 'none'}. Make one with `medq judge`.")


def _models_of(run: Run, slug: str) -> tuple[str, ...]:
    tasks = (_select(task, slug) for task in run.tasks.values())
    return tuple(dict.fromkeys(stamp.model for task in tasks if task.judgement == slug for stamp in task.stamps))


def _default_judge(run: Run) -> str:
    return run.judges[0] if run.judges else OWN_JUDGE


def _judged(records: Iterable[Record]) -> bool:
    return any(isinstance(record, ReasoningRecord) and record.judge for record in records)


def _select(task: TaskRun, slug: str) -> TaskRun:
    """The task with the records of judgement ``slug``; as it is where it has none of that name."""
    if slug == task.judgement or slug not in task.judgements:
        return task
    kept = {**task.judgements, task.judgement: task.records}
    return replace(task, records=kept.pop(slug), judgement=slug, judgements=kept)
