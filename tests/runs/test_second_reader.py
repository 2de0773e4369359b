"""Second readings, counted apart."""

from __future__ import annotations

from dataclasses import replace

from medq_tasks.records import Record
from medq_tasks.runs.second_reader import SecondReadings, second_readings
from tests.runs import factory


def unread(number: int, second: str | None, **changes: object) -> Record:
    by = "rules" if second is None else "reader-1"
    return replace(factory.perception(number, state="unanswered", answer="A"), read_by=by, second=second, **changes)  # type: ignore[arg-type]


def test_readings_that_do_not_count_stand_beside_what_does() -> None:
    asked = [unread(0, "A"), unread(1, "B"), unread(2, "none"), unread(3, None)]
    records = [*asked, *(factory.perception(number, right=number < 7) for number in range(4, 10))]
    (found,) = second_readings(records)
    assert found == SecondReadings("reader-1", asked=3, read=2, right=1, counted=False, items=10, right_by_rules=3)
    # 3 of 10 by rules, 4 of 10 with the one that the second reader got right.
    told = "reader-1 read 2 of 3 replies that no rule could; 1 of them right. They do not count; with them it would be"
    assert found.words == f"{told} 0.400."


def test_readings_that_count_say_what_it_would_be_without_them() -> None:
    records = [unread(0, "A", choice="A", state="right"), factory.perception(1, right=False)]
    (found,) = second_readings(records)
    assert found.words.endswith("They count (MEDQ_READER_COUNTS=1): 0.500; by rules alone it would be 0.000.")


def test_texts_are_right_by_the_reference_s_verdict() -> None:
    text = factory.reasoning(0, scores=None, verdict=None, reference_verdict="good")
    records = [replace(text, read_by="m", second="good"), replace(text, read_by="m", second="reject")]
    (found,) = second_readings(records)
    assert (found.read, found.right, found.items) == (2, 1, 2)


def test_shares_of_two_readers_are_of_the_whole() -> None:
    """Of 4 items rules got one right, m one and n one: 3 of 4, whoever is asked, and 1 of 4 without both."""
    counted = {"state": "right", "choice": "A"}
    records = [replace(unread(0, "A", **counted), read_by="m"), replace(unread(1, "A", **counted), read_by="n")]
    found = second_readings([*records, factory.perception(2, right=True), factory.perception(3, right=False)])
    assert [(one.model, one.right, one.right_by_others) for one in found] == [("m", 1, 1), ("n", 1, 1)]
    assert {one.words[-55:] for one in found} == {found[0].words[-55:]}
    assert found[0].words.endswith("(MEDQ_READER_COUNTS=1): 0.750; by rules alone it would be 0.250.")


def test_without_a_second_reader_there_is_nothing_to_say() -> None:
    assert second_readings([factory.perception(0, right=True), factory.reasoning(0)]) == ()


def test_items_without_a_reference_s_verdict_are_in_no_share() -> None:
    """They are in no accuracy either: 1 of 1 is 1.000, where one of all three would be 0.333."""
    text = factory.reasoning(0, scores=None, verdict=None, reference_verdict="good")
    without = [factory.reasoning(number, reference_verdict=None) for number in (1, 2)]
    (found,) = second_readings([replace(text, read_by="m", second="good"), *without])
    assert (found.items, found.words[-6:]) == (1, "1.000.")
