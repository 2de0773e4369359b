"""Which option a reply chooses (docs/reading.md has the ladder and what is never read)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from medq_tasks.reading import containers, decide
from medq_tasks.reading.alone import conflict, decided_at_the_ends, key_of, without_list
from medq_tasks.reading.clause_words import holds, words
from medq_tasks.reading.echo import is_program, without_instructions, without_lists
from medq_tasks.reading.elimination import left_over
from medq_tasks.reading.marked import behind, final_sentence, is_marked, marked_sentences
from medq_tasks.reading.mentions import find
from medq_tasks.reading.options import WORDS, OptionBook, prepare, word
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.phrases import merged
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.scope import without_quoted_lists, without_suppositions
from medq_tasks.reading.spans import sentences
from medq_tasks.reading.spelling import other_spellings, without_repeats, without_sums
from medq_tasks.reading.statements import Level, Reading
from medq_tasks.reading.text import final_text, plain, two_ends
from medq_tasks.reading.tokens import tokenise

_NUMBERS = {word: place for place in "2345" for word in WORDS.words(f"place_{place}", 1)}  # "two" for the option "2"
_SPOKEN = (("concludes", "opinion", "likely", "pronoun", "copula", "fits", "filler", "issue", "answer"),)
_SEVERAL = ("two options named", "several options named, none chosen")
_WHOLE, _DRESSED = 2, 200  # a reply longer than its longest option, in whatever dress, is no option as a whole
_SAYS = 4  # words of a sentence that says something of the option that it names
_LONG = 3  # sentences: in a shorter reply a supposition is the answer
_LONE_TAG = re.compile(r"\s*<{1,3}\s*([A-Z])\s*>{1,3}\s*")
_QUESTION_AND_ANSWER = re.compile(r"(?m)^(\W*Q(?:uestion)?\s*:[^?\n]{1,400}\?\W*)A\s*:")
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
    said = {letter: str(option) for letter, option in options.items()}
    tagged = _LONE_TAG.fullmatch(reply)
    text = tagged[1] if tagged and tagged[1] in options else final_text(reply)
    if not text:
        return Reading(None, "cut off while thinking" if reply.strip() else "empty reply")
    if len(text) <= _WHOLE * max(map(len, said.values()), default=0) + _DRESSED:
        whole = key_of(plain(text), {letter: plain(option) for letter, option in said.items()})
        if whole is not None:
            return Reading(whole, said=text, rule="the whole reply")
    text = without_lists(without_sums(without_repeats(two_ends(text))), [*said, *said.values()])
    text = without_list(without_instructions(text), said)
    if not text.strip():
        return Reading(None, "only what the question says")
    if conflict(text, said):
        return Reading(None, "two options named")
    if is_program(text):
        return Reading(None, "program text")
    book = prepare(options)
    reading = _decided(text, said, book)
    if reading.choice is not None or reading.reason in (*_SEVERAL, "refusal"):
        return reading
    for spelled, other in other_spellings(text, said):
        again = _decided(spelled, other, prepare(other))
        if again.choice is not None:
            return again
    return reading


def _decided(text: str, options: Mapping[str, str], book: OptionBook) -> Reading:
    """What is said at the ends, set aside, marked, or left over; else what the rules make of the whole."""
    spelled = _own(plain(_QUESTION_AND_ANSWER.sub(r"\1 Answer:", text)))
    changed = _taken_back(spelled)
    ends = decided_at_the_ends(spelled, options, lambda line: _announced(line, book), changed)
    return Reading(ends[0], said=ends[1], rule="first or last line") if ends is not None else _read(text, book)


def _own(text: str) -> str:
    """The text before a question that a base model goes on with."""
    for question in _INVENTED_QUESTION.finditer(text):
        line = text[question.start() :].strip().partition("\n")[0]
        if "? Answer:" not in line:  # asked and answered in one line: it goes through the options
            return text[: question.start()].rstrip() if text[: question.start()].strip() else text
    return text


def _taken_back(text: str) -> bool:
    return holds(text, "retracts") or holds(text, "pauses")


def _announced(line: str, book: OptionBook) -> str | None:
    return _read_plain(line, book).choice if is_marked(line) else None


def _named(clause: str, book: OptionBook) -> set[str]:
    units = merged(find(clause, tokenise(clause), book), clause, book)
    return {key for unit in units if unit.role == "value" for key in unit.keys}


def _read(text: str, book: OptionBook) -> Reading:
    last = containers.last([*containers.marked(text), *containers.json_answers(text)])
    aside = None
    if last is not None and last[1] is None:
        return Reading(None, "no option named")
    if last is not None and last[1] is not None:
        aside = _read_plain(last[1], book)
        if aside.choice is not None:
            return replace(aside, rule="set apart")
        if aside.reason not in ("no option named", "empty reply"):
            return aside
    unwrapped = containers.unwrap(text)
    spelled = _own(plain(_QUESTION_AND_ANSWER.sub(r"\1 Answer:", unwrapped)))
    reading = _read_scoped(spelled, book) if aside is None else None
    if reading is None:
        reading = _read_plain(unwrapped, book, marked_only=aside is not None)
    return aside if aside is not None and reading.choice is None else reading


def _read_scoped(text: str, book: OptionBook) -> Reading | None:
    """What a marked sentence, an elimination or the clauses that decide say; None: the rules read the whole."""
    last = final_sentence(text)
    if last is not None:
        reading = _read_plain(last.of(text), book)
        if reading.choice is not None or reading.reason == "two options named":
            return reading
    if len(book.keys) > 2 and book.yes is None and book.no is None:
        left = left_over(text, book.keys, lambda said: _named(said, book))
        if left is not None:
            return Reading(left[0], said=left[1], rule="left over")
    if not _taken_back(text):
        read = [_read_plain(one, book) for one in marked_sentences(text)]
        if read and read[-1].choice is not None and len({one.choice for one in read}) == 1:
            return read[-1]
    reading = _read_plain(text, book)
    decided = without_suppositions(text)
    if reading.reason in _SEVERAL:
        reading = _read_plain(decided, book)
    if reading.reason == _SEVERAL[1]:
        reading = _last_letter(decided, book) or reading
    long = reading.choice in _named(text, book) and len(sentences(text)) >= _LONG
    if long and reading.choice not in _named(without_quoted_lists(decided), book):
        return Reading(None, "named only in what is supposed or quoted")
    if reading.choice is None and reading.reason not in _SEVERAL and not _taken_back(text):
        said = {key: one for one in marked_sentences(text) if (key := _option(behind(one), book)) is not None}
        if len(said) == 1:
            return Reading(next(iter(said)), said=next(iter(said.values())), rule="announced")
        praised = {key: span for span in sentences(text) for key in _praised(span.of(text), book)}
        for key, span in praised.items() if len(praised) == 1 else ():
            return Reading(key, said=span.of(text), rule="called right")
    return reading


def _option(text: str, book: OptionBook) -> str | None:
    """The option that these words are, by letter or by text; a small letter may be the article of a text cut off."""
    letter = text.strip(" \n.*_()[]\"'")
    return book.letters[letter] if letter in book.letters else book.phrases.get(words(text))


def _last_letter(text: str, book: OptionBook) -> Reading | None:
    """The option whose letter alone the last sentence names: "The reading I now stand by is B"."""
    found = [span.of(text) for span in sentences(text)]
    last = found[-1] if len(found) >= _LONG else ""
    if (
        len(last.split()) < _SAYS
        or last.endswith("?")
        or is_marked(found[-2])
        or any(holds(last, role) for role in ("rejects", "doubts", "supposes"))
    ):
        return None
    units = merged(find(last, tokenise(last), book), last, book)
    said = {key for unit in units if unit.role == "value" for key in unit.keys}
    letters = {key for unit in units if unit.role == "value" and unit.by == "letter" and unit.firm for key in unit.keys}
    opens_list = last.split()[0].strip("(*[").rstrip("*]")[:-1] in book.keys  # "C. Rings are circles."
    alone = len(said) == 1 and said == letters and not opens_list
    return Reading(letters.pop(), said=last, rule="last letter") if alone else None


def _praised(sentence: str, book: OptionBook) -> set[str]:
    right = holds(sentence, "praises") and not holds(sentence, "rejects")
    return _named(sentence, book) if right else set()


def _read_plain(text: str, book: OptionBook, marked_only: bool = False) -> Reading:
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
        return Reading(partly, said=text, rule="part of an option") if partly is not None else reading
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
        found = sorted(decide.statements(self.passage, self.book), key=lambda one: (one.end, one.start))
        if marked_only:
            found = [one for one in found if one.level >= Level.STATED]
        return decide.decide(self.passage, self.book, found)

    def partly(self) -> str | None:
        """The option that the whole reply, apart from words like "it looks like", is a part or a form of."""
        units = self.passage.units
        if any(unit.role == "value" for unit in units):
            return None
        counted = {self.book.phrases.get((_NUMBERS.get(unit.word, ""),)) for unit in units} - {None}
        if len(counted) == 1 and not set("dC?") & set(self.passage.codes):
            return counted.pop()
        said = [unit for unit in units if unit.word[:1].isalnum()]
        for skip in ("", *_SPOKEN):
            while said and said[0].role in skip and skip:
                said = said[1:]
            inner = tuple(word(part) for unit in said for part in unit.word.split(" "))
            key = self.book.only_with(inner) if inner else None
            if key is not None:
                return key
        return None
