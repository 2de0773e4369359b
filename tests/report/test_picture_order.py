"""Which items a page's budget is spent on first: by hand, from the answers of two runs."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.records import ReasoningRecord, Record
from medq_tasks.report.picture_order import FLIPPED, LOW, REST, WRONG, by_importance, importance
from medq_tasks.runs.run import Run, TaskRun
from tests.runs import factory


def text(number: int, scores: Sequence[int | None] | None, right: bool = True) -> ReasoningRecord:
    return factory.reasoning(number, scores=scores, verdict_right=right, table="texts")


def run(*tasks: Sequence[Record]) -> Run:
    made = {str(place): TaskRun(str(place), task[0].kind, "test", "1", tuple(task)) for place, task in enumerate(tasks)}
    return Run("m", "", "", None, made)


def test_an_item_goes_by_the_answers_of_all_runs() -> None:
    choice = factory.perception
    assert importance([choice(0, right=True), choice(0, right=False)])[0] == FLIPPED
    assert importance([choice(0, right=True), choice(0, state="failed")])[0] == FLIPPED
    assert importance([choice(0, right=False), choice(0, state="unanswered")])[0] == WRONG
    assert importance([choice(0, right=True), choice(0, right=True)]) == (REST, 0)
    # Verdicts decide first; then the lowest of the sums, below 4 of 8; a text that lacks a score comes after those.
    assert importance([text(0, [2, 2, 2, 2]), text(0, [2, 2, 2, 2], right=False)])[0] == FLIPPED
    assert importance([text(0, [2, 2, 2, 2], right=False)])[0] == WRONG
    assert importance([text(0, [2, 2, 2, 2]), text(0, [1, 0, 2, 0])]) == (LOW, 3)
    assert importance([text(0, [1, 1, 1, 1])]) == (REST, 0)
    assert importance([text(0, [2, 2, 2, None])]) == (LOW, 8)
    assert importance([text(0, None), text(0, [0, 1, 0, 0])]) == (LOW, 1)
    # Without a verdict of the reference nothing is right or wrong.
    assert importance([factory.reasoning(0, scores=[2, 2, 2, 2], reference_verdict=None)]) == (REST, 0)


def test_the_order_is_by_group_then_score_then_rows_in_turn() -> None:
    choices = [factory.perception(n, right=n != 1, table="choices") for n in range(4)]
    again = [factory.perception(n, right=n not in (1, 2), table="choices") for n in range(4)]
    texts = [text(0, [2, 2, 2, 2]), text(1, [1, 0, 0, 0]), text(2, [0, 0, 0, 0]), text(3, None)]
    order = by_importance([run(texts, choices), run(again)])
    assert order == [
        ("choices", 2),  # flipped
        ("choices", 1),  # wrong in both
        ("texts", 2),  # 0 of 8
        ("texts", 1),  # 1 of 8
        ("texts", 3),  # never judged
        ("choices", 0),  # the rest, row by row: a run's choices are read before its texts
        ("texts", 0),
        ("choices", 3),
    ]
    assert by_importance([run(texts, choices), run(again)]) == order
