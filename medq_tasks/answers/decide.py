"""Which option a reply chooses.

The reading, in order: take the part that is the model's answer (``normalise``), find where it names options
(``mentions``), find statements of a decision (``evidence``), and let the last of the most binding kind speak. It must
name exactly one offered option. Two options, an option that is not offered, or nothing decisive: None, never a
guess.

Rules where readers may differ:

- A letter beside another option's text ("A. Severe" where C is Severe) is None: nothing says which of the two is meant.
- A hedged choice of one option ("maybe B", "I'm not sure, but B") is that option; a choice between two is None.
- "Wait", "correction" and the like take back what was said before, when something is decided after them.
- Yes and No count as words of their own ("Yes, ...", "so no", "No artifacts are visible" at the very start). A
  description that only implies one ("There is noticeable blur") is None: the reader does not see the question.
- An option's text in prose counts when it is the only one affirmed. Synonyms do not count; a form of the same word
  does where it is the whole reply ("Blurry" for "Blurred"), and so does a severity alone ("severe" for "Severe blur").
- "No degradation" is also chosen by saying that there is none ("does not show any visible degradation").
- A later conclusion or a narrower choice outweighs what was said before ("A or D, most likely D").
- A reply that ends by putting another option up for discussion ("A... or is it D?") decides nothing.
- Percentages beside every option are a distribution, not a choice.
- A single unfinished sentence, or a list of all options, decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from medq_tasks.answers import containers
from medq_tasks.answers.announced import announced, praised
from medq_tasks.answers.evidence import Evidence, Level
from medq_tasks.answers.normalise import final_text, plain, two_ends
from medq_tasks.answers.options import OptionBook, prepare
from medq_tasks.answers.passage import Passage
from medq_tasks.answers.placeholders import failure
from medq_tasks.answers.prose import in_prose
from medq_tasks.answers.standing import alone, leading

_CLOSE = 60  # statements with less text than this between them are one list of answers, not a change of mind
_LOOP = re.compile(r"([A-Za-z ]{1,30}?)\1{2,}")
_LOOP_SEEN = 200  # characters that tell a loop from prose
# "Q: Is it blurred? A: Yes": A stands for "answer", unless B follows as the next option
_ASKED_AND_ANSWERED = re.compile(
    r"\A(Q(?:uestion)?\s*:[^?]{1,400}\?\s*)A\s*:(?!.*\bB\s*[:.)])", re.IGNORECASE | re.DOTALL
)
# What goes before a short answer: "Looks like", "The answer is"; not "The image is", which describes.
_SPOKEN = re.compile(
    r"\A(?:(?:so|i think|i believe|i'd say|probably|most likely)\b[,:]?\s)?"
    r"(?:(?:it|this|(?:the|this) (?:answer|type|artifact|artefact|degradation|"
    r"problem|issue|cause|defect))(?:'s|"
    r"\s(?:is|was|looks|appears|seems))?\s|(?:is|looks|seems|appears)\s)?(?:like\s|to be\s|:\s)?",
    re.IGNORECASE,
)
_OR_IS_IT = re.compile(r"\bor\b[^.?!\n]{1,60}\?\s*\Z", re.IGNORECASE)
_INVENTED_QUESTION = re.compile(r"\n\s*(?:next )?(?:question|q)\s*\d*\s*[:.]", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What was read from a reply: an option's key, or None and the reason why."""

    choice: str | None
    reason: str = ""
    said: str = ""  # the words that decided, in the plain form of the reply; "" where that is not known
    rule: str = ""  # by which rule


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
    text = two_ends(text)
    return _read(text, prepare(options), nested=False)


def _read(text: str, book: OptionBook, nested: bool) -> Reading:
    if not nested:
        set_aside = _set_aside(text, book)
        if set_aside is not None:
            return set_aside
    spelled = _one_letter(plain(containers.unwrap(text)))
    if not spelled:
        return Reading(None, "empty reply")
    spelled = _ASKED_AND_ANSWERED.sub(r"\1Answer:", spelled)
    question = _INVENTED_QUESTION.search(spelled)
    if question and spelled[: question.start()].strip():  # base models go on with a question of their own
        own = _read_passage(spelled[: question.start()].rstrip(), book)
        if own.choice is not None:
            return own
    return _read_passage(spelled, book)


