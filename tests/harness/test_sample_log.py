"""Half a surrogate pair in a reply: the harness's log holds every item, and the reply as it was."""

import json
import types

import pytest
from lmms_eval.loggers import evaluation_tracker

from medq_tasks.harness import sample_log


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Writes replies as samples and reads them back from the harness's file."""
    monkeypatch.setattr(evaluation_tracker, "json", json)  # as it is before this package joins
    sample_log.keep_half_characters(evaluation_tracker)

    def log(*replies):
        tracker = evaluation_tracker.EvaluationTracker(output_path=str(tmp_path))
        tracker.general_config_tracker.model_name_sanitized = "m"
        tracker.date_id = "now"
        samples = [
            {"arguments": ["p"], "doc": {}, "target": "B", "resps": [[one]], "filtered_resps": [one]} for one in replies
        ]
        tracker.save_results_samples("medq", samples)
        (file,) = tmp_path.rglob("*_samples_medq.jsonl")
        return file.read_text(encoding="utf-8").splitlines()

    return log


@pytest.mark.parametrize("half", ["\ud800", "a\udfffb", "\ud83d \x00"])
def test_every_item_is_in_the_log_and_the_half_character_too(log, half):
    lines = log("A", half, "B")
    assert [json.loads(line)["filtered_resps"] for line in lines] == ["A", half, "B"]


def test_whole_characters_are_written_as_ever(log):
    (line,) = log("é🙂")
    assert "é🙂" in line


def test_a_second_call_changes_nothing_and_another_writer_is_told():
    module = types.ModuleType("tracker")
    module.json = json
    sample_log.keep_half_characters(module)
    first = module.json
    sample_log.keep_half_characters(module)
    assert module.json is first
    assert module.json.loads("[1]") == [1]
    module.json = object()
    with pytest.raises(TypeError, match="tracker does not write with json"):
        sample_log.keep_half_characters(module)
