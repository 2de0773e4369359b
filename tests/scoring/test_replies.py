import pytest

from medq_tasks.scoring import replies
from tests.data.docs import doc


@pytest.mark.parametrize(
    ("reply", "state", "choice"),
    [
        ("B", "right", "B"),
        ("Yes, there is.", "wrong", "A"),
        ("I cannot determine that from this image.", "unanswered", None),
        ("", "unanswered", None),
        ("[LMMS_EVAL_REQUEST_FAILED after 3 retries] B", "failed", None),
    ],
)
def test_outcomes_of_a_choice(reply, state, choice):
    record = replies.read_choice(doc(), reply)
    assert (record.state, record.choice, record.reply) == (state, choice, reply)
    assert bool(record.reason) == (choice is None)


@pytest.mark.parametrize(
    ("reply", "state", "verdict"),
    [
        ("Slightly noisy.\n\nVerdict: usable", "answered", "usable"),
        ("It shows a brain.", "answered", None),
        ("<think>Verdict: reject</think>Clean.\nVerdict: good", "answered", "good"),
        ("", "empty", None),
        ("<think>Verdict: good, or perhaps", "empty", None),
        ("[LMMS_EVAL_REQUEST_FAILED after 5 retries] Verdict: good", "failed", None),
    ],
)
def test_outcomes_of_a_text(reply, state, verdict):
    record = replies.read_text(doc("no_reference"), reply)
    assert (record.state, record.verdict, record.reply) == (state, verdict, reply)
    assert bool(record.reason) == (state != "answered")
    assert record.reference_verdict == "good"


def test_a_comparison_names_the_preferred_image():
    record = replies.read_text(doc("comparison"), "The first image is blurred.\nVerdict: second")
    assert (record.reference_verdict, record.verdict) == ("first", "second")
