"""What a gate is asked and answers: apart from ``gate``, which needs numpy, so that a wrong rule is told at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from medq_tasks.errors import RunError
from medq_tasks.metrics import METRICS

PASS, FAIL, UNUSABLE = 0, 1, 2
ALPHA = 0.05
ROUNDING = 1e-9  # 0.1 + 0.2 must satisfy a threshold of 0.3; no metric has steps near this size
NO_BASELINE = "--max-drop needs a run to compare with: --baseline RUN_A."
NO_RULE = (
    "nothing is asked of the run, so that any would pass. Give a rule: --min NAME=VALUE, --max NAME=VALUE, "
    "--max-drop NAME=X with --baseline RUN_A, or --require TASK."
)
# How a drop against the baseline is judged. "limit": it fails where the one-sided 95 % lower limit exceeds what is
# allowed. "point": where the drop itself does. "prove": it passes only where the upper limit does not.
Method = Literal["limit", "point", "prove"]


@dataclass(frozen=True)
class Bound:
    """A limit for one measure: ``name`` as in ``measures.find``; None stands for the main metric of every task."""

    name: str | None
    value: float


@dataclass(frozen=True)
class Allowed:
    """Shortcomings of a run that are accepted; by default none."""

    failures: int = 0  # failed model requests, in each run
    unjudged: bool = False
    limit: bool = False
    problems: bool = False
    different: tuple[str, ...] = ()  # see differences.DIFFERENCES
    missing: tuple[str, ...] = ()  # TASK or TASK.METRIC that the baseline has and the run may lack


@dataclass(frozen=True)
class Rules:
    """What is asked of a run."""

    minima: tuple[Bound, ...] = ()
    maxima: tuple[Bound, ...] = ()
    max_drops: tuple[Bound, ...] = ()  # against the baseline, in the metric's own unit
    method: Method = "limit"
    require: tuple[str, ...] = ()  # task names
    allowed: Allowed = field(default_factory=Allowed)

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return not (self.minima or self.maxima or self.max_drops or self.require)


@dataclass(frozen=True)
class Check:
    """One rule and how it came out."""

    name: str
    rule: str  # "at least 0.55"
    found: str  # "0.531 (693 items)"
    passed: bool


@dataclass(frozen=True)
class Verdict:
    """The outcome; ``refusals`` say why the run (or a rule) cannot be used, and then nothing has passed or failed."""

    run: str
    checks: tuple[Check, ...] = ()
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what the numbers rest on that a reader of the verdict would not expect
    made: str = ""  # when the run was made, for people
    baseline: str = ""  # its name and when it was made

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 2 unusable."""
        if self.refusals:
            return UNUSABLE
        return PASS if all(check.passed for check in self.checks) else FAIL


def parse_bound(text: str, *, named: bool = True) -> Bound:
    """``NAME=VALUE``; where ``named`` is False, a bare ``VALUE`` as well.

    Raises:
        RunError: there is no such form, or the value is no finite number.
    """
    name, equals, value = text.rpartition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (equals and not name) or (named and not equals):
        form = "NAME=VALUE" if named else "VALUE or NAME=VALUE"
        raise RunError(f"{text!r} is not {form} with a number, as in accuracy=0.55 or accuracy[modality=ct]=0.5.")
    return Bound(name.strip() or None, number)


def check_range(bound: Bound, metric: str) -> None:
    """Refuse a value that the metric cannot have.

    Raises:
        RunError: says the metric's range.
    """
    top = METRICS[metric].top
    if bound.value < 0 or (top is not None and bound.value > top):
        end = "has no upper end" if top is None else f"runs from 0 to {top:g}"
        hint = f" Did you mean {bound.value / 100:g}?" if top == 1 and 1 < bound.value <= 100 else ""
        raise RunError(f"{bound.name or metric}={bound.value:g}: {metric} {end}.{hint}")
