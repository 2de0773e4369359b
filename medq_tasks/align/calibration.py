"""The ratings as scores by item: what ``medq report --calibration`` works the judge's error out of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medq_tasks.align.align import judge_score
from medq_tasks.align.ratings import Rating
from medq_tasks.align.sheet import RatedText
from medq_tasks.records import AXES
from medq_tasks.runs import calibration
from medq_tasks.runs.calibration import RatedItem, Scores
from medq_tasks.runs.picture_groups import groups_of
from medq_tasks.runs.run import Run


def of_run(run: Run, ratings: Sequence[Rating]) -> dict[str, Any]:
    """The rated items of ``run`` as plain values."""
    told = {"name": run.name, "model": run.model, "model_args": run.model_args, "when": run.when}
    return calibration.as_json(rated_items(ratings), told)


def rated_items(ratings: Sequence[Rating]) -> list[RatedItem]:
    """One per text, by task and code."""
    given: dict[str, dict[str, dict[str, int]]] = {}
    for rating in sorted(ratings, key=lambda rating: rating.rater):
        axes = given.setdefault(rating.item.code, {})
        for axis, score in rating.scores.items():
            axes.setdefault(axis, {})[rating.rater] = score
    items = sorted({rating.item.code: rating.item for rating in ratings}.values(), key=lambda i: (i.task, i.code))
    groups = _groups(items)
    return [_rated(item, given[item.code], groups.get(item.code)) for item in items]


def _rated(item: RatedText, given: dict[str, dict[str, int]], group: int | None) -> RatedItem:
    record = item.record
    return RatedItem(
        code=item.code,
        task=item.task,
        kind=record.kind,
        id=record.id,
        variant=record.variant,
        table=record.table,
        judge=record.judge,
        picture_group=group,
        scores={axis: Scores(judge_score(record, axis), given[axis]) for axis in AXES if axis in given},
    )


def _groups(items: Sequence[RatedText]) -> dict[str, int]:
    """Items that share a picture have one number; those of a task whose pictures are not known have none."""
    numbers: dict[str, int] = {}
    for task in dict.fromkeys(item.task for item in items):
        held = [item for item in items if item.task == task]
        first = max(numbers.values(), default=-1) + 1  # two tasks may have items of one id
        found = groups_of([item.record for item in held]) or {}
        numbers |= {item.code: first + found[item.record.identity] for item in held if found}
    return numbers
