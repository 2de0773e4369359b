"""The perception task inside the real harness: prompts, pixels, states, records, metrics."""

import json

import pytest

from medq_tasks import records
from medq_tasks.records import PerceptionRecord


@pytest.fixture
def run(evaluate):
    def run(answer, **options):
        results = evaluate(["medq_mini_perception"], answer, **options)
        lines = results["samples"]["medq_mini_perception"]
        return results, lines, [records.from_dict(line["record"]) for line in lines]

    return run


def right(doc, prompt, pictures):
    return doc["answer"]


@pytest.mark.parametrize("chat", [False, True])
def test_prompt_and_pictures_are_the_same_for_simple_and_chat_backends(run, chat):
    seen = {}

    def answer(doc, prompt, pictures):
        seen[doc["id"]] = (prompt, [(picture.mode, picture.size) for picture in pictures])
        return doc["answer"]

    results, _, found = run(answer, chat=chat)
    assert results["results"]["medq_mini_perception"]["accuracy,none"] == 1.0
    for record in found:
        prompt, pictures = seen[record.id]
        assert record.question in prompt
        assert all(f"{letter}. {text}" in prompt for letter, text in record.options.items())
        assert prompt.rstrip().endswith("Answer with the letter of the one correct option only.")
        assert len(pictures) == 1
        assert pictures[0][0] == "RGB"


def test_every_outcome_is_told_apart_in_the_record_and_counted(run):
    def answer(doc, prompt, pictures):
        wrong = next(letter for letter in doc["letters"] if letter != doc["answer"])
        return {
            0: doc["answer"],
            1: wrong,
            2: "I am sorry, I cannot tell from this image.",
            3: "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Error code: 500 - A B C D",
            4: "",
        }.get(doc["row"], doc["answer"])

    results, _, found = run(answer)
    total = len(found)
    assert [record.state for record in found[:5]] == ["right", "wrong", "unanswered", "failed", "unanswered"]
    assert [record.choice for record in found[2:5]] == [None, None, None]
    assert all(record.reason for record in found[2:5])
    metrics = results["results"]["medq_mini_perception"]
    # 4 items are not right: wrong, refused, failed, empty; all stay in the denominator.
    assert metrics["accuracy,none"] == pytest.approx((total - 4) / total)
    assert metrics["unanswered,none"] == pytest.approx(2 / total)
    assert metrics["request_failures,none"] == 1
    summary = results["configs"]["medq_mini_perception"]["metadata"]["medq"]["summary"]
    assert summary["states"] == {"failed": 1, "right": total - 4, "unanswered": 2, "wrong": 1}


def test_a_record_holds_what_a_report_needs_without_the_table(run):
    results, lines, found = run(right)
    record = found[0]
    assert isinstance(record, PerceptionRecord)
    assert record.question
    assert record.answer in record.options
    assert record.slices.modality
    assert record.slices.question_type
    assert lines[0]["target"] == record.answer
    table = results["configs"]["medq_mini_perception"]["metadata"]["medq"]["table"]
    assert table["fingerprint"].startswith(record.table)
    assert table["rows"] == len(found)
    json.dumps(results["configs"]["medq_mini_perception"]["metadata"])


def test_the_result_says_what_made_it(run):
    results, _, _ = run(right, limit=2)
    told = results["configs"]["medq_mini_perception"]["metadata"]["medq"]
    assert {"medq-tasks", "lmms_eval", "torch", "transformers", "python"} <= set(told["versions"])
    assert results["versions"]["medq_mini_perception"] == 1.6


def test_reasoning_is_not_cut_at_a_blank_line(run):
    results, _, _ = run(right, limit=1)
    assert "\n\n" not in results["configs"]["medq_mini_perception"]["generation_kwargs"]["until"]


def test_few_shot_is_refused(run):
    with pytest.raises(SystemExit, match=r"few-shot examples were asked for \(num_fewshot 3\)"):
        run(lambda doc, prompt, pictures: "A", limit=2, num_fewshot=3)
