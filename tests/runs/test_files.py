"""The files of a run: which are ours, and what their first line says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.records import Record, to_dict
from medq_tasks.runs.files import find, read_records
from medq_tasks.runs.load import load_runs
from tests.runs import factory

PERCEPTION, REASONING = "medq_perception", "medq_reasoning_no_reference"


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


def test_runs_come_oldest_first_whatever_their_folders_are_called(tmp_path: Path) -> None:
    for folder, stamp in (("a", "20261123_120000"), ("b", "20261122_120000"), ("c", "20261124_120000")):
        factory.write_run(tmp_path / folder, {REASONING: factory.reasoning_records(1)}, stamp=stamp)
    assert [files.stamp[:8] for files in find([tmp_path])] == ["20261122", "20261123", "20261124"]
    given = find([tmp_path / "c", tmp_path])  # within each given path; the first one stays first
    assert [files.stamp[:8] for files in given] == ["20261124", "20261122", "20261123"]


def test_a_line_that_is_a_record_itself_is_read(tmp_path: Path) -> None:
    record = factory.reasoning(0)
    file = tmp_path / "records.jsonl"
    file.write_text(f"\n{json.dumps(to_dict(record))}\n", encoding="utf-8")
    assert read_records(file) == [record]


class TestRefusals:
    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"no such file or folder.*--log_samples"):
            load_runs([tmp_path / "none"])

    def test_no_results(self, tmp_path: Path) -> None:
        with pytest.raises(RunError, match="no results of lmms-eval"):
            load_runs([tmp_path])

    def test_a_half_written_line(self, tmp_path: Path) -> None:
        factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
        samples = next(tmp_path.rglob("*.jsonl"))
        samples.write_text(samples.read_text()[:-40])
        with pytest.raises(RunError, match=r"samples_medq_perception\.jsonl, line 3: not valid JSON"):
            load_runs([tmp_path])

    def test_half_written_results(self, tmp_path: Path) -> None:
        factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
        results = next(tmp_path.rglob("*_results.json"))
        results.write_text(results.read_text()[:-40])
        with pytest.raises(RunError, match=r"_results\.json: cannot be read as JSON"):
            load_runs([tmp_path])

    def test_no_record(self, tmp_path: Path) -> None:
        factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)}, predict_only=True)
        next(tmp_path.rglob("*.jsonl")).write_text('{"doc_id": 0, "filtered_resps": "A", "bypass": null}\n')
        with pytest.raises(RunError, match=r"line 1: holds no `record`.*medq judge RUN_DIR"):
            load_runs([tmp_path])

    @pytest.mark.parametrize("change", [{"kind": "video"}, {"kind": None}, {"slices": 3}])
    def test_a_record_of_an_unknown_version(self, tmp_path: Path, change: dict[str, object]) -> None:
        factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
        record = {**to_dict(factory.perception(0)), **change}
        next(tmp_path.rglob("*.jsonl")).write_text(json.dumps({"record": record}) + "\n")
        with pytest.raises(RunError, match="line 1: a record of an unknown version"):
            load_runs([tmp_path])

    def test_a_file_of_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("x")
        with pytest.raises(RunError, match="not a results file"):
            load_runs([tmp_path / "notes.txt"])
