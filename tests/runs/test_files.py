"""The files of a run: which are ours, and what their first line says."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.records import Record
from medq_tasks.runs.load import load_runs
from tests.runs import factory

REASONING = "medq_reasoning_no_reference"


def test_a_task_of_another_name_is_ours_by_its_records(tmp_path: Path) -> None:
    records: list[Record] = [*factory.reasoning_records(2)]
    factory.write_run(tmp_path, {"my_copy": records, "mme": records})
    (other,) = tmp_path.rglob("*_samples_mme.jsonl")
    other.write_text(other.read_text(encoding="utf-8").replace('"kind": "no_reference"', '"kind": "ocr"'))
    (run,) = load_runs([tmp_path])
    assert {name: list(task.records) for name, task in run.tasks.items()} == {"my_copy": records}


def test_a_broken_first_line_is_told_even_where_a_judgement_lies_beside_it(tmp_path: Path) -> None:
    """Taken for a run that was only generated, its samples would be passed over."""
    records = factory.reasoning_records(2)
    factory.write_run(tmp_path, {REASONING: records})
    factory.write_judged(tmp_path, REASONING, records, "x", whole=True)
    (samples,) = tmp_path.rglob(f"*_samples_{REASONING}.jsonl")
    samples.write_text(samples.read_text(encoding="utf-8")[5:])
    with pytest.raises(RunError, match=r"samples_medq_reasoning_no_reference\.jsonl, line 1: not valid JSON"):
        load_runs([tmp_path])
