"""A judge's numbers as values: what belongs to one, what unmakes it, and what names a scale or a rubric instead."""

from __future__ import annotations

import pytest

from medq_tasks.judge import read_score
from medq_tasks.judge.scores import explain_score
from medq_tasks.reading.score.score_stream import Words


def _values(text: str) -> list[tuple[str, str]]:
    """Words and codes of the values: V a level, v another number, M several."""
    stream = Words(text)
    found = [(unit, code) for unit, code in zip(stream.units, stream.codes, strict=True) if code in "VvM"]
    return [(text[unit.start : unit.end], code) for unit, code in found]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Score: 2/2 points", [("2/2 points", "V")]),
        ("Score: 2/5", [("2/5", "v")]),
        ("1 or 2", [("1 or 2", "M")]),
        ("1-2 of them", [("1-2", "M")]),
        ("1 - 2 faults are missing", [("1", "V"), ("2", "V")]),
        ("0.5, then 1.0", [("0.5", "v"), ("1.0", "V")]),
        ("two out of two", [("two out of two", "V")]),
        ("less than 2", [("less than 2", "v")]),
        ("a clear 1", [("a clear 1", "V")]),
        ("1 + 1 = 2", [("2", "V")]),
        ("Image 1: better", []),
    ],
)
def test_a_number_is_one_value_with_what_belongs_to_it(text, values):
    assert _values(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "from 0 to 2",
        "0, 1 or 2",
        "2 = all, 1 = a part, 0 = none",
        "0 (none), 1 (some), 2 (all)",
        "a score out of 2",
        "0 means none and 1 means some",
    ],
)
def test_a_scale_and_a_rubric_hold_no_value(text):
    assert _values(text) == []


def test_a_level_right_after_a_label_is_no_item_of_the_rubric_before_it():
    rubric = "2 means all and 1 means some."
    assert read_score(rubric) is None
    assert read_score(f"{rubric}\n\nScore: 0 (nothing is named)") == 0


def test_a_scale_that_is_named_takes_nothing_back():
    assert read_score("On a 0-2 scale this is a 2.") == 2
    assert read_score("On a scale of 1-5 this is a 2.") is None


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        ("Score: 1", "score"),
        ("Verdict: 1", "result"),
        ("It gets a 1 for that.", "given"),
        ("Blur is missing, so 1.", "concluded"),
        ("A 1 is appropriate.", "fits"),
        ("1 point", "points"),
        ("1", "alone"),
        ("Some is named. 1", "last word"),
    ],
)
def test_a_score_comes_with_its_rule(reply, rule):
    reading = explain_score(reply)
    assert (reading.choice, reading.rule) == ("1", rule)
