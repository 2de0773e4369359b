"""The decision among the statements of a choice: the last of the most binding, unless another one stands beside it."""

from __future__ import annotations

import re

from medq_tasks.reading.choice.announced import announced, itemised, praised
from medq_tasks.reading.choice.prose import in_prose, left_over
from medq_tasks.reading.choice.reply import Reply
from medq_tasks.reading.choice.standing import alone, leading
from medq_tasks.reading.statements import Level, Reading, Statement

_RULES = (announced, praised, itemised, left_over, leading, alone, in_prose)
_CLOSE = 60  # statements with less text than this between them are one list of answers, not a change of mind
_TURNS = ("retract", "concludes", "contrast", "concession")
_DOUBT = re.compile(  # "... or is it D?", "Wait, D?", "..., or it might be D."
    r'\|[^.?n]{1,10}\?["n]*$|R[^.n]{0,4}[LlTYP][^.?n]{0,2}\?["n]*$|,?\|[i6]c[fo]{0,2}[LTY][.n)"]*$'
)


def decide(reply: Reply, marked_only: bool = False) -> Reading:
    """The last of the most binding statements, unless another one stands beside it.

    ``marked_only``: only those that are marked or stated count.
    """
    found = sorted((one for rule in _RULES for one in rule(reply)), key=lambda one: (one.end, one.start))
    found = _after_retraction(reply, [one for one in found if one.level >= Level.STATED or not marked_only])
    if not found:
        return Reading(None, _reason_for_nothing(reply))
    if _reopened(reply, found[-1]):
        return Reading(None, "ends with a question")
    strongest = max(item.level for item in found)
    said = [item for item in found if item.level == strongest]
    if strongest is Level.ALONE:  # "A" first and "B" on the last line are two answers
        return _only(reply, said)
    last = said[-1]
    narrowed = [item for item in found if item.start >= last.start and item.level >= Level.DRAWN]
    if any(item.keys and item.keys < last.keys for item in narrowed):  # "A or D, most likely D"
        last = narrowed[-1]
    rivals = [item.end for item in said if item.start < last.start and not item.keys & last.keys]
    turns = any(unit.role in _TURNS and rivals[-1] <= unit.start < last.end for unit in reply.units if rivals)
    if rivals and last.start - rivals[-1] < _CLOSE and not turns:
        return Reading(None, "two options named")
    if _reopened(reply, last):
        return Reading(None, "ends with a question")
    return _taken_back(reply, last, found) or _only(reply, [last])


def _taken_back(reply: Reply, last: Statement, found: list[Statement]) -> Reading | None:
    """What is left where the letter that was chosen is denied later on: "The answer is A. It is not A, it is B."."""
    letters = (reply.units[index] for index in reply.denied if reply.codes[index] == "L")
    denied = max((unit.start for unit in letters if unit.keys == last.keys and unit.start >= last.end), default=None)
    if denied is None:
        return None
    later = sorted((item for item in found if item.start > denied), key=lambda item: item.level)
    return _only(reply, later[-1:]) if later else Reading(None, "takes back what it said")


def _only(reply: Reply, chosen: list[Statement]) -> Reading:
    keys = frozenset[str]().union(*(item.keys for item in chosen))
    if not all(item.keys for item in chosen):
        return Reading(None, "an option that is not offered, or none")
    if len(keys) > 1:
        return Reading(None, "two options named")
    return chosen[-1].read(reply.text)


def _reopened(reply: Reply, last: Statement) -> bool:
    """Whether the last words put another option up for discussion: "A... or is it D?"."""
    doubt = _DOUBT.search(reply.codes)
    if doubt is None or last.start >= reply.units[doubt.start()].start:
        return False
    return not reply.keys(range(doubt.start(), len(reply.units))) <= last.keys


def _after_retraction(reply: Reply, found: list[Statement]) -> list[Statement]:
    """What was said before "wait" or "correction" counts only when nothing was decided after it."""
    later = reply.since_retraction(found, Level.ALONE)
    turn = reply.codes.find("R", 1)
    if later or turn < 0:
        return later or found
    unsure = reply.cut_off and found and found[-1].level < Level.MARKED
    return [] if "U" in reply.codes[turn:] or unsure else found


def _reason_for_nothing(reply: Reply) -> str:
    if reply.declines:
        return "refusal"
    if reply.cut_off:
        return "cut off before a decision"
    named = {unit.keys for unit in reply.units if unit.keys and unit.firm}
    return "several options named, none chosen" if len(named) > 1 else "no option named"
