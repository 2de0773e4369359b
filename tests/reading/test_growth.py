"""Work grows with the reply at most as its length does: counted in calls, which no busy machine changes."""

from __future__ import annotations

import sys

import pytest

from medq_tasks.answers import read_choice, read_verdict
from medq_tasks.judge import read_score
from tests.cases import check_all

OPTIONS = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "No degradation"}
READERS = {
    "choice": lambda text: read_choice(text, OPTIONS),
    "polar": lambda text: read_choice(text, {"A": "Yes", "B": "No"}),
    "no_reference": lambda text: read_verdict(text, "no_reference"),
    "comparison": lambda text: read_verdict(text, "comparison"),
    "score": read_score,
}
UNITS = [
    "The edges are sharp in this part. ",
    "the answer is B. ",
    "A or B, ",
    "not A, ",
    "no noise, ",
    "A: no. ",
    "the quality is good, usable or reject ",
    "image a is better than image b ",
    "first, second; ",
    "Score: 1 ",
    "so 1, 2 ",
    "0 = none, 1 = part, 2 = all ",
    "if it, ",
    "( ",
    '"" ',
    "- ",
    "\n",
    "是",
]


def _calls(read, text: str) -> int:
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(text)
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize("name", READERS)
def test_work_grows_at_most_as_the_length_does(name):
    read = READERS[name]
    read("warm 1")

    def check(unit):
        small, medium, large, huge = (
            _calls(read, unit * (size // len(unit) + 1)) for size in (1_000, 3_000, 9_000, 1_000_000)
        )
        assert medium <= 3.6 * small + 2_000
        assert large <= 3.6 * medium + 2_000
        assert huge <= 2 * large + 2_000  # both ends are read, whatever is between them

    check_all({repr(unit): unit for unit in UNITS}, check)
