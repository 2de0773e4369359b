"""What a word announces ("The answer is B", "I choose B", "so B") or praises behind it ("B is correct", "B: yes")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from medq_tasks.reading.choice.mentions import COMMON
from medq_tasks.reading.choice.options import WORDS
from medq_tasks.reading.choice.phrases import Phrase, parse
from medq_tasks.reading.choice.reply import Reply
from medq_tasks.reading.statements import Level, Statement

# What announces, as role codes (passage.CODES); the answer phrase begins where the pattern ends.
# "chosen" and the like are stated, the rest is drawn.
_STATED = ("answer", "chosen", "changed", "named")
_CUES = [
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r'N[f")oiHDMK]{0,4}(?:\([^()n]{0,12}\)|,[^,n.?]{1,12},)?[fHDMi"]{0,3}[c:>\-]', "answer"),
        (r'N["(]{0,2}(?=[LlX][)"]{0,2}c?(?:[.]?$|[.]?n|\.))', "answer"),
        (r'N[f"(]{0,3}(?=P)', "answer"),  # "I'd pick the last option"
        (r'N[")]?(?=b|i|f[IMw]|I|Kk)[^.n;]{0,38}?[c:>](?=[f"(oHtcD]{0,4}[LlTYyvPX])', "answer"),
        (r"S", "chosen"),
        (r'z["(]?[LlX][")]?b["(]?(?=L)', "changed"),
        (r"[DA]|s(?=Y)", "concluded"),
        (r"I", "opinion"),
        (r"H", "likely"),
        (r"mf?w?[oq]{1,2}[c:]", "main"),
        (r"F|[oq][oq]?[c:]", "fits"),
        (r"(?<![LXT])>", "arrow"),
        (r"g", "forced"),
        (r"R", "corrected"),
        (r"i(?=c)|(?<![^.?n;])c|(?<=[^LTYP],)c|(?<=d[LTYP],)c", "it is"),  # "Must be D", "..., is C", not "Is it B?"
        (r"B", "but"),
        (r'(?:d[f"(o]{0,3}[LTYP]|[LTYP]"?e)[")]{0,2}[,;-](?=["(fo]{0,2}[LTYP][").O]{0,3}(?:$|n))', "not but"),
        (r",(?:wc|[wai]{1,2})o(?=L[.n]*$|L[.]n)", "named"),  # "It is 5, which is option C"
        (r'(?<![^.?n;])J[^,.?n]{1,60},(?=[f"(]{0,2}[LY])', "given"),
    )
]
_LEFT_OPEN = re.compile(r'[)"]{0,3}(?:[cMk|]d?|,?[H|B]{1,2}d)[)"\-_.:]{0,3}')
_ALONE = re.compile(r'["(f]{0,2}[LY][)"]?(?:ic)?(?:[.n]|$)')
_LEAD = r'[)"]{0,2}[:|*\-,]?"?[cM>:\-=k]{0,2}[HDfai]{0,4}'
_PRAISE = re.compile(
    rf"[)]?[.](?:[fi]?K(?=[.n!]|$)|t)|{_LEAD}(?:mm?f?q|m|(?<=[LTP)])k(?=\.)|k[fw]{{1,3}}K|f?w?A?N|[fi]?K|F(?=w?[.,Jn&B;f]|$)|t|"
    r"(?<=[cMk])f?H(?=[.,;n)]|$))(?!C)"
)
_LEADS_ON = re.compile(r'F{0,2}[c:]{1,2}["(f]{0,3}[LTYP]')


def announced(reply: Reply) -> Iterator[Statement]:
    """What follows a word that announces a choice."""
    for pattern, rule in _CUES:
        for cue in pattern.finditer(reply.codes):
            phrase = parse(reply, cue.end(), announced=True) if _opens(reply, cue.start(), rule) else None
            if phrase and _is_menu(reply, phrase) and reply.codes[phrase.end : phrase.end + 1] == ":":
                phrase = parse(reply, phrase.end + 1, announced=True)  # "Answer with A, B, C or D: C"
            level = _binding(reply, cue.start(), phrase, rule) if phrase else None
            if phrase and level:
                yield reply.statement(cue.start(), phrase.end, level, phrase.keys, rule)


def _is_menu(reply: Reply, phrase: Phrase) -> bool:
    """Whether the phrase is the question's own "A, B, C or D"."""
    return 1 < len(phrase.keys) == len(reply.book.keys)


def _opens(reply: Reply, index: int, rule: str) -> bool:
    """Whether the word announces where it stands: not "The wrong answer is B"; "not A but B"."""
    codes, (start, _) = reply.codes, reply.span(index)
    if rule == "but":
        after = codes[index - 1 : index] == "," or "d" in codes[start:index]
        lone = after and _ALONE.match(codes[index + 1 : index + 7])
        return bool(lone) or not reply.denied.isdisjoint(range(start, index))
    if rule == "named":
        return "d" not in codes[start:index]  # not "It is no noise, which is option B"
    return rule != "answer" or "e" not in codes[max(start, index - 3) : index]


def _binding(reply: Reply, cue: int, phrase: Phrase, rule: str) -> Level | None:
    """How binding what is announced is; None where it is not meant."""
    codes = reply.codes
    if not _decides(reply, cue, phrase) or (rule == "corrected" and not phrase.keys):
        return None
    if rule in _STATED:
        final = rule == "answer" and "A" in codes[max(reply.span(cue)[0], cue - 2) : cue]
        return Level.MARKED if final else Level.STATED
    if phrase.by == "weak no" and codes[phrase.end : phrase.end + 1] not in ("b", ""):
        return None
    described = phrase.by == "text" and (rule in ("fits", "concluded") or phrase.loose)
    may_be = any(unit.word in ("may be", "might be", "could be") for unit in reply.units[cue : phrase.start])
    doubtful = described or (rule == "it is" and may_be)
    if (doubtful and (reply.cut_off or _outweighed(reply, phrase))) or ((described or doubtful) and reply.declines):
        return None
    if reply.cut_off and "B" in codes[phrase.end :]:
        return None
    return Level.CONCLUDED if described else Level.DRAWN


