"""The asked-for line, and what only looks like it."""

import pytest

from medq_tasks.answers import is_marked


@pytest.mark.parametrize(
    "reply",
    [
        "Verdict: good",
        "It is noisy.\nVerdict: good\n",
        "It is noisy.\n\n**Verdict:** Good.",
        "**Verdict: GOOD**",
        "> ### Verdict: `good`",
        "verdict： good",
        "- Verdict : good\nI hope that helps!",
        "<think>Verdict: reject</think>\nVerdict: good",
        "Verdict: good\n\nVerdict: good",
    ],
)
def test_the_line_that_was_asked_for(reply):
    assert is_marked(reply, "no_reference")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "good",
        "Overall, the quality of this image is good.",
        "My verdict: good",
        "The verdict is good.",
        "Verdict: good, with some noise",
        "Verdict: excellent",
        "Verdict: first",
        "Verdict:",
        "Verdict:\ngood",
        "Noise is low. Verdict: good",  # no line of its own
        "Verdict: good\nVerdict: usable",
        "<think>Verdict: good</think>\nIt is good.",
    ],
)
def test_what_is_no_such_line(reply):
    assert not is_marked(reply, "no_reference")


def test_a_pair_has_words_of_its_own():
    assert is_marked("Verdict: **Second**", "comparison")
    assert not is_marked("Verdict: good", "comparison")
