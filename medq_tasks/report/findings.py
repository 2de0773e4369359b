"""What a page says first: a sentence per pair of runs, or of one run alone, with the samples that it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medq_tasks.decide.answers import Answer, answers
from medq_tasks.decide.compare import common_items, common_values
from medq_tasks.families import FAMILIES
from medq_tasks.metrics import METRICS
from medq_tasks.report import links
from medq_tasks.report.board import BoardRow, Leaderboard
from medq_tasks.report.short import short_names
from medq_tasks.runs.panel import judges_in_words
from medq_tasks.runs.run import Run, labels
from medq_tasks.wording.figures import metric_value

_IN_SIGHT = 6  # sentences of a leaderboard; the rest is folded
_MARKS = {"beats": "differs", "undecided": "open", "refused": "not comparable"}


@dataclass(frozen=True)
class Finding:
    """One sentence. ``mark`` says at a glance what it is; ``link`` leads to the samples behind it, "" to none."""

    text: str
    mark: str = ""
    link: str = ""
    link_text: str = ""
    pairs: int = 1  # how many pairs of runs it is about


@dataclass(frozen=True)
class Findings:
    """The sentences of one leaderboard; those beyond the first few apart."""

    title: str
    anchor: str
    shown: tuple[Finding, ...]
    folded: tuple[Finding, ...] = ()


def findings(
    runs: Sequence[Run], boards: Sequence[Leaderboard], said: Sequence[Answer] | None = None
) -> list[Findings]:
    """Per leaderboard, in their order (see ``view.sections`` for their anchors).

    ``said``: the answers, where they are known already: of thousands of items the tests take seconds.
    """
    called = short_names(labels(runs))
    said = answers(runs) if said is None else said
    names = dict(sorted(zip(labels(runs), called, strict=True), key=lambda pair: -len(pair[0])))
    said = [replace(one, text=_shorter(one.text, names)) for one in said]
    found = []
    for number, board in enumerate(boards, 1):
        mine = [one for one in said if (one.kind, one.split) == (board.kind, board.split)]
        lines = [_of_pair(one, runs) for one in mine if not one.refusal] + _refused(mine)
        lines = lines or [_alone(board, row, called) for row in board.rows if row.origin == "run"]
        found.append(Findings(board.title, f"section-{number}", tuple(lines[:_IN_SIGHT]), tuple(lines[_IN_SIGHT:])))
    return found


def _shorter(text: str, names: Mapping[str, str]) -> str:
    """The sentence with the short names of runs; ``names`` has the longest labels first."""
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text) if names else text


def _refused(answers: Sequence[Answer]) -> list[Finding]:
    """What cannot be compared: one sentence per reason."""
    reasons: dict[str, list[Answer]] = {}
    for one in answers:
        if one.refusal:
            reasons.setdefault(one.refusal, []).append(one)
    return [_of_reason(reason, pairs) for reason, pairs in reasons.items()]


def _of_reason(reason: str, pairs: Sequence[Answer]) -> Finding:
    mark = _MARKS["refused"]
    if len(pairs) == 1:
        return Finding(pairs[0].text, mark)
    told = "; ".join(one.text.removesuffix(f" cannot be compared: {reason}.") for one in pairs)
    return Finding(f"{len(pairs)} pairs cannot be compared, as {reason}: {told}.", mark, pairs=len(pairs))


def _of_pair(answer: Answer, runs: Sequence[Run]) -> Finding:
    mark = _MARKS[answer.outcome]
    first, second = (
        runs[place].tasks[name] for place, name in zip((answer.first, answer.second), answer.tasks, strict=True)
    )
    both = common_values(*common_items(first, second), answer.metric)
    differing = sum(one != other for one, other in zip(both.a, both.b, strict=True))
    if not differing:
        return Finding(answer.text, mark)
    main = FAMILIES[answer.kind].main.name == answer.metric
    low, high = sorted((answer.first, answer.second))
    link = links.samples(task=first.name, run=answer.first, differ=f"{low}-{high}{'' if main else 'v'}")
    return Finding(answer.text, mark, link, f"{differing:,} {'item differs' if differing == 1 else 'items differ'}")


def _alone(board: Leaderboard, row: BoardRow, called: Sequence[str]) -> Finding:
    """What there is to say of a run that no other of its kind stands beside."""
    name = next((name for name in board.metrics if name in row.metrics and METRICS[name].main), "")
    name = name or next((name for name in board.metrics if name in row.metrics), "")
    if not name or row.run is None:
        return Finding(f"{row.label} has no value.")
    beside = [
        f"{other.label.lower() if other.origin == 'chance' else other.label} {_figure(name, other)}"
        for other in board.rows
        if other.origin in ("experts", "chance") and name in other.metrics
    ]
    table = f" of {row.n_original:,}" if row.n_original and row.metrics[name].n < row.n_original else ""
    items = f"on {row.metrics[name].n:,}{table} items"
    judged = f", judged by {judges_in_words([row.judge])}" if METRICS[name].scale == "score" and row.judge else ""
    title = METRICS[name].title.lower() + ("" if METRICS[name].main else " accuracy")
    text = f"{called[row.run]}: {title} {_figure(name, row)} {items}{judged}."
    told = f"{text} Beside it: {', '.join(beside)}." if beside else text
    if wrong := (row.states or {}).get("wrong"):
        return Finding(told, "", links.samples(task=row.task, run=row.run, outcome="wrong"), f"{wrong:,} wrong")
    lost = sum((row.states or {}).get(state, 0) for state in ("failed", "empty"))
    if not METRICS[name].main and round((1 - row.metrics[name].value) * row.metrics[name].n) > lost:
        return Finding(told, "", links.samples(task=row.task, run=row.run, outcome="wrong"), "wrong verdicts")
    return Finding(told, "", links.samples(task=row.task, run=row.run, sort="lowest"), "lowest first")


def _figure(metric: str, row: BoardRow) -> str:
    value = row.metrics[metric]
    share = METRICS[metric].scale == "share"
    unit = " %" if share else f" of {METRICS[metric].top}"
    scale, digits = (100, 1) if share else (1, 2)
    ends = (
        ""
        if value.low is None or value.high is None
        else (f" ({scale * value.low:.{digits}f} to {scale * value.high:.{digits}f})")
    )
    return f"{metric_value(metric, value.value)}{unit}{ends}"
