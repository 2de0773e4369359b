"""What an assessment says that is not its word on the images as a whole: supposed, reported, general, of an attribute.

Clause by clause; what is left out is blank, so that places stay as they are.
"""

from __future__ import annotations

import re

from medq_tasks.reading.clause_words import find, holds, is_one, opens, words
from medq_tasks.reading.scope import clauses
from medq_tasks.reading.spans import sentences
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
    for clause in clauses(text):
        said = clause.of(text)
        goes_on = goes_on and not opens(words(said), "turns")
        ahead = text[clause.start : clause.end + (0 if clause.end in ends else _AHEAD)]
        leave = goes_on or _is_supposed(ahead) or _is_aside(said) or _of_an_attribute(said, kind)
        leave = leave or (kind == "comparison" and _concedes_an_attribute(said, text[clause.end : clause.end + _REST]))
        length = len(said.rstrip(_STOPS)) if leave else of_something_else(said)
        kept[clause.start : clause.start + length] = " " * length
        goes_on = leave and clause.end not in ends and _leads_on(said, text[clause.end : clause.end + 1])
    return "".join(kept)


def _leads_on(clause: str, sign: str) -> bool:
    """Whether what follows the sign belongs to the clause: "Noise: B is better", "as long as bones matter, it is"."""
    if sign == ":":
        label = _of_an_attribute(clause, "comparison") and not opens(words(clause), "turns")
        return label or any(holds(clause, role) for role in ("told_by_others", "others"))
    return sign == "," and bool(opens(words(clause), "condition"))


def _is_supposed(clause: str) -> bool:
    """Whether a clause says what might be: "if there were streaks", "a repeat could be good"."""
    if holds(clause, "concession"):
        return False
    if holds(clause, "condition"):
        return True
    modals = len(find(clause, "modal")) - len(find(clause, "beside"))
    if modals < 1 or holds(clause, "asserts"):
        return False
    return not holds(clause, "seems") or holds(clause, "given")


def _is_aside(clause: str) -> bool:
    return any(holds(clause, role) for role in _NO_WORD_OF_ITS_OWN) or _is_general(clause)


def _is_general(clause: str) -> bool:
    """Whether a clause is about images as such: "A good image shows the vessels", "Images are rejected if"."""
    said = words(clause)[:_LONGEST]
    verb = next((at for at, word in enumerate(said) if is_one(word, "verb") or is_one(word, "shows")), 0)
    subject = said[:verb]
    if not subject or is_one(subject[0], "determiner"):
        return False
    if is_one(subject[0], "article"):
        return is_one(subject[-1], "image")
    return is_one(subject[-1], "images") and len(subject) < _PLURAL and not holds(" ".join(subject), "several")


def _concedes_an_attribute(clause: str, rest: str) -> bool:
    """Whether a clause only concedes an attribute: "While B is better in contrast, A is better overall"."""
    conceding = opens(words(clause), "concedes") and rest[:1] == "," and _IMAGE.search(rest.partition(".")[0])
    return bool(conceding) and holds(clause, "attributes") and not holds(clause, "wholes")


def _of_an_attribute(clause: str, kind: str) -> bool:
    """Whether a clause is about one attribute or part: "its contrast is better", "regarding noise, B is better"."""
    lead = _IMAGE.split(clause.partition(",")[0], maxsplit=1)[0]
    if holds(lead, "exempts"):
        return False  # "contrast aside, B is better"
    led = opens(words(clause), "regarding") or opens(words(clause), "led_by") or holds(lead, "alone")
    if led and (holds(lead, "attributes") or holds(lead, "area")):
        return not holds(lead, "quality")
    if kind == "no_reference" or not holds(clause, "attributes"):
        return False
    before = _IMAGE.split(clause, maxsplit=1)[0]
    owing = "," in before or opens(words(clause), "owing")  # "thanks to its lower noise, B is better" is about B
    lead = before.rpartition(",")[2] if "," in before else "" if owing else before
    return not holds(clause, "wholes") and holds(lead, "attributes")
