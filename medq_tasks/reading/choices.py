"""Which option a reply chooses (docs/reading.md has the ladder and what is never read)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medq_tasks.reading import containers
from medq_tasks.reading.mentions import COMMON, find
from medq_tasks.reading.options import WORDS, OptionBook, prepare, word
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.phrases import Phrase, merged, only_text, parse
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.statements import Level, Reading
from medq_tasks.reading.text import final_text, plain, two_ends
from medq_tasks.reading.tokens import tokenise

_CLOSE = 60  # statements with less text than this between them are one list of answers, not a change of mind
_SPOKEN = (("concludes", "opinion", "likely", "pronoun", "copula", "fits", "filler", "issue", "answer"),)
_LOOP = re.compile(r"([A-Za-z ]{1,30}?)\1{2,}")
_LOOP_SEEN = 200  # characters that tell a loop from prose


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
    text = final_text(reply)
    if not text:
        return Reading(None, "cut off while thinking" if reply.strip() else "empty reply")
    return _read(two_ends(text), prepare(options))


def _read(text: str, book: OptionBook) -> Reading:
    last = containers.last([*containers.marked(text), *containers.json_answers(text)])
    aside = None
    if last is not None and last[1] is None:
        return Reading(None, "no option named")
    if last is not None and last[1] is not None:
        aside = _read_plain(last[1], book)
        if aside.choice is not None or aside.reason not in ("no option named", "empty reply"):
            return aside
    reading = _read_plain(containers.unwrap(text), book, marked_only=aside is not None)
    return aside if aside is not None and reading.choice is None else reading


def _read_plain(text: str, book: OptionBook, marked_only: bool = False) -> Reading:
    text = _PROGRAM.sub("\n", text) if _PROGRAM.sub("", text).strip() else text
    text = _one_letter(plain(text))
    if not text:
        return Reading(None, "empty reply")
    text = _ASKED_AND_ANSWERED.sub(r"\1Answer:", text)
    question = _INVENTED_QUESTION.search(text)
    if question and text[: question.start()].strip():  # base models go on with a question of their own
        own = Reader.of(text[: question.start()].rstrip(), book).reading(marked_only)
        if own.choice is not None:
            return own
    reader = Reader.of(text, book)
    reading = reader.reading(marked_only)
    if reading.choice is None and not marked_only and reading.reason != "refusal":
        partly = reader.partly()
        return Reading(partly, "", text, "part of an option") if partly is not None else reading
    return reading


def _one_letter(text: str) -> str:
    """ "BBBBBB", "YesYesYes" and "B B B B", a decoder that cannot stop, are B."""
    repeated = set(text[:_LOOP_SEEN].split())
    if len(repeated) == 1 and sum(map(str.isalpha, min(repeated))) == 1 and set(text.split()) == repeated:
        text = text.split()[0]
    loop = _LOOP.fullmatch(text)
    return loop[1] if loop else text

# "Q: Is it blurred? A: Yes": A stands for "answer", unless B follows as the next option
_ASKED_AND_ANSWERED = re.compile(
    r"\A(Q(?:uestion)?\s*:[^?]{1,400}\?\s*)A\s*:(?!.*\bB\s*[:.)])", re.IGNORECASE | re.DOTALL
)
_PROGRAM = re.compile(r"```(?!json|text|markdown|plain)[A-Za-z+#]{1,15}\n.{0,3000}?(?:```|\Z)", re.DOTALL)
_INVENTED_QUESTION = re.compile(r"\n\s*(?:next )?(?:question|q)\s*\d*\s*[:.]", re.IGNORECASE)


@dataclass
class Reader:
    """The statements of one reply, and the decision among them."""

    passage: Passage
    book: OptionBook

    @classmethod
    def of(cls, text: str, book: OptionBook) -> Reader:
        """Make ``text`` (already plain) ready."""
        units = merged(find(text, tokenise(text), book), text, book)
        return cls(Passage(text, units, book.polar), book)

    def reading(self, marked_only: bool) -> Reading:
        """The decision."""
        from medq_tasks.reading import rules

        found = sorted(rules.statements(self.passage, self.book), key=lambda one: (one.end, one.start))
        if marked_only:
            found = [one for one in found if one.level >= Level.STATED]
        return rules.decide(self.passage, self.book, found)

    def partly(self) -> str | None:
        """The option that the whole reply, apart from words like "it looks like", is a part or a form of."""
        units = self.passage.units
        if any(unit.role == "value" for unit in units):
            return None
        said = [unit for unit in units if unit.word[:1].isalnum()]
        for skip in ("", *_SPOKEN):
            while said and said[0].role in skip and skip:
                said = said[1:]
            inner = tuple(word(part) for unit in said for part in unit.word.split(" "))
            key = self.book.only_with(inner) if inner else None
            if key is not None:
                return key
        return None