def _decides(reply: Reply, cue: int, phrase: Phrase) -> bool:
    """Whether the announced phrase is meant: not denied, asked, or the first item of a discussion."""
    codes = reply.codes
    far = reply.text[reply.units[cue].end : reply.units[phrase.start].start].count("\n") > 3
    if far or _is_menu(reply, phrase) or _LEFT_OPEN.fullmatch(codes, phrase.end):
        return False
    if phrase.denied or _asked(reply, phrase):
        return False
    if "n" in codes[cue : phrase.start] and reply.opens_items(phrase.keys, phrase.by):
        return False
    return codes[cue] != "H" or _is_of_its_own(reply, cue, phrase)


def _is_of_its_own(reply: Reply, cue: int, phrase: Phrase) -> bool:
    """Whether no option stands right before the cue: not "noise, probably A", but "A or B, probably A"."""
    near = [at for at in range(max(reply.span(cue)[0], cue - 4), cue) if reply.units[at].keys]
    apart = not near or "B" in reply.codes[near[-1] : cue] or reply.codes[near[0] - 1] == "e"
    return apart or phrase.keys < reply.keys(near)


def _asked(reply: Reply, phrase: Phrase) -> bool:
    """A question decides nothing ("Is the answer B?"), but "B?" as the whole reply is a hesitant answer."""
    more = reply.codes[phrase.end :].strip('.?n)"') or reply.span(phrase.start)[0] > 0
    return reply.asks(phrase.start) and bool(more or reply.units[0].word.split(" ")[0] in COMMON.singles["asks"])


def _outweighed(reply: Reply, phrase: Phrase) -> bool:
    """Whether the sentence goes on to say the opposite: "The quality is good but the contrast is bad"."""
    for index in range(phrase.end, reply.span(phrase.start)[1]):
        if reply.units[index].keys - phrase.keys and index not in reply.denied:
            return not {"B", "W"}.isdisjoint(reply.codes[phrase.end : index])
    return False


def praised(reply: Reply) -> Iterator[Statement]:
    """What is called right after it is named."""
    for index in reply.values():
        unit = reply.units[index]
        if unit.by not in ("polar", "weak no") and index not in reply.denied and _is_praised(reply, index):
            yield reply.statement(index, index + 1, Level.PRAISED, unit.keys | _shared(reply, index), "praised")


def _is_praised(reply: Reply, index: int) -> bool:
    codes = reply.codes
    confirmed = not reply.book.yes and re.match(r'\?"?K', codes[index + 1 : index + 4])
    if reply.asks(index) and not confirmed:
        return False
    if confirmed or codes[index - 1 : index] == "t":
        return True
    praise = _PRAISE.match(codes, index + 1)
    if praise and _LEADS_ON.match(codes, praise.end()):
        return False  # "Of noise and blur, what fits best is: blur"
    possible = reply.units[index + 1].word in ("could be", "might be", "may be") if praise else True
    return praise is not None and not possible and _is_meant(reply, index, praise.end() - 1)


def _is_meant(reply: Reply, index: int, word: int) -> bool:
    """Whether the praise is of the option: "noise is more likely" is, "noise is present" or "noise is true" not."""
    unit, said = reply.units[index], reply.units[word]
    if unit.by != "text":
        return unit.firm or reply.codes[index - 1 : index] in ("o", "N")
    praises = said.role in ("issue", "answer", "main") or said.word in WORDS.singles["chooses"]
    return praises and unit.firm and not unit.word.isdigit()  # "3 (2 left, 1 right)"


def _shared(reply: Reply, index: int) -> frozenset[str]:
    """The option that shares the praise: "either B or A could be right"."""
    before = next((at for at in range(index - 1, max(0, index - 4) - 1, -1) if reply.units[at].keys), None)
    if before is None or before in reply.denied or not reply.units[before].firm or not reply.joined(before, index):
        return frozenset()
    return reply.units[before].keys


def itemised(reply: Reply) -> Iterator[Statement]:
    """The one item that is marked as right where another is marked as wrong."""
    verdicts: dict[bool | None, dict[frozenset[str], int]] = {True: {}, False: {}, None: {}}
    for index, end in pairwise([*reply.items, len(reply.units)]):
        line = reply.codes.find("n", index, end)
        verdict = _item_verdict(reply, index + 1, line if line >= 0 else end)
        verdicts[verdict][reply.units[index].keys] = index
    right = verdicts[True]
    if len(right) == 1 and verdicts[False].keys() - right:
        ((keys, index),) = right.items()
        yield reply.statement(index, index + 1, Level.PRAISED, keys, "item marked right")


def _item_verdict(reply: Reply, start: int, end: int) -> bool | None:
    """What an item says of its option; where Yes and No are options, they are no verdicts."""
    codes = reply.codes[start:end]
    right, wrong = "t" in codes, "x" in codes
    if not (right or wrong or reply.polar):
        last = max(start, start + len(codes.rstrip('.,;")n/')) - 1)
        said = reply.units[last]
        led = reply.codes[max(start - 1, last - 1)] in ':>()-"?._/'
        right = led and (said.word in WORDS.singles["right"] or said.role in ("praise", "fits"))
        wrong = led and (said.word in WORDS.singles["wrong"] or said.role == "denied_after")
    return right if right != wrong else None
