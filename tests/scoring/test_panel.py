"""A panel's medians, and how far its judges agree: the worked example of docs/statistics.md, by hand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.errors import SettingsError
from medq_tasks.records import AXES, AxisJudgement, Judgement, JudgeStamp, ReasoningRecord, from_dict, to_dict
from medq_tasks.report.embed import sample_data
from medq_tasks.runs.calibration import Calibration, RatedItem
from medq_tasks.runs.judge_error import judge_error
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.panel import disagreement, in_words, panel_agreement
from medq_tasks.runs.run import Run, TaskRun, with_judge
from medq_tasks.runs.summary import cell, summarise
from medq_tasks.scoring.panel import check_models, panel
from tests import makers
from tests.judge.server import Ask, FakeServer
from tests.runs import factory

WORKED = ("222", "221", "111", "121", "010", "222", "112", "202", "111", "22-")  # judges a, b, c on ten items
MEDIANS = [2, 2, 1, 1, 0, 2, 1, 2, 1, 2]


def judged(number: int, name: str, score: str) -> ReasoningRecord:
    stamp = JudgeStamp(name, "prompts", "1", "2", "http://s/v1")
    level = None if score == "-" else int(score)
    axes = {axis: AxisJudgement(level if axis == "completeness" else 2, f"Score: {score}") for axis in AXES}
    made = makers.reasoning()
    return dataclasses.replace(made, id=f"no{number}", row=number, judgements=(Judgement(stamp, axes),))


def members(scores=WORKED, names="abc") -> list[list[ReasoningRecord]]:
    return [[judged(n, name, one[place]) for n, one in enumerate(scores)] for place, name in enumerate(names)]


def test_medians_of_the_worked_example():
    whole = panel(members())
    assert [record.axes["completeness"].score for record in whole] == MEDIANS
    assert [record.overall for record in whole] == [median + 6 for median in MEDIANS]
    assert whole[9].axes["completeness"].reply == "The median of 2 (a), 2 (b), - (c)."
    assert whole[0].judge.model == "panel of 3: a, b, c"
    assert [one.stamp.model for one in whole[0].judgements[1:]] == ["a", "b", "c"]
    assert from_dict(to_dict(whole[0])) == whole[0]


def test_two_valid_scores_give_half_steps_and_one_gives_none():
    whole = panel(members(("12-", "-01", "--2")))
    assert [record.axes["completeness"].score for record in whole] == [1.5, 0.5, None]
    assert whole[2].axes["completeness"].reason == "1 of 3 judges scored it: - (a), - (b), 2 (c)"
    assert [record.overall for record in whole] == [7.5, 6.5, None]
    found = cell(whole).metrics["completeness"]  # an interval over 0, 0.5 .. 2, where 0, 1, 2 would be an error
    assert found.value == 1.0
    assert found.low < 1.0 < found.high


def test_agreement_of_the_worked_example():
    said = panel_agreement(panel(members()))[0]
    assert (said.axis, said.n, said.all_agree) == ("completeness", 10, 0.5)
    assert said.alpha.value == pytest.approx(0.427097, abs=1e-6)
    kappas = {pair: round(kappa.value, 6) for pair, kappa in said.kappas.items()}
    assert kappas == {"a, b": 0.318182, "a, c": 0.75, "b, c": 0.0}
    assert said.kappas["a, c"].n == 9
    assert in_words([said])[0].startswith("Panel, completeness: all judges agree on 50.0 % of 10 items; alpha 0.427 (")


def test_texts_that_were_never_judged_say_nothing_of_the_judges():
    failed = [[dataclasses.replace(r, state="failed") for r in own] for own in members(("000",))]
    assert panel_agreement(panel(failed)) == ()
    assert panel_agreement(members()[0]) == ()  # one judge is no panel


def test_the_widest_disagreement_comes_first():
    whole = panel(members())
    widest = sorted(whole, key=disagreement, reverse=True)
    assert widest[0].id == "no7"  # 202
    assert disagreement(whole[0]) == (0, 0)


def test_who_is_asked_twice_is_no_panel():
    check_models(["a", "b"])
    for models in (["a", "b", "a"], ["a", " "]):
        with pytest.raises(SettingsError, match="--judge-model"):
            check_models(models)


def test_a_panel_is_not_calibrated():
    task = TaskRun("t", "no_reference", "test", "1", panel(members()))
    item = RatedItem("c", "t", "no_reference", "no0", "", "", None, None, {"completeness": (2,)})
    told = judge_error(task, Calibration("align.json", (item,)))
    assert not told.values
    assert "half steps no expert gives" in told.unfit


def test_a_panel_through_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = factory.write_run(
        tmp_path / "run", {"medq_reasoning_no_reference": [factory.reasoning(n, "no_reference") for n in range(3)]}
    )
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path / "cache"))
    levels = {"judge-a": "2", "judge-b": "1", "qwen-c": "0"}  # the model is a Qwen

    def answer(ask: Ask) -> str:
        return f"Score: {levels[ask.body['model']]}"

    with FakeServer(answer) as server:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        words = ["judge", str(run), *(part for name in levels for part in ("--judge-model", name))]
        told = CliRunner().invoke(app, words, env={"COLUMNS": "160"})
        assert told.exit_code == 0, told.exception
        asked = len(server.asks)
        assert CliRunner().invoke(app, words).exit_code == 0
        assert len(server.asks) == asked  # every reply was kept
    assert "panel of 3" in told.output
    (loaded,) = load_runs([run])
    slug = next(slug for slug in loaded.judges if slug.startswith("panel-of-3"))
    shown = with_judge(loaded, slug)
    (task,) = shown.tasks.values()
    assert {record.overall for record in task.records if record.state == "answered"} == {4}  # four medians of 2, 1, 0
    (summary,) = summarise([shown])
    assert summary.tasks[0].panel[0].all_agree == 0.0
    assert task.old_levels == 0
    told = CliRunner().invoke(app, ["report", str(run), "--judge", slug, "--json"])
    usage = json.loads(told.output)["usage"]
    assert {name: said["calls"] for name, said in usage.items()} == dict.fromkeys(levels, asked // 3)
    markdown = CliRunner().invoke(app, ["report", str(run), "--judge", slug, "--markdown"]).output
    assert "panel of 3" in markdown
    assert "a judge may favour the texts of its own family" in markdown
    before = {path.name: path.read_text() for path in run.rglob("*.judged.panel*")}
    for path in run.rglob("*.judged.panel*"):
        path.unlink()
    told = CliRunner().invoke(app, [*words, "--panel"])
    assert told.exit_code == 0, told.exception
    assert {path.name: path.read_text() for path in run.rglob("*.judged.panel*")} == before  # nobody is asked


def test_the_page_lists_a_panel_s_widest_disagreement_first():
    records = panel(members())
    run = Run("m", "", "", None, {"t": TaskRun("t", "no_reference", "test", "1", records)})
    data = sample_data([run], {})
    widest = sorted(data["answers"], key=lambda answer: -answer["far"])  # as the page puts them, order.js
    listed = [data["items"][answer["i"]]["id"] for answer in widest]
    assert listed[0] == "no7"
    assert listed[-4:] == ["no2", "no5", "no8", "no9"]  # where all agree, in the table's order (no0 before them)
