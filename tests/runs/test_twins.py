"""Printed totals against samples; splits by the table's stamp."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from tests.cli.streams import runner
from tests.runs import factory

TASK = "medq_perception"


def change(folder: Path, **printed: object) -> Path:
    (file,) = folder.rglob("*_results.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    said["results"][TASK].update({f"{name},none": value for name, value in printed.items()})
    file.write_text(json.dumps(said), encoding="utf-8")
    return file


def half_right(folder: Path) -> Path:
    return factory.write_run(folder, {TASK: [factory.perception(n, right=n % 2 == 0) for n in range(4)]})


@pytest.mark.parametrize("printed", [0.99, None, "0.5"])
def test_a_total_that_its_samples_do_not_give_makes_the_run_unusable(printed, tmp_path, monkeypatch):
    file = change(half_right(tmp_path), accuracy=printed)
    said = runner(monkeypatch)("gate", tmp_path, "--min", "accuracy=0.1")
    assert said.code == 2
    assert f"{file}: accuracy of {TASK} is {printed} there, and 0.5 by the samples (4 items)." in said.out


def test_rounding_is_no_difference(tmp_path):
    change(half_right(tmp_path), accuracy=0.5 + 1e-12, unanswered=0.0)
    assert load_runs([tmp_path])[0].problems == ()


def test_a_copy_of_a_dev_leaf_is_no_test_split(tmp_path):
    records = factory.reasoning_records(221)
    told = {"medq": {"table": {"split": "dev"}}}
    factory.write_run(tmp_path, {"medq_reasoning_no_reference_dev_cot": records}, metadata=told)
    (board,) = leaderboards(summarise(load_runs([tmp_path])))
    assert (board.split, board.published) == ("dev", False)


def problems(folder: Path, judge: str | None = None) -> str:
    return "\n".join(problem for run in load_runs([folder], judge) for problem in run.problems)


def rewrite(folder: Path, edit) -> None:
    (file,) = folder.rglob("*_results.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    edit(said)
    file.write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (0.375, ""),  # (1/4 + 2/4) / 2
        (0.99, "accuracy of both is 0.99 there, and 0.375 by the samples (8 items)"),
        (None, "accuracy of both is None there"),
    ],
)
def test_the_mean_of_a_group_follows_from_its_tasks(tmp_path, printed, told):
    tasks = {
        "medq_perception": [factory.perception(n, right=n < 1) for n in range(4)],
        "medq_perception_dev": [factory.perception(n, right=n < 2) for n in range(4)],
    }
    factory.write_run(tmp_path, tasks)

    def group(said):
        said["group_subtasks"] = {"both": list(tasks)}
        said["results"]["both"] = {"accuracy,none": printed}

    rewrite(tmp_path, group)
    assert told in problems(tmp_path)
    assert bool(told) == bool(problems(tmp_path))


@pytest.mark.parametrize("printed", [0.5, 4.0 / 10])  # the plain mean, and the one by items: (2 + 2) / (4 + 6)
def test_a_group_of_unequal_tasks_may_be_a_plain_or_a_weighted_mean(tmp_path, printed):
    tasks = {
        "medq_perception": [factory.perception(n, right=n < 2) for n in range(4)],
        "medq_perception_dev": [factory.perception(n, right=n < 2) for n in range(6)],
    }
    factory.write_run(tmp_path, tasks)
    plain = (2 / 4 + 2 / 6) / 2
    value = plain if printed == 0.5 else printed

    def group(said):
        said["group_subtasks"] = {"both": list(tasks)}
        said["results"]["both"] = {"accuracy,none": value}

    rewrite(tmp_path, group)
    assert problems(tmp_path) == ""


def test_lost_and_doubled_lines_of_samples_are_told(tmp_path):
    half_right(tmp_path)
    (samples,) = tmp_path.rglob("*_samples_*.jsonl")
    lines = samples.read_text(encoding="utf-8").splitlines(keepends=True)
    samples.write_text("".join(lines[:-1]), encoding="utf-8")
    rewrite(tmp_path, lambda said: said["results"][TASK].update({"accuracy,none": 0.5}))
    assert f"accuracy of {TASK} is 0.5 there, and 0.666666666667 by the samples (3 items)" in problems(tmp_path)


def test_a_choice_that_was_counted_as_what_it_is_not_is_told(tmp_path):
    half_right(tmp_path)
    (samples,) = tmp_path.rglob("*_samples_*.jsonl")
    lines = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
    lines[1]["record"]["answer"] = lines[1]["record"]["choice"]  # the key made to fit; it stays counted as wrong
    samples.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert f"the state of 1 item of {TASK} does not follow from choice and answer (1001)" in problems(tmp_path)


def in_the_results(said, summary, pictures):
    """As 0.1.0 wrote it: a row each among the metrics, with a list of one."""
    said["results"][TASK].update({"record,none": [summary], "pictures,none": [pictures], "record_stderr,none": "N/A"})


def in_the_configuration(said, summary, pictures):
    said["configs"][TASK]["metadata"]["medq"].update(summary=summary, pictures=pictures)


@pytest.mark.parametrize("told", [in_the_results, in_the_configuration])
def test_the_summary_of_the_records_is_held_against_them(told, tmp_path):
    half_right(tmp_path)
    summary = {"items": 4, "states": {"right": 3, "wrong": 1}, "tables": [factory.TABLE], "judges": []}
    rewrite(tmp_path, lambda said: told(said, summary, {}))
    assert f"states of {TASK} is" in problems(tmp_path)
    summary["states"] = {"right": 2, "wrong": 2}
    rewrite(tmp_path, lambda said: told(said, summary, {}))
    assert problems(tmp_path) == ""


@pytest.mark.parametrize("told", [in_the_results, in_the_configuration])
def test_what_limits_did_to_the_pictures_is_read_wherever_it_stands(told, tmp_path):
    half_right(tmp_path)
    rewrite(tmp_path, lambda said: told(said, {}, {"pictures": 4, "limits": {"max_side": 512}}))
    (run,) = load_runs([tmp_path])
    assert run.tasks[TASK].metrics == {"accuracy": 0.5}
    assert run.tasks[TASK].provenance["pictures"] == {"pictures": 4, "limits": {"max_side": 512}}
    assert "summary" not in run.tasks[TASK].provenance


REASONING = "medq_reasoning_no_reference"


def judged_run(folder: Path, *lines_of: tuple[int, ...]) -> Path:
    """A run of 3 texts without a judge, and a judged file with the lines of these items."""
    records = [factory.reasoning(n, "no_reference") for n in range(3)]
    bare = [replace(record, judgements=()) for record in records]
    factory.write_run(folder, {REASONING: bare})
    return factory.write_judged(folder, REASONING, [records[n] for n in lines_of], "gpt-4o-1")


def test_a_run_that_was_judged_afterwards_is_sound(tmp_path):
    judged_run(tmp_path, 0, 1, 2)
    assert problems(tmp_path, "gpt-4o-1") == ""


def test_an_item_judged_twice_or_by_two_judges_in_one_file_is_told(tmp_path):
    path = judged_run(tmp_path, 0, 1, 2, 2)
    assert "1 item is judged more than once" in problems(tmp_path, "gpt-4o-1")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:3]]
    lines[2]["judgements"][0]["stamp"]["model"] = "another"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert "judgements of different judges or prompts" in problems(tmp_path, "gpt-4o-1")
