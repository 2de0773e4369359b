"""Judge replies labelled by hand: score_cases.jsonl holds one [level or null, reply] per line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.judge import read_score
from tests.cases import check_all

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


@pytest.mark.parametrize(
    "piece",
    ["Score ", "(", "{", "1, ", "[1", "a ", "x", "<think>", "\\boxed{", "0, 1 ", "if ", "2\n", "Score: 1 or ", "not "],
)
def test_a_reply_that_never_ends_is_read_in_a_moment(piece: str):
    start = time.perf_counter()
    read_score(piece * 100_000)
    assert time.perf_counter() - start < 10  # a few seconds at most when measured; nested repetition took a minute
