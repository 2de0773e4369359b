"""The means of a task's judged axes with the judge's error, from texts that experts have rated (docs/statistics.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from medq_tasks.records import AXES, JudgeStamp, ReasoningRecord, levels_of
from medq_tasks.runs.calibration import Calibration, RatedItem
from medq_tasks.runs.item_code import code
from medq_tasks.runs.panel import is_panel
from medq_tasks.runs.picture_groups import Groups, groups_of
from medq_tasks.runs.run import TaskRun
from medq_tasks.stats import MATRIX, POST_STRATIFIED, Calibrated, JudgedItem, by_matrix, post_stratified, too_little


@dataclass(frozen=True)
class JudgeError:
    """Per axis a value with the judge's error, or why there is none.

    ``unfit``: why the file serves no axis of this task, however many items it held; "" where it does.
    """

    values: dict[str, Calibrated] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unfit: str = ""


def judge_error(task: TaskRun, calibration: Calibration) -> JudgeError:
    """What the rated items tell of the axes of ``task``; reasons are the end of a sentence."""
    records = [record for record in task.records if isinstance(record, ReasoningRecord)]
    axes = [axis for axis in AXES if any(_score(record, axis) is not None for record in records)]
    rated = [item for item in calibration.items if item.kind == task.kind]
    unfit = _unfit(task, axes, rated)
    if unfit:
        return JudgeError(refused=dict.fromkeys(axes, unfit), unfit=unfit)
    texts = {code(record) for record in records if record.state == "answered"}
    own = {item.code: item for item in rated if item.task == task.name}
    # A text that differs in one run of two is no random one: the items are this run's all or count as another's.
    same = bool(own) and set(own) <= texts
    groups = groups_of(records)
    values: dict[str, Calibrated] = {}
    refused: dict[str, str] = {}
    for axis in axes:
        items = _items(records, axis, own if same else {}, groups)
        found = (
            _post_stratified(items, task, axis) if same else _by_matrix(items, rated, task, axis, groups is not None)
        )
        if isinstance(found, str):
            refused[axis] = found
        else:
            values[axis] = found
    return JudgeError(values, refused)


def _unfit(task: TaskRun, axes: Sequence[str], rated: Sequence[RatedItem]) -> str:
    if not axes:
        return "the judge has scored nothing here; judge the run first (`medq judge`)"
    if not rated:
        return f"it holds no rated {task.kind} text; have such texts rated (`medq align --sample`)"
    if any(map(is_panel, task.records)):
        return (
            "it is a panel's, whose half steps no expert gives: left out they would be the very items on which its "
            "judges differ; calibrate them one by one (--judge)"
        )
    told = _other_judge(task.stamps, [item.judge for item in rated if item.judge is not None])
    if told:
        return f"{told}; judge one run as the other (`medq judge`), or show such a judgement (--judge)"
    given = {axis for item in rated for axis in item.scores}
    if not given & set(axes):
        return f"experts rated {', '.join(sorted(given)) or 'no axis'}, the judge scored {', '.join(axes)}"
    return ""


def _other_judge(ours: Sequence[JudgeStamp], theirs: Sequence[JudgeStamp]) -> str:
    """What of the judge is not one and the same on both sides, "" where all is; it may have moved to another server."""
    sides = [
        [(one.model, f"{one.prompts} ({one.prompts_hash})", one.settings_hash) for one in s] for s in (ours, theirs)
    ]
    if len({*sides[0], *sides[1]}) == 1 and all(sides):
        return ""
    for place, name in enumerate(("judge is", "judge's prompts are", "judge's settings are")):
        here, there = (" and ".join(sorted({one[place] for one in side})) or "not told" for side in sides)
        if here != there or " and " in here:
            return f"the {name} {here} here, {there} for the rated texts"
    return "several judges have judged"


def _score(record: ReasoningRecord, axis: str) -> int | None:
    """The judge's level; None where there is none, or a panel's half step, which no table of levels has."""
    score = record.axes[axis].score if axis in record.axes else None
    return int(score) if score is not None and float(score).is_integer() else None


def _items(
    records: Sequence[ReasoningRecord], axis: str, rated: Mapping[str, RatedItem], groups: Groups | None
) -> list[JudgedItem]:
    """All items with a score; what failed or is empty scores 0 by rule, without a judge."""
    items = []
    for record in records:
        score = _score(record, axis)
        if score is None:
            continue
        found = rated.get(code(record)) if rated else None
        experts = found.scores[axis].experts if found is not None and axis in found.scores else {}
        group = None if groups is None else groups[record.identity]
        by_rule = record.state != "answered"
        items.append(JudgedItem(None if by_rule else score, {} if by_rule else experts, group))
    return items


def _post_stratified(items: Sequence[JudgedItem], task: TaskRun, axis: str) -> Calibrated | str:
    levels = levels_of(task.kind, axis)
    reason = too_little([item for item in items if item.experts], levels, POST_STRATIFIED)
    return reason or post_stratified(items, levels)


def _by_matrix(
    items: Sequence[JudgedItem], rated: Sequence[RatedItem], task: TaskRun, axis: str, grouped: bool
) -> Calibrated | str:
    levels = levels_of(task.kind, axis)
    others = [
        JudgedItem(said.judge, said.experts, item.picture_group if grouped else None)
        for item in rated
        if (said := item.scores.get(axis)) is not None and said.judge is not None
    ]
    return too_little(others, levels, MATRIX) or by_matrix(items, others, levels)
