"""Places of several runs, by hand; and beside published shares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medq_tasks.decide.ranking import Entrant, PublishedPlace, beside_published, rank
from medq_tasks.errors import RunError
from medq_tasks.records import PromptStamp, Record
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.stats import Rank
from tests.runs import factory

PERCEPTION = "medq_perception"


def entrant(answered: list[Record], **changes: object) -> Entrant:
    task = TaskRun(PERCEPTION, answered[0].kind, "test", "1.0", tuple(answered))
    task = replace(task, **changes)  # type: ignore[arg-type]
    return Entrant(Run("m", "", "1", None, {PERCEPTION: task}), task)


def answers(outcomes: str) -> list[Record]:
    return [factory.perception(number, right=letter == "r") for number, letter in enumerate(outcomes)]


def test_what_is_told_apart_has_a_place_and_what_is_not_shares_it() -> None:
    best, good, same = "r" * 60, "r" * 40 + "w" * 20, "w" * 20 + "r" * 40
    # The best is right on 20 items more than each other: p = 2 / 2^20; good and same: 20 against 20.
    found = rank([entrant(answers(outcomes)) for outcomes in (good, best, same)], "accuracy")
    assert found == [Rank(2, 3, False), Rank(1, 1, True), Rank(2, 3, False)]


def test_items_that_share_a_picture_tell_less_apart() -> None:
    first, second = (answers(outcomes) for outcomes in ("r" * 24, "w" * 8 + "r" * 16))
    alone = rank([entrant(first), entrant(second)], "accuracy")  # 2 / 2^8
    assert alone == [Rank(1, 1, True), Rank(2, 2, False)]
    shared = rank([entrant(factory.sharing(side, 4)) for side in (first, second)], "accuracy")  # type: ignore[type-var]
    assert shared == [Rank(1, 2, True), Rank(1, 2, True)]  # 2 / 2^2


def test_runs_asked_in_other_words_have_no_places() -> None:
    own = [replace(record, prompts=PromptStamp("mine.yaml", "b2")) for record in answers("rrw")]
    default = [replace(record, prompts=PromptStamp("default", "a1")) for record in answers("rww")]
    with pytest.raises(RunError, match="differ in wording of the questions"):
        rank([entrant(default), entrant(own)], "accuracy")


def test_scores_are_ranked_on_the_items_that_both_have() -> None:
    judged = [
        [factory.reasoning(n, scores=(high, high, 2, None if n == lost else 1)) for n in range(12)]
        for high, lost in ((1, 0), (2, 5))
    ]
    found = rank([entrant(records) for records in judged], "overall")  # ten items, each two points apart: 2 / 2^10
    assert found == [Rank(2, 2, False), Rank(1, 1, True)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": "2.0"}, "m and m differ in task version"),
        ({"records": tuple(replace(record, table="fff0") for record in answers("rr"))}, "m and m differ in table"),
        ({"records": tuple(answers("r"))}, "m and m hold different items"),
    ],
)
def test_what_may_not_be_compared_has_no_places(change: dict[str, object], reason: str) -> None:
    with pytest.raises(RunError, match=reason):
        rank([entrant(answers("rr")), entrant(answers("rw"), **change)], "accuracy")


def test_nothing_judged_in_common() -> None:
    judged = [[factory.reasoning(0, scores=scores)] for scores in ((1, 1, 1, None), (1, 1, 1, 1))]
    with pytest.raises(RunError, match="no item with a value in common"):
        rank([entrant(records) for records in judged], "overall")


def test_beside_published_shares() -> None:
    """Of 1,305 items each: one of 68.97 % is told from 57 and 60 %, not from 66 % (z 1.6) or 72 % (z -1.7)."""
    task = entrant(answers("r" * 900 + "w" * 405)).task
    rows = {"a": (0.57, 1305), "b": (0.60, 1305), "c": (0.66, 1305), "d": (0.72, 1305), "e": (0.90, 1305)}
    assert beside_published([task], "accuracy", rows) == [PublishedPlace(2, 4, 6)]
    # 64 %: z is 2.7; with four questions a picture, all answered alike, the run's own variance is fourfold: z 1.7.
    shared = entrant(factory.sharing(answers("r" * 900 + "w" * 404), 4)).task  # type: ignore[type-var]
    assert beside_published([shared], "accuracy", {"b": (0.64, 1305)}) == [PublishedPlace(1, 2, 2)]
    assert beside_published([task], "accuracy", {"b": (0.64, 1305)}) == [PublishedPlace(1, 1, 2)]


def test_each_published_row_is_one_of_several_looks() -> None:
    # z of 66 % is 1.6, of 65 % 2.2 (p .03): alone the latter is beyond chance, among three rows it is not.
    task = entrant(answers("r" * 900 + "w" * 405)).task
    assert beside_published([task], "accuracy", {"a": (0.65, 1305)}) == [PublishedPlace(1, 1, 2)]
    rows = {"a": (0.65, 1305), "b": (0.66, 1305), "c": (0.66, 1305)}
    assert beside_published([task], "accuracy", rows) == [PublishedPlace(1, 4, 4)]


def test_an_older_run_has_the_pictures_of_the_other_one() -> None:
    first, second = (factory.sharing(answers(outcomes), 4) for outcomes in ("r" * 24, "w" * 8 + "r" * 16))  # type: ignore[type-var]
    old = [replace(record, pictures=()) for record in first]
    assert rank([entrant(old), entrant(second)], "accuracy") == [Rank(1, 2, True), Rank(1, 2, True)]  # type: ignore[arg-type]


def test_one_picture_for_all_has_no_place_beside_others() -> None:
    task = entrant(factory.sharing(answers("rw"), 2)).task  # type: ignore[type-var]
    assert beside_published([task], "accuracy", {"a": (0.5, 100)}) == [None]
