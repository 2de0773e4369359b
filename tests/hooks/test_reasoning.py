import pytest

from medq_tasks import metrics, records
from medq_tasks.hooks import reasoning
from tests.hooks.docs import doc


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
def test_outcomes(reply, state, verdict):
    record = reasoning.read(doc("no_reference"), reply)
    assert (record.state, record.verdict, record.reply) == (state, verdict, reply)
    assert bool(record.reason) == (state != "answered")
    assert record.reference_verdict == "good"


def test_a_comparison_names_the_preferred_image():
    record = reasoning.read(doc("comparison"), "The first image is blurred.\nVerdict: second")
    assert (record.reference_verdict, record.verdict) == ("first", "second")


def test_without_a_judge_every_metric_has_an_entry_and_axes_are_none():
    values = reasoning.process_results(doc("no_reference"), ["Clean.\nVerdict: good"])
    assert set(values) == {*metrics.REASONING, "record", "pictures"}
    assert values["verdict_accuracy"] == 1.0
    assert values["judged"] == 0.0
    assert values["overall"] is values["completeness"] is None
    assert records.from_dict(values["record"]).judge is None


def test_the_target_is_the_reference_text():
    assert reasoning.doc_to_target(doc("no_reference")) == "Sharp and clean. The quality is good."
