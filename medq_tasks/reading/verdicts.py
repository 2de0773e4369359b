"""Which verdict a free-text assessment reaches (docs/reading.md has the ladder and what is never read)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from medq_tasks.reading import containers
from medq_tasks.reading.clause_words import holds, words
from medq_tasks.reading.comparisons import Comparison
from medq_tasks.reading.grade import grade
from medq_tasks.reading.grades import Grading
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.preference import preferred, ranked
from medq_tasks.reading.retraction import last_word
from medq_tasks.reading.scope import without_attributes, without_other_subjects, without_suppositions
from medq_tasks.reading.spans import sentences
from medq_tasks.reading.statements import SET_APART, Level, Reading, Statement
from medq_tasks.reading.text import final_text, plain, two_ends
from medq_tasks.reading.verdict_line import VERDICTS, last_line

VerdictKind = Literal["no_reference", "comparison"]
_READERS: dict[str, Callable[[str], Comparison | Grading]] = {"no_reference": Grading.of, "comparison": Comparison.of}
_SHORT = 10  # words of a correction that may be a bare word: "Actually no, second."
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
    text = _LOOP.sub(r"\1", two_ends(final_text(reply)).strip())
    aside = containers.last([*containers.marked(text), *containers.json_answers(text, "verdict_key")])
    if aside is not None and aside[1] is None:
        return Reading(None, "no verdict")  # {"verdict": null}
    if aside is None or not aside[1]:
        return _said(plain(containers.unwrap(text)), kind)
    reading = _said(plain(aside[1]).strip("{} "), kind)
    return replace(reading, rule=SET_APART) if reading.choice else reading


def _said(text: str, kind: str) -> Reading:
    line = last_line(text, kind)
    if line is not None:
        last = text.splitlines()[-1]
        return Reading(line, said=last, rule="last line", within=text, start=len(text) - len(last))
    text = without_other_subjects(text)
    anew = last_word(text)  # what was taken back counts no more
    if anew is None:
        return _read(text, kind)
    reading = _read(anew, kind)
    lone = {word for word in words(anew) if word in VERDICTS[kind]} if len(words(anew)) <= _SHORT else set()
    return Reading(lone.pop(), said=anew, rule="corrected") if reading.choice is None and len(lone) == 1 else reading


def _read(text: str, kind: str) -> Reading:
    """The statements of the whole; None of them decides that stands only in what is supposed, or of one attribute."""
    order = ranked(text) if kind == "comparison" else None
    if order is not None:
        return Reading(order[0], said=order[1], rule="ranked")
    reading = _stated(text, kind)
    if reading.choice is None:
        other = preferred(text) if kind == "comparison" else grade(text)
        return reading if other is None else Reading(other[0], said=other[1], rule="clause")
    if len(sentences(text)) < 2:
        return reading
    masked = without_suppositions(text)
    return _stated(without_attributes(masked) if kind == "comparison" else masked, kind)


def _stated(text: str, kind: str) -> Reading:
    reader = _READERS[kind](text)
    return _decide(reader.p, _after_retraction(reader.p, reader.statements()))


def _after_retraction(passage: Passage, found: list[Statement]) -> list[Statement]:
    """What was said before "wait" or "on reflection" counts only when nothing was decided after it."""
    turns = [unit.start for unit in passage.units if unit.role == "retract" and unit.start > 0]
    later = [said for said in found if turns and said.end > turns[-1] and said.level > Level.NAMED]
    return later or found


def _decide(passage: Passage, said: list[Statement]) -> Reading:
    """The verdict of the last statement of the strongest kind; None when it names two, or there is none."""
    if not said:
        return Reading(None, "no verdict")
    strongest = max(one.level for one in said)
    kept = [one for one in said if one.level == strongest]
    last = kept[-1]
    if strongest is Level.MARKED and len(kept) > 1 and last.keys != kept[-2].keys:
        between = [unit for unit in passage.units if kept[-2].end <= unit.start < last.start]
        if all(
            unit.keys or not unit.word[:1].isalnum() or unit.role in ("mark", "filler", "thing") for unit in between
        ):
            return Reading(None, "two verdicts")  # "Verdict: good", "Verdict: usable" on two lines correct nothing
    if len(kept) > 1 and last.keys and kept[-2].keys and last.keys != kept[-2].keys:
        gap = passage.text[kept[-2].end : last.start]
        if not any(sign in gap for sign in ".!?\n") and not holds(gap, "turns"):
            return Reading(None, "two verdicts")  # "For screening it is usable; for surgery it is to be rejected"
    verdict = next(iter(last.keys), None)
    words = passage.text[last.start : last.end]
    return Reading(verdict, "", words, last.rule, passage.text, last.start) if verdict else Reading(None, "no verdict")
