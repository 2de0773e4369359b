from medq_tasks import metrics, records
from medq_tasks.harness import perception
from tests.data.docs import doc


def test_one_value_for_every_metric_and_the_whole_record():
    values = perception.process_results(doc(sizes=["8x4"]), ["B"])
    assert set(values) == {*metrics.PERCEPTION, "record", "pictures"}
    assert values["accuracy"] == values["accuracy_yes_or_no"] == 1.0
    assert values["accuracy_what"] is None
    assert values["pictures"] == ["8x4"]
    record = records.from_dict(values["record"])
    assert record.id == "17"
    assert record.row == 4
    assert record.options == {"A": "Yes", "B": "No"}
    assert record.slices == records.Slices("yes_or_no", "ct", "none", inferred=("question_type",))


def test_the_target_is_the_letter_of_the_right_option():
    assert perception.doc_to_target(doc()) == "B"
