"""Judge replies labelled by hand: score_cases.jsonl holds one [level or null, reply] per line."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.judge import read_score
from medq_tasks.records import AXES
from tests import loops
from tests.cases import check_all
from tests.judge.server import FakeServer
from tests.judge.test_session import axis_of, items, make

MAX_CHARS = 3_500  # of a reply that never ends: what is read of its two ends
CASES = [json.loads(line) for line in Path(__file__).with_name("score_cases.jsonl").read_text("utf-8").splitlines()]


def test_every_labelled_reply_is_read_as_labelled():
    def check(case):
        level, reply = case
        assert read_score(reply) == level

    check_all(((f"line {number}", case) for number, case in enumerate(CASES, 1)), check)


def test_the_table_is_large_and_a_third_of_it_is_no_score():
    levels = [level for level, _ in CASES]
    assert len(CASES) >= 1000
    assert levels.count(None) >= len(CASES) / 3
    assert all(levels.count(level) >= 80 for level in (0, 1, 2))
    assert len({reply for _, reply in CASES}) == len(CASES)


def _is_no_score(reply: str) -> None:
    assert read_score(reply) is None


def test_a_number_off_the_scale_is_no_score():
    forms = ("Score: {}", "**Score:** {}", '{{"score": {}}}', "{}", "The score is {}.", "评分：{}")
    numbers = (3, 4, 10, 12, 20, 21, 22, 100, 2000)
    check_all({f"{form} with {n}": form.format(n) for form in forms for n in numbers}, _is_no_score)


def test_what_follows_a_level_can_unmake_it():
    tails = (".5", "-2.5", "/5", " out of 10", "%", " or 9", "½")
    check_all({f"{n}, then {tail}": f"Score: {n}{tail}" for n in (0, 1, 2) for tail in tails}, _is_no_score)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_without_an_error(text: str):
    assert read_score(text) in (0, 1, 2, None)


@given(st.integers(-(10**6), 10**6))
@settings(max_examples=200, deadline=None)
def test_only_whole_levels_come_back(number: int):
    assert read_score(f"Score: {number}") == (number if number in (0, 1, 2) else None)


def test_text_that_is_no_score_in_any_way_raises_nothing():
    """Deep JSON, integers that Python refuses to read, an "i" without its dot: no score, no error."""
    for reply in (
        *loops.nested(20_000),
        "&#" + "1" * 5_000 + ";",
        '{"error": ' + "1" * 5_000 + "}",
        "Score: " + "2" * 5_000,
        "Score: f\u0131ve",
        "Score: F\u0130VE",
        "",
        " \n\u3000",
        "\x00",
        "\ud800\udc00",
        "x" * 5_000_000,
    ):
        assert read_score(reply) is None


@pytest.mark.parametrize(
    ("reply", "level"),
    [
        ("Score: 1 " * 600_000, 1),  # 5 MB that say one thing
        ("Score: 1" * 11_000, 1),  # with no blank between the rounds
        ("Score: 1 Score: 2 " * 300_000, None),
        ("word " * 1_000_000 + "\nScore: 2", 2),
        ("<think>" + "Score: 0 " * 600_000 + "</think>Score: 2", 2),
        ("<think>" + "Score: 0 " * 600_000, None),  # cut while thinking
        ("<think>" + "hm " * 3_000 + "</think>" + "Fine grain is named. " * 1_000 + "Score: 2", 2),
        ('{"a":' * 20_000 + "\nScore: 1", 1),
        ("Score: 2\ud800", 2),
        ("Score:\x00 2", 2),
        ("accuracy" + "\n" * 100_000 + "Score: 1", 1),
        ("<rating>" + "\n " * 9_000 + "1", 1),
        ("&#" + "1" * 5_000 + ";\nScore: 1", 1),
    ],
)
def test_loops_nests_and_odd_characters_leave_the_score_where_it_stands(reply: str, level: int | None):
    assert read_score(reply) == level


def test_a_judge_that_cannot_stop_costs_its_own_axis_and_no_other(tmp_path: Path):
    """Deep JSON ended the whole pass with a RecursionError: every axis that was still to come stayed unscored."""
    hostile = itertools.cycle(['{"a":' * 20_000, "&#" + "1" * 5_000, "Score: f\u0131ve"])
    with FakeServer(lambda ask: next(hostile) if axis_of(ask) == "preciseness" else "Score: 2") as server:
        session = make(server, tmp_path, concurrency=1)
        session.enqueue(items(3))
        for item in items(3):
            said = session.score(item)
            assert [said[axis].score for axis in AXES] == [2, None, 2, 2]


@pytest.mark.parametrize("reply", [None, b"Score: 1", ["Score: 1", "Score: 2"], 1])
def test_what_is_no_text_is_refused(reply: object):
    with pytest.raises(TypeError, match="a reply is a str"):
        read_score(reply)  # type: ignore[arg-type]


def _calls(reply: str) -> int:
    """Function calls, Python's and C's, that one reading makes: what can be counted of its time."""
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_score(reply)
    finally:
        sys.setprofile(before)
    return made


def test_work_grows_with_the_reply_and_ends_at_the_two_ends_that_are_read():
    def check(unit):
        short, long, longest = (_calls(unit * (size // len(unit))) for size in (MAX_CHARS // 8, MAX_CHARS, 100_000))
        assert long <= 9 * short  # eight times the text; the first words of a text have less before them
        assert longest <= 1.5 * long

    units = ("Score: 1 ", "Score: 2 wait Score: 1 ", "0 = no, 1 = yes ", "so 1, ")
    check_all({unit: unit for unit in units}, check)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=200), st.sampled_from(loops.recipes(300)))
def test_any_character_in_any_loop_is_read_alike_twice(text: str, recipe: tuple[str, str, str]):
    reply = text + loops.loop(recipe, 400)
    assert read_score(reply) == read_score(reply) in (0, 1, 2, None)
