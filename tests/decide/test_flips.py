"""On which items two runs parted: per task, by the task's own figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from medq_tasks.decide.compare import compare
from medq_tasks.decide.flips import reading
from medq_tasks.records import PerceptionRecord
from tests.decide.test_compare import PERCEPTION, REASONING, perception, reasoning, run_of
from tests.runs import factory


def test_each_task_counts_by_its_own_figure(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rwfr"), REASONING: reasoning([(1,) * 4, (2,) * 4, (1,) * 4])})
    b = run_of(
        tmp_path / "b", {PERCEPTION: perception("urwr"), REASONING: reasoning([(2,) * 4, (2, 1, 2, 2), (1,) * 4])}
    )
    counts = compare(a, b).flip_counts
    assert [(count.task, count.words, count.own) for count in counts] == [
        (PERCEPTION, "accuracy: 1 right -> wrong, 1 wrong -> right, 2 alike", True),
        (REASONING, "overall: 1 lower in B, 1 higher in B, 1 alike", True),
        (REASONING, "verdict_accuracy: 0 right -> wrong, 0 wrong -> right, 3 alike", False),
    ]


def test_without_a_judge_a_text_flips_by_its_verdict(tmp_path: Path) -> None:
    sides = ([factory.reasoning(n, scores=None, verdict_right=said) for n in range(2)] for said in (True, False))
    a, b = (run_of(tmp_path / str(place), {REASONING: side}) for place, side in enumerate(sides))
    found = compare(a, b)
    assert [count.words for count in found.flip_counts] == [
        "verdict_accuracy: 2 right -> wrong, 0 wrong -> right, 0 alike"
    ]
    assert [(flip.change, flip.metric) for flip in found.flips] == [("right -> wrong", "verdict_accuracy")] * 2


def test_an_item_that_one_run_has_no_score_for_is_not_counted_by_score(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {REASONING: reasoning([(1, 1, 1, 1), (1, 1, None, 1)])})
    b = run_of(tmp_path / "b", {REASONING: reasoning([(1, 1, 1, 1), (2, 2, 2, 2)])})
    assert compare(a, b).flip_counts[0].words == "overall: 0 lower in B, 0 higher in B, 1 alike"


def test_the_largest_changes_of_score_come_first(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {REASONING: reasoning([(1, 1, 1, 1), (2, 2, 2, 2), (0, 0, 0, 0)])})
    b = run_of(tmp_path / "b", {REASONING: reasoning([(1, 1, 1, 0), (0, 0, 0, 0), (1, 1, 1, 0)])})
    flips = [flip for flip in compare(a, b).flips if flip.metric == "overall"]
    assert [(flip.id, flip.change, flip.difference) for flip in flips] == [
        ("no1", "8 -> 0", -8),
        ("no2", "0 -> 3", 3),
        ("no0", "4 -> 3", -1),
    ]


def test_flips_name_item_and_both_readings(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rwf"), REASONING: reasoning([(1, 1, 1, 1)])})
    b = run_of(
        tmp_path / "b",
        {PERCEPTION: perception("urw"), REASONING: reasoning([(2, 2, 2, 0)], verdict_right=False)},
    )
    flips = compare(a, b).flips
    right, wrong = (factory.perception(1, right=outcome) for outcome in (True, False))
    lost = factory.perception(0, right=True)
    readings = ("good (judged 4 of 8)", "usable (judged 6 of 8)")
    assert [(flip.id, flip.change, flip.reading_a, flip.reading_b) for flip in flips] == [
        ("1000", "right -> wrong", f"{lost.answer}. {lost.options[lost.answer]}", "unanswered"),
        ("1001", "wrong -> right", option(wrong), option(right)),
        ("no0", "4 -> 6", *readings),
        ("no0", "right -> wrong", *readings),
    ]
    assert [flip.expected for flip in flips[1:]] == [option(right), "good", "good"]
    assert "how good is this ct image?" in flips[0].question


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": None}, "no verdict (judged 5 of 8)"),
        ({"verdict": None, "state": "empty", "scores": (0, 0, 0, 0)}, "empty (judged 0 of 8)"),
        ({"verdict": None, "state": "failed", "scores": None}, "failed"),
        ({"scores": None}, "good"),
    ],
)
def test_a_reply_is_read_as_its_verdict_or_as_what_became_of_it(changes: dict[str, Any], said: str) -> None:
    assert reading(factory.reasoning(0, **changes)) == said


def option(record: PerceptionRecord) -> str:
    assert record.choice
    return f"{record.choice}. {record.options[record.choice]}"
