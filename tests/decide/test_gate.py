"""The gate: exit codes through the real command, refusals with their cure, JUnit and step summary."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from medq_tasks.cli import app
from medq_tasks.decide.gate_rules import FAIL, PASS, UNUSABLE, Check, Verdict
from medq_tasks.decide.gate_view import to_junit, to_markdown
from medq_tasks.records import PromptStamp, Record
from medq_tasks.runs import measures
from medq_tasks.runs.load import load_runs
from tests.runs import factory

PERCEPTION = "medq_perception"
NO_REFERENCE, COMPARISON = "medq_reasoning_no_reference", "medq_reasoning_comparison"


def gate(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["gate", *map(str, arguments)], env={"GITHUB_STEP_SUMMARY": ""})


def perception(right: int, of: int) -> list[Record]:
    """The first ``right`` items right, the others wrong."""
    return [factory.perception(number, right=number < right) for number in range(of)]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """12 of 20 right; both reasoning tasks judged with (1, 1, 2, 1) = 5 everywhere."""
    tasks: dict[str, list[Record]] = {
        PERCEPTION: perception(12, 20),
        NO_REFERENCE: [factory.reasoning(number) for number in range(6)],
        COMPARISON: [factory.reasoning(number, "comparison") for number in range(6)],
    }
    return factory.write_run(tmp_path / "run", tasks)


class TestThresholds:
    @pytest.mark.parametrize(
        ("rule", "code"),
        [
            (("--min", "accuracy=0.6"), PASS),  # 12 / 20, met exactly
            (("--min", "accuracy=0.61"), FAIL),
            (("--min", "medq_perception.accuracy=0.6"), PASS),
            (("--min", f"{NO_REFERENCE}.overall=5"), PASS),
            (("--min", f"{COMPARISON}.overall=5.01"), FAIL),
            (("--min", f"{COMPARISON}.consistency=2"), PASS),
            (("--max", "unanswered=0"), PASS),
            (("--max", f"{PERCEPTION}.request_failures=0"), PASS),
            # Items 0, 1, 2, 15, 16, 17 are CT; the first three are right.
            (("--min", "accuracy[modality=ct]=0.5"), PASS),
            (("--min", "accuracy[modality=ct]=0.51"), FAIL),
            # Of those, 0, 1, 2 are of severity none.
            (("--min", "accuracy[modality=ct,severity=none]=1"), PASS),
            (("--min", "accuracy_how=0.5", "--min", "accuracy=0.9"), FAIL),
        ],
    )
    def test_exit_code(self, run: Path, rule: tuple[str, ...], code: int) -> None:
        result = gate(run, *rule)
        assert result.exit_code == code, result.output

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            (("--min", "acuracy=0.5"), "no value of 'acuracy'. There is: medq_perception.accuracy, "),
            (("--min", "medq_vision.accuracy=0.5"), "no task 'medq_vision'. There is: "),
            (("--min", "overall=5"), f"Say which: {COMPARISON}.overall, {NO_REFERENCE}.overall."),
            (("--min", "accuracy[modality=xray]=0.5"), "no item of the run is in this slice"),
            (("--min", "accuracy[modality=xray]=0.5"), "modality=ct|endoscopy|fundus|histopathology|mri"),
            (("--min", "accuracy[colour=red]=0.5"), "'colour=red' is not FIELD=VALUE. The fields are question_type"),
            (("--min", "accuracy=55"), "accuracy runs from 0 to 1. Did you mean 0.55?"),
            (("--min", f"{COMPARISON}.overall=9"), "overall runs from 0 to 8."),
            (("--min", "accuracy=-1"), "accuracy runs from 0 to 1."),
            (("--min", "accuracy"), "'accuracy' is not NAME=VALUE with a number"),
            (("--min", "accuracy=nan"), "is not NAME=VALUE with a number"),
            (("--min", "accuracy[modality=ct]"), "is not NAME=VALUE with a number"),
            (("--max-drop", "0.1"), "--max-drop needs a run to compare with"),
            ((), "nothing is asked of the run, so that any would pass. Give a rule: --min"),
            (("--allow-failures", "3"), "nothing is asked of the run"),
            (("--min", "accuracy=0", "--prove"), "--prove says how drops are judged, and there is no --max-drop"),
            (("--min", "accuracy=0", "--point", "--significant"), "--significant and --point exclude each other"),
        ],
    )
    def test_a_rule_that_cannot_be_applied(self, run: Path, rule: tuple[str, ...], message: str) -> None:
        result = gate(run, *rule)
        assert result.exit_code == UNUSABLE
        assert message in result.output


class TestUnusable:
    def test_empty_folder(self, tmp_path: Path) -> None:
        result = gate(tmp_path, "--min", "accuracy=0")
        assert result.exit_code == UNUSABLE
        assert "no results of lmms-eval" in result.output

    def test_no_folder(self, tmp_path: Path) -> None:
        assert gate(tmp_path / "none").exit_code == UNUSABLE

    def test_half_written_samples(self, run: Path) -> None:
        samples = next(run.rglob(f"*{PERCEPTION}.jsonl"))
        samples.write_text(samples.read_text()[:-30])
        result = gate(run, "--min", "accuracy=0")
        assert result.exit_code == UNUSABLE
        assert "not valid JSON" in result.output

    def test_half_written_results(self, run: Path) -> None:
        results = next(run.rglob("*_results.json"))
        results.write_text(results.read_text()[:-30])
        assert gate(run).exit_code == UNUSABLE

    def test_samples_cut_at_a_line(self, run: Path) -> None:
        samples = next(run.rglob(f"*{PERCEPTION}.jsonl"))
        samples.write_text("".join(f"{line}\n" for line in samples.read_text().splitlines()[:-2]))
        result = gate(run, "--require", PERCEPTION)
        assert result.exit_code == UNUSABLE
        assert "18 of 20 items are logged" in result.output

    def test_problem_of_the_loader(self, run: Path) -> None:
        next(run.rglob("*_results.json")).unlink()
        assert gate(run, "--require", PERCEPTION).exit_code == UNUSABLE
        assert gate(run, "--require", PERCEPTION, "--allow-problems").exit_code == PASS

    def test_failed_requests(self, tmp_path: Path) -> None:
        run = factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(20, failed=2)})
        result = gate(run, "--require", PERCEPTION)
        assert result.exit_code == UNUSABLE
        assert "2 model requests failed (medq_perception: 2 of 20)" in result.output
        assert gate(run, "--require", PERCEPTION, "--allow-failures", 1).exit_code == UNUSABLE
        assert gate(run, "--require", PERCEPTION, "--allow-failures", 2).exit_code == PASS

    def test_unjudged_items(self, tmp_path: Path) -> None:
        run = factory.write_run(tmp_path, {NO_REFERENCE: factory.reasoning_records(10, unjudged=3)})
        result = gate(run, "--min", "overall=0")
        assert result.exit_code == UNUSABLE
        assert "items without a judge's score (medq_reasoning_no_reference: 3 of 10)" in result.output
        assert gate(run, "--min", "overall=0", "--allow-unjudged").exit_code == PASS

    def test_levels_that_the_axis_does_not_have_are_told_apart(self, tmp_path: Path) -> None:
        items = factory.reasoning_records(10, "comparison", unjudged=2)
        items[0] = factory.reasoning(0, "comparison", scores=(1, 1, 1, None))
        (said,) = items[0].judgements
        insisted = replace(said.axes["quality_accuracy"], off_scale=1)
        said = replace(said, axes={**said.axes, "quality_accuracy": insisted})
        items[0] = replace(items[0], judgements=(said,))
        result = gate(factory.write_run(tmp_path, {"medq_reasoning_comparison": items}), "--min", "overall=0")
        assert "3 of 10; 1 of them for a level that the axis does not have" in result.output

    def test_never_judged(self, tmp_path: Path) -> None:
        run = factory.write_run(tmp_path, {NO_REFERENCE: [factory.reasoning(n, scores=None) for n in range(5)]})
        assert gate(run).exit_code == UNUSABLE
        assert gate(run, "--allow-unjudged", "--min", "verdict_accuracy=1").exit_code == PASS
        # A score that nobody gave is not 0, it does not exist.
        assert gate(run, "--allow-unjudged", "--min", "overall=0").exit_code == UNUSABLE

    def test_limit(self, tmp_path: Path) -> None:
        run = factory.write_run(tmp_path, {PERCEPTION: perception(5, 5)}, limit=5, original={PERCEPTION: 1305})
        result = gate(run, "--min", "accuracy=0.5")
        assert result.exit_code == UNUSABLE
        assert "Evaluate without --limit" in result.output
        assert gate(run, "--min", "accuracy=0.5", "--allow-limit").exit_code == PASS

    def test_missing_task(self, run: Path, tmp_path: Path) -> None:
        other = factory.write_run(tmp_path / "other", {PERCEPTION: perception(5, 5)})
        assert gate(other, "--require", PERCEPTION).exit_code == PASS
        result = gate(other, "--require", "medq_bench")  # a group stands for its tasks
        assert result.exit_code == UNUSABLE
        assert f"missing tasks: {NO_REFERENCE}, {COMPARISON}" in result.output
        assert gate(run, "--require", "medq_bench").exit_code == PASS

    def test_several_runs(self, run: Path) -> None:
        factory.write_run(run, {PERCEPTION: perception(1, 20)}, stamp="20261123_120000")
        assert gate(run, "--min", "accuracy=0.6").exit_code == UNUSABLE
        assert gate(run, "--min", "accuracy=0.6", "--latest").exit_code == FAIL

    def test_an_unusable_run_never_fails_or_passes(self, tmp_path: Path) -> None:
        run = factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(20, failed=2)})
        result = gate(run, "--min", "accuracy=1")
        assert result.exit_code == UNUSABLE
        assert "undecided medq_perception.accuracy" in result.output


class TestOutputs:
    def test_junit(self, run: Path, tmp_path: Path) -> None:
        file = tmp_path / "out" / "junit.xml"
        gate(run, "--min", "accuracy=0.6", "--min", "accuracy=0.9", "--junit", file)
        root = ElementTree.parse(file).getroot()
        assert root.tag == "testsuites"
        suite = root[0]
        assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": "2",
            "failures": "1",
            "errors": "0",
            "skipped": "0",
        }
        names = [case.get("name") for case in suite]
        assert names == [f"{PERCEPTION}.accuracy, at least 0.6", f"{PERCEPTION}.accuracy, at least 0.9"]
        assert [(child.tag, child.get("type")) for case in suite for child in case] == [("failure", "threshold")]
        assert all(case.get("classname") and case.get("time") for case in suite)

    def test_junit_of_an_unusable_run_is_an_error(self, tmp_path: Path) -> None:
        file = tmp_path / "junit.xml"
        assert gate(tmp_path / "none", "--min", "accuracy=0.6", "--junit", file).exit_code == UNUSABLE
        suite = ElementTree.parse(file).getroot()[0]
        assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
        assert (suite[0][0].tag, suite[0][0].get("type")) == ("error", "unusable")

    def test_junit_of_a_run_without_checks_has_a_case(self, run: Path, tmp_path: Path) -> None:
        gate(run, "--require", PERCEPTION, "--junit", tmp_path / "junit.xml")
        assert ElementTree.parse(tmp_path / "junit.xml").getroot()[0].get("tests") == "1"

    @pytest.mark.parametrize("text", factory.HOSTILE)
    def test_hostile_texts_are_inert(self, text: str) -> None:
        verdict = Verdict(text, (Check(text, text, text, False),), (text,))
        root = ElementTree.fromstring(to_junit(verdict).encode("utf-8"))
        assert {element.tag for element in root.iter()} == {"testsuites", "testsuite", "testcase", "skipped", "error"}
        shown = to_markdown(verdict)
        assert "<" not in shown
        assert "\x1b" not in shown
        (row,) = [line for line in shown.splitlines() if line.startswith("| undecided")]
        assert row.replace("\\|", "").count("|") == 5

    def test_summary_is_appended(self, run: Path, tmp_path: Path) -> None:
        file = tmp_path / "summary.md"
        file.write_text("before\n")
        CliRunner().invoke(app, ["gate", str(run), "--min", "accuracy=0.9"], env={"GITHUB_STEP_SUMMARY": str(file)})
        gate(run, "--require", PERCEPTION, "--summary", file)
        text = file.read_text()
        assert text.startswith("before\n### medq gate: fail\n")
        assert "| FAIL | medq\\_perception.accuracy | at least 0.9 | 0.6000 (20 items) |" in text
        assert "### medq gate: pass" in text

    def test_a_file_that_cannot_be_written(self, run: Path, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        assert gate(run, "--junit", tmp_path / "folder").exit_code == UNUSABLE

    def test_json(self, run: Path) -> None:
        plain = json.loads(gate(run, "--min", "accuracy=0.9", "--json").output)
        assert (plain["outcome"], plain["exit_code"]) == ("fail", 1)
        assert plain["checks"][0]["passed"] is False


def test_every_offered_name_can_be_asked_for(run: Path) -> None:
    (loaded,) = load_runs([run])
    for task in loaded.tasks.values():
        for metric in measures.metric_names(task):
            found = measures.find(loaded, measures.full_name(task.name, metric))
            assert (found.task, found.metric) == (task.name, metric)
    assert measures.find(loaded, "medq_perception.accuracy").value == pytest.approx(12 / 20)


@pytest.mark.parametrize("counts", [True, False])
def test_a_second_reader_that_counts_is_noted(tmp_path: Path, counts: bool) -> None:
    asked = replace(factory.perception(0, state="unanswered"), read_by="reader-1", second="A")
    counted = replace(asked, choice="A", state="right", answer="A")
    first = counted if counts else asked
    folder = factory.write_run(tmp_path / "run", {PERCEPTION: [first, *perception(12, 20)[1:]]})
    outcome = gate(folder, "--min", "accuracy=0.5")
    assert outcome.exit_code == PASS
    assert ("note medq_perception: reader-1 read 1 of 1 replies that no rule could" in outcome.output) is counts
    assert bool(json.loads(gate(folder, "--min", "accuracy=0.5", "--json").output)["notes"]) is counts


@pytest.mark.parametrize(("run_says", "baseline_says"), [(True, False), (False, True), (True, True), (False, False)])
def test_words_that_are_not_known_are_noted(tmp_path: Path, run_says: bool, baseline_says: bool) -> None:
    folders = []
    for name, says in (("run", run_says), ("baseline", baseline_says)):
        stamp = PromptStamp("default", "a1") if says else None
        items = [factory.perception(number, right=number < 12, prompts=stamp) for number in range(20)]
        folders.append(factory.write_run(tmp_path / name, {PERCEPTION: items}))
    outcome = gate(folders[0], "--baseline", folders[1], "--max-drop", "accuracy=0.05")
    assert outcome.exit_code == PASS
    silent = "the baseline" if run_says else "the run"
    noted = f"note medq_perception: {silent} does not say in which words it asked" in outcome.output
    assert noted == (run_says != baseline_says)
