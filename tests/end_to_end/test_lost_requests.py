"""Rows that cannot be used while a run is under way: each costs itself, is counted and named; the rest is as before."""

import pytest

from medq_tasks import records
from medq_tasks.harness import inputs
from medq_tasks.pixels import decode

TASK = "medq_mini_perception"


def right(doc, _prompt, _pictures):
    return doc["answer"]


def states(results, task=TASK):
    return [records.from_dict(line["record"]).state for line in results["samples"][task]]


@pytest.mark.parametrize("use_cache", [False, True])
@pytest.mark.parametrize("chat", [False, True])
def test_rows_on_which_the_model_raises(evaluate, warned, tmp_path, chat, use_cache):
    def answer(doc, prompt, pictures):
        if doc["row"] in (3, 8):
            raise ValueError("Image features and image tokens do not match\nsecond line")
        return right(doc, prompt, pictures)

    options = {"use_cache": str(tmp_path)} if use_cache else {}
    results = evaluate([TASK], answer, chat=chat, limit=12, **options)
    found = results["results"][TASK]
    assert (found["request_failures,none"], found["accuracy,none"]) == (2, pytest.approx(10 / 12))
    assert states(results) == ["failed" if row in (3, 8) else "right" for row in range(12)]
    reason = results["samples"][TASK][3]["record"]["reason"]
    assert reason == "request failed: ValueError: Image features and image tokens do not match"
    doc = results["samples"][TASK][3]["record"]
    assert any(f"{TASK}, row 4 (item {doc['id']}) is counted as a failed request" in line for line in warned)
    assert any(line.startswith("medq-tasks: 2 requests failed and count as wrong: ") for line in warned)


@pytest.mark.parametrize("chat", [False, True])
def test_rows_whose_picture_cannot_be_opened_any_more(evaluate, warned, monkeypatch, chat):
    asked = []

    def fails_on_the_third(data):
        asked.append(data)
        if asked.index(data) == 2:
            raise ValueError("the picture cannot be decoded")
        return decode(data)

    monkeypatch.setattr(inputs.pixels, "decode", fails_on_the_third)
    seen = []
    results = evaluate([TASK], lambda doc, *_: seen.append(doc["row"]) or doc["answer"], chat=chat, limit=6)
    assert states(results) == ["right", "right", "failed", "right", "right", "right"]
    assert seen == list(range(6))  # nothing is asked twice
    assert any("row 3 (item" in line and "the picture cannot be decoded" in line for line in warned)


def test_a_broken_model_is_not_hidden(evaluate):
    def answer(*_):
        raise AttributeError("no such layer")

    with pytest.raises(AttributeError, match="no such layer"):
        evaluate([TASK], answer, limit=12)


def test_a_reasoning_task_loses_its_row_too(evaluate):
    def answer(doc, *_):
        if doc["row"] == 1:
            raise IndexError("list index out of range")
        return "Sharp. Verdict: good."

    results = evaluate(["medq_mini_no_reference"], answer, limit=4)
    assert states(results, "medq_mini_no_reference").count("failed") == 1
    assert results["results"]["medq_mini_no_reference"]["request_failures,none"] == 1
