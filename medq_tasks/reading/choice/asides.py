"""What a reply says and does not mean as its answer: conditions, suppositions, others' opinions, advice."""

from __future__ import annotations

import re
from itertools import pairwise

from medq_tasks.reading.choice.options import WORDS
from medq_tasks.reading.clause_words import find, holds, opens, starts, words
from medq_tasks.reading.spans import Span, sentences

_LABEL = re.compile(
    r"\W{0,3}\w{1,3}\.\s+(?=(?P<short>[A-Z]\w{0,2}\s)?)"
)  # "B. C would show rings": the answer, and more


def parts(text: str) -> list[Span]:
    """The sentences of a text, cut at semicolons and before each word that turns or reasons ("but", "because")."""
    found: list[Span] = []
    for sentence in sentences(text):
        said = sentence.of(text)
        cuts = [place + 1 for place, sign in enumerate(said) if sign == ";"]
        cuts += [one.start for one in find(said, "breaks")] if not holds(said, "excepts") else []
        label = _LABEL.match(said)
        cuts += [label.end()] if label and (label["short"] or said.endswith("?")) else []
        if opens(words(said), "breaks") and not opens(words(said), "conditions"):
            cuts.append(said.find(",") + 1)  # "While B is tempting, C fits": the rest decides
        ends = sorted({0, len(said), *cuts})
        found += [Span(sentence.start + a, sentence.start + b) for a, b in pairwise(ends)]
    return found


def without_asides(text: str) -> str:
    """The text with blanks in place of every part that does not decide; its places stay as they are."""
    kept = list(text)
    supposed = False
    for part in parts(text):
        said = _without_manners(part.of(text))
        supposed = _sets_condition(said) or (supposed and opens(words(said), "follows") > 0)
        gone = supposed or _is_told(said)
        kept[part.start : part.end] = " " * len(said) if gone else said
    if supposed_end := "".join(kept[-3:]).isspace() and words(text)[-1:]:
        kept[-3:] = "..." if supposed_end[0] in WORDS.singles["cut"] else kept[-3:]  # still seen to be cut off
    return "".join(kept)


def _without_manners(said: str) -> str:
    """A part without conditions that are manners of speaking: of "if you look closely, B" the B."""
    for one in reversed(find(said, "manners")):
        placed = starts(said)
        comma = said.find(",", one.start)
        end = comma if comma >= 0 else placed[one.end] if one.end < len(placed) else len(said)
        said = said[: one.start] + " " * (end - one.start) + said[end:]
    return said


def _sets_condition(said: str) -> bool:
    """Whether a part is under a condition; "if I had to choose, B" is not."""
    forced = [range(one.place, one.end) for one in find(said, "forces")]
    return any(not any(one.place in place for place in forced) for one in find(said, "conditions"))


def _is_told(said: str) -> bool:
    """Whether a part reports what others think, weighs what might be, or gives advice."""
    if holds(said, "reports") or (opens(words(said), "concedes") and said.rstrip().endswith(",")):
        return True
    return (holds(said, "weighs") and not holds(said, "performs")) or (
        holds(said, "advises") and not holds(said, "marks")
    )
