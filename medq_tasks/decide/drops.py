"""Did the run lose more than it may against its baseline, and does it hold all that the baseline holds?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from medq_tasks.decide.compare import CommonValues, common_items, common_values
from medq_tasks.decide.gate_rules import ALPHA, ROUNDING, Allowed, Bound, Check, Method, Rules, check_range
from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS, Metric
from medq_tasks.runs import measures
from medq_tasks.runs.differences import differences, refuse
from medq_tasks.runs.measures import Measure
from medq_tasks.runs.picture_groups import NOT_KNOWN
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.stats import FEW_CLUSTERS, SHARE, Limits, difference_limits, holm, level_of
from medq_tasks.wording.counts import count
from medq_tasks.wording.figures import p_text


@dataclass(frozen=True)
class Drop:
    """How much worse a measure is than the baseline's, over the items that both hold; below 0: better."""

    name: str
    metric: Metric
    most: float  # what is allowed
    both: CommonValues  # a: the baseline's
    judges: str = ""  # as ``judged`` tells

    @property
    def value(self) -> float:
        """In the metric's own unit; of a count the whole, of anything else the mean per item."""
        change = self.metric.reduce(self.both.b) - self.metric.reduce(self.both.a)
        return (change if self.metric.lower_is_better else -change) + 0.0  # no -0

    @property
    def word(self) -> str:
        """What it is called: of shares that are better when low, worse is more."""
        return "rise" if self.metric.lower_is_better else "drop"

    @property
    def pictures(self) -> int | None:
        """Groups of items that share no picture with each other; None: not known."""
        return None if self.both.clusters is None else len(set(self.both.clusters))

    @cached_property
    def limits(self) -> Limits:
        """Confidence limits of ``value``.

        Raises:
            RunError: there are none, since all items show one picture.
        """
        before, after = self.both.a, self.both.b
        sides = (before, after) if self.metric.lower_is_better else (after, before)
        levels = self.metric.levels_among([*before, *after]) or SHARE
        found = difference_limits(*sides, self.both.clusters, levels=levels, one_sided=True)
        if found is None:
            raise RunError(
                f"{self.name}: all its items hang together through shared pictures, so that no {self.word} is beyond "
                "chance. Use --point, or --no-by-picture to let each item count by itself."
            )
        return found


def lacks(run: Run, baseline: Run, allowed: Allowed) -> Iterator[str]:
    """What the baseline has and the run has not, each a sentence with the cure: nothing to compare is no pass."""
    known = {name for task in baseline.tasks.values() for name in (task.name, *_full_names(task))}
    unknown = sorted(set(allowed.missing) - known)
    if unknown:
        has = ", ".join(baseline.tasks)
        yield f"--allow-missing {', '.join(unknown)}: the baseline has no such task or TASK.METRIC. It has {has}."
    for task in baseline.tasks.values():
        if task.name in run.tasks:
            yield from _lacks_of(task, run.tasks[task.name], allowed)
        elif task.name not in allowed.missing:
            yield (
                f"{task.name}: the baseline has it, the run has not. Evaluate it too, or accept that with "
                f"--allow-missing {task.name}."
            )


def _full_names(task: TaskRun) -> list[str]:
    return [measures.full_name(task.name, metric) for metric in measures.metric_names(task)]


def _lacks_of(before: TaskRun, after: TaskRun, allowed: Allowed) -> Iterator[str]:
    lost = {record.identity for record in before.records} - {record.identity for record in after.records}
    if lost and not allowed.limit:
        left = count(len(lost), "item of the baseline is", "items of the baseline are")
        yield f"{before.name}: {left} not in the run. {_ALL_ITEMS}"
    # Of a part of the table that is accepted (--allow-limit), only what the baseline says of that part can be lost.
    asked = replace(before, records=tuple(record for record in before.records if record.identity not in lost))
    gone = [name for name in _full_names(asked) if name not in {*_full_names(after), *allowed.missing}]
    if gone and before.name not in allowed.missing:
        judge = " Judge the run (`medq judge`)," if not after.stamps and before.stamps else " Evaluate both alike,"
        yield (
            f"{', '.join(gone)}: the baseline has values, the run has none.{judge} or accept that with "
            f"--allow-missing {before.name}."
        )


_ALL_ITEMS = "Evaluate all of them, or accept the common ones with --allow-limit."


def checks(run: Run, baseline: Run, rules: Rules) -> Iterator[Check | str]:
    """Each allowed drop as a check, or in its place the reason why it cannot be made."""
    drops: dict[str, Drop] = {}
    for bound in rules.max_drops:
        try:
            for drop in _drops(run, baseline, bound, rules.allowed):
                known = drops.setdefault(drop.name, drop)
                if drop.most < known.most:  # one measure is one question: the stricter of two bounds is asked
                    drops[drop.name] = drop
        except RunError as error:
            yield str(error)
    testable: list[Drop] = []
    for drop in drops.values():
        try:
            if rules.method != "point" and drop.metric.scale != "count":
                _ = drop.limits
            testable.append(drop)
        except RunError as error:
            yield str(error)
    yield from _decided(testable, rules.method)


