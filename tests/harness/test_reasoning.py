from medq_tasks import metrics, records
from medq_tasks.harness import reasoning
from tests.data.docs import doc


def test_without_a_judge_every_metric_has_an_entry_and_axes_are_none():
    values = reasoning.process_results(doc("no_reference"), ["Clean.\nVerdict: good"])
    assert set(values) == {*metrics.REASONING, "record", "pictures"}
    assert values["verdict_accuracy"] == 1.0
    assert values["judged"] == 0.0
    assert values["overall"] is values["completeness"] is None
    assert records.from_dict(values["record"]).judge is None


def test_the_target_is_the_reference_text():
    assert reasoning.doc_to_target(doc("no_reference")) == "Sharp and clean. The quality is good."
