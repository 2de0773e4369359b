"""The phrase in which an answer stands: "B", "A and C", "(B) Noise"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medq_tasks.reading.choice.reply import Reply

_LABEL = re.compile(r'[)".:,;\-/(n]{0,4}')
_DRESS = re.compile(r'[n"(:>t/\-.]{0,6}')
_FILL = re.compile(r'[n"(:>\-tcfoiHKNISAbMD,as]{0,16}?["(]{0,2}(?=[LlTYyvPXZ])')
# A further option in the same breath: "Mild (C)", "B B B", "Yes, yes", "A and C", "A, B"
_JOIN = re.compile(
    r"\)?\((?=[LX]\))|(?<=[LlX])(?=[LX](?:[n.LX,]|$))|(?<=[Yyv])(?=[Yyv])|"
    r'[)"(]{0,3}(?:,[&|]?a?c?|;a|[&|/>]|b|-(?=[TLX]))[a&|/ofiH]{0,3}["(]{0,2}(?:(?=[LTYPX])|(?<=[|])(?=y))'
)
_MOST_NAMED = 12  # further repetitions in one breath add nothing


@dataclass(frozen=True)
class Phrase:
    """An answer phrase of units [start, end). ``keys`` is empty when it names nothing that is offered."""

    start: int
    end: int
    keys: frozenset[str]
    by: str
    loose: bool = False  # begins with an option but runs on as prose: "Noise is visible"
    denied: bool = False


def parse(reply: Reply, position: int, *, announced: bool) -> Phrase | None:
    """The answer phrase at unit ``position``; None when there is none.

    ``announced``: a cue went before, so that filler words and lower-case letters are fine.
    """
    skipped = (_FILL if announced else _DRESS).match(reply.codes, position)
    if skipped is None or skipped.end() == len(reply.units) or reply.units[skipped.end()].role != "value":
        return None
    index, unit = skipped.end(), reply.units[skipped.end()]
    meant = unit.by != "letter" or unit.firm or _is_lone(reply, index, announced)
    return _read(reply, index) if meant else None


def _is_lone(reply: Reply, index: int, announced: bool) -> bool:
    """A letter that is lower case or could be the article: an answer only when nothing of a sentence follows."""
    word, rest = reply.units[index].word, reply.codes[index + 1 : index + 2]
    if not reply.units[index].keys:
        return word.isupper()
    if word == "a" and index and not rest:
        return reply.codes[index - 1] in 'oN:("'  # not "most likely a": cut before the noun
    return rest in 'n.):,;"?->(' or (announced and rest in "cJ&|B")


def _read(reply: Reply, first: int) -> Phrase:
    units, named, offered, end = reply.units, list[int](), True, first
    further: int | None = first
    while further is not None and len(named) < _MOST_NAMED:
        named.append(further)
        last = _other_text(reply, further)
        offered = offered and bool(units[further].keys) and last == further
        end = last + 1
        further = _joined(reply, end)
    by = units[named[-1]].by
    loose = by == units[first].by == "text" and not _ends(reply, end)
    return Phrase(first, end, reply.keys(named) if offered else frozenset(), by, loose, first in reply.denied)


def _ends(reply: Reply, index: int) -> bool:
    return reply.codes[index : index + 1] in '.,;?)"n(->:/'


def _other_text(reply: Reply, index: int) -> int:
    """Another option's text that goes with a letter: in "A. Severe" nothing says which of the two is meant."""
    label = _LABEL.match(reply.codes, index + 1)
    at = label.end() if label else index + 1
    if reply.units[index].by != "letter" or reply.units[index].full or reply.codes[at : at + 1] not in tuple("TYvy"):
        return index
    gap = reply.text[reply.units[index].end : reply.units[at].start]
    sentence = "." in gap and reply.units[at].by == "polar" and not reply.polar
    return index if at in reply.denied or gap.count("\n") > 1 or not _ends(reply, at + 1) or sentence else at


def _joined(reply: Reply, end: int) -> int | None:
    """A further option that is named in the same breath."""
    join = _JOIN.match(reply.codes, end)
    if join is None:
        return None
    index = join.end()
    unit = reply.units[index]
    if index == end:
        near = unit.start - reply.units[end - 1].end == 1 and index not in reply.denied
        return index if near or unit.by != "letter" else None
    denied = index in reply.denied and not (unit.by == "polar" and "/" in join[0])
    return index if (unit.firm or unit.by == "weak no") and not denied else None