def _drops(run: Run, baseline: Run, bound: Bound, allowed: Allowed) -> Iterator[Drop]:
    refuse(differences(baseline, run), allowed.different)
    for name in [bound.name] if bound.name else _main_measures(run, baseline, bound):
        wanted = measures.find(run, name)
        check_range(bound, wanted.metric)
        if wanted.task not in baseline.tasks:
            raise RunError(f"{wanted.task}: missing in the baseline. Evaluate it there, or name another measure.")
        yield _drop(wanted, baseline.tasks[wanted.task], run.tasks[wanted.task], bound, allowed)


def _main_measures(run: Run, baseline: Run, bound: Bound) -> list[str]:
    """The main metric of every task, where one number can mean the same for all of them.

    The baseline's count as well: where it is judged and the run is not, the run's own would be a stand-in.

    Raises:
        RunError: one of them is no share; the message says what to write.
    """
    mains = {
        (task.name, measures.main_metric(task)): None
        for name in run.tasks
        for task in (run.tasks[name], baseline.tasks.get(name, run.tasks[name]))
    }
    names = [measures.full_name(*main) for main in mains]
    odd = dict.fromkeys(metric for _, metric in mains if METRICS[metric].scale != "share")
    if not odd:
        return names
    scales = ", ".join(f"{metric} (0 to {METRICS[metric].top})" for metric in odd)
    named = " ".join(f"--max-drop {name}=X" for name in names)
    raise RunError(f"--max-drop {bound.value:g} has no name, and {scales} is no share of items. Name each: {named}.")


def _drop(wanted: Measure, before: TaskRun, after: TaskRun, bound: Bound, allowed: Allowed) -> Drop:
    ours, theirs = common_items(before, after)
    if len(ours.records) < max(len(before.records), len(after.records)) and not allowed.limit:
        raise RunError(f"{wanted.task}: run and baseline hold different items. {_ALL_ITEMS}")
    both = common_values(ours, theirs, wanted.metric, wanted.where)
    if not both.a:
        raise RunError(f"{wanted.name}: no item has a value in both runs. Evaluate and judge both in the same way.")
    return Drop(wanted.name, METRICS[wanted.metric], bound.value, both, judged(wanted.metric, before, after))


def judged(metric: str, *tasks: TaskRun) -> str:
    """``, judged by gpt-4o``, for a metric that a judge gives: the number is that judge's; "" for others."""
    models = dict.fromkeys(stamp.model for task in tasks for stamp in task.stamps)
    return f", judged by {' and '.join(models)}" if models and METRICS[metric].scale == "score" else ""


def _decided(drops: Sequence[Drop], method: Method) -> Iterator[Check]:
    """The checks; with Holm's correction over those that test whether a drop exceeds what is allowed.

    With --prove there is none: every check must pass, so that none more can pass by chance for being one of many.
    """
    tested = [method == "limit" and drop.metric.scale != "count" for drop in drops]
    alone = [level_of(drop.limits, drop.most) if test else None for drop, test in zip(drops, tested, strict=True)]
    for drop, p, adjusted in zip(drops, alone, holm(alone), strict=True):
        if drop.metric.scale == "count":
            yield _counted(drop)
        elif p is not None and adjusted is not None:
            looks = f", {p_text(adjusted)} with Holm over {sum(tested)} drops" if sum(tested) > 1 else ""
            yield _check(drop, " (lower limit)", f"; p of at most {drop.most:g}: {p_text(p)}{looks}", adjusted >= ALPHA)
        elif method == "prove":
            yield _check(drop, " proven (upper limit)", "", drop.limits(1 - ALPHA) <= drop.most + ROUNDING)
        else:
            yield _check(drop, "", "", drop.value <= drop.most + ROUNDING)


def _counted(drop: Drop) -> Check:
    """A count is what happened, not an estimate: no limits, and no test."""
    ends = f"{drop.metric.reduce(drop.both.a):g} to {drop.metric.reduce(drop.both.b):g}"
    found = f"{drop.value:+g} ({ends}; a count, compared as it is; {count(len(drop.both.a), 'item')})"
    rule = f"{drop.word} at most {drop.most:g}"
    return Check(f"{drop.name} against the baseline", rule, found, drop.value <= drop.most + ROUNDING)


def _check(drop: Drop, rule: str, said: str, passed: bool) -> Check:
    ends = f"{drop.metric.reduce(drop.both.a):.4f} to {drop.metric.reduce(drop.both.b):.4f}"
    rests = count(len(drop.both.a), "item") + ("" if drop.pictures is None else f", {count(drop.pictures, 'picture')}")
    if drop.pictures is not None and drop.pictures < min(len(drop.both.a), FEW_CLUSTERS):
        rests += ", which is few: limits are rough"
    rests += f", {drop.both.left_out} more with a value in one run only" if drop.both.left_out else ""
    rests += drop.judges
    try:
        limits = f"one-sided 95 % limits {drop.limits(ALPHA):+.4f} and {drop.limits(1 - ALPHA):+.4f}"
    except RunError:  # one picture, and --point
        limits = "no limits: 1 picture"
    found = f"{drop.word} {drop.value:+.4f} ({ends}; {limits}{said}; {rests})"
    found = found if drop.pictures is not None else f"{found}, {NOT_KNOWN.rstrip('.')}"
    return Check(f"{drop.name} against the baseline", f"{drop.word} at most {drop.most:g}{rule}", found, passed)