def _read_passage(text: str, book: OptionBook) -> Reading:
    passage = Passage.of(text, book)
    reading = _decide(passage, _collect(passage))
    if reading.choice is None and not passage.mentions and not passage.declines:
        for said in (text, _SPOKEN.sub("", text)):
            key = book.only_with(said)
            if key is not None:
                return Reading(key)
    return reading


def _collect(passage: Passage) -> list[Evidence]:
    """All statements of a decision, in order of place."""
    found = [*announced(passage), *praised(passage), *leading(passage), *alone(passage), *in_prose(passage)]
    return sorted(found, key=lambda item: (item.end, item.start))


def _one_letter(text: str) -> str:
    """ "BBBBBB", "YesYesYes" and "B B B B", a decoder that cannot stop, are B."""
    repeated = set(text[:_LOOP_SEEN].split())
    if len(repeated) == 1 and sum(map(str.isalpha, min(repeated))) == 1 and set(text.split()) == repeated:
        text = text.split()[0]
    loop = _LOOP.fullmatch(text)
    return loop[1] if loop else text


def _set_aside(text: str, book: OptionBook) -> Reading | None:
    """The reading of the last box, tag or JSON answer; None when there is none with content."""
    last = containers.last([*containers.marked(text), *containers.json_answers(text)])
    if last is None:
        return None
    inner = last[1]
    return Reading(None, "no option named") if inner is None else _read(inner, book, nested=True)


def _decide(passage: Passage, evidence: list[Evidence]) -> Reading:
    evidence = _after_retraction(passage, evidence)
    if _reopened(passage, evidence):
        return Reading(None, "ends with a question")
    if not evidence:
        return Reading(None, _reason_for_nothing(passage))
    strongest = max(item.level for item in evidence)
    said = [item for item in evidence if item.level == strongest]
    if strongest in (Level.LEADING, Level.ALONE):  # "A" first and "B" on the last line are two answers
        said = [item for item in evidence if item.level in (Level.LEADING, Level.ALONE)]
        return _only(said)
    last = said[-1]
    narrowed = [item for item in evidence if item.start >= last.start and item.level >= Level.DRAWN]
    if any(item.keys and item.keys < last.keys for item in narrowed):  # "A or D, most likely D"
        last = narrowed[-1]
    rivals = [item for item in said if item.start < last.start and not item.keys & last.keys]
    if rivals and last.start - rivals[-1].end < _CLOSE and not passage.turns_between(rivals[-1].end, last.end):
        return Reading(None, "two options named")
    return _only([last])


def _reopened(passage: Passage, evidence: list[Evidence]) -> bool:
    """Whether the last words put another option up for discussion: "A... or is it D?"."""
    doubt = _OR_IS_IT.search(passage.text, max(0, len(passage.text) - 80))
    if doubt is None or not evidence:
        return False
    asked = {passage.mentions[index].key for index in passage.between(doubt.start(), doubt.end())}
    return bool(asked - evidence[-1].keys) and evidence[-1].start < doubt.start()


def _only(said: list[Evidence]) -> Reading:
    keys = frozenset().union(*(item.keys for item in said))
    if any(not item.keys for item in said):
        return Reading(None, "an option that is not offered, or none")
    if len(keys) > 1:
        return Reading(None, "two options named")
    return Reading(next(iter(keys)))


def _after_retraction(passage: Passage, evidence: list[Evidence]) -> list[Evidence]:
    """What was said before "wait" or "correction" counts only when nothing was decided after it."""
    for position in reversed(passage.retractions):
        later = [item for item in evidence if item.start >= position and item.level >= Level.ALONE]
        if later:
            return [item for item in evidence if item.start >= position]
    if passage.retractions and passage.cut_off and evidence and evidence[-1].level < Level.FINAL:
        return []
    return evidence


def _reason_for_nothing(passage: Passage) -> str:
    if passage.declines:
        return "refusal"
    if passage.cut_off:
        return "cut off before a decision"
    named = {mention.key for mention in passage.mentions if mention.firm}
    return "several options named, none chosen" if len(named) > 1 else "no option named"
