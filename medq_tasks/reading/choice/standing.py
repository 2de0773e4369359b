"""Options that stand by themselves: at the head of the reply, or as a line or sentence of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.choice.options import WORDS
from medq_tasks.reading.choice.phrases import Phrase, parse
from medq_tasks.reading.choice.reply import Reply
from medq_tasks.reading.statements import Level, Statement

_REST = re.compile(r'(?:,?(?:s|ic|f?I|H|O)){0,2}[.,;:!?)">/n\-t_]{0,6}')
_OPENING = re.compile(r'[n.,"():>t/\-_fOo0|NBR]{0,8}?(?=[LlTYyvPX])')
_SPOKEN_OF = re.compile(r'[ckMBWFew|]|,?d(?![f"(o]{0,3}[LTYPX])')
_GOES_ON = {  # what may not follow a letter, a text, Yes or No at the head
    "letter": _SPOKEN_OF,
    "place": _SPOKEN_OF,
    "full": re.compile(r"[Mk?]|\|"),
    "text": re.compile(r'[)"]{0,2}(?:[Mk?c|]|:|ch)'),
}
_RATHER = re.compile(r",?d[fo\"(]{0,3}[LTYP][)\"]{0,2}(?:[,&|]{1,2}[LTYP])*[.!]?n?")  # "B rather than C"
# Behind a greeting such a Yes or No is about the upload: "Yes, I see the image", "Yes, it loaded"; not "Yes, it is".
TALKS = re.compile(
    r"[,.!]?\s+(?!(?:it|that|this)(?:'s| is)\b)(?:I|it|that|do|don't|wait|send|you|we|of)\b", re.IGNORECASE
)
_SHORT_LINE = 5  # units of a line that is an option, with a mark or two


def leading(reply: Reply) -> Iterator[Statement]:
    """The option with which the reply, or what follows a repeated list of options, begins."""
    menus = [index + 1 for index, unit in enumerate(reply.units) if unit.role == "menu"]
    led_in = _led_in(reply)
    for start in {0, led_in, *menus[-1:]}:
        opening = _OPENING.match(reply.codes, start)
        phrase = parse(reply, opening.end(), announced=False) if opening else None
        if phrase and phrase.by == "weak no" and start == led_in > 0:
            continue  # "I looked at the vessels. No blur is visible." is only implied
        if phrase and not phrase.loose and not phrase.denied and _stands(reply, phrase, start == led_in > 0):
            level = Level.CONCLUDED if phrase.by == "weak no" else Level.ALONE
            yield reply.statement(phrase.start, phrase.end, level, phrase.keys, "opens")


def _led_in(reply: Reply) -> int:
    """Where the first sentence that names an option begins: "Thanks for the picture! Yes, it is blurred."; 0 for none.

    Not behind a refusal, nor behind "Let us look at each option."
    """
    first = next((start for start, end in reply.spans if reply.keys(range(start, end))), 0)
    refused = any(reply.refuses(*span) for span in reply.spans if span[0] < first)
    return 0 if refused or any(unit.role == "listed" for unit in reply.units[:first]) else first


def _stands(reply: Reply, phrase: Phrase, led_in: bool) -> bool:
    """Whether a phrase at the head answers, and is not the subject of what follows."""
    unticked = reply.units[phrase.start - 1].word in ("[ ]", "☐")
    asked = reply.asks(phrase.start) and len(reply.spans) > 1
    cut = led_in and phrase.by == "text" and reply.codes[phrase.end :][:1] not in (".", "n", "")  # "Noise - low. ..."
    cell = led_in and reply.codes[phrase.end : phrase.end + 1] == "/"  # of a table
    if unticked or asked or cut or cell or reply.opens_items(phrase.keys, phrase.by):
        return False
    if phrase.by in ("polar", "weak no"):
        return not (
            _about_itself(reply, phrase) or (led_in and TALKS.match(reply.text, reply.units[phrase.end - 1].end))
        )
    colon = reply.codes[phrase.end : phrase.end + 1] == ":"
    listed = colon and (len(phrase.keys) > 1 or (phrase.by == "letter" and reply.cut_off))  # "A vs C: sharp edges"
    full = phrase.by == "letter" and reply.units[phrase.end - 1].full and not led_in  # "Let me see. A. Noise is when"
    kind = "full" if full else phrase.by
    return not listed and not _GOES_ON[kind].match(reply.codes, phrase.end)


def _about_itself(reply: Reply, phrase: Phrase) -> bool:
    """ "No, I cannot help with that"; not "No, I cannot see it"."""
    said = [
        unit.word
        for unit in reply.units[phrase.end : phrase.end + 6]
        if unit.role not in ("comma", "contrast", "opener")
    ]
    words = {word for unit in reply.units[phrase.end : phrase.end + 9] for word in unit.word.split(" ")}
    about, looks, looked_at = (words & WORDS.singles[role] for role in ("about_myself", "looks", "looked_at"))
    return bool(about and (looked_at or not looks)) and " ".join(said).split(" ")[0] == "i"


def alone(reply: Reply) -> Iterator[Statement]:
    """Lines and sentences that are nothing but an option."""
    codes, labelled, found = reply.codes, list[Statement](), list[Statement]()
    for start, end in reply.spans:
        if reply.asks(start) and len(reply.spans) > 1:
            continue
        opening = _OPENING.match(codes, start, end)
        phrase, label = _fills(reply, opening.end(), end) if opening else None, ""
        tail = _tail(reply, start, end) if phrase is None else None
        if tail is not None:
            phrase, label = _fills(reply, tail, end), codes[tail - 1]
        if phrase is None or _breaks_off(reply, start, phrase) or (phrase.by == "text" and label == ","):
            continue  # "..., noise" is the end of an enumeration rather than an answer
        own = codes[start - 1 : start] == "n" and (end == len(codes) or codes[end - 1] == "n")
        last = own and len(phrase.keys) == 1 and phrase.by in ("letter", "polar") and _ends_all(reply, start, phrase)
        level, rule = (Level.LINE, "last line") if last else (Level.ALONE, "alone")
        group = labelled if label == ":" and phrase.by == "text" else found
        group.append(reply.statement(phrase.start, phrase.end, level, phrase.keys, rule))
    if len({item.keys for item in labelled}) == 1:  # not "Sharpness: good\nContrast: poor", each about something else
        found += labelled
    yield from found


def _ends_all(reply: Reply, start: int, phrase: Phrase) -> bool:
    """Whether a line of its own ends the reasoning: no other option follows, and the line before is no option, too."""
    line = reply.codes.rfind("n", 0, start - 1) + 1
    if start - line <= _SHORT_LINE and reply.keys(range(line, start)):
        return False
    return all(unit.keys <= phrase.keys for unit in reply.units[phrase.end :] if unit.firm)


def _tail(reply: Reply, start: int, end: int) -> int | None:
    """Where the last part of a sentence begins ("Without a doubt, yes."), unless it goes on with a list of options."""
    cut = max((at for at in range(start, end) if reply.codes[at] in ",:-"), default=start)
    if cut == start or reply.codes[cut - 1] == "e":  # "Less likely: A"
        return None
    before = reply.codes[start:cut]
    others = any(before[at - start] == "L" and at not in reply.denied for at in range(start, cut))
    torn = "E" in before and reply.codes[cut] == ":"
    apart = (not reply.units[cut - 1].keys or cut - 1 in reply.denied) and not (others and reply.codes[cut] == ":")
    return cut + 1 if apart or torn else None


def _fills(reply: Reply, position: int, end: int) -> Phrase | None:
    """The answer phrase that takes up all from ``position`` to ``end``."""
    phrase = parse(reply, position, announced=False)
    fills = phrase and any(rest.fullmatch(reply.codes, phrase.end, end) for rest in (_REST, _RATHER))
    return phrase if phrase and fills and not phrase.denied else None


def _breaks_off(reply: Reply, start: int, phrase: Phrase) -> bool:
    """Whether the reply was cut right after ``phrase``: "... Metal artifact", "A) no. B) no. C)"."""
    if reply.codes[phrase.end :].strip(').:,("-n'):
        return False
    own_line = reply.codes[start - 1 : start] == "n"
    if phrase.by == "letter":
        others = [keys for index, keys in reply.items.items() if index != phrase.start]
        listed = phrase.start in reply.items and reply.codes[phrase.end : phrase.end + 1] in (")", ":")
        new = others and not any(keys & phrase.keys for keys in others)
        return reply.cut_off or bool(listed and new and not own_line)
    return reply.cut_off and phrase.by == "text" and (reply.text[-1] == ":" or not own_line)
