import dataclasses
import json

import pytest

from medq_tasks import records
from medq_tasks.records import AxisJudgement, Judgement, JudgeStamp
from tests import makers

STAMP = JudgeStamp("gpt-4o", "medq-tasks 1.0", "ab", "cd")


def through_json(record):
    return records.from_dict(json.loads(json.dumps(records.to_dict(record))))


def test_a_perception_record_survives_the_log():
    record = makers.perception(slices=records.Slices(question_type="how", inferred=("question_type",)))
    assert through_json(record) == record


def test_what_is_known_of_the_reading_survives_the_log():
    known = {"prompts": records.PromptStamp("mine.yaml", "b2"), "statement": records.Statement(3, 9, "announced")}
    for record in (makers.perception(**known, read_by="m", second="B"), makers.reasoning(**known, marked=False)):
        assert through_json(record) == record


@pytest.mark.parametrize("odd", [{"prompts": "x"}, {"prompts": {"name": "x"}}, {"statement": {"start": 1}}])
def test_a_stamp_or_statement_that_is_none(odd):
    with pytest.raises(ValueError, match=r"prompts|PromptStamp|Statement"):
        records.from_dict({**records.to_dict(makers.perception()), **odd})


@pytest.mark.parametrize(
    "odd",
    [
        {"statement": "x"},
        {"statement": {"start": 1.5, "end": 3}},
        {"statement": {"start": True, "end": 3}},
        {"statement": {"start": 4, "end": 3}},
        {"statement": {"start": -1, "end": 3}},
        {"statement": {"start": 1, "end": 3, "rule": 7}},
        {"read_by": 3},
        {"read_by": None},
        {"second": ["A"]},
        {"marked": "yes"},
        {"marked": 1},
    ],
)
def test_a_damaged_reading_is_refused(odd):
    with pytest.raises(ValueError, match=r"is no statement|not texts|neither true nor false"):
        records.from_dict({**records.to_dict(makers.reasoning()), **odd})


def test_a_judged_record_survives_the_log():
    record = makers.reasoning(stamp=STAMP)
    assert through_json(record) == record


def test_of_several_judgements_the_first_one_counts_and_all_survive_the_log():
    other = dataclasses.replace(STAMP, model="other")
    said = (makers.judgement((2, 1, 2, 0), STAMP), makers.judgement((0, 0, 0, 0), other))
    record = makers.reasoning(judgements=said)
    assert (record.judge, record.overall) == (STAMP, 5)
    assert through_json(record) == record


def test_a_record_of_0_1_0_is_read_on():
    old = records.to_dict(makers.reasoning(stamp=STAMP))
    ((said,),) = [old.pop("judgements")]
    del old["variant"]
    assert records.from_dict({**old, "judge": said["stamp"], "axes": said["axes"]}) == makers.reasoning(stamp=STAMP)
    unjudged = makers.reasoning(scores=None)
    assert records.from_dict({**old, "judge": None, "axes": {}}) == unjudged


def test_forms_of_one_item_are_told_apart():
    plain, rotated = makers.perception(), makers.perception(variant="rotated-1")
    assert plain.identity == ("7", "")
    assert rotated.identity == ("7", "rotated-1")
    assert through_json(rotated) == rotated


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
    three = Judgement(STAMP, {axis: AxisJudgement(2) for axis in records.AXES[:3]})
    assert dataclasses.replace(makers.reasoning(), judgements=(three,)).overall is None


def test_the_words_of_the_log_and_of_the_command_line():
    assert [*records.KINDS] == ["perception", "no_reference", "comparison"]
    assert [*records.TEXT_KINDS] == ["no_reference", "comparison"]
    assert [*records.SPLITS] == ["test", "dev", "mini"]
    fields = ["question_type", "modality", "severity", "scope", "grain", "source", "degradation"]
    assert [*records.SLICE_FIELDS] == fields


def test_a_judgement_that_does_not_tell_who_judged_survives_the_log():
    record = makers.reasoning(stamp=None)
    assert (record.judge, record.overall) == (None, 5)
    assert through_json(record) == record
