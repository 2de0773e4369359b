"""Which rated items tell the judge's error of which run, and by which method."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from medq_tasks.records import AXES, JudgeStamp, ReasoningRecord
from medq_tasks.runs.calibration import Calibration, RatedItem, Scores
from medq_tasks.runs.item_code import code
from medq_tasks.runs.judge_error import judge_error
from medq_tasks.runs.run import TaskRun
from medq_tasks.stats import JudgedItem, by_matrix, post_stratified
from tests.runs import factory

NAME = "medq_reasoning_no_reference"
OTHER = replace(factory.STAMP, model="another")
LEVELS = (0, 1, 2)


def texts(count: int, seed: int = 0, stamp: JudgeStamp = factory.STAMP) -> list[ReasoningRecord]:
    """Three levels in turn on each axis, and replies that no other seed has."""
    return [
        factory.reasoning(number, scores=(number % 3,) * 4, stamp=stamp, reply=f"Text {seed} {number}.")
        for number in range(count)
    ]


def task(records: Sequence[ReasoningRecord], name: str = NAME) -> TaskRun:
    return TaskRun(name, records[0].kind, "test", "1.0", tuple(records))


def expert(record: ReasoningRecord) -> int:
    """One score in eight is another one than the judge's."""
    judge = record.axes["completeness"].score or 0
    return (judge + 1) % 3 if record.row % 8 == 0 else judge


def rated(records: Sequence[ReasoningRecord], axes: Sequence[str] = AXES) -> Calibration:
    given = [{axis: Scores(one.axes[axis].score, {"ann": expert(one)}) for axis in axes} for one in records]
    return Calibration("align.json", tuple(map(item, records, given)))


def item(record: ReasoningRecord, scores: Mapping[str, Scores]) -> RatedItem:
    named = (code(record), f"medq_reasoning_{record.kind}", record.kind, record.id, record.variant, record.table)
    return RatedItem(*named, record.judge, record.row, scores)


def test_items_of_the_same_run_are_strata_of_it() -> None:
    records = texts(90)
    found = judge_error(task(records), rated(records[:60]))
    assert found.unfit == ""
    assert found.refused == {}
    assert list(found.values) == list(AXES)
    items = [JudgedItem(n % 3, {"ann": expert(record)} if n < 60 else {}) for n, record in enumerate(records)]
    assert found.values["completeness"] == post_stratified(items, LEVELS)


def test_items_of_another_run_give_the_matrix_of_its_errors() -> None:
    records, others = texts(90), texts(60, seed=1)
    found = judge_error(task(records), rated(others)).values["consistency"]
    mine = [JudgedItem(number % 3) for number in range(90)]
    assert found == by_matrix(mine, [JudgedItem(n % 3, {"ann": expert(one)}) for n, one in enumerate(others)], LEVELS)


def test_a_run_made_again_with_one_other_text_is_another_run() -> None:
    records = texts(90)
    again = [*records[:59], replace(records[59], reply="Another text."), *records[60:]]
    found = judge_error(task(again), rated(records[:60]))
    assert {one.method for one in found.values.values()} == {"matrix"}


def test_failed_and_empty_items_are_no_items_of_the_judge() -> None:
    none = [factory.reasoning(100 + n, scores=(0,) * 4, state=("failed", "empty")[n % 2], reply="") for n in range(10)]
    records = texts(90)
    found = judge_error(task([*records, *none]), rated(records)).values["completeness"]
    items = [JudgedItem(n % 3, {"ann": expert(record)}) for n, record in enumerate(records)]
    assert found == post_stratified([*items, *[JudgedItem(None)] * 10], LEVELS)


def test_unscored_items_are_left_out() -> None:
    records = texts(90)
    unscored = factory.reasoning(95, scores=(None, 1, 1, 1), reply="Text 0 95.")
    found = judge_error(task([*records, unscored]), rated([*records, unscored]))
    assert (found.values["completeness"].n, found.values["preciseness"].n) == (90, 91)
    assert found.values["completeness"] == judge_error(task(records), rated(records)).values["completeness"]


