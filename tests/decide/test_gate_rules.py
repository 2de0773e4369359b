"""What a gate is asked, and how strict it is where nothing is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medq_tasks.decide.gate import judge_run
from medq_tasks.decide.gate_rules import (
    FAIL,
    NO_BASELINE,
    NO_RULE,
    PASS,
    UNUSABLE,
    Allowed,
    Bound,
    Check,
    Rules,
    Verdict,
    parse_bound,
)
from medq_tasks.errors import RunError
from medq_tasks.records import Record
from medq_tasks.runs.run import Run, TaskRun
from tests.runs import factory

NAME, JUDGED = "medq_perception", "medq_reasoning_no_reference"


def run_of(*records: Record, **changes: object) -> Run:
    kind = records[0].kind
    name = NAME if kind == "perception" else JUDGED
    task = replace(TaskRun(name, kind, "test", "1.0", records), **changes)  # type: ignore[arg-type]
    return Run("m", "", "1", None, {name: task})


def right(count: int, of: int) -> list[Record]:
    return [factory.perception(number, right=number < count) for number in range(of)]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("accuracy=0.5", "accuracy", 0.5),
        ("a.b[c=d,e=f]=1e-1", "a.b[c=d,e=f]", 0.1),
        (" accuracy = 1", "accuracy", 1),
    ],
)
def test_a_bound_is_read(text: str, name: str, value: float) -> None:
    bound = parse_bound(text)
    assert (bound.name, bound.value) == (name, value)


def test_bare_value_only_where_it_means_something() -> None:
    assert parse_bound("0.02", named=False).name is None
    for text in ("0.02", "=0.02", "accuracy=", "", "accuracy=inf"):
        with pytest.raises(RunError, match="NAME=VALUE"):
            parse_bound(text)


def test_nothing_is_accepted_where_nothing_is_said() -> None:
    """Each run has one shortcoming, which its own rule accepts."""
    whole = run_of(*right(1, 2))
    rules = Rules(maxima=(Bound("request_failures", 9),))
    assert judge_run(whole, Rules()).refusals == (NO_RULE,)
    assert judge_run(whole, rules).refusals == ()
    shortcomings: list[tuple[Run, str, Allowed]] = [
        (run_of(factory.perception(0, state="failed")), "1 model request failed", Allowed(failures=1)),
        (run_of(factory.reasoning(0, scores=None)), "items without a judge's score", Allowed(unjudged=True)),
        (run_of(*right(1, 2), n_original=3), "not the whole table was asked", Allowed(limit=True)),
        (run_of(*right(1, 2), limit=2), "not the whole table was asked", Allowed(limit=True)),
        (replace(whole, problems=("It broke.",)), "It broke. Run the evaluation again", Allowed(problems=True)),
    ]
    for run, refusal, allowed in shortcomings:
        (said,) = judge_run(run, rules).refusals
        assert said.startswith(refusal)
        assert judge_run(run, replace(rules, allowed=allowed)).exit_code == PASS


def test_a_drop_needs_a_run_to_compare_with() -> None:
    assert judge_run(run_of(*right(1, 2)), Rules(max_drops=(Bound(None, 0.25),))).refusals == (NO_BASELINE,)


@pytest.mark.parametrize(
    ("bound", "refusal"),
    [
        (Bound("accuracy", 100), "accuracy=100: accuracy runs from 0 to 1. Did you mean 1?"),
        (Bound("accuracy", 101), "accuracy=101: accuracy runs from 0 to 1."),  # no percentage either
        (Bound("request_failures", -1), "request_failures=-1: request_failures has no upper end."),
        (Bound("overall", 50), "overall=50: overall runs from 0 to 8."),  # no hint: it is no share
    ],
)
def test_a_bound_out_of_range_is_refused_with_a_hint_where_it_looks_like_a_percentage(
    bound: Bound, refusal: str
) -> None:
    run = run_of(factory.reasoning(0)) if bound.name == "overall" else run_of(*right(1, 1))
    assert judge_run(run, Rules(maxima=(bound,))).refusals == (refusal,)


def test_bounds_are_met_within_rounding() -> None:
    # 3 of 10 is 0.3, and 0.1 + 0.2 is 0.30000000000000004
    run = run_of(*right(3, 10))
    assert judge_run(run, Rules(minima=(Bound("accuracy", 0.1 + 0.2),))).exit_code == PASS
    assert judge_run(run, Rules(minima=(Bound("accuracy", 0.3 + 1e-8),))).exit_code == FAIL
    assert judge_run(run, Rules(maxima=(Bound("accuracy", 0.3 - 1e-8),))).exit_code == FAIL
    # Of a drop, too: 0.4 - 0.3 is 0.10000000000000003
    better = run_of(*right(4, 10))
    assert judge_run(run, Rules(max_drops=(Bound(None, 0.1),), method="point"), better).exit_code == PASS


def test_one_failed_check_fails_and_a_refusal_decides_before_it() -> None:
    passed, failed = (Check("a", "r", "f", outcome) for outcome in (True, False))
    codes = [Verdict("m", checks).exit_code for checks in ((), (passed,), (passed, failed))]
    assert codes == [PASS, PASS, FAIL]
    assert Verdict("m", (failed,), ("no",)).exit_code == UNUSABLE
