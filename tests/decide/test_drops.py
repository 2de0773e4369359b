"""Allowed drops against a baseline, and what a baseline has that the run lacks; numbers by hand, then the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.data import prepare
from medq_tasks.decide.gate import judge_run
from medq_tasks.decide.gate_rules import FAIL, PASS, UNUSABLE, Allowed, Bound, Method, Rules, Verdict
from medq_tasks.records import Record
from medq_tasks.runs.picture_groups import without_pictures
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.settings import Settings
from medq_tasks.stats import difference_limits
from tests.data.factory import perception_rows, write_tsv
from tests.decide.test_gate import COMPARISON, NO_REFERENCE, PERCEPTION, gate, perception
from tests.runs import factory


def run_of(**tasks: list[Record]) -> Run:
    made = {name: TaskRun(name, records[0].kind, "test", "1.0", tuple(records)) for name, records in tasks.items()}
    return Run("m", "", "1", None, made)


def answers(*counts: tuple[int, bool]) -> list[Record]:
    outcomes = [right for count, right in counts for _ in range(count)]
    return [factory.perception(number, right=right) for number, right in enumerate(outcomes)]


def judged(
    before: list[Record], after: list[Record], *most: float, method: Method = "limit", name: str | None = "accuracy"
) -> Verdict:
    rules = Rules(max_drops=tuple(Bound(name, value) for value in most), method=method)
    return judge_run(run_of(medq_perception=after), rules, run_of(medq_perception=before))


# 1,305 items; 140 only in the baseline, 100 only in the run: the drop is 40 / 1305 = .0307, its one-sided 95 % limits
# are .0111 (Newcombe; Bonett and Price give the same) and .0503 (Tango), its two-sided exact p is .0117.
BEFORE = answers((400, True), (140, True), (100, False), (665, False))
AFTER = answers((400, True), (140, False), (100, True), (665, False))


@pytest.mark.parametrize(
    ("method", "most", "code"),
    [
        ("limit", 0.02, PASS),  # the old rule failed it: .0307 > .02, and p < .05 for another question
        ("limit", 0.0112, PASS),
        ("limit", 0.0110, FAIL),
        ("limit", 0.0, FAIL),
        ("point", 0.0307, PASS),
        ("point", 0.0306, FAIL),
        ("prove", 0.0504, PASS),
        ("prove", 0.0502, FAIL),
        ("prove", 0.0307, FAIL),
    ],
)
def test_what_a_drop_is_held_against(method: Method, most: float, code: int) -> None:
    verdict = judged(BEFORE, AFTER, most, method=method)
    assert verdict.exit_code == code
    (check,) = verdict.checks
    assert check.found.startswith("drop +0.0307 (0.4138 to 0.3831; one-sided 95 % limits +0.0111 and +0.0503")
    assert check.found.endswith("; 1,305 items, 1,305 pictures)")


def test_a_better_run_has_lost_nothing() -> None:
    assert judged(AFTER, BEFORE, 0.0).exit_code == PASS
    assert judged(AFTER, BEFORE, 0.0, method="prove").exit_code == PASS
    # The same run again: nothing is lost, and 20 items prove little: 20 of 20 may be 88 of 100 (Wilson, z 1.645).
    twice = perception(20, 20)
    assert judged(twice, twice, 0.0).exit_code == PASS
    assert judged(twice, twice, 0.05, method="prove").exit_code == FAIL


def test_several_drops_are_corrected_for_being_several() -> None:
    # Alone p lies between .025 and .05 here; twice it counts double.
    once = judged(BEFORE, AFTER, 0.0085)
    assert once.exit_code == FAIL
    assert "with Holm" not in once.checks[0].found
    two = gated({"accuracy": 0.0085, "unanswered": 0.5})
    assert two.exit_code == PASS
    assert "with Holm over 2 drops" in two.checks[0].found
    # A clear one still fails beside others; a count is no test; what must all be proven needs no correction.
    assert gated({"accuracy": 0.0, "unanswered": 0.5}).exit_code == FAIL
    assert gated({"accuracy": 0.0085, "request_failures": 5}).exit_code == FAIL
    assert gated({"accuracy": 0.0504, "unanswered": 0.5}, method="prove").exit_code == PASS


def test_one_measure_is_one_question_of_which_the_stricter_bound_counts() -> None:
    for most in ((0.0085, 0.0085), (0.0085, 0.9), (0.9, 0.0085)):
        verdict = judged(BEFORE, AFTER, *most)
        assert (verdict.exit_code, len(verdict.checks)) == (FAIL, 1)
        assert "with Holm" not in verdict.checks[0].found
    unnamed = Rules(max_drops=(Bound(None, 0.0085), Bound(f"{PERCEPTION}.accuracy", 0.9)))
    assert judge_run(run_of(medq_perception=AFTER), unnamed, run_of(medq_perception=BEFORE)).exit_code == FAIL


def gated(most: dict[str, float], method: Method = "limit") -> Verdict:
    rules = Rules(max_drops=tuple(Bound(name, value) for name, value in most.items()), method=method)
    return judge_run(run_of(medq_perception=AFTER), rules, run_of(medq_perception=BEFORE))


def test_scores_are_compared_in_points_of_their_scale() -> None:
    before = [factory.reasoning(number, scores=(2, 1, 2, 1)) for number in range(60)]
    after = [factory.reasoning(number, scores=(1, 1, 2, 1)) for number in range(60)]
    pair = run_of(medq_reasoning_no_reference=after), run_of(medq_reasoning_no_reference=before)

    def code(most: float, method: Method) -> int:
        return judge_run(pair[0], Rules(max_drops=(Bound("overall", most),), method=method), pair[1]).exit_code

    # Each item lost one point: the limits lie close around 1, and never at it.
    assert (code(0.8, "limit"), code(1.0, "limit")) == (FAIL, PASS)
    assert (code(1.0, "point"), code(0.99, "point")) == (PASS, FAIL)
    assert (code(1.0, "prove"), code(1.5, "prove")) == (FAIL, PASS)


def test_shared_pictures_make_a_drop_less_sure() -> None:
    before, after = answers((24, True)), answers((8, False), (16, True))
    alone = judged(before, after, 0.15)
    shared = judged(*(factory.sharing(side, 4) for side in (before, after)), 0.15)  # type: ignore[type-var,arg-type]
    assert (alone.exit_code, shared.exit_code) == (FAIL, PASS)
    assert "24 items, 6 pictures, which is few: limits are rough" in shared.checks[0].found


def test_two_pictures_prove_nothing_however_many_questions() -> None:
    same = factory.sharing(answers((50, True), (50, False)), 50)  # type: ignore[type-var]
    verdict = judged(same, same, 0.05, method="prove")  # type: ignore[arg-type]
    assert verdict.exit_code == FAIL


def test_a_rise_of_what_should_be_low_is_a_loss_and_called_one() -> None:
    few, many = (
        [factory.perception(n, state="unanswered" if n < lost else "right") for n in range(40)] for lost in (1, 20)
    )
    worse, better = judged(few, many, 0.1, name="unanswered"), judged(many, few, 0.1, name="unanswered")
    assert (worse.exit_code, better.exit_code) == (FAIL, PASS)
    assert worse.checks[0].found.startswith("rise +0.4750 (0.0250 to 0.5000; ")
    assert worse.checks[0].rule == "rise at most 0.1 (lower limit)"


def test_an_axis_has_three_levels() -> None:
    # Ten differences of 0, by the five differences that an axis can have; by the 17 of overall they would be wider.
    same = [factory.reasoning(number) for number in range(10)]
    pair = run_of(medq_reasoning_no_reference=same)
    (check,) = judge_run(pair, Rules(max_drops=(Bound("completeness", 1),)), pair).checks
    limit = difference_limits([1] * 10, [1] * 10, levels=(0, 1, 2))
    assert limit is not None
    assert f"limits {limit(0.05):+.4f} and {limit(0.95):+.4f}" in check.found
    assert check.found.startswith("drop +0.0000 ")


def test_one_picture_proves_no_drop() -> None:
    before, after = (factory.sharing(side, 4) for side in (answers((4, True)), answers((4, False))))  # type: ignore[type-var]
    verdict = judged(before, after, 0.5)  # type: ignore[arg-type]
    (said,) = verdict.refusals
    assert said.startswith(f"{PERCEPTION}.accuracy: all its items hang together through shared pictures, so that")
    assert said.endswith("Use --point, or --no-by-picture to let each item count by itself.")
    by_point = judged(before, after, 0.5, method="point")  # type: ignore[arg-type]
    assert (by_point.exit_code, "no limits: 1 picture" in by_point.checks[0].found) == (FAIL, True)


def test_pictures_that_are_not_known_are_said() -> None:
    runs = [without_pictures(run_of(medq_perception=side)) for side in (AFTER, BEFORE)]
    verdict = judge_run(runs[0], Rules(max_drops=(Bound("accuracy", 0.02),)), runs[1])
    assert "each item counts by itself, since nothing says here" in verdict.checks[0].found


@pytest.mark.parametrize("method", ["limit", "point", "prove"])
def test_counts_are_compared_as_counts(method: Method) -> None:
    before = [factory.perception(number, right=True) for number in range(60)]
    after = [factory.perception(number, state="failed" if number < 50 else "right") for number in range(60)]
    runs = run_of(medq_perception=after), run_of(medq_perception=before)
    for most, code in ((5, FAIL), (49, FAIL), (50, PASS)):
        rules = Rules(max_drops=(Bound("request_failures", most),), method=method, allowed=Allowed(failures=50))
        verdict = judge_run(runs[0], rules, runs[1])
        assert verdict.exit_code == code
        assert verdict.checks[0].found == "+50 (0 to 50; a count, compared as it is; 60 items)"


def test_one_number_for_all_tasks_only_where_it_means_the_same() -> None:
    assert judged(BEFORE, AFTER, 0.02, name=None).exit_code == PASS
    both = run_of(medq_perception=answers((4, True)), medq_reasoning_comparison=[factory.reasoning(0, "comparison")])
    verdict = judge_run(both, Rules(max_drops=(Bound(None, 0.02),)), both)
    assert verdict.refusals == (
        "--max-drop 0.02 has no name, and overall (0 to 8) is no share of items. Name each: "
        f"--max-drop {PERCEPTION}.accuracy=X --max-drop {COMPARISON}.overall=X.",
    )
    unjudged = run_of(medq_reasoning_comparison=[factory.reasoning(n, "comparison", scores=None) for n in range(4)])
    rules = Rules(max_drops=(Bound(None, 0.02),), allowed=Allowed(unjudged=True))
    assert judge_run(unjudged, rules, unjudged).exit_code == PASS  # the verdict is a share
    # A baseline that was judged is not compared by the stand-in of a run that was not.
    judged_before = run_of(medq_reasoning_comparison=[factory.reasoning(n, "comparison") for n in range(4)])
    (said,) = judge_run(
        unjudged, replace(rules, allowed=Allowed(unjudged=True, missing=(COMPARISON,))), judged_before
    ).refusals
    assert "overall (0 to 8) is no share of items" in said


def test_what_cannot_be_tested_does_not_hide_what_can() -> None:
    shown = factory.sharing(answers((3, True)), 3) + answers((40, True))[3:]  # type: ignore[type-var]
    ct = "accuracy[modality=ct]"
    alone = [record for record in shown if record.slices.modality == "ct" and record.row < 3]
    assert len(alone) == 3
    run = run_of(medq_perception=alone + [record for record in shown if record.slices.modality != "ct"])  # type: ignore[arg-type]
    verdict = judge_run(run, Rules(max_drops=(Bound("accuracy", 0.1), Bound(ct, 0.1))), run)
    assert [check.name for check in verdict.checks] == [f"{PERCEPTION}.accuracy against the baseline"]
    assert verdict.refusals[0].startswith(f"{PERCEPTION}.accuracy[modality=ct]: all its items hang together")


class TestLacks:
    rules = Rules(minima=(Bound("accuracy", 0),))
    full = run_of(medq_perception=answers((4, True)), medq_reasoning_no_reference=[factory.reasoning(0)])

    def refusals(self, run: Run, **allowed: Any) -> tuple[str, ...]:
        return judge_run(run, replace(self.rules, allowed=Allowed(**allowed)), self.full).refusals

    def test_a_task(self) -> None:
        short = run_of(medq_perception=answers((4, True)))
        (said,) = self.refusals(short)
        assert said.startswith(f"{NO_REFERENCE}: the baseline has it, the run has not.")
        assert said.endswith(f"--allow-missing {NO_REFERENCE}.")
        assert self.refusals(short, missing=(NO_REFERENCE,)) == ()

    def test_a_metric(self) -> None:
        unjudged = [factory.reasoning(0, scores=None)]
        run = replace(self.full, tasks={**self.full.tasks, **run_of(medq_reasoning_no_reference=unjudged).tasks})
        (said,) = self.refusals(run, unjudged=True)
        assert said.startswith(f"{NO_REFERENCE}.completeness, {NO_REFERENCE}.preciseness, ")
        assert "Judge the run (`medq judge`)" in said
        assert self.refusals(run, unjudged=True, missing=(NO_REFERENCE,)) == ()
        axes = ("overall", "off_scale", "completeness", "preciseness", "consistency", "quality_accuracy")
        assert self.refusals(run, unjudged=True, missing=tuple(f"{NO_REFERENCE}.{axis}" for axis in axes)) == ()
        assert len(self.refusals(run, unjudged=True, missing=(f"{NO_REFERENCE}.overall",))) == 1

    def test_items(self) -> None:
        short = replace(self.full, tasks={**self.full.tasks, **run_of(medq_perception=answers((3, True))).tasks})
        (said,) = self.refusals(short)
        assert said.startswith(f"{PERCEPTION}: 1 item of the baseline is not in the run.")
        assert self.refusals(short, limit=True) == ()
        # The first item is of another question type than the others: what was not asked is not missed.
        one = replace(self.full, tasks={**self.full.tasks, **run_of(medq_perception=answers((1, True))).tasks})
        assert self.refusals(one, limit=True) == ()

    def test_a_name_that_the_baseline_does_not_have(self) -> None:
        (said,) = self.refusals(self.full, missing=("medq_perceptoin",))
        assert said == (
            "--allow-missing medq_perceptoin: the baseline has no such task or TASK.METRIC. "
            f"It has {PERCEPTION}, {NO_REFERENCE}."
        )
        assert len(self.refusals(self.full, missing=(f"{PERCEPTION}.acuracy", PERCEPTION))) == 1
        (said,) = judge_run(self.full, replace(self.rules, allowed=Allowed(missing=(PERCEPTION,)))).refusals
        assert said.startswith("--allow-missing is about what a baseline has, and there is none")

    def test_a_task_by_name_does_not_accept_missing_items(self) -> None:
        short = replace(self.full, tasks={**self.full.tasks, **run_of(medq_perception=answers((3, True))).tasks})
        (said,) = self.refusals(short, missing=(PERCEPTION,))
        assert "--allow-limit" in said

    def test_a_task_that_is_required_is_asked_of_the_run_alone(self) -> None:
        before = run_of(medq_perception=answers((4, True)))
        assert judge_run(self.full, replace(self.rules, require=(NO_REFERENCE,)), before).refusals == ()

    def test_what_only_the_run_has_is_no_loss(self) -> None:
        more = replace(self.full, tasks={**self.full.tasks, **run_of(extra=[factory.reasoning(0)]).tasks})
        assert self.refusals(more) == ()


class TestCommand:
    @pytest.fixture
    def baseline(self, tmp_path: Path) -> Path:
        return factory.write_run(tmp_path / "baseline", {PERCEPTION: perception(30, 40)})

    @pytest.fixture
    def worse(self, tmp_path: Path) -> Path:
        """10 of 40 items lost, none won: a drop of .25, lower limit .12."""
        return factory.write_run(tmp_path / "worse", {PERCEPTION: perception(20, 40)})

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            (("--max-drop", "0.2"), PASS),
            (("--max-drop", "0.2", "--significant"), PASS),
            (("--max-drop", "0.2", "--point"), FAIL),
            (("--max-drop", "0.2", "--prove"), FAIL),
            (("--max-drop", "accuracy=0.05"), FAIL),
            (("--max-drop", "accuracy=0.05", "--significant"), FAIL),
            (("--max-drop", "accuracy=0.6", "--prove"), PASS),
            (("--max-drop", "accuracy=0.2", "--point", "--prove"), UNUSABLE),
            (("--max-drop", "nonsense=0.2"), UNUSABLE),
            (("--max-drop", "accuracy=20"), UNUSABLE),
            (("--max-drop", "accuracy[modality=xray]=0.2"), UNUSABLE),
            ((), UNUSABLE),
        ],
    )
    def test_exit_codes(self, baseline: Path, worse: Path, options: tuple[str, ...], code: int) -> None:
        result = gate(worse, "--baseline", baseline, *options)
        assert result.exit_code == code, result.output

    def test_more_unanswered_is_a_drop(self, baseline: Path, tmp_path: Path) -> None:
        silent = [factory.perception(n, state="unanswered" if n > 35 else "right") for n in range(40)]
        run = factory.write_run(tmp_path / "silent", {PERCEPTION: silent})
        assert gate(run, "--baseline", baseline, "--max-drop", "unanswered=0.09", "--point").exit_code == FAIL
        assert gate(run, "--baseline", baseline, "--max-drop", "unanswered=0.1", "--point").exit_code == PASS

    def test_another_table(self, baseline: Path, tmp_path: Path) -> None:
        other = [replace(record, table="fff0") for record in perception(30, 40)]
        run = factory.write_run(tmp_path / "other", {PERCEPTION: other})
        result = gate(run, "--baseline", baseline, "--max-drop", 0.1)
        assert result.exit_code == UNUSABLE
        assert "--allow-different table" in result.output
        assert gate(run, "--baseline", baseline, "--max-drop", 0.1, "--allow-different", "table").exit_code == PASS

    def test_an_unfit_baseline(self, worse: Path, tmp_path: Path) -> None:
        baseline = factory.write_run(tmp_path / "bad", {PERCEPTION: factory.perception_records(40, failed=1)})
        result = gate(worse, "--baseline", baseline, "--max-drop", 0.1)
        assert result.exit_code == UNUSABLE
        assert "baseline: 1 model request failed" in result.output

    def test_other_items(self, worse: Path, tmp_path: Path) -> None:
        baseline = factory.write_run(tmp_path / "short", {PERCEPTION: perception(15, 40)[:39]})
        result = gate(worse, "--baseline", baseline, "--max-drop", 0.5)
        assert result.exit_code == UNUSABLE
        assert "hold different items" in result.output
        assert gate(worse, "--baseline", baseline, "--max-drop", 0.5, "--allow-limit").exit_code == PASS

    def test_a_task_that_the_run_lost(self, worse: Path, tmp_path: Path) -> None:
        records = [factory.reasoning(number) for number in range(6)]
        baseline = factory.write_run(tmp_path / "both", {PERCEPTION: perception(20, 40), NO_REFERENCE: records})
        rule = ("--baseline", baseline, "--max-drop", "accuracy=0.5")
        assert gate(worse, *rule).exit_code == UNUSABLE
        assert gate(worse, *rule, "--allow-missing", NO_REFERENCE).exit_code == PASS
        assert gate(worse, *rule, "--allow-missing", "medq_reasoning").exit_code == UNUSABLE  # one of the group's two
        both = {PERCEPTION: perception(20, 40), NO_REFERENCE: records}
        both[COMPARISON] = [factory.reasoning(number, "comparison") for number in range(6)]
        whole = factory.write_run(tmp_path / "whole", both)
        assert gate(worse, "--baseline", whole, *rule[2:], "--allow-missing", "medq_reasoning").exit_code == PASS
        short = gate(baseline, "--baseline", baseline, "--max-drop", "0.5")
        assert short.exit_code == UNUSABLE
        assert f"--max-drop {NO_REFERENCE}.overall=X" in short.output

    def test_pictures_count_unless_that_is_turned_off(self, tmp_path: Path) -> None:
        before, after = answers((24, True)), answers((8, False), (16, True))
        for name, records in (("before", before), ("after", after)):
            factory.write_run(tmp_path / name, {PERCEPTION: factory.sharing(records, 4)})  # type: ignore[type-var,dict-item]
        rule = (tmp_path / "after", "--baseline", tmp_path / "before", "--max-drop", "accuracy=0.15")
        assert gate(*rule).exit_code == PASS
        assert gate(*rule, "--no-by-picture").exit_code == FAIL

    def test_an_old_run_gets_its_pictures_from_the_prepared_table(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = perception_rows(24)
        for number, row in enumerate(rows):
            row["image"] = rows[number // 4 * 4]["image"]
        write_tsv(tmp_path / "data", "perception", rows, "test")
        monkeypatch.setenv("MEDQ_DATA_DIR", str(tmp_path / "data"))
        table = prepare("perception", "test", Settings.from_env()).fingerprint[:16]
        for name, outcomes in (("before", ((24, True),)), ("after", ((8, False), (16, True)))):
            records = [replace(one, pictures=(), table=table) for one in answers(*outcomes)]
            factory.write_run(tmp_path / name, {PERCEPTION: records})
        result = gate(tmp_path / "after", "--baseline", tmp_path / "before", "--max-drop", "accuracy=0.15")
        assert (result.exit_code, "24 items, 6 pictures" in result.output) == (PASS, True)

    def test_all_is_in_the_json(self, baseline: Path, worse: Path) -> None:
        plain = json.loads(gate(worse, "--baseline", baseline, "--max-drop", 0.05, "--json").output)
        (check,) = plain["checks"]
        assert (check["passed"], plain["outcome"]) == (False, "fail")
        assert check["rule"] == "drop at most 0.05 (lower limit)"
