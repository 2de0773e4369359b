"""Judge replies labelled by hand: score_cases.jsonl holds one [level or null, reply] per line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.judge import read_score

CASES = [json.loads(line) for line in Path(__file__).with_name("score_cases.jsonl").read_text("utf-8").splitlines()]


def test_every_labelled_reply_is_read_as_labelled():
    wrong = [(reply, level, read_score(reply)) for level, reply in CASES if read_score(reply) != level]
    assert wrong == []


def test_the_table_is_large_and_a_third_of_it_is_no_score():
    levels = [level for level, _ in CASES]
    assert len(CASES) >= 1000
    assert levels.count(None) >= len(CASES) / 3
    assert all(levels.count(level) >= 80 for level in (0, 1, 2))
    assert len({reply for _, reply in CASES}) == len(CASES)


@pytest.mark.parametrize("number", [3, 4, 10, 12, 20, 21, 22, 100, 2000])
@pytest.mark.parametrize(
    "form", ["Score: {}", "**Score:** {}", '{{"score": {}}}', "{}", "The score is {}.", "评分：{}"]
)
def test_a_number_off_the_scale_is_no_score(form: str, number: int):
    assert read_score(form.format(number)) is None


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("tail", [".5", "-2.5", "/5", " out of 10", "%", " or 9", "½"])
def test_what_follows_a_level_can_unmake_it(level: int, tail: str):
    assert read_score(f"Score: {level}{tail}") is None


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
