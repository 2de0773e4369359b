"""May this run pass? Thresholds and allowed drops, on runs that are fit to be judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medq_tasks.decide import drops
from medq_tasks.decide.gate_rules import (
    NO_BASELINE,
    NO_RULE,
    ROUNDING,
    Allowed,
    Bound,
    Check,
    Rules,
    Verdict,
    check_range,
)
from medq_tasks.errors import RunError
from medq_tasks.records import ReasoningRecord
from medq_tasks.runs import measures
from medq_tasks.runs.run import Run
from medq_tasks.runs.second_reader import second_readings
from medq_tasks.wording.counts import count


def judge_run(run: Run, rules: Rules, baseline: Run | None = None) -> Verdict:
    """Apply the rules. Nothing is raised: what cannot be used is told in ``Verdict.refusals``."""
    refusals = [NO_RULE] if rules.empty else []
    refusals += _unfit(run, rules.allowed, rules.require)
    if baseline is not None:
        refusals += [f"baseline: {reason}" for reason in _unfit(baseline, rules.allowed, ())]
        refusals += drops.lacks(run, baseline, rules.allowed)
    elif rules.max_drops:
        refusals.append(NO_BASELINE)
    elif rules.allowed.missing:
        refusals.append("--allow-missing is about what a baseline has, and there is none: --baseline RUN_A.")
    checks: list[Check] = []
    for check in _checks(run, rules, baseline):
        if isinstance(check, str):
            refusals.append(check)
        else:
            checks.append(check)
    before = "" if baseline is None else f"{baseline.name}, made {baseline.made}"
    notes = tuple(_notes(run, baseline))
    return Verdict(run.name, tuple(checks), tuple(dict.fromkeys(refusals)), notes, run.made, before)


def _notes(run: Run, baseline: Run | None) -> Iterator[str]:
    for task in run.tasks.values():
        yield from (f"{task.name}: {said.words}" for said in second_readings(task.records) if said.counted)
        before = baseline.tasks.get(task.name) if baseline else None
        if before and bool(task.prompts) != bool(before.prompts):
            yield f"{task.name}: {'the baseline' if task.prompts else 'the run'} does not say in which words it asked"


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
            f"{count(failed, 'model request')} failed ({_per_task(run, 'failed')}), counted as wrong. Run the "
            "evaluation again (the same --use_cache DIR asks only for what failed), or accept it with "
            f"--allow-failures {failed}."
        )
    unjudged = _per_task(run, "unjudged")
    if unjudged and not allowed.unjudged:
        off = sum(_insisted(record) for _, record in run.records())
        why = (
            f"; {off} of them for a level that the axis does not have, which only another judge changes" if off else ""
        )
        yield (
            f"items without a judge's score ({unjudged}{why}). Run `medq judge`, or accept them with --allow-unjudged."
        )
    limited = [task.name for task in run.tasks.values() if task.limit is not None or not task.complete]
    if limited and not allowed.limit:
        yield (
            f"not the whole table was asked ({', '.join(limited)}). "
            "Evaluate without --limit, or accept it with --allow-limit."
        )


def _insisted(record: object) -> bool:
    """Whether what the record lacks is the judge's answer, and not an answer of the judge."""
    axes = record.axes.values() if isinstance(record, ReasoningRecord) else ()
    missing = [said for said in axes if said.score is None]
    return bool(missing) and all(said.off_scale is not None for said in missing)


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
    for bound, sign in [*((bound, 1) for bound in rules.minima), *((bound, -1) for bound in rules.maxima)]:
        try:
            yield _threshold(run, bound, sign)
        except RunError as error:
            yield str(error)
    if baseline is not None:
        yield from drops.checks(run, baseline, rules)


def _threshold(run: Run, bound: Bound, sign: int) -> Check:
    """``sign`` 1: at least; -1: at most."""
    measure = measures.find(run, str(bound.name))
    check_range(bound, measure.metric)
    rule = f"at {'least' if sign > 0 else 'most'} {bound.value:g}"
    passed = sign * (measure.value - bound.value) >= -ROUNDING
    rests = count(len(measure.values), "item") + drops.judged(measure.metric, run.tasks[measure.task])
    return Check(measure.name, rule, f"{measure.value:.4f} ({rests})", passed)
