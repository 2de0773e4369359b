"""Kept runs beside the harness's files: found, read, and never counted twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.runs import files, kept
from medq_tasks.runs.load import load_runs
from tests.runs import factory

TASK, TEXTS = "medq_perception", "medq_reasoning_no_reference"
ID = "0f" * 16


def with_kept(out: Path, *, at: Path | None = None, ended: str = "", tasks: tuple[str, ...] = (TASK, TEXTS)) -> Path:
    """A run of the harness with samples, and the same run as this package keeps it; returns the kept folder."""
    records = {TASK: factory.perception_records(4), TEXTS: factory.reasoning_records(3)}
    run = {"id": ID, "utc": "2026-11-22T04:00:00+00:00"}
    factory.write_run(out, records, metadata={"medq": {"table": {}, "run": run}})
    (results,) = out.rglob("*_results.json")
    folder = at or out / kept.BELOW_OUTPUT / "20261122T040000Z-0f0f0f0f"
    folder.mkdir(parents=True)
    said = json.loads(results.read_text(encoding="utf-8"))
    names = {task: f"records-{place}.jsonl" for place, task in enumerate(tasks, 1)}
    sizes = {task: len(records[task]) for task in tasks}
    said[kept.KEY] = {**run, "files": names, "items": sizes, "judged": {TEXTS: 3}, "ended": ended}
    (folder / kept.HEADER).write_text(json.dumps(said), encoding="utf-8")
    for task, name in names.items():
        shutil.copy(next(out.rglob(f"*_samples_{task}.jsonl")), folder / name)
    return folder


def lose(out: Path, pattern: str) -> None:
    for path in out.rglob(pattern):
        path.unlink()


def sizes(*paths: Path) -> list[dict[str, int]]:
    return [{name: len(task.records) for name, task in run.tasks.items()} for run in load_runs(list(paths))]


WHOLE = {TASK: 4, TEXTS: 3}


def test_where_the_harness_has_all_its_files_they_are_the_run(tmp_path: Path) -> None:
    with_kept(tmp_path)
    assert sizes(tmp_path) == [WHOLE]
    (run,) = load_runs([tmp_path])
    assert run.problems == ()
    assert all("_samples_" in task.samples.name for task in run.tasks.values() if task.samples)
    assert run.made == "2026-11-22 04:00 UTC"


@pytest.mark.parametrize("lost", ["*_samples_*", f"*_samples_{TASK}.jsonl", "*_results.json", "2026*_*"])
def test_what_the_harness_has_not_written_is_taken_from_what_was_kept(lost: str, tmp_path: Path) -> None:
    with_kept(tmp_path)
    lose(tmp_path, lost)
    assert sizes(tmp_path) == [WHOLE]
    assert load_runs([tmp_path])[0].problems == ()


def test_a_kept_folder_its_header_and_a_results_file_are_the_run_as_well(tmp_path: Path) -> None:
    folder = with_kept(tmp_path)
    lose(tmp_path, "*_samples_*")
    (results,) = tmp_path.rglob("*_results.json")
    for path in (folder, folder / kept.HEADER, results, results.parent):
        assert sizes(path) == [WHOLE], path


def test_another_run_s_records_complete_nothing(tmp_path: Path) -> None:
    folder = with_kept(tmp_path)
    header = json.loads((folder / kept.HEADER).read_text(encoding="utf-8"))
    header[kept.KEY]["id"] = "another"
    (folder / kept.HEADER).write_text(json.dumps(header), encoding="utf-8")
    assert sizes(tmp_path) == [WHOLE, WHOLE]
    lose(tmp_path, "*_samples_*")
    with pytest.raises(RunError, match=r"totals of .* and no samples"):
        load_runs([tmp_path])


def test_a_later_judgement_is_found_wherever_it_was_made(tmp_path: Path) -> None:
    folder = with_kept(tmp_path)
    records = factory.reasoning_records(3, seed=1)
    judged = factory.write_judged(tmp_path, TEXTS, records, "some-judge")
    shutil.move(judged, folder / "records-2.judged.another-judge.jsonl")
    for path in (tmp_path, folder):
        found = load_runs([path], "another-judge")[0].tasks[TEXTS].records
        assert [record.judgements for record in found] == [record.judgements for record in records]  # type: ignore[union-attr]
    assert kept.listed([folder])[0].judgements == 1


def test_a_run_that_ended_early_says_so_and_has_no_totals_to_hold_against(tmp_path: Path) -> None:
    folder = with_kept(tmp_path / "out", at=tmp_path / "kept", ended="MemoryError: no more")
    (run,) = load_runs([folder])
    header = folder / kept.HEADER
    assert run.problems == (f"{header}: ended early (MemoryError: no more); what the model had answered was kept.",)


def test_what_is_listed(tmp_path: Path) -> None:
    folder = with_kept(tmp_path / "out")
    cache = tmp_path / "cache" / kept.BELOW_CACHE
    cache.mkdir(parents=True)
    gone = json.dumps({"folder": str(tmp_path / "gone")})
    lines = [json.dumps({"folder": str(folder)}), gone, '{"folder": "cut o', "[]", ""]
    (cache / kept.ELSEWHERE).write_text("\n".join(lines), encoding="utf-8")
    broken = cache / "broken"
    broken.mkdir()
    (broken / kept.HEADER).write_text("{", encoding="utf-8")
    assert kept.folders_known(tmp_path / "cache") == [broken, folder]
    (found,) = kept.listed([broken, folder])
    assert (found.folder, found.tasks, found.items, found.judged) == (folder, (TASK, TEXTS), 7, 3)
    assert found.size == sum(len(path.read_bytes()) for path in folder.iterdir())


def test_a_run_of_the_harness_without_kept_ones_costs_no_look_at_its_results(tmp_path: Path, monkeypatch) -> None:
    factory.write_run(tmp_path, {TASK: factory.perception_records(2)})
    monkeypatch.setattr(files, "read_results", lambda path: pytest.fail("read"))
    assert len(files.find([tmp_path])) == 1
