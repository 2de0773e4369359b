"""The tables of hand-labelled replies. Every case must run and be read as a careful person would label it.

``choice_cases.jsonl``: id, options, reply, expected. ``verdict_cases.jsonl``: id, kind, reply, expected.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from medq_tasks.answers import explain_choice, read_choice, read_verdict
from tests.cases import check_all

HERE = Path(__file__).parent


def load(name):
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


CHOICES = load("choice_cases.jsonl")
VERDICTS = load("verdict_cases.jsonl")


def test_choices():
    def check(case):
        reading = explain_choice(case["reply"], case["options"])
        assert reading.choice == case["expected"]
        assert bool(reading.reason) == (reading.choice is None)  # a missing answer is always explained
        assert read_choice(case["reply"], case["options"]) == reading.choice

    check_all(((case["id"], case) for case in CHOICES), check)


def test_verdicts():
    def check(case):
        assert read_verdict(case["reply"], case["kind"]) == case["expected"]

    check_all(((case["id"], case) for case in VERDICTS), check)


@pytest.mark.parametrize(("cases", "least"), [(CHOICES, 1500), (VERDICTS, 700)])
def test_tables_are_large_distinct_and_hold_non_answers(cases, least):
    assert len(cases) >= least
    assert len({case["id"] for case in cases}) == len(cases)
    questions = Counter((case["reply"], json.dumps(case.get("options", case.get("kind")))) for case in cases)
    assert max(questions.values()) == 1
    # A table of answers alone would reward a reader that guesses.
    assert sum(case["expected"] is None for case in cases) >= len(cases) / 3


def test_every_option_is_somewhere_the_answer():
    assert {case["expected"] for case in CHOICES} >= {"A", "B", "C", "D", "E", None}
    assert {case["expected"] for case in VERDICTS} == {"good", "usable", "reject", "first", "second", None}
