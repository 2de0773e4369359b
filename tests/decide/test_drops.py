"""Allowed drops against a baseline, and what a baseline has that the run lacks; numbers by hand, then the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.decide.gate import judge_run
from medq_tasks.decide.gate_rules import FAIL, PASS, UNUSABLE, Allowed, Bound, Method, Rules, Verdict
from medq_tasks.records import Record
from medq_tasks.runs.picture_groups import without_pictures
from medq_tasks.runs.run import Run, TaskRun
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
# by Newcombe are .0111 and .0501 (Bonett and Price give the same to four digits), its two-sided exact p is .0117.
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
        ("prove", 0.0502, PASS),
        ("prove", 0.0501, FAIL),
        ("prove", 0.0307, FAIL),
    ],
)
def test_what_a_drop_is_held_against(method: Method, most: float, code: int) -> None:
    verdict = judged(BEFORE, AFTER, most, method=method)
    assert verdict.exit_code == code
    (check,) = verdict.checks
    assert check.found.startswith("drop +0.0307 (0.4138 to 0.3831; one-sided 95 % limits +0.0111 and +0.0501")
    assert check.found.endswith("; 1305 items, 1305 pictures)")


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
    twice = judged(BEFORE, AFTER, 0.0085, 0.0085)
    assert twice.exit_code == PASS
    assert "with Holm over 2 drops" in twice.checks[0].found
    # A clear one still fails beside others, and what must all be proven needs no correction.
    assert [check.passed for check in judged(BEFORE, AFTER, 0.0, 0.0085).checks] == [False, False]
    assert [check.passed for check in judged(BEFORE, AFTER, 0.0502, 0.0502, method="prove").checks] == [True, True]


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
    assert "24 items, 6 pictures" in shared.checks[0].found


def test_one_picture_proves_no_drop() -> None:
    before, after = (factory.sharing(side, 4) for side in (answers((4, True)), answers((4, False))))  # type: ignore[type-var]
    verdict = judged(before, after, 0.5)  # type: ignore[arg-type]
    assert verdict.refusals == (
        f"{PERCEPTION}.accuracy: all items show one picture, so that no drop is beyond chance. Use --point.",
    )
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
        axes = ("overall", "completeness", "preciseness", "consistency", "quality_accuracy")
        assert self.refusals(run, unjudged=True, missing=tuple(f"{NO_REFERENCE}.{axis}" for axis in axes)) == ()
        assert len(self.refusals(run, unjudged=True, missing=(f"{NO_REFERENCE}.overall",))) == 1

    def test_items(self) -> None:
        short = replace(self.full, tasks={**self.full.tasks, **run_of(medq_perception=answers((3, True))).tasks})
        (said,) = self.refusals(short)
        assert said.startswith(f"{PERCEPTION}: 1 items of the baseline are not in the run.")
        assert self.refusals(short, limit=True) == ()
        # The first item is of another question type than the others: what was not asked is not missed.
        one = replace(self.full, tasks={**self.full.tasks, **run_of(medq_perception=answers((1, True))).tasks})
        assert self.refusals(one, limit=True) == ()

    def test_a_name_that_the_baseline_does_not_have(self) -> None:
        (said,) = self.refusals(self.full, missing=("medq_perceptoin",))
        assert said == f"--allow-missing medq_perceptoin: the baseline has only {PERCEPTION}, {NO_REFERENCE}."

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
        assert "baseline: 1 model requests failed" in result.output

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
        short = gate(baseline, "--baseline", baseline, "--max-drop", "0.5")
        assert short.exit_code == UNUSABLE
        assert f"--max-drop {NO_REFERENCE}.overall=X" in short.output

    def test_all_is_in_the_json(self, baseline: Path, worse: Path) -> None:
        plain = json.loads(gate(worse, "--baseline", baseline, "--max-drop", 0.05, "--json").output)
        (check,) = plain["checks"]
        assert (check["passed"], plain["outcome"]) == (False, "fail")
        assert check["rule"] == "drop at most 0.05 (lower limit)"
