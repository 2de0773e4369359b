"""What is kept of an evaluation, and what has to go for it."""

import json
import types
from pathlib import Path

import pytest

from medq_tasks import records
from medq_tasks.harness import kept_runs
from medq_tasks.harness.evaluation import Evaluation
from medq_tasks.runs import kept
from tests import makers

TASK = "medq_x"


def instance(row, text):
    return types.SimpleNamespace(doc_id=row, resps=[text], token_counts=[None], args=(f"Prompt {row}", {}))


def evaluation(**given):
    """Of three items, the last of which has no record yet."""
    task = types.SimpleNamespace(
        instances=[instance(row, f"reply {row}") for row in range(3)],
        eval_docs=range(3),
        dump_config=lambda: {"task": TASK, "metadata": {"medq": {"table": {"kind": "perception"}}}},
    )
    made = [records.to_dict(makers.perception(row=row, id=str(row))) for row in range(2)]
    one = Evaluation({"model": "some_model", "model_args": "api_key=sk-secret1234567890,version=x", **given})
    one.tasks, one.seen = {TASK: task}, {TASK: {"here": made}}
    one.notes["prompts"] = {TASK: {"name": "default", "hash": "aa"}}
    return one


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("RANK", raising=False)
    return tmp_path / kept.BELOW_CACHE


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "records-1.jsonl").read_text(encoding="utf-8").splitlines()]


def test_replies_without_a_record_keep_all_others_company():
    one = evaluation()
    folder = kept_runs.keep(one, KeyboardInterrupt())
    assert folder is not None
    assert lines(folder) == [
        {"doc_id": row, "filtered_resps": [f"reply {row}"], "input": f"Prompt {row}"} for row in range(3)
    ]
    header = json.loads((folder / kept.HEADER).read_text(encoding="utf-8"))
    assert kept.ended(header) == "KeyboardInterrupt"
    told = header["configs"][TASK]["metadata"]["medq"]
    assert told == {"table": {"kind": "perception"}, "prompts": {"name": "default", "hash": "aa"}, "run": one.stamp}
    assert header["n-samples"] == {TASK: {"original": 3}}
    assert header["config"]["model_args"] == "api_key=***,version=x"
    assert "sk-secret" not in (folder / kept.HEADER).read_text(encoding="utf-8")


def test_records_stand_in_the_place_of_replies():
    one = evaluation()
    one.tasks[TASK].instances.pop()
    folder = kept_runs.keep(one, None)
    assert folder is not None
    assert [(line["doc_id"], line["record"]["id"], line["input"]) for line in lines(folder)] == [
        (0, "0", "Prompt 0"),
        (1, "1", "Prompt 1"),
    ]
    assert all("filtered_resps" not in line for line in lines(folder))


def test_another_rank_keeps_its_part_only_where_the_run_ended_early(monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert kept_runs.keep(evaluation(), None) is None
    folder = kept_runs.keep(evaluation(), ValueError("odd\nmore"))
    assert folder is not None
    assert folder.name.endswith("-rank1")
    assert kept.listed([folder])[0].ended == "ValueError: odd (the part of rank 1 of 2)"


def test_nothing_answered_or_switched_off_keeps_nothing(monkeypatch, cache):
    one = evaluation()
    one.tasks[TASK].instances.clear()
    one.seen[TASK].clear()
    assert kept_runs.keep(one, None) is None
    monkeypatch.setenv("MEDQ_KEEP_RUNS", "0")
    assert kept_runs.keep(evaluation(), None) is None
    assert not cache.exists()


def test_the_oldest_runs_go_when_there_is_no_room_and_nothing_else_does(monkeypatch, cache, warned):
    first = kept_runs.keep(evaluation(), None)
    assert first is not None
    for name in ("20250101T000000Z-aaaaaaaa", "20250102T000000Z-bbbbbbbb"):
        first.rename(cache / name)
        first = kept_runs.keep(evaluation(), None)
    (cache / "somebody's").mkdir()
    (cache / "somebody's" / "file").write_bytes(bytes(10_000))
    size = kept.size_of(first)
    monkeypatch.setattr(kept_runs, "MOST_BYTES", 3 * size + size // 2)
    newest = kept_runs.keep(evaluation(), None)
    assert {folder.name for folder in kept.folders_below(cache)} == {
        "20250102T000000Z-bbbbbbbb",
        first.name,
        newest.name,
    }
    assert (cache / "somebody's" / "file").exists()
    assert "the oldest were deleted (20250101T000000Z-aaaaaaaa)" in warned[-1]
    monkeypatch.setattr(kept_runs, "MOST_BYTES", 1)
    last = kept_runs.keep(evaluation(), None)
    assert [*kept.folders_below(cache)] == [last]  # itself it keeps


def test_a_run_below_an_output_path_is_noted_in_the_cache(tmp_path, cache):
    out = tmp_path / "out"
    folder = kept_runs.keep(evaluation(evaluation_tracker=types.SimpleNamespace(output_path=str(out))), None)
    assert folder is not None
    assert folder.parent == out / kept.BELOW_OUTPUT
    assert kept.folders_known(tmp_path) == [folder]


def test_a_folder_half_written_is_taken_back(monkeypatch, cache):
    def full(path, content):
        if path.name == kept.HEADER:
            raise OSError(28, "No space left on device")
        path.write_text(content)

    monkeypatch.setattr(kept_runs, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        kept_runs.keep(evaluation(), None)
    assert [*cache.iterdir()] == []
