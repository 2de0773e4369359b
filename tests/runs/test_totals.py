"""Runs of which only totals are left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.records import JudgeStamp
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from medq_tasks.runs.totals import totals_of
from tests.cli.streams import runner
from tests.runs import factory

TASK, TEXTS = "medq_perception", "medq_reasoning_no_reference"
JUDGE = {"model": "gpt-4o", "prompts": "built in", "prompts_hash": "aa", "settings_hash": "bb"}


def bare(folder: Path, *, old: bool = True) -> Path:
    """A run without samples: 4 choices, 3 of them right; 4 texts, 3 of them judged. ``old``: as 0.1.0 wrote it."""
    records = {TASK: factory.perception_records(4), TEXTS: factory.reasoning_records(4)}
    factory.write_run(folder, records, original={TASK: 4, TEXTS: 8}, limit=4)
    for path in folder.rglob("*_samples_*"):
        path.unlink()
    (file,) = folder.rglob("*_results.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    summaries = {
        TASK: {"items": 4, "states": {"right": 3, "unanswered": 1}, "tables": [factory.TABLE], "judges": []},
        TEXTS: {"items": 4, "states": {"answered": 4}, "tables": [factory.TABLE], "judges": [JUDGE]},
    }
    said["results"][TASK] = {"alias": TASK, "accuracy,none": 0.75, "accuracy_stderr,none": 0.2, "unanswered,none": 0.25}
    said["results"][TEXTS] = {"alias": TEXTS, "overall,none": 5.5, "judged,none": 0.75, "consistency,none": None}
    for name, summary in summaries.items():
        if old:
            said["results"][name]["record,none"] = [summary]
        else:
            said["configs"][name]["metadata"]["medq"]["summary"] = summary
    file.write_text(json.dumps(said), encoding="utf-8")
    return file


@pytest.mark.parametrize("old", [True, False])
def test_totals_are_shown_as_such_without_anything_that_needs_items(old: bool, tmp_path: Path) -> None:
    file = bare(tmp_path, old=old)
    (run,) = load_runs([tmp_path], totals=True)
    assert run.problems == (
        f"{TASK}, {TEXTS}: totals only, as {file} has them and no samples are left: no intervals, slices, items or "
        "tests.",
    )
    (summary,) = summarise([run])
    choices, texts = summary.tasks
    assert [task.totals_only for task in summary.tasks] == [True, True]
    assert {name: (value.value, value.low) for name, value in choices.total.metrics.items()} == {
        "accuracy": (0.75, None),
        "unanswered": (0.25, None),
    }
    assert (choices.total.n, choices.total.states, choices.slices) == (4, {"right": 3, "unanswered": 1}, ())
    assert (texts.total.n, texts.total.unjudged, texts.judges) == (4, 1, (JudgeStamp(**JUDGE),))
    assert (choices.split, choices.tables, choices.partial, texts.partial) == ("test", (factory.TABLE,), False, True)


def test_the_report_shows_them_and_the_rest_says_what_it_lacks(tmp_path: Path) -> None:
    file = bare(tmp_path)

    def medq(*words: object):
        return runner(pytest.MonkeyPatch())(*words)

    said = medq("report", tmp_path)
    assert "75.00" in said.out
    assert f"{TASK}: totals only" in said.out
    told = json.loads(medq("report", tmp_path, "--json").out)
    assert [task["totals_only"] for task in told["runs"][0]["tasks"]] == [True, True]
    assert medq("report", tmp_path, "-o", tmp_path / "page.html").code == 0
    assert "totals only" in (tmp_path / "page.html").read_text(encoding="utf-8")
    gate = medq("gate", tmp_path, "--min", "accuracy=0.1", "--allow-problems")
    assert (gate.code, f"{file}: totals of {TASK}, {TEXTS} and no samples." in gate.out) == (2, True)
    for words in (("compare", tmp_path, tmp_path), ("history", tmp_path, "--file", tmp_path / "h.jsonl")):
        failed = medq(*words)
        assert (failed.code, "`medq report` shows them" in failed.err) == (1, True)


def test_nothing_to_judge_is_one_line_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare(tmp_path)
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "some-judge")
    said = runner(pytest.MonkeyPatch())("judge", tmp_path)
    assert said.err.strip() == (
        f"medq: {tmp_path}: totals alone, no reply to judge. Run the evaluation again with --log_samples."
    )


def test_what_no_kind_is_known_of_is_named_and_left_out() -> None:
    results = {"results": {TASK: {"accuracy,none": 0.5}, "medq_mine": {"accuracy,none": 0.5}}}
    tasks, problems = totals_of(results, [TASK, "medq_mine"], "place")
    assert list(tasks) == [TASK]
    assert problems[1] == "medq_mine: nothing says what kind of task it is; its totals are left out."
    with pytest.raises(RunError, match="place: neither samples nor totals of medq_mine"):
        totals_of(results, ["medq_mine"], "place")


def test_a_judge_that_is_none_is_told(tmp_path: Path) -> None:
    summary = {"record,none": [{"judges": ["gpt-4o"]}], "accuracy,none": 0.5}
    with pytest.raises(RunError, match="place: what it says of medq_perception cannot be read"):
        totals_of({"results": {TASK: summary}}, [TASK], "place")
