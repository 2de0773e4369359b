"""Odd replies through the whole harness: with ``--use_cache``, killed and gone on with, what the plain run gives."""

import pytest
from lmms_eval.api.model import lmms
from lmms_eval.loggers import EvaluationTracker

TASK = "medq_mini_perception"
ODD = [
    *["B", "\ud800 B", "B\x00", "", None, ["A", "B"], "B\u2028", "y" * 1_000_000, "and/or-motion_blur ://user@host"],
    *['{"key": "k", "reply": "B"}', ("A", {"output_tokens": 3}), 5, "***", " \n", "[]"],
]


@pytest.fixture
def replies(evaluate, monkeypatch, tmp_path):
    """``replies(**options)``: what the records say that the model replied, and for how many items it was asked."""
    # A model that is handed over as an object is known to the store by its words, which hold its place in memory.
    monkeypatch.setattr(lmms, "__str__", lambda self: "canned", raising=False)

    def replies(die_after=None, **options):
        asked = []

        def answer(doc, prompt, pictures):
            if len(asked) == die_after:
                raise KeyboardInterrupt
            asked.append(doc["row"])
            return ODD[doc["row"] % len(ODD)]

        results = evaluate([TASK], answer, limit=len(ODD), log_samples=True, **options)
        return results["samples"][TASK], len(asked)

    return replies


def said(lines):
    return [line["record"]["reply"] for line in lines]


def test_with_a_store_and_after_a_kill_they_are_those_of_a_plain_run(replies, tmp_path, monkeypatch):
    monkeypatch.setattr("medq_tasks.harness.calls._STEP", 4)
    plain, asked = replies()
    assert asked == len(ODD)
    # The harness strips replies, makes text of what is none, and scores the first of several.
    assert said(plain)[1:7] == ["\ud800 B", "B\x00", "", "None", "A", "B"]
    assert said(plain)[8:] == [*ODD[8:10], "A", "5", "***", "", "[]"]
    with pytest.raises(KeyboardInterrupt):
        replies(die_after=9, use_cache=str(tmp_path))
    resumed, asked = replies(use_cache=str(tmp_path))
    assert said(resumed) == said(plain)
    assert asked == len(ODD) - 8 + 2  # two steps of four were kept, but for an empty reply and none at all
    again, asked = replies(use_cache=str(tmp_path))
    assert said(again) == said(plain)
    assert asked == 3  # "", None and " \n" are asked again in every run


def test_the_sample_log_holds_every_item(replies, tmp_path):
    lines, _ = replies()
    tracker = EvaluationTracker(output_path=str(tmp_path))
    tracker.general_config_tracker.model_name_sanitized, tracker.date_id = "m", "now"
    tracker.save_results_samples(TASK, lines)
    (file,) = tmp_path.rglob("*.jsonl")
    assert file.read_bytes().count(b"\n") == len(ODD)  # U+2028 is no end of a line of JSON
