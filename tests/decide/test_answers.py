"""One sentence per pair of runs: numbers by hand, what is refused, and whom more than four runs are held against."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.decide.answers import Answer, answers
from medq_tasks.records import Record
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.run import Run
from tests.runs import factory

PERCEPTION, REASONING = "medq_perception", "medq_reasoning_no_reference"
OTHER_JUDGE = replace(factory.STAMP, model="qwen-72b")


def run_of(folder: Path, tasks: dict[str, list[Any]], **options: Any) -> Run:
    (run,) = load_runs([factory.write_run(folder, tasks, **options)])
    return run


def perception(outcomes: str) -> list[Record]:
    return [factory.perception(number, right=letter == "r") for number, letter in enumerate(outcomes)]


def scored(*last: int, **options: Any) -> list[Record]:
    """One text per number: 1 + 1 + 1 + the number."""
    return [factory.reasoning(number, scores=(1, 1, 1, score), **options) for number, score in enumerate(last)]


def told(folder: Path, *sides: dict[str, list[Any]]) -> list[Answer]:
    runs = [run_of(folder / str(place), tasks) for place, tasks in enumerate(sides)]
    return answers(runs, [chr(ord("A") + place) for place in range(len(sides))])


def test_shares_are_points_and_the_higher_run_is_named_first(tmp_path: Path) -> None:
    # 10 items only B's, none only A's: p = 2 / 2^10 = 0.00195. 2 of 20 against 12 of 20: 50 points.
    (found,) = told(tmp_path, {PERCEPTION: perception("rr" + "w" * 18)}, {PERCEPTION: perception("r" * 12 + "w" * 8)})
    assert (found.outcome, found.first, found.second, found.metric) == ("beats", 1, 0, "accuracy")
    assert found.p_value == pytest.approx(2 / 2**10)
    assert found.paired is not None
    assert found.paired.interval is not None
    low, high = (100 * end for end in (found.paired.interval.low, found.paired.interval.high))
    assert found.text == f"B beats A by 50.0 points ({low:.1f} to {high:.1f}), p = 0.002, on the same 20 items."
    assert found.line == f"Perception, test split: {found.text}"


def test_a_difference_that_may_be_chance_is_said_to_be_none_that_is_shown(tmp_path: Path) -> None:
    # One item only A's, none only B's: p = 1.
    (found,) = told(tmp_path, {PERCEPTION: perception("rrw")}, {PERCEPTION: perception("rww")})
    assert (found.outcome, found.first, found.second) == ("undecided", 0, 1)
    assert found.text.startswith("No difference is shown between A and B: 33.3 points (")
    assert found.text.endswith("), p = 1.000, on the same 3 items.")


def test_scores_say_their_scale_and_their_judge(tmp_path: Path) -> None:
    # Six differences of 1: p = 2 / 2^6 = 0.031.
    (found,) = told(tmp_path, {REASONING: scored(*[0] * 6)}, {REASONING: scored(*[1] * 6)})
    assert (found.outcome, found.first) == ("beats", 1)
    assert found.text.startswith("B beats A by 1.00 of 8 (")
    assert found.text.endswith("), p = 0.031, on the same 6 items, judged by gpt-4o.")


def test_without_a_judge_the_verdicts_answer(tmp_path: Path) -> None:
    right, wrong = ([factory.reasoning(n, scores=None, verdict_right=said) for n in range(6)] for said in (True, False))
    (found,) = told(tmp_path, {REASONING: wrong}, {REASONING: right})
    assert (found.metric, found.outcome) == ("verdict_accuracy", "beats")
    assert found.text.startswith("B beats A by 100.0 points of verdict accuracy (")
    assert "judged" not in found.text


def test_another_judge_is_no_comparison_and_says_which(tmp_path: Path) -> None:
    (found,) = told(tmp_path, {REASONING: scored(1, 1)}, {REASONING: scored(2, 2, stamp=OTHER_JUDGE)})
    assert found.outcome == "refused"
    assert found.text == "A and B cannot be compared: they differ in judge model (gpt-4o against qwen-72b)."


def test_items_of_one_run_only_are_counted(tmp_path: Path) -> None:
    (found,) = told(tmp_path, {PERCEPTION: perception("rrww")}, {PERCEPTION: perception("rww")})
    assert found.text.endswith(", on 3 of 4 items, those with a value in both.")
    (found,) = told(
        tmp_path / "apart", {PERCEPTION: perception("r")}, {PERCEPTION: [factory.perception(9, right=True)]}
    )
    assert found.text == "A and B cannot be compared: they have no item in common."


def test_several_pairs_are_corrected_together_and_the_best_comes_first(tmp_path: Path) -> None:
    # A to B and B to C: 6 items only one's, p = 2 / 2^6; A to C: 12 items, 2 / 2^12. Holm: times 3, then times 2.
    sides = ({PERCEPTION: perception("r" * count + "w" * (20 - count))} for count in (2, 8, 14))
    found = told(tmp_path, *sides)
    assert [(one.first, one.second) for one in found] == [(2, 1), (2, 0), (1, 0)]
    assert [one.p_value for one in found] == pytest.approx([4 / 64, 6 / 4096, 4 / 64])
    assert [one.outcome for one in found] == ["undecided", "beats", "undecided"]
    assert "p = 0.001 (Holm, 3 pairs)" in found[1].text


def test_of_five_runs_the_best_is_held_against_the_others(tmp_path: Path) -> None:
    found = told(tmp_path, *({PERCEPTION: perception("r" * (1 + n) + "w" * (9 - n))} for n in (0, 3, 4, 2, 1)))
    assert [(one.first, one.second, one.pairs) for one in found] == [(2, 1, 10), (2, 3, 10), (2, 4, 10), (2, 0, 10)]


def test_one_run_and_one_run_seen_by_two_judges_give_no_answer(tmp_path: Path) -> None:
    run = run_of(tmp_path / "a", {REASONING: scored(1, 2)})
    assert answers([run]) == []
    assert answers([run, run]) == []


def test_of_totals_alone_nothing_is_compared(tmp_path: Path) -> None:
    a, b = (run_of(tmp_path / name, {PERCEPTION: perception("rw")}) for name in "ab")
    bare = replace(b, tasks={PERCEPTION: replace(b.tasks[PERCEPTION], records=())})
    (found,) = answers([a, bare], "AB")
    assert (found.outcome, found.text) == ("refused", "A and B cannot be compared: of B only totals are left.")


def test_items_of_a_part_are_said_of_how_many(tmp_path: Path) -> None:
    runs = [
        run_of(tmp_path / str(place), {PERCEPTION: perception(outcomes)}, limit=3, original={PERCEPTION: 1305})
        for place, outcomes in enumerate(("rrw", "rww"))
    ]
    (found,) = answers(runs, ["A", "B"])
    assert found.text.endswith("on the same 3 of 1,305 items.")


def test_a_part_in_which_some_items_have_no_value_says_the_table_s_size_too(tmp_path: Path) -> None:
    sides = (scored(1, 1), [*scored(1), factory.reasoning(1, scores=(1, 1, 1, None))])
    runs = [
        run_of(tmp_path / str(place), {REASONING: side}, limit=2, original={REASONING: 221})
        for place, side in enumerate(sides)
    ]
    (found,) = answers(runs, ["A", "B"])
    assert "on 1 of 2 items (the table has 221), those with a value in both, judged by gpt-4o." in found.text


def test_a_panel_of_judges_is_called_one_and_a_reason_has_one_wording(tmp_path: Path) -> None:
    panel = replace(factory.STAMP, model="panel of 2: gpt-4o, qwen-72b")
    (found,) = told(tmp_path / "same", {REASONING: scored(1, stamp=panel)}, {REASONING: scored(1, stamp=panel)})
    assert found.text.endswith(", judged by a panel of 2 (gpt-4o, qwen-72b).")
    sides = ({REASONING: scored(1, stamp=OTHER_JUDGE)}, {REASONING: scored(1)})
    (found,) = told(tmp_path / "other", *sides)
    assert found.text == "B and A cannot be compared: they differ in judge model (gpt-4o against qwen-72b)."
    assert found.refusal == "they differ in judge model (gpt-4o against qwen-72b)"
