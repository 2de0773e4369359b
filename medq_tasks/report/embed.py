"""What the sample browser reads: every item once, every answer once, as JSON that cannot end its script element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from medq_tasks.judge.rubric import Rubric
from medq_tasks.metrics import METRICS
from medq_tasks.records import AXES, SLICE_FIELDS, AxisJudgement, JudgeStamp, PerceptionRecord, Record
from medq_tasks.report import judge_prompts
from medq_tasks.report.asked import Asked, Prompts, asked_of
from medq_tasks.report.short import short_names
from medq_tasks.runs.panel import disagreement, is_panel
from medq_tasks.runs.run import Run, labels
from medq_tasks.wording import names

# Inside a script element only "<" matters ("</script>", "<!--"); ">" and "&" are written out for XML tools. All other
# special characters (U+2028, lone surrogates, NUL) are escaped by ensure_ascii.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}

PictureKey = tuple[str, int]  # (table, row)


def json_block(value: Any) -> Markup:
    """``value`` as JSON that is inert inside ``<script type="application/json">``."""
    return Markup(json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPES))


def sample_data(
    runs: Sequence[Run], pictures: dict[PictureKey, list[int]], rubrics: Sequence[Rubric] = ()
) -> dict[str, Any]:
    """Items (shared by all runs that asked them) and answers (one per run and item).

    Args:
        runs: The runs in the order of the page.
        pictures: Numbers of the embedded pictures of an item.
        rubrics: Those at hand: the judge's prompts are shown where one of them is what it was asked with.
    """
    items: dict[tuple[str, str, int, str], int] = {}
    rows: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    tasks: dict[str, int] = {}
    judges: dict[JudgeStamp, int] = {}
    prompts, logs = Prompts(), asked_of(runs)
    for number, run in enumerate(runs):
        for task, record in run.records():
            key = (record.kind, record.table, record.row, record.variant)
            if key not in items:
                items[key] = len(rows)
                rows.append(_item(record, pictures.get((record.table, record.row), [])))
            answer = {"r": number, "t": tasks.setdefault(task.name, len(tasks)), "i": items[key], **_answer(record)}
            if not isinstance(record, PerceptionRecord) and record.judge:
                answer["j"] = judges.setdefault(record.judge, len(judges))
                rubric = judge_prompts.used(record.judge, rubrics)
                if rubric and (tag := judge_prompts.tag(record, rubric)) is not None:
                    answer["tag"] = tag
            logged = logs.get((task.samples, record.identity), Asked())
            answers.append({**answer, **prompts.told(logged, record)})
    return {
        "runs": short_names(labels(runs)),
        "tasks": list(tasks),
        "slices": {name: names.SLICES[name] for name in SLICE_FIELDS},
        "words": names.VALUES,
        "kinds": names.KIND_TITLES,
        "axes": {axis: METRICS[axis].title for axis in AXES},
        "prompts": prompts.words,
        "judges": [judge_prompts.told(stamp, judge_prompts.used(stamp, rubrics)) for stamp in judges],
        "items": rows,
        "answers": answers,
    }


def _item(record: Record, pictures: list[int]) -> dict[str, Any]:
    slices = record.slices
    item: dict[str, Any] = {
        "id": record.id,
        "row": record.row,
        "table": record.table,
        "kind": record.kind,
        "q": record.question,
        "s": {name: value for name in SLICE_FIELDS if (value := getattr(slices, name))},
    }
    if record.variant:
        item["var"] = record.variant
    if slices.inferred:
        item["inferred"] = list(slices.inferred)
    if pictures:
        item["p"] = pictures
    if isinstance(record, PerceptionRecord):
        return {**item, "o": [[letter, text] for letter, text in record.options.items()], "a": record.answer}
    return {**item, "ref": record.reference, "rv": record.reference_verdict}


def _in_utf16(text: str, place: int) -> int:
    """A place in a text as a browser counts it."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def _answer(record: Record) -> dict[str, Any]:
    answer: dict[str, Any] = {"y": record.reply, "st": record.state}
    if record.reason:
        answer["why"] = record.reason
    if record.statement is not None:
        places = (_in_utf16(record.reply, place) for place in (record.statement.start, record.statement.end))
        answer["m"] = [*places, record.statement.rule]
    if record.second is not None:
        answer["second"] = f"{record.read_by}: {record.second}"
    if isinstance(record, PerceptionRecord):
        return {**answer, "c": record.choice}
    answer["v"] = record.verdict
    if is_panel(record):
        widest, variance = disagreement(record)
        answer["far"] = round(widest + variance / 1000, 6)  # the variance parts equal gaps
    if record.axes:
        answer["ax"] = {axis: _axis(said) for axis, said in record.axes.items()}
        answer["all"] = record.overall
    return answer


def _axis(said: AxisJudgement) -> list[Any]:
    told = [said.score, said.reply, said.reason, said.attempts]
    metered = said.usage is not None and said.usage.metered
    return [*told, [said.usage.prompt, said.usage.completion]] if said.usage and metered else told
