import dataclasses
import json

import pytest

from medq_tasks import records
from medq_tasks.records import AxisJudgement, JudgeStamp
from tests import makers


def through_json(record):
    return records.from_dict(json.loads(json.dumps(records.to_dict(record))))


def test_a_perception_record_survives_the_log():
    record = makers.perception(slices=records.Slices(question_type="how", inferred=("question_type",)))
    assert through_json(record) == record


def test_a_judged_record_survives_the_log():
    record = makers.reasoning(judge=JudgeStamp("gpt-4o", "medq-tasks 1.0", "ab", "cd"))
    assert through_json(record) == record


def test_an_unjudged_record_survives_the_log():
    assert through_json(makers.reasoning(scores=None)) == makers.reasoning(scores=None)


def test_keys_of_a_newer_version_are_ignored():
    data = {**records.to_dict(makers.perception()), "later": 1}
    assert records.from_dict(data) == makers.perception()


@pytest.mark.parametrize("data", [{}, {"kind": "other"}, {"kind": "perception", "id": "1"}])
def test_what_is_no_record_is_refused(data):
    with pytest.raises(ValueError, match=r"kind|PerceptionRecord"):
        records.from_dict(data)


def test_overall_is_the_sum_of_four_scored_axes():
    assert makers.reasoning((2, 1, 2, 0)).overall == 5


def test_overall_is_unknown_when_an_axis_is_unscored_or_missing():
    assert makers.reasoning((2, 1, None, 0)).overall is None
    assert makers.reasoning(None).overall is None
    three = {axis: AxisJudgement(2) for axis in records.AXES[:3]}
    assert dataclasses.replace(makers.reasoning(), axes=three).overall is None
