"""Which verdict a free-text assessment reaches (docs/reading.md has the ladder and what is never read)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from medq_tasks.reading import containers
from medq_tasks.reading.aside import own_words
from medq_tasks.reading.clause_words import clause
from medq_tasks.reading.mapped import Mapped
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.scope import last_word
from medq_tasks.reading.statements import SET_APART, Level, Reading, Statement
from medq_tasks.reading.text import seen, undressed
from medq_tasks.reading.verdict.comparisons import Comparison
from medq_tasks.reading.verdict.grades import Grading
from medq_tasks.reading.verdict.verdict_line import last_line

VerdictKind = Literal["no_reference", "comparison"]
_READERS: dict[str, Callable[[str], Comparison | Grading]] = {"no_reference": Grading.of, "comparison": Comparison.of}
_WRAPPED = re.compile(r"(?<=,)\n(?=[a-z]{2})|(?<=[a-z])\n(?=[a-z]+,?[ \n]\w)")
_LOOP = re.compile(r"(?i)\A(\w+)(?:\s+\1\b)+\W*\Z")


def read_verdict(reply: str, kind: VerdictKind) -> str | None:
    """The verdict that ``reply`` reaches, or None. Never a guess.

    Args:
        reply: the model's text as it came, or a reference text.
        kind: "no_reference" reads "good", "usable" or "reject"; "comparison" reads "first" or "second" (the image of
            the higher quality).

    Raises:
        ValueError: ``kind`` is neither of the two.
        TypeError: ``reply`` is no ``str``.
    """
    return explain_verdict(reply, kind).choice


def explain_verdict(reply: str, kind: VerdictKind) -> Reading:
    """The verdict that ``reply`` reaches with the statement that says so, or None with the reason.

    Raises:
        ValueError: ``kind`` is neither of the two.
        TypeError: ``reply`` is no ``str``.
    """
    if kind not in _READERS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(_READERS)}")
    failed = failure(reply)
    if failed:
        return Reading(None, failed)
    text = seen(reply).strip().sub(_LOOP, r"\1")
    aside = containers.last(text, "verdict_key")
    if aside is None:
        return _said(undressed(containers.unwrap(text)), kind)
    if aside[0] is None:
        return Reading(None, "no verdict")  # {"verdict": null}
    reading = _said(undressed(aside[0]).strip("{} "), kind)
    return replace(reading, rule=SET_APART) if reading.choice else reading


def _said(whole: Mapped, kind: str) -> Reading:
    whole = whole.sub(_WRAPPED, " ")
    text = whole.text
    line = last_line(text, kind)
    if line is not None:
        last = text.splitlines()[-1]
        place = len(text) - len(last), len(text)
        return Reading(line, said=last, rule="last line", place=place).within(whole)
    text = last_word(text) or text  # what was taken back counts no more
    reader = _READERS[kind](own_words(text, "verdict"))
    found = reader.statements()
    reading = _decide(reader, reader.since_retraction(found, Level.LAST) or found, text)
    return reading.within(whole[len(whole.text) - len(text) :])


def _decide(passage: Passage, said: list[Statement], text: str) -> Reading:
    """The verdict of the last statement of the strongest kind; None when it names two, or there is none."""
    if not said:
        return Reading(None, "no verdict")
    strongest = max(one.level for one in said)
    kept = [one for one in said if one.level == strongest]
    last = kept[-1]
    if strongest is Level.MARKED and len(kept) > 1 and last.keys != kept[-2].keys:
        between = [unit for unit in passage.units if kept[-2].end <= unit.start < last.start and not unit.keys]
        if all(not unit.word[:1].isalnum() or unit.role in ("mark", "filler", "thing") for unit in between):
            return Reading(None, "two verdicts")  # "Verdict: good", "Verdict: usable" on two lines correct nothing
    if len(kept) > 1 and last.keys and kept[-2].keys and last.keys != kept[-2].keys:
        gap = passage.text[kept[-2].end : last.start]
        if not any(sign in gap for sign in ".!?\n") and not clause(gap).holds("turns"):
            return Reading(None, "two verdicts")  # "For screening it is usable; for surgery it is to be rejected"
    return last.read(text) if last.keys else Reading(None, "no verdict")
