"""Judge the logged samples of a run: for the first time after ``--predict_only``, or again by another judge.

Beside each samples file, ``<samples file>.judged.<judge>.jsonl`` holds the judgements by item, and
``<stamp>_judged.<judge>.json`` the metrics of all tasks. The run's own files are not touched, and every judge
has files of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from medq_tasks import __version__, data, judge, metrics, records
from medq_tasks.errors import NothingToJudge, RunError
from medq_tasks.judge.reasons import by_reason
from medq_tasks.records import JudgeStamp, ReasoningRecord, Record
from medq_tasks.runs import files as run_files
from medq_tasks.runs.files import RunFiles
from medq_tasks.runs.second_reader import SecondReadings, second_readings
from medq_tasks.runs.tables import table_folder
from medq_tasks.runs.usage import as_json, in_words, usage_by_judge
from medq_tasks.scoring import replies
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole
from medq_tasks.wording.counts import count


@dataclass(frozen=True)
class JudgedTask:
    """One samples file and what came of it. ``path`` is None where there was nothing to write."""

    task: str
    samples: Path
    records: tuple[Record, ...]
    fresh: bool  # the run's own log held no records (``--predict_only``)
    path: Path | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics of the contract."""
        return metrics.of_records(self.records)

    @property
    def second_readings(self) -> tuple[SecondReadings, ...]:
        """What a second reader made of the replies that no rule could read."""
        return second_readings(self.records)

    @property
    def unscored(self) -> dict[str, int]:
        """Why axes have no score, and how many have none for that reason."""
        axes = (said for r in self.records if isinstance(r, ReasoningRecord) for said in r.axes.values())
        return by_reason(said.reason for said in axes if said.score is None)


def judge_run(folder: Path, settings: Settings, session: judge.JudgeSession) -> list[JudgedTask]:
    """Judge all reasoning samples below ``folder`` and write the results beside them.

    Perception samples without records (``--predict_only``) are scored and written as well; others are left alone.

    Raises:
        NothingToJudge: the run has samples, and none of them needs a judge.
        RunError: there are no samples, a file cannot be read, or not one axis could be scored.
        JudgeError: no judge is configured, or none is named.
    """
    loaded = _loaded(folder, settings)
    items = _items(loaded)
    if items:
        session.require()
    session.enqueue(items)
    done: list[JudgedTask] = []
    for files, found in loaded:
        judged = [_judge(task, session) for task in found]
        _refuse_if_silent(judged)
        done += write(files, judged, session.stamp)
    return done


def items_of(folder: Path, settings: Settings) -> list[judge.JudgeItem]:
    """What a judge is asked about of all reasoning samples below ``folder``.

    Raises:
        RunError: there is none, or a file cannot be read.
    """
    return _items(_loaded(folder, settings))


_Loaded = list[tuple[RunFiles, list[JudgedTask]]]


def _loaded(folder: Path, settings: Settings) -> _Loaded:
    loaded = [(files, list(_load(files, settings))) for files in run_files.find([folder])]
    if not any(found for _, found in loaded):
        ours = {t: path for files, _ in loaded for t, path in files.samples.items() if run_files.is_ours(t, path)}
        if not ours:
            raise RunError(f"{folder}: totals alone, no reply to judge. Run the evaluation again with --log_samples.")
        kinds = {run_files.first_kind(path) for path in ours.values()}
        if None not in kinds:  # None: an empty file, of a task that may well need a judge
            raise NothingToJudge(f"{folder}: nothing to judge: the choices of {', '.join(ours)} need no judge.")
        raise RunError(f"{folder}: no samples of a reasoning task. To judge, a run needs one and `--log_samples`.")
    return loaded


def _items(loaded: _Loaded) -> list[judge.JudgeItem]:
    records = (record for _, found in loaded for task in found for record in task.records)
    return [_item(record) for record in records if isinstance(record, ReasoningRecord)]


def judge_slug(stamp: JudgeStamp) -> str:
    """The judge's name in file names: the model, and a hash over model, prompts, settings and server."""
    known = [stamp.model, stamp.prompts_hash, stamp.settings_hash, *([stamp.server] if stamp.server else [])]
    digest = hashlib.sha256("\0".join(known).encode()).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', stamp.model).strip('-.')[:60]}-{digest[:8]}"


def _item(record: ReasoningRecord) -> judge.JudgeItem:
    return judge.item_of(record.kind, record.reply, record.reference)


def is_reasoning(task: JudgedTask) -> bool:
    """Whether a judge has anything to do with it."""
    return any(isinstance(record, ReasoningRecord) for record in task.records)


def _judge(task: JudgedTask, session: judge.JudgeSession) -> JudgedTask:
    judged = (judge.judged(r, session) if isinstance(r, ReasoningRecord) else r for r in task.records)
    return JudgedTask(task.task, task.samples, tuple(judged), task.fresh)


def _refuse_if_silent(tasks: Sequence[JudgedTask]) -> None:
    """A judgement in which the judge said nothing is no judgement: do not leave files that look like one."""
    asked = [r for task in tasks for r in task.records if isinstance(r, ReasoningRecord) and r.state == "answered"]
    axes = [said for record in asked for said in record.axes.values()]
    if axes and all(said.score is None for said in axes):
        cost = " ".join(["", *in_words(usage_by_judge(asked))])
        raise RunError(
            f"not one of {count(len(axes), 'axis', 'axes')} could be judged ({axes[0].reason}). Nothing was "
            f"written.{cost}"
        )


