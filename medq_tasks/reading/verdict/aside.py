"""What an assessment says that is not its word on the images as a whole: supposed, reported, general, of an attribute.

Clause by clause; what is left out is blank, so that places stay as they are.
"""

from __future__ import annotations

import re

from medq_tasks.reading.clause_words import Clause, Phrases, clause, is_one
from medq_tasks.reading.scope import clauses, sentences
from medq_tasks.reading.verdict.subject import of_something_else

_NO_WORD_OF_ITS_OWN = ("told_by_others", "at_first", "in_general", "asked", "others")
_IMAGE = re.compile(r"\b(?:(?i:images?|pictures?|scans?|first|second|left|right|former|latter)|[AB]|[12](?![.]))\b")
_STOPS = ".!?"  # a sentence that is left out still ends
_AHEAD = 5  # characters: " but " behind "this would be better" takes it back
_REST = 200  # characters of a sentence that may name the image that is meant
_PLURAL = 4  # words that make "good images of the retina" longer than a subject in general is
_LONGEST = 6  # words of a subject and its verb


def own_words(text: str, kind: str) -> str:
    """The text with blanks where it does not speak for itself, of this image or these two, as a whole."""
    kept = list(text)
    ends = {span.end for span in sentences(text)}
    goes_on = False
    for span in clauses(text):
        said = span.of(text)
        words = clause(said)
        goes_on = goes_on and not words.opens("turns")
        ahead = text[span.start : span.end + (0 if span.end in ends else _AHEAD)]
        leave = goes_on or _is_supposed(clause(ahead)) or any(map(words.holds, _NO_WORD_OF_ITS_OWN))
        leave = leave or _is_general(words) or _of_an_attribute(said, kind)
        leave = leave or (kind == "comparison" and _concedes_an_attribute(said, text[span.end : span.end + _REST]))
        length = len(said.rstrip(_STOPS)) if leave else of_something_else(said)
        kept[span.start : span.start + length] = " " * length
        goes_on = leave and span.end not in ends and _leads_on(said, text[span.end :])
    return "".join(kept)


def _leads_on(said: str, rest: str) -> bool:
    """Whether what follows belongs to the clause: "as long as bones matter, it is usable", "it would pass as good"."""
    return rest.startswith("as ") or (said.endswith(",") and bool(clause(said).opens("condition")))


def _is_supposed(said: Clause) -> bool:
    """Whether a clause says what might be: "if there were streaks", "a repeat could be good"."""
    if said.holds("concession"):
        return False
    if said.holds("condition"):
        return True
    if len(said.find("modal")) <= len(said.find("beside")) or said.holds("asserts"):
        return False
    return not said.holds("seems") or bool(said.holds("given"))


def _is_general(clause: Clause) -> bool:
    """Whether a clause is about images as such: "A good image shows the vessels", "Images are rejected if"."""
    said = clause.words[:_LONGEST]
    verb = next((at for at, word in enumerate(said) if is_one(word, "verb", "shows")), 0)
    subject = said[:verb]
    if not subject or is_one(subject[0], "determiner"):
        return False
    if is_one(subject[0], "article"):
        return is_one(subject[-1], "image")
    return is_one(subject[-1], "images") and len(subject) < _PLURAL and not Phrases(subject).holds("several")


def _concedes_an_attribute(said: str, rest: str) -> bool:
    """Whether a clause only concedes an attribute: "While B is better in contrast, A is better overall"."""
    words = clause(said)
    conceding = words.opens("concedes") and said.endswith(",") and _IMAGE.search(rest.partition(".")[0])
    return bool(conceding and words.holds("attributes") and not words.holds("wholes"))


def _of_an_attribute(said: str, kind: str) -> bool:
    """Whether a clause is about one attribute or part: "its contrast is better", "regarding noise, B is better"."""
    words, lead = clause(said), clause(_IMAGE.split(said.partition(",")[0], maxsplit=1)[0])
    if lead.holds("exempts"):
        return False  # "contrast aside, B is better"
    led = words.opens("regarding") or words.opens("led_by") or lead.holds("alone")
    if led and (lead.holds("attributes") or lead.holds("area")):
        return not lead.holds("quality")
    if kind == "no_reference" or not words.holds("attributes") or words.holds("wholes"):
        return False
    before = _IMAGE.split(said, maxsplit=1)[0]
    # "thanks to its lower noise, B is better" is about B
    owing = words.opens("owing") and "," not in before
    return not owing and bool(clause(before.rpartition(",")[2]).holds("attributes"))
