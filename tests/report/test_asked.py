"""Prompts and tokens out of the harness's log: each word once, and put together again letter by letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.records import Record
from medq_tasks.report.embed import sample_data
from medq_tasks.runs.load import load_runs
from tests.runs import factory


def data_of(folder: Path, records: list[Record], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page holds, where each line of the log says this beside its record."""
    factory.write_run(folder, {"medq_perception": records})
    (log,) = folder.rglob("*.jsonl")
    samples = [{**json.loads(line), **more} for line, more in zip(log.read_text().splitlines(), lines, strict=True)]
    log.write_text("".join(f"{json.dumps(sample)}\n" for sample in samples))
    return sample_data(load_runs([folder]), {})


def whole(data: dict[str, Any], place: int) -> str:
    """A prompt as sample.js puts it together."""
    answer = data["answers"][place]
    item, words = data["items"][answer["i"]], data["prompts"][answer["pr"]]
    own = [text for text in (item["q"], *(option for _, option in item["o"])) if text] if len(words) > 1 else []
    return "".join(word + text for word, text in zip(words, [*own, ""], strict=True))


def prompt(record: Any) -> str:
    options = "\n".join(f"{letter}. {text}" for letter, text in record.options.items())
    return f"Look closely.\n\nQuestion: {record.question}\nOptions:\n{options}\n\nAnswer with a letter."


def test_the_words_of_many_prompts_are_kept_once(tmp_path: Path) -> None:
    records = factory.perception_records(60)
    data = data_of(tmp_path, list(records), [{"input": prompt(record)} for record in records])
    assert [whole(data, place) for place in range(60)] == [prompt(record) for record in records]
    assert len(data["prompts"]) == 3  # two, three and four options


@pytest.mark.parametrize("asked", ["words without the question", "", "Question 0: how good"])
def test_a_prompt_without_the_item_s_own_texts_is_kept_whole(tmp_path: Path, asked: str) -> None:
    data = data_of(tmp_path, [factory.perception(0, right=True)], [{"input": asked}])
    assert data["prompts"] == [(asked,)]
    assert whole(data, 0) == asked


def test_own_texts_that_occur_twice_come_back_where_they_were(tmp_path: Path) -> None:
    record = factory.perception(0, right=True, question="A", options={"A": "A", "B": "A. A"}, answer="A")
    data = data_of(tmp_path, [record], [{"input": "A question: A\nA. A\nB. A. A\nA."}])
    assert whole(data, 0) == "A question: A\nA. A\nB. A. A\nA."


def test_what_the_log_does_not_say_is_absent(tmp_path: Path) -> None:
    counts = [{"input_tokens": 9, "output_tokens": 4}]
    told: list[dict[str, Any]] = [
        {"token_counts": counts},
        {"token_counts": [None]},
        {"token_counts": None, "input": None},
        {"token_counts": [{"input_tokens": "many"}]},
    ]
    data = data_of(tmp_path, list(factory.perception_records(4)), told)
    assert [answer.get("tk") for answer in data["answers"]] == [(9, 4, None), None, None, None]
    assert ["pr" in answer for answer in data["answers"]] == [True, True, False, True]
