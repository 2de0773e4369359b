"""Runs are kept by the real harness, whatever flags were forgotten, and every command reads what was kept."""

import json
import os
import stat
from pathlib import Path

import pytest

from medq_tasks.runs import kept
from medq_tasks.runs.load import load_runs
from tests.cli.streams import runner
from tests.end_to_end import forked
from tests.judge.server import FakeServer

TASKS = ["medq_mini_perception", "medq_mini_no_reference"]
WORDS = ("--model", "medq_baseline", "--tasks", ",".join(TASKS), "--limit", "4")


@pytest.fixture
def cache(tmp_path, shared_cache, monkeypatch):
    """A cache of its own, with the sample set in it."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for part in shared_cache.iterdir():
        if part.name != kept.BELOW_CACHE:
            (folder / part.name).symlink_to(part)
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(folder))
    for name in ("MEDQ_JUDGE_BASE_URL", "MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return folder


def only(folder: Path) -> Path:
    (found,) = kept.folders_below(folder)
    return found


def medq(*words):
    """The command; with patches of its own, as it takes back all of those that it is given."""
    return runner(pytest.MonkeyPatch())(*words)


def right(doc, prompt, pictures):
    return doc["answer"] or doc["reference"]


def table_of(printed: str) -> str:
    return printed[printed.index("|Filter|") :]


def test_neither_output_path_nor_samples(cache, tmp_path, monkeypatch):
    done = forked.run(tmp_path, *WORDS, env={"MEDQ_CACHE_DIR": str(cache)})
    folder = only(cache)
    said, table = done.stdout.split("Running generate_until")[0], table_of(done.stdout)
    assert "no --output_path: lmms-eval writes nothing of this run" in said
    assert str(folder) in said
    assert "no judge is configured" in said
    assert "the four axes of medq_mini_no_reference stay empty" in said
    assert "The four axes stay empty" not in done.stdout + done.stderr  # the judge's own words, amid a progress bar
    assert f"`medq judge {folder}` judges this run" in table
    assert f"the records of this run are kept in {folder}" in table
    assert "record" not in table[: table.index("medq-tasks:")]

    (listed,) = json.loads(medq("runs", "--json").out)
    assert (listed["path"], listed["tasks"], listed["items"], listed["judged"]) == (str(folder), TASKS, 8, 0)
    told = json.loads(medq("report", folder, "--json").out)
    assert told["runs"][0]["problems"] == []
    assert [(task["name"], task["total"]["n"]) for task in told["runs"][0]["tasks"]] == [(name, 4) for name in TASKS]
    assert told["runs"][0]["made"].endswith(" UTC")
    with FakeServer(lambda ask: "Score: 1") as server:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        monkeypatch.setenv("MEDQ_JUDGE_MODEL", "some-judge")
        assert medq("judge", folder).code == 0
    assert "1 later judgement" in medq("runs").out
    words = ("--min", "medq_mini_no_reference.overall=4", "--min", "accuracy=0", "--allow-limit")
    passed = medq("gate", folder, *words)
    told = "pass medq_mini_no_reference.overall: 4.0000 (4 items, judged by some-judge"
    assert (passed.code, told in passed.out) == (0, True)


def test_an_output_path_without_samples_and_with(cache, tmp_path):
    for name, more in (("without", ()), ("with", ("--log_samples",))):
        out = tmp_path / name
        done = forked.run(tmp_path, *WORDS, "--output_path", str(out), *more, env={"MEDQ_CACHE_DIR": str(cache)})
        assert ("no --log_samples" in done.stdout) is (not more)
        assert only(out).parent.parent == out
        (run,) = load_runs([out])  # not twice, and whole either way
        assert run.problems == ()
        assert {task: len(said.records) for task, said in run.tasks.items()} == dict.fromkeys(TASKS, 4)
        assert run.tasks[TASKS[0]].samples.parent == (out if more else only(out))
        (results,) = out.glob("*_results.json")
        assert load_runs([results])[0].tasks == run.tasks
        assert [path for path in only(out).iterdir() if "results" in path.name or "samples" in path.name] == []
    a, b = tmp_path / "without", tmp_path / "with"
    assert "0 items" not in medq("compare", a, b).out
    assert len(json.loads(medq("runs", "--json").out)) == 2
    assert len(json.loads(medq("runs", a, "--json").out)) == 1


def test_nothing_is_kept_where_that_is_switched_off(cache, tmp_path):
    off = {"MEDQ_CACHE_DIR": str(cache), "MEDQ_KEEP_RUNS": "0"}
    done = forked.run(tmp_path, *WORDS, "--output_path", str(tmp_path / "out"), env=off)
    assert "MEDQ_KEEP_RUNS=0 keeps none" in done.stdout
    assert "RUN_DIR" not in done.stdout
    assert [*kept.folders_below(tmp_path)] == []
    assert not (cache / kept.BELOW_CACHE).exists()


def test_two_ranks_keep_one_run_with_the_items_of_both(cache, tmp_path):
    forked.run(tmp_path, *WORDS, env={"MEDQ_CACHE_DIR": str(cache)}, ranks=2)
    (run,) = load_runs([only(cache)])
    assert {task: len(said.records) for task, said in run.tasks.items()} == dict.fromkeys(TASKS, 4)
    assert run.problems == ()


def test_a_call_from_python_is_kept_and_says_so_once(evaluate, cache):
    from loguru import logger

    said = []
    handler = logger.add(lambda message: said.append(message.record["message"]), level="INFO")
    results = evaluate(TASKS, right, limit=3, log_samples=False)
    logger.remove(handler)
    folder = only(cache)
    assert [line for line in said if str(folder) in line] == [
        "medq-tasks: no judge is configured (MEDQ_JUDGE_BASE_URL, MEDQ_JUDGE_API_KEY): the four axes of "
        f"medq_mini_no_reference stay empty (N/A), and verdict_accuracy needs none; `medq judge {folder}` judges this "
        "run.",
        f"medq-tasks: the records of this run are kept in {folder} (`medq runs` lists such folders).",
    ]
    (run,) = load_runs([folder])
    assert run.problems == ()
    assert run.model == "Canned"
    assert run.utc == results["configs"][TASKS[0]]["metadata"]["medq"]["run"]["utc"]
    name = kept.files_of(json.loads((folder / kept.HEADER).read_text(encoding="utf-8")))[TASKS[0]]
    line = json.loads((folder / name).read_text(encoding="utf-8").splitlines()[0])
    assert line["input"].endswith("Answer with the letter of the one correct option only.")


def test_replies_alone_are_kept_and_scored_later(evaluate, cache):
    evaluate([TASKS[0]], right, limit=3, predict_only=True)
    folder = only(cache)
    assert "First `medq judge RUN_DIR`" in medq("report", folder).err
    assert medq("judge", folder).code == 0
    (run,) = load_runs([folder])
    assert [record.state for record in run.tasks[TASKS[0]].records] == ["right"] * 3


def test_an_aggregation_that_fails_loses_no_record(evaluate, cache, monkeypatch, warned):
    from lmms_eval import evaluator_utils

    def fails(self):
        raise ZeroDivisionError("of somebody's metric")

    monkeypatch.setattr(evaluator_utils.TaskOutput, "calculate_clt_aggregate_metric", fails)
    with pytest.raises(ZeroDivisionError):
        evaluate([TASKS[0]], right, limit=3)
    folder = only(cache)
    assert str(folder) in warned[-1]
    (run,) = load_runs([folder])
    assert [record.state for record in run.tasks[TASKS[0]].records] == ["right"] * 3
    assert run.problems == (
        f"{folder / kept.HEADER}: ended early (ZeroDivisionError: of somebody's metric); what the model had answered "
        "was kept.",
    )
    refused = medq("gate", folder, "--min", "accuracy=0.5", "--allow-limit")
    assert (refused.code, "ended early" in refused.out) == (2, True)
    assert "ended early" in medq("runs").out


def test_an_end_while_replies_are_scored_loses_no_reply(evaluate, cache, monkeypatch):
    from medq_tasks.scoring import replies

    read = replies.read_choice

    def interrupted(doc, reply):
        if doc["row"] == 2:
            raise KeyboardInterrupt
        return read(doc, reply)

    monkeypatch.setattr(replies, "read_choice", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate([TASKS[0]], right, limit=3)
    monkeypatch.setattr(replies, "read_choice", read)
    folder = only(cache)
    assert medq("judge", folder).code == 0
    (run,) = load_runs([folder])
    assert [record.state for record in run.tasks[TASKS[0]].records] == ["right"] * 3


def test_an_end_before_any_reply_keeps_nothing(evaluate, cache):
    def fails(doc, prompt, pictures):
        raise MemoryError

    with pytest.raises(MemoryError):
        evaluate([TASKS[0]], fails, limit=3)
    assert [*kept.folders_below(cache)] == []


def test_a_folder_that_cannot_be_written_is_said_and_costs_no_run(evaluate, cache, warned):
    (cache / kept.BELOW_CACHE).write_text("in the way")
    results = evaluate([TASKS[0]], right, limit=3)
    assert results["results"][TASKS[0]]["accuracy,none"] == 1.0
    assert "the records of this run could not be kept" in warned[-1]


def test_an_output_path_that_cannot_be_written_leaves_the_cache(evaluate, cache, tmp_path, warned):
    from lmms_eval.loggers import EvaluationTracker

    out = tmp_path / "out"
    out.mkdir()
    (out / kept.BELOW_OUTPUT).write_text("in the way")
    evaluate([TASKS[0]], right, limit=3, evaluation_tracker=EvaluationTracker(output_path=str(out)), model_args="")
    assert only(cache).parent == cache / kept.BELOW_CACHE
    assert "cannot be written" in warned[-1]


def test_files_follow_the_umask(evaluate, cache):
    before = os.umask(0o027)
    try:
        evaluate([TASKS[0]], right, limit=1)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in only(cache).iterdir()} == {0o640}
    assert stat.S_IMODE(only(cache).stat().st_mode) == 0o750
