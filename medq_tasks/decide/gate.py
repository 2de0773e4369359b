"""May this run pass? Thresholds and allowed drops, on runs that are fit to be judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from medq_tasks.decide.compare import ComparedMetric, common_items, compare_measure
from medq_tasks.decide.gate_rules import ALPHA, NO_BASELINE, Allowed, Bound, Check, Rules, Verdict
from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS
from medq_tasks.records import ReasoningRecord
from medq_tasks.runs import measures
from medq_tasks.runs.differences import differences, refuse
from medq_tasks.runs.run import Run
from medq_tasks.wording.figures import decimal_interval, p_text

ROUNDING = 1e-9  # 0.1 + 0.2 must satisfy a threshold of 0.3; no metric has steps near this size


def judge_run(run: Run, rules: Rules, baseline: Run | None = None) -> Verdict:
    """Apply the rules. Nothing is raised: what cannot be used is told in ``Verdict.refusals``."""
    refusals = list(_unfit(run, rules.allowed, rules.require))
    if baseline is not None:
        refusals += [f"baseline: {reason}" for reason in _unfit(baseline, rules.allowed, rules.require)]
    elif rules.max_drops:
        refusals.append(NO_BASELINE)
    checks: list[Check] = []
    for check in _checks(run, rules, baseline):
        if isinstance(check, str):
            refusals.append(check)
        else:
            checks.append(check)
    return Verdict(run.name, tuple(checks), tuple(dict.fromkeys(refusals)))


def _unfit(run: Run, allowed: Allowed, require: Sequence[str]) -> Iterator[str]:
    """Why a run is not fit to be judged by, each a complete sentence with the cure."""
    missing = [name for name in require if name not in run.tasks]
    if missing:
        yield f"missing tasks: {', '.join(missing)} (the run has {', '.join(run.tasks)}). Evaluate them too."
    if run.problems and not allowed.problems:
        for problem in run.problems:
            cure = "Or" if "`medq judge`" in problem else "Run the evaluation again, or"
            yield f"{problem} {cure} accept it with --allow-problems."
    failed = sum(record.state == "failed" for _, record in run.records())
    if failed > allowed.failures:
        yield (
            f"{failed} model requests failed ({_per_task(run, 'failed')}); they count as wrong answers. "
            f"Run the evaluation again with a fresh cache, or accept them with --allow-failures {failed}."
        )
    unjudged = _per_task(run, "unjudged")
    if unjudged and not allowed.unjudged:
        yield f"items without a judge's score ({unjudged}). Run `medq judge`, or accept them with --allow-unjudged."
    limited = [task.name for task in run.tasks.values() if task.limit is not None or not task.complete]
    if limited and not allowed.limit:
        yield (
            f"not the whole table was asked ({', '.join(limited)}). "
            "Evaluate without --limit, or accept it with --allow-limit."
        )


def _per_task(run: Run, what: str) -> str:
    """``medq_perception: 3 of 1305, ...`` for the tasks with failed or unjudged items."""
    counts: dict[str, int] = {}
    for task, record in run.records():
        unjudged = isinstance(record, ReasoningRecord) and record.overall is None
        if record.state == "failed" if what == "failed" else unjudged:
            counts[task.name] = counts.get(task.name, 0) + 1
    return ", ".join(f"{name}: {count} of {len(run.tasks[name].records)}" for name, count in counts.items())


def _checks(run: Run, rules: Rules, baseline: Run | None) -> Iterator[Check | str]:
    """Each check, or in its place the reason why it cannot be made."""
    makers = [partial(_threshold, run, bound, 1) for bound in rules.minima]
    makers += [partial(_threshold, run, bound, -1) for bound in rules.maxima]
    if baseline is not None:
        makers += [partial(_drops, run, baseline, bound, rules) for bound in rules.max_drops]
    for make in makers:
        try:
            yield from make()
        except RunError as error:
            yield str(error)


def _threshold(run: Run, bound: Bound, sign: int) -> Iterator[Check]:
    """``sign`` 1: at least; -1: at most."""
    measure = measures.find(run, str(bound.name))
    _check_range(bound, measure.metric)
    rule = f"at {'least' if sign > 0 else 'most'} {bound.value:g}"
    passed = sign * (measure.value - bound.value) >= -ROUNDING
    yield Check(measure.name, rule, f"{measure.value:.4f} ({len(measure.values)} items)", passed)


def _check_range(bound: Bound, metric: str) -> None:
    top = METRICS[metric].top
    if bound.value < 0 or (top is not None and bound.value > top):
        end = "has no upper end" if top is None else f"runs from 0 to {top:g}"
        hint = f" Did you mean {bound.value / 100:g}?" if top == 1 and 1 < bound.value <= 100 else ""
        raise RunError(f"{bound.name or metric}={bound.value:g}: {metric} {end}.{hint}")


def _drops(run: Run, baseline: Run, bound: Bound, rules: Rules) -> Iterator[Check]:
    refuse(differences(baseline, run), rules.allowed.different)
    if bound.name is None:
        names = [measures.full_name(task.name, measures.main_metric(task)) for task in run.tasks.values()]
    else:
        names = [bound.name]
    for name in names:
        wanted = measures.find(run, name)
        _check_range(bound, wanted.metric)
        if wanted.task not in baseline.tasks:
            raise RunError(f"{wanted.task}: missing in the baseline. Evaluate it there, or name another measure.")
        before, after = common_items(baseline.tasks[wanted.task], run.tasks[wanted.task])
        if len(before.records) < max(len(baseline.tasks[wanted.task].records), len(run.tasks[wanted.task].records)):
            _only_with_limit(rules.allowed, wanted.task)
        yield _drop(compare_measure(before, after, wanted.metric, wanted.where), bound, rules.significant)


def _only_with_limit(allowed: Allowed, task: str) -> None:
    if not allowed.limit:
        raise RunError(f"{task}: run and baseline hold different items. Accept the common ones with --allow-limit.")


def _drop(row: ComparedMetric, bound: Bound, significant: bool) -> Check:
    name = measures.full_name(row.task, row.metric, row.where)
    paired = row.paired
    if paired.difference is None or paired.p_value is None:
        raise RunError(f"{name}: no item has a value in both runs. Judge both in the same way.")
    # For shares of unanswered and failed items, worse is more.
    drop = paired.difference if METRICS[row.metric].lower_is_better else -paired.difference
    beyond = drop > bound.value + ROUNDING
    failed = beyond and (not significant or paired.p_value < ALPHA)
    rule = f"drop at most {bound.value:g}" + (", or not significant" if significant else "")
    found = (
        f"drop {drop:+.4f} ({paired.mean_a:.4f} to {paired.mean_b:.4f}; 95 % interval of the change "
        f"{decimal_interval(paired.interval, signed=True)}; {paired.test} p {p_text(paired.p_value)}; {paired.n} items)"
    )
    return Check(f"{name} against the baseline", rule, found, not failed)
