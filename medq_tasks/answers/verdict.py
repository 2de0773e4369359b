"""Which verdict a free-text assessment reaches.

An assessment uses the verdict's words on its way ("good contrast", "the first image is noisier"), so a word counts only
where it is said of the image's quality. The marked verdict wins over prose, and the last conclusion over earlier ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from medq_tasks.answers import comparison, grading
from medq_tasks.answers.statements import MARKED, Statement
from medq_tasks.reading import containers
from medq_tasks.reading.grade import grade
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.preference import preferred
from medq_tasks.reading.retraction import last_word
from medq_tasks.reading.scope import without_attributes, without_suppositions
from medq_tasks.reading.spans import sentences
from medq_tasks.reading.statements import Reading
from medq_tasks.reading.text import final_text, plain, two_ends
from medq_tasks.reading.verdict_line import last_line

VerdictKind = Literal["no_reference", "comparison"]


_READERS: dict[str, Callable[[str], Sequence[Statement]]] = {
    "no_reference": grading.statements,
    "comparison": comparison.statements,
}
_LOOP = re.compile(r"(?i)\A(\w+)(?:\s+\1\b)+\W*\Z")


def explain_verdict(reply: str, kind: VerdictKind) -> Reading:
    """The verdict that ``reply`` reaches as ``choice``, or None with the reason; raises as ``read_verdict`` does."""
    verdict = read_verdict(reply, kind)
    return Reading(verdict, "" if verdict else "no verdict, or several")


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
    if kind not in _READERS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(_READERS)}")
    if failure(reply):
        return None
    text = two_ends(final_text(reply))
    text = _LOOP.sub(r"\1", text.strip())
    set_aside = containers.last([*containers.marked(text), *containers.json_answers(text, containers.VERDICT_NAMES)])
    if set_aside is not None and set_aside[1] is None:
        return None  # {"verdict": null}
    if set_aside is not None and set_aside[1]:
        text = plain(set_aside[1]).strip("{} ")
    else:
        text = plain(containers.unwrap(text))
    line = last_line(text, kind)
    if line is not None:
        return line
    anew = last_word(text)  # what was taken back counts no more
    return _read(text if anew is None else anew, kind)


def _read(text: str, kind: str) -> str | None:
    verdict = _stated(text, kind)
    if verdict is None:
        return preferred(text) if kind == "comparison" else grade(text)
    if len(sentences(text)) < 2:
        return verdict
    masked = without_suppositions(text)
    return _stated(without_attributes(masked) if kind == "comparison" else masked, kind)


def _stated(text: str, kind: str) -> str | None:
    return _last(_READERS[kind](text), text)


_VERDICT_ALONE = re.compile(
    r"\W*(?:(?:the|image|verdict|good|usable|reject(?:ed)?|first|second|[ab12])\b\W*)+", re.IGNORECASE
)


def _last(said: Sequence[Statement], text: str) -> str | None:
    """The verdict of the last statement of the strongest kind; None when it names two, or there is none."""
    if not said:
        return None
    strongest = max(statement.strength for statement in said)
    kept = [statement for statement in said if statement.strength == strongest]
    differs = len(kept) > 1 and kept[-1].verdict != kept[-2].verdict
    if strongest == MARKED and differs and _VERDICT_ALONE.fullmatch(text, kept[-2].position, kept[-1].position):
        return None  # "Verdict: good", "Verdict: usable", "Verdict: reject" on three lines correct nothing
    return kept[-1].verdict