def test_shared_pictures_count_together_and_unknown_ones_do_not() -> None:
    # Alike in threes: a picture's items have one score.
    records = factory.sharing(sorted(texts(90), key=lambda record: record.axes["completeness"].score or 0), 3)
    alone = judge_error(task([replace(one, pictures=()) for one in records]), rated(records)).values["completeness"]
    shared = judge_error(task(records), rated(records)).values["completeness"]
    assert shared.value == alone.value
    assert None not in (shared.low, shared.high, alone.low, alone.high)
    assert (shared.high or 0) - (shared.low or 0) > 1.2 * ((alone.high or 0) - (alone.low or 0))


def test_reasons_are_told_by_axis() -> None:
    records = texts(90)
    few = judge_error(task(records), rated(records[:29]))
    assert few.unfit == ""
    assert set(few.refused) == set(AXES)
    assert few.refused["completeness"] == "29 items with scores of judge and experts are too few, 30 are needed"
    one = judge_error(task(records), rated(records, ["consistency"]))
    assert list(one.values) == ["consistency"]
    assert one.refused["completeness"].startswith("0 items with scores")
    # Of another run each level of the experts needs items: 4 zeros do for strata, not for a row of the matrix.
    rare = [one for one in texts(90, seed=1) if expert(one) or one.row < 12]
    assert "experts gave 0 to 4 items" in judge_error(task(records), rated(rare)).refused["completeness"]
    assert not judge_error(task([*rare, *records]), rated(rare)).refused


def test_experts_by_chance_are_refused() -> None:
    records, rng = texts(90), random.Random(1)
    items = [
        replace(one, scores={"completeness": Scores(n % 3, {"ann": rng.randrange(3)})})
        for n, one in enumerate(rated(records).items)
    ]
    found = judge_error(task(records), Calibration("align.json", tuple(items)))
    assert "judge and experts agree too little, kappa is" in found.refused["completeness"]


@pytest.mark.parametrize(
    ("records", "calibration", "words"),
    [
        (texts(40, stamp=OTHER), rated(texts(40)), "the judge is another here, gpt-4o for the rated texts"),
        (
            texts(40),
            rated(texts(40, stamp=replace(factory.STAMP, prompts_hash="ffff"))),
            "the judge's prompts are medq-tasks 1.0 (aaaa0000bbbb1111) here, medq-tasks 1.0 (ffff) for",
        ),
        (texts(40), rated(texts(40, stamp=replace(factory.STAMP, settings_hash="ffff"))), "the judge's settings are"),
        ([*texts(40), *texts(1, 2, OTHER)], rated(texts(40)), "the judge is another and gpt-4o here"),
        (texts(40), rated([factory.reasoning(n, "comparison") for n in range(40)]), "no rated no_reference text"),
        ([factory.reasoning(n, scores=None) for n in range(40)], rated(texts(40)), "the judge has scored nothing here"),
        (
            [factory.reasoning(n, scores=(1, None, None, None)) for n in range(40)],
            rated(texts(40), ["consistency"]),
            "experts rated consistency, the judge scored completeness",
        ),
    ],
)
def test_what_serves_no_axis_of_a_task(records: list[ReasoningRecord], calibration: Calibration, words: str) -> None:
    found = judge_error(task(records), calibration)
    assert words in found.unfit
    assert found.values == {}


def test_a_judge_that_has_moved_to_another_server_is_the_same() -> None:
    records = texts(90)
    moved = [texts(90, stamp=replace(factory.STAMP, server="http://elsewhere"))[n] for n in range(90)]
    assert judge_error(task(moved), rated(records)).values


def test_a_pair_is_right_or_wrong() -> None:
    """Two levels: 1/2 is added to each, of the judge's strata and of what experts give there."""
    records = [factory.reasoning(n, "comparison", scores=(1, 1, 1, 2 * (n >= 10))) for n in range(40)]
    items = [
        item(one, {"quality_accuracy": Scores(2 * (one.row >= 10), {"ann": 2 * (one.row >= 10)})}) for one in records
    ]
    found = judge_error(task(records, "medq_reasoning_comparison"), Calibration("align.json", tuple(items)))
    wrong, right = 2 * 0.5 / 11, 2 * 30.5 / 31
    assert found.values["quality_accuracy"].value == pytest.approx((10.5 * wrong + 30.5 * right) / 41)
