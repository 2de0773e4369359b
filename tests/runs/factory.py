"""Run folders as lmms-eval would write them, with known numbers: for tests of report, compare and gate."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from medq_tasks.records import (
    AXES,
    MODALITIES,
    QUESTION_TYPES,
    SEVERITIES,
    AxisJudgement,
    Judgement,
    JudgeStamp,
    PerceptionRecord,
    ReasoningRecord,
    Record,
    Slices,
    picture_digest,
    to_dict,
)

TABLE = "0123456789abcdef"
STAMP = JudgeStamp("gpt-4o", "medq-tasks 1.0", "aaaa0000bbbb1111", "cccc2222dddd3333")
HOW_OPTIONS = {"A": "No artifact", "B": "Mild artifact", "C": "Severe artifact"}
OPTIONS = {
    "yes_or_no": {"A": "Yes", "B": "No"},
    "what": {"A": "Motion blur", "B": "Noise", "C": "Streak artifact", "D": "None of these"},
    "how": HOW_OPTIONS,
}
SOURCES = ("authentic", "simulated", "ai_generated")
# Texts that break a careless page, table or spreadsheet.
HOSTILE = (
    "<script>window.pwned = 1</script>",
    '<img src=x onerror="window.pwned = 2">',
    "</script><script>window.pwned = 3</script>",
    "<!-- <script> --> ]]> \u2028 \u2029 \x00 \x1b[31m",
    "[click](javascript:window.pwned=4) | pipe |\nnew line | `code`",
    '=HYPERLINK("http://example.invalid","x")',
    "\u202eesrever \U0001f600 {{ 7*7 }} ${7*7} {% raw %}",
)

Made = TypeVar("Made", PerceptionRecord, ReasoningRecord)
Answer = Callable[[random.Random, Slices], bool]


def perception(
    number: int,
    *,
    right: bool | None = None,
    state: str = "",
    slices: Slices | None = None,
    reply: str | None = None,
    **changes: Any,
) -> PerceptionRecord:
    """Record ``number``: right, wrong (the next option) or, by ``state``, unanswered or failed."""
    slices = slices or perception_slices(number)
    options = OPTIONS.get(slices.question_type, OPTIONS["yes_or_no"])
    letters = list(options)
    graded = options == HOW_OPTIONS and slices.severity in SEVERITIES
    place = SEVERITIES.index(slices.severity) if graded else number // 3 % len(letters)
    answer, wrong = letters[place], letters[(place + 1) % len(letters)]
    state = state or ("right" if right else "wrong")
    choice = {"right": answer, "wrong": wrong}.get(state)
    reasons = {"unanswered": "no option could be read", "failed": "[LMMS_EVAL_REQUEST_FAILED after 3 retries] timeout"}
    values: dict[str, Any] = {
        "id": str(1000 + number),
        "row": number,
        "table": TABLE,
        "question": f"Question {number}: how good is this {slices.modality or 'medical'} image?",
        "options": dict(options),
        "answer": answer,
        "reply": reply if reply is not None else {None: reasons.get(state, "")}.get(choice, f"The answer is {choice}."),
        "choice": choice,
        "state": state,
        "reason": reasons.get(state, ""),
        "slices": slices,
        "pictures": (picture_digest(f"q{number}".encode()),),
    }
    return PerceptionRecord(**{**values, **changes})


def perception_slices(number: int) -> Slices:
    """Every combination of question type, modality and severity turns up."""
    return Slices(
        question_type=QUESTION_TYPES[number % 3],
        modality=MODALITIES[number // 3 % 5],
        severity=SEVERITIES[number // 15 % 3],
        scope=("general", "specific")[number // 2 % 2],
        degradation=("noise", "motion", "defocus")[number % 3],
        source=SOURCES[number % 3],
        inferred=("question_type",) if number % 7 == 0 else (),
    )


def reasoning(
    number: int,
    kind: str = "no_reference",
    *,
    scores: Sequence[int | None] | None = (1, 1, 2, 1),
    state: str = "answered",
    stamp: JudgeStamp | None = STAMP,
    verdict_right: bool = True,
    **changes: Any,
) -> ReasoningRecord:
    """Record ``number`` with four axis scores in the order of AXES; ``scores=None``: never judged."""
    verdicts = ("good", "usable", "reject") if kind == "no_reference" else ("first", "second")
    truth = verdicts[number % len(verdicts)]
    given = truth if verdict_right else verdicts[(number + 1) % len(verdicts)]
    axes = {} if scores is None else {axis: _judgement(score) for axis, score in zip(AXES, scores, strict=True)}
    slices = Slices(
        modality=MODALITIES[number % 5],
        severity=SEVERITIES[number % 3],
        grain=("coarse", "fine")[number % 2] if kind == "comparison" else "",
        source=SOURCES[number % 3],
    )
    values: dict[str, Any] = {
        "id": f"{kind[:2]}{number}",
        "row": number,
        "table": TABLE,
        "kind": kind,
        "question": "Describe the quality of this image.",
        "reference": f"Slight noise is visible and the edges are clear. Verdict: {truth}.",
        "reference_verdict": truth,
        "reply": "" if state == "empty" else f"There is noise in the image. Verdict: {given}.",
        "verdict": None if state != "answered" else given,
        "state": state,
        "slices": slices,
        "pictures": tuple(
            picture_digest(f"{kind}{number}{place}".encode()) for place in range(2 if kind == "comparison" else 1)
        ),
        "judgements": () if scores is None else (Judgement(stamp, axes),),
    }
    return ReasoningRecord(**{**values, **changes})


def _judgement(score: int | None) -> AxisJudgement:
    if score is None:
        return AxisJudgement(None, "I cannot rate this.", "no score could be read", 3)
    return AxisJudgement(score, f"Score: {score}", "", 1)


def perception_records(
    count: int, accuracy: float | Mapping[str, float] = 0.6, *, seed: int = 0, failed: int = 0, unanswered: int = 0
) -> list[PerceptionRecord]:
    """``count`` records, right with a chance per severity (or one for all); the last few failed or unanswered."""
    rng = random.Random(seed)
    records = []
    for number in range(count):
        slices = perception_slices(number)
        chance = accuracy.get(slices.severity, 0.5) if isinstance(accuracy, Mapping) else accuracy
        right = rng.random() < chance
        state = "failed" if number >= count - failed else "unanswered" if number >= count - failed - unanswered else ""
        records.append(perception(number, right=right, state=state, slices=slices))
    return records


def reasoning_records(
    count: int, kind: str = "no_reference", mean: float = 1.2, *, seed: int = 0, unjudged: int = 0
) -> list[ReasoningRecord]:
    """``count`` records with scores scattered around ``mean``; the last few have one axis without a score."""
    rng = random.Random(f"{seed} {kind}")
    records = []
    for number in range(count):
        scores: list[int | None] = [min(2, max(0, round(rng.gauss(mean, 0.7)))) for _ in AXES]
        if number >= count - unjudged:
            scores[number % 4] = None
        records.append(reasoning(number, kind, scores=scores, verdict_right=rng.random() < 0.7))
    return records


def sharing(records: Sequence[Made], count: int) -> list[Made]:
    """The same records with one picture for every ``count`` of them in a row."""
    return [
        replace(record, pictures=(picture_digest(f"shared {index // count}".encode()),))
        for index, record in enumerate(records)
    ]


def hostile(records: Sequence[Record]) -> list[Record]:
    """The same records with every free text replaced by one that breaks a careless page."""
    return [_poison(record, HOSTILE[index % len(HOSTILE)]) for index, record in enumerate(records)]


def _poison(record: Record, text: str) -> Record:
    slices = replace(record.slices, modality=text, degradation=text, source=text)
    if isinstance(record, PerceptionRecord):
        options = {letter: f"{letter} {text}" for letter in record.options}
        return replace(record, question=text, options=options, reply=text, reason=text, slices=slices)
    judgements = tuple(replace(one, axes=_poisoned(one.axes, text)) for one in record.judgements)
    return replace(record, question=text, reference=text, reply=text, reason=text, slices=slices, judgements=judgements)


def _poisoned(axes: Mapping[str, AxisJudgement], text: str) -> dict[str, AxisJudgement]:
    return {axis: replace(said, reply=text, reason=text) for axis, said in axes.items()}


def write_run(
    folder: Path,
    tasks: Mapping[str, Sequence[Record]],
    *,
    model: str = "qwen2_vl",
    model_args: str = "pretrained=Qwen/Qwen2-VL-7B-Instruct",
    stamp: str = "20261122_120000",
    limit: float | None = None,
    original: Mapping[str, int] | None = None,
    metadata: Mapping[str, Any] | None = None,
    predict_only: bool = False,
    config: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``RUN_DIR/<model>/<stamp>_results.json`` and one samples file per task; returns RUN_DIR.

    Args:
        folder: RUN_DIR; made when missing.
        tasks: task name -> records.
        limit: what ``--limit`` was; recorded, the records are written as given.
        original: rows of the table by task; by default as many as there are records.
        metadata: goes to every task's ``configs[task]["metadata"]``.
        config: further keys of the results' ``config``.
    """
    place = folder / (model_args.split("=", 1)[-1].split(",")[0].replace("/", "__") or model)
    place.mkdir(parents=True, exist_ok=True)
    results = _results(tasks, model, model_args, stamp, limit, original or {}, metadata or {}, predict_only)
    results["config"].update(config or {})
    (place / f"{stamp}_results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False), encoding="utf-8")
    for name, records in tasks.items():
        lines = [json.dumps(sample_line(index, record), ensure_ascii=False) for index, record in enumerate(records)]
        (place / f"{stamp}_samples_{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def write_judged(folder: Path, task: str, records: Sequence[Record], slug: str, *, whole: bool = False) -> Path:
    """Write what ``medq judge`` leaves beside the samples of ``task``; returns the file.

    ``whole``: whole records, as for a run with ``--predict_only`` (and as 0.1.0 wrote for all).
    """
    samples = next(path for path in sorted(folder.rglob(f"*_samples_{task}.jsonl")))
    path = samples.with_name(f"{samples.stem}.judged.{slug}.jsonl")
    logged = [to_dict(record) for record in records]
    judged = [{"record": one} if whole else {n: one[n] for n in ("id", "variant", "judgements")} for one in logged]
    lines = [json.dumps(line, ensure_ascii=False) for line in judged]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def sample_line(index: int, record: Record) -> dict[str, Any]:
    """One line of the harness's samples file."""
    target = record.answer if isinstance(record, PerceptionRecord) else record.reference
    return {
        "doc_id": index,
        "target": target,
        "filtered_resps": record.reply,
        "token_counts": [None],
        "doc_hash": "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
        "record": to_dict(record),
        "input": record.question,
    }


def _results(
    tasks: Mapping[str, Sequence[Record]],
    model: str,
    model_args: str,
    stamp: str,
    limit: float | None,
    original: Mapping[str, int],
    metadata: Mapping[str, Any],
    predict_only: bool,
) -> dict[str, Any]:
    made = {"table": {"source": "a test", "fingerprint": TABLE * 4}, "versions": {"lmms_eval": "0.7.3", "torch": "2.5"}}
    meta = {"version": 1.0, "medq": made, **metadata}
    sizes = {name: original.get(name, len(records)) for name, records in tasks.items()}
    return {
        "results": {name: {"alias": name, **_metrics(records)} for name, records in tasks.items()},
        "configs": {
            name: {"task": name, "metadata": _stamped(meta, name, records, sizes[name])}
            for name, records in tasks.items()
        },
        "versions": dict.fromkeys(tasks, meta["version"]),
        "n-samples": {
            name: {"original": size, "effective": min(int(limit or size), size)} for name, size in sizes.items()
        },
        "config": {
            "model": model,
            "model_args": model_args,
            "model_backend": f"lmms_eval.models.simple.{model} (simple)",
            "limit": limit,
            "resolved_cli_args": {"predict_only": predict_only, "limit": limit},
        },
        "lmms_eval_version": "unknown@unknown",
        "date": stamp,
        "model_name": model_args,
    }


def _stamped(meta: Mapping[str, Any], name: str, records: Sequence[Record], rows: int) -> dict[str, Any]:
    """The metadata with what the plugin says of a table: kind, split by the name, rows, and whose fingerprint."""
    made = meta["medq"]
    if "table" not in made or not records:
        return dict(meta)
    split = "mini" if name.startswith("medq_mini") else "dev" if name.endswith("_dev") else "test"
    told = {"kind": records[0].kind, "split": split, "rows": rows, "fingerprint": records[0].table * 4}
    return {
        **meta,
        "medq": {
            **made,
            "table": {**told, "source": "a test", **{k: v for k, v in made["table"].items() if k != "fingerprint"}},
        },
    }


def _metrics(records: Sequence[Record]) -> dict[str, Any]:
    """The main metric as the harness would print it."""
    seen = [record for record in records if isinstance(record, PerceptionRecord)]
    if seen:
        right = sum(record.state == "right" for record in seen) / len(seen)
        return {"accuracy,none": right, "accuracy_stderr,none": "N/A"}
    scored = [record.overall for record in records if isinstance(record, ReasoningRecord)]
    known = [score for score in scored if score is not None]
    return {"overall,none": sum(known) / len(known) if known else None, "overall_stderr,none": "N/A"}
