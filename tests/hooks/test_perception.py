import pytest

from medq_tasks import metrics, records
from medq_tasks.hooks import perception
from tests.hooks.docs import doc


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
def test_outcomes(reply, state, choice):
    record = perception.read(doc(), reply)
    assert (record.state, record.choice, record.reply) == (state, choice, reply)
    assert bool(record.reason) == (choice is None)


def test_one_value_for_every_metric_and_the_whole_record():
    values = perception.process_results(doc(), ["B"])
    assert set(values) == {*metrics.PERCEPTION, "record", "pictures"}
    assert values["accuracy"] == values["accuracy_yes_or_no"] == 1.0
    assert values["accuracy_what"] is None
    record = records.from_dict(values["record"])
    assert record.id == "17"
    assert record.row == 4
    assert record.options == {"A": "Yes", "B": "No"}
    assert record.slices == records.Slices("yes_or_no", "ct", "none", inferred=("question_type",))