# --- reading ----------------------------------------------------------------------------------------------------------


def _load(files: RunFiles, settings: Settings) -> Iterator[JudgedTask]:
    results = run_files.read_results(files.results) if files.results else {}
    for task, path in sorted(files.samples.items()):
        if not run_files.is_ours(task, path):
            continue
        samples = _samples(path)
        fresh = any("record" not in sample for sample in samples)
        if fresh:
            anew = list(_from_table(samples, task, path, (results.get("configs") or {}).get(task) or {}, settings))
            found = tuple(judge.second_readings_of(anew, settings))
        else:
            found = tuple(run_files.records_of(enumerate(samples, 1), str(path)))
        if fresh or any(isinstance(record, ReasoningRecord) for record in found):
            yield JudgedTask(task, path, found, fresh)


def _samples(path: Path) -> list[dict[str, Any]]:
    samples: list[dict[str, Any]] = []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")  # a reply may hold U+2028: no splitlines
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            sample = json.loads(line)
            if not isinstance(sample, dict):
                raise TypeError(f"{type(sample).__name__} instead of an object")
            samples.append(sample)
        except (ValueError, TypeError) as error:
            raise RunError(
                f"{path}, line {number}: not a sample ({error}), probably cut off while it was written. "
                "Delete the line to go on without this item."
            ) from error
    return samples


def _from_table(
    samples: Sequence[Mapping[str, Any]], task: str, path: Path, config: Mapping[str, Any], settings: Settings
) -> Iterator[Record]:
    """Records of a ``--predict_only`` log, which holds replies only: the rest comes from the prepared table."""
    asked = _prompts_of(config)
    with data.open_table(_table_of(task, path, config, settings)) as table:
        for number, sample in enumerate(samples, 1):
            row = sample.get("doc_id")
            try:
                if not isinstance(row, int):
                    raise RunError(f"its doc_id is {row!r}, no row of a table")
                for record in replies.records_from(table, [(row, _reply_of(sample))]):
                    yield replace(record, prompts=asked)
            except RunError as error:
                raise RunError(
                    f"{path}, sample {number}: {error}: the samples are of another table. Point MEDQ_DATA_DIR at the "
                    "TSV files of the run, or MEDQ_CACHE_DIR at its cache."
                ) from error


def _prompts_of(config: Mapping[str, Any]) -> records.PromptStamp | None:
    """The words that the run says it asked in."""
    try:
        return records.prompt_stamp(((config.get("metadata") or {}).get("medq") or {}).get("prompts"))
    except ValueError:
        return None


def _table_of(task: str, path: Path, config: Mapping[str, Any], settings: Settings) -> Path:
    said = ((config.get("metadata") or {}).get("medq") or {}).get("table") or {}
    try:
        fingerprint, kind, split = (str(said.get(name) or "") for name in ("fingerprint", "kind", "split"))
        found = table_folder(fingerprint, kind, split, settings)
    except RunError as error:
        raise RunError(f"{path}: {error}") from error
    folder = Path(str(config.get("dataset_path") or ""))
    if found is not None:
        return found
    if config.get("dataset_path") and folder.is_dir():
        return folder
    raise RunError(
        f"{path}: holds replies without records, and no results file beside it names the table of {task}. "
        "Copy the run's `*_results.json` beside it."
    )


def _reply_of(sample: Mapping[str, Any]) -> str:
    reply: Any = sample.get("filtered_resps", sample.get("resps"))
    while isinstance(reply, list):
        reply = reply[0] if reply else ""
    return "" if reply is None else str(reply).strip()


# --- writing ----------------------------------------------------------------------------------------------------------


def write(files: RunFiles, tasks: Sequence[JudgedTask], stamp: JudgeStamp) -> list[JudgedTask]:
    """Write one judge's judgements of one evaluation beside its samples; the tasks with their paths."""
    slug = judge_slug(stamp) if any(is_reasoning(task) for task in tasks) else "scored"
    written: list[JudgedTask] = []
    for task in tasks:
        path = task.samples.with_name(f"{task.samples.stem}.judged.{slug}.jsonl")
        lines = (json.dumps(_line(record, task.fresh), ensure_ascii=True) for record in task.records)
        write_whole(path, "".join(line + "\n" for line in lines), task.samples)
        written.append(JudgedTask(task.task, task.samples, task.records, task.fresh, path))
    summary = {
        "medq_tasks": __version__,
        "judge": asdict(stamp) if slug != "scored" else None,
        "results": {task.task: task.metrics for task in tasks},
        "unscored": {task.task: task.unscored for task in tasks if task.unscored},
        "usage": as_json(usage_by_judge(record for task in tasks for record in task.records)),
        "second_readings": {task.task: [asdict(one) for one in task.second_readings] for task in tasks},
    }
    if tasks:
        write_whole(
            files.folder / f"{files.stamp}_judged.{slug}.json", json.dumps(summary, indent=2) + "\n", tasks[0].samples
        )
    return written


def _line(record: Record, fresh: bool) -> dict[str, Any]:
    """What the run's own log does not hold: the judgements of an item, or (of ``--predict_only``) its whole record."""
    whole = records.to_dict(record)
    return {"record": whole} if fresh else {name: whole[name] for name in ("id", "variant", "judgements")}
