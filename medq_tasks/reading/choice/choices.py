"""Which option a reply chooses (docs/reading.md has the ladder and what is never read)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import dropwhile

from medq_tasks.reading import containers
from medq_tasks.reading.aside import is_program, without_asides, without_echo
from medq_tasks.reading.choice.decide import decide
from medq_tasks.reading.choice.options import OptionBook, conflict, key_of, word
from medq_tasks.reading.choice.reply import Reply
from medq_tasks.reading.choice.spelling import numeric, other_spellings, without_repeats, without_sums
from medq_tasks.reading.mapped import Mapped
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.scope import sentences
from medq_tasks.reading.statements import SET_APART, Reading
from medq_tasks.reading.text import plain, seen, undressed

_SPOKEN = (
    "concludes",
    "opinion",
    "likely",
    "pronoun",
    "copula",
    "fits",
    "filler",
    "issue",
    "answer",
    "about",
    "listed",
)
_SETTLED = ("two options named", "several options named, none chosen", "refusal")  # no other spelling is tried
_FIRM = ("answer", "chosen", "changed", "last line", "excepted")  # rules of what no doubt at the end undoes
_NAMES_NONE = ("no option named", "empty reply")
# "Q: Is it blurred? A: Yes": A stands for "answer", unless B follows as the next option
_ASKED_AND_ANSWERED = re.compile(
    r"(?m)^(\W*Q(?:uestion)?\s*:[^?\n]{1,400}\?\W*)A\s*:(?!.*\bB\s*[:.)])", re.IGNORECASE | re.DOTALL
)
_RULE = re.compile(r"\n\s*[-_=*]{3,}\s*\Z")  # a ruled line under the reply
# A question that a base model goes on with; one that is answered in its line goes through the options
_INVENTED_QUESTION = re.compile(r"\n\s*(?i:next )?(?i:question|q)\s*\d*\s*[:.](?![^\n]*\? Answer:)")


def read_choice(reply: str, options: Mapping[str, str]) -> str | None:
    """The key of the option that ``reply`` chooses, or None. Never a guess.

    Args:
        reply: the model's text as it came, thinking blocks and all.
        options: letter to text, in the order in which they were offered.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    return explain_choice(reply, options).choice


def explain_choice(reply: str, options: Mapping[str, str]) -> Reading:
    """The option that ``reply`` chooses, or None with the reason: what a sample record stores."""
    failed = failure(reply)
    if failed:
        return Reading(None, failed)
    said = {letter: str(option) for letter, option in options.items()}
    text = seen(reply)
    if not text.text:
        return Reading(None, "cut off while thinking" if reply.strip() else "empty reply")
    shown = undressed(text)
    whole = key_of(shown.text, {letter: plain(option) for letter, option in said.items()})
    if whole is not None:
        return Reading(whole, said=text.text, rule="the whole reply", place=(0, len(shown.text))).within(shown)
    text = without_echo(without_sums(without_repeats(text)))
    if not text.text.strip():
        return Reading(None, "only what the question says")
    if conflict(text.text, said):
        return Reading(None, "two options named")
    if is_program(text.text):
        return Reading(None, "program text")
    reading = _read(text, OptionBook(options))
    if reading.choice is not None or reading.reason in _SETTLED:
        return reading
    again = (_read(spelled, OptionBook(other)) for spelled, other in other_spellings(text, said))
    return next((one for one in again if one.choice is not None), reading)


def _read(text: Mapped, book: OptionBook) -> Reading:
    """What is set apart, where it names an option; else what the rest says."""
    last = containers.last(text, "answer_key")
    if last is None:
        return _read_plain(containers.unwrap(text), book)
    if last[0] is None:
        return Reading(None, "no option named")
    aside = _read_plain(last[0], book)
    if aside.choice is not None:
        return replace(aside, rule=SET_APART)
    if aside.reason not in _NAMES_NONE:
        return aside
    reading = _read_plain(containers.unwrap(text), book, marked_only=True)
    return reading if reading.choice is not None else aside


def _read_plain(said: Mapped, book: OptionBook, marked_only: bool = False) -> Reading:
    said = undressed(said).sub(_RULE, "").sub(_ASKED_AND_ANSWERED, r"\1Answer:")
    whole = _INVENTED_QUESTION.split(said.text, 1)[0].rstrip() or said.text
    text = without_asides(whole, book.texts)
    if not text.strip():
        return Reading(None, "named only in what is supposed" if text else "empty reply")
    reply = Reply(text, book)
    reading = decide(reply, marked_only)
    if reading.choice is not None and reading.rule not in _FIRM and _doubts_at_the_end(whole, reply, reading.choice):
        return Reading(None, "ends in doubt")
    partly = None if reading.choice or marked_only or reading.reason == "refusal" else _partly(reply)
    if partly is not None:
        reading = Reading(partly, said=text.strip(), rule="part of an option", place=(0, len(text.rstrip())))
    return reading.within(said)


def _doubts_at_the_end(whole: str, reply: Reply, key: str) -> bool:
    """Whether the last sentence of several names the option and does not mean it: "... I doubt that it is B"."""
    *before, end = sentences(whole)
    last = Reply(end.of(whole) if before else "", reply.book)
    if key not in last.keys(index for index in last.values() if last.codes[index] == "L"):
        return False
    kept = [index for index in reply.values() if reply.units[index].start >= end.start]
    return key not in reply.keys(index for index in kept if index not in reply.denied and not reply.asks(index))


def _partly(reply: Reply) -> str | None:
    """The option that the whole reply, apart from words like "it looks like", is a part or a form of."""
    units, book = reply.units, reply.book
    if reply.keys(range(len(units))):
        return None
    numbers = {number for unit in units if (number := numeric(unit.word)) != unit.word} - {"1"}  # "one" is more
    counted = {book.phrases.get((number,)) for number in numbers} - {None}
    if len(counted) == 1 and set("dC?").isdisjoint(reply.codes):  # "two lesions"
        return counted.pop()
    said = [unit for unit in units if unit.word[:1].isalnum()]
    spoken = list(dropwhile(lambda unit: unit.role in _SPOKEN, said))
    inners = (tuple(word(part) for unit in words for part in unit.word.split(" ")) for words in (said, spoken))
    return next((key for inner in inners if (key := book.only_with(inner)) is not None), None)
