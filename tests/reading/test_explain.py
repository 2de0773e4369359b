"""What an explanation holds: the words that won and the rule; and whether a verdict was marked."""

import pytest

from medq_tasks.answers import explain_choice, explain_verdict, is_marked
from medq_tasks.judge.scores import explain_score

OPTIONS = {"A": "Motion blur", "B": "Noise"}


@pytest.mark.parametrize(
    ("reply", "choice", "said", "rule"),
    [
        ("There is grain. So the answer is B.", "B", "answer is B", "answer"),
        ("I choose A.", "A", "choose A", "chosen"),
        ("Grain is seen.\n\nB", "B", "B", "last line"),
        ("\\boxed{B}", "B", "B", "set apart"),
        ("It could be A or B.", None, "", ""),
    ],
)
def test_a_choice_comes_with_its_words_and_its_rule(reply, choice, said, rule):
    reading = explain_choice(reply, OPTIONS)
    assert (reading.choice, reading.rule) == (choice, rule)
    assert said in reading.said if choice else reading.said == ""
    assert bool(reading.reason) == (choice is None)


def test_a_verdict_and_a_score_come_with_theirs():
    verdict = explain_verdict("Contrast is low. Overall, the image is usable.", "no_reference")
    assert (verdict.choice, verdict.said.strip()) == ("usable", "the image is usable")
    score = explain_score("Two findings are named. Score: 1/2")
    assert (score.choice, score.said, score.rule) == ("1", "Score: 1/2", "score")
    assert explain_score("Score: 1 or 2").choice is None


@pytest.mark.parametrize(
    ("reply", "kind", "marked"),
    [
        ("Sharp.\n\nVerdict: good", "no_reference", True),
        ("<verdict>good</verdict>", "no_reference", False),  # not as it was asked for
        ("The image is good.", "no_reference", False),
        ("Verdict: second", "comparison", True),
        ("I prefer the second image.", "comparison", False),
        ("Verdict: either", "comparison", False),
    ],
)
def test_a_verdict_is_marked_or_said_in_prose(reply, kind, marked):
    assert is_marked(reply, kind) is marked
