"""The decision among the statements of a choice: the last of the most binding, unless another one stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.announced import announced
from medq_tasks.reading.choice.elimination import left_over
from medq_tasks.reading.choice.layout import cut_off, declines
from medq_tasks.reading.choice.options import OptionBook
from medq_tasks.reading.choice.praised import itemised, praised
from medq_tasks.reading.choice.prose import in_prose, lone_letter
from medq_tasks.reading.choice.standing import alone, leading
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.statements import Level, Reading, Statement


def statements(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """Every statement of a choice."""
    yield from announced(passage, book)
    yield from praised(passage, book)
    yield from itemised(passage, book)
    yield from left_over(passage, book)
    yield from leading(passage, book)
    yield from alone(passage, book)
    yield from in_prose(passage, book)
    yield from lone_letter(passage, book)


_CLOSE = 60  # statements with less text than this between them are one list of answers, not a change of mind


_TURN = re.compile(r"[DBRn]")


_MAYBE = re.compile(r"[R][^.n]{0,4}[LlTYP][^.?n]{0,2}\?[\"n]*$")


_OR_IS_IT = re.compile(r"\|[^.?n]{1,10}\?[\"n]*$")


def decide(passage: Passage, book: OptionBook, found: list[Statement]) -> Reading:
    """The last of the most binding statements, unless another one stands beside it."""
    found = _after_retraction(passage, found)
    if _reopened(passage, found):
        return Reading(None, "ends with a question")
    if not found:
        return Reading(None, _reason_for_nothing(passage))
    strongest = max(item.level for item in found)
    said = [item for item in found if item.level == strongest]
    if strongest is Level.ALONE:  # "A" first and "B" on the last line are two answers
        return _only(passage, said)
    last = said[-1]
    narrowed = [item for item in found if item.start >= last.start and item.level >= Level.DRAWN]
    if any(item.keys and item.keys < last.keys for item in narrowed):  # "A or D, most likely D"
        last = narrowed[-1]
    rivals = [item for item in said if item.start < last.start and not item.keys & last.keys]
    if rivals and last.start - rivals[-1].end < _CLOSE and not _turns(passage, rivals[-1].end, last.end):
        return Reading(None, "two options named")
    return _only(passage, [last])


def _turns(passage: Passage, start: int, end: int) -> bool:
    """Whether something is taken back, or a conclusion drawn, between two positions."""
    return any(
        unit.role in ("retract", "concludes", "contrast", "concession")
        for unit in passage.units
        if start <= unit.start < end
    )


def _only(passage: Passage, chosen: list[Statement]) -> Reading:
    keys = frozenset[str]().union(*(item.keys for item in chosen))
    if any(not item.keys for item in chosen):
        return Reading(None, "an option that is not offered, or none")
    if len(keys) > 1:
        return Reading(None, "two options named")
    last = chosen[-1]
    said = passage.text[last.start : last.end]
    return Reading(next(iter(keys)), "", said, last.rule, passage.text, last.start)


def _reopened(passage: Passage, found: list[Statement]) -> bool:
    """Whether the last words put another option up for discussion: "A... or is it D?"."""
    doubt = _OR_IS_IT.search(passage.codes) or _MAYBE.search(passage.codes)
    if doubt is None or not found:
        return False
    asked = frozenset[str]().union(*(passage.units[index].keys for index in range(doubt.start(), len(passage.units))))
    return bool(asked - found[-1].keys) and found[-1].start < passage.units[doubt.start()].start


def _after_retraction(passage: Passage, found: list[Statement]) -> list[Statement]:
    """What was said before "wait" or "correction" counts only when nothing was decided after it."""
    retractions = [unit.start for unit in passage.units if unit.role == "retract" and unit.start > 0]
    for position in reversed(retractions):
        if any(item.start >= position and item.level >= Level.ALONE for item in found):
            return [item for item in found if item.start >= position]
    withdrawn = bool(retractions) and any(
        unit.role == "refuse" and unit.start > retractions[0] for unit in passage.units
    )
    if withdrawn or (retractions and cut_off(passage) and found and found[-1].level < Level.MARKED):
        return []
    return found


def _reason_for_nothing(passage: Passage) -> str:
    if declines(passage):
        return "refusal"
    if cut_off(passage):
        return "cut off before a decision"
    named = {unit.keys for unit in passage.units if unit.keys and unit.firm}
    return "several options named, none chosen" if len(named) > 1 else "no option named"
