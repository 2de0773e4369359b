"""The rules by which a reply's words become statements of a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.reading.mentions import COMMON
from medq_tasks.reading.options import WORDS, OptionBook
from medq_tasks.reading.passage import Passage
from medq_tasks.reading.phrases import Phrase, only_text, parse
from medq_tasks.reading.statements import Level, Reading, Statement

_AFTER_NOUN = re.compile(r'[f")oiHDMK]{0,4}(?:\([^()n]{0,12}\)|,[^,n.?]{1,12},)?[fHDMi"]{0,3}([c:>\-])')
_TO_COPULA = re.compile(r"[c:>]")
_ABOUT = re.compile(r'[")]?(?:b|i|f[IMw]|I)')
_ALONE_AFTER = re.compile(r'["(]{0,2}[LlX][)"]{0,2}(?:[.]?$|[.]?n|\.)')
_DRAWN = {"D": "concluded", "A": "concluded", "I": "opinion", "H": "likely", "F": "fits", ">": "arrow", "g": "forced"}
_CUES = {
    "S": (Level.STATED, "chosen"),
    **{role: (Level.DRAWN, rule) for role, rule in {**_DRAWN, "c": "it is"}.items()},
}
_PRAISE = re.compile(
    r'[)".:|*\-,]{0,3}[cM>:\-=k]{0,2}[HDfai]{0,4}(?:mm?f?q|m|f?A?N|[fi]?K|F(?=[.,Jn&B;f]|$)|t|(?<=[cMk])f?H(?=[.,;n)]|$))(?!C)'
)
_CONDITION = re.compile(r'[)"]{0,2},?[cfKHD]{0,3}C')
_LEFT_OPEN = re.compile(r'[)"]{0,3}[cMk|][d]?[)"\-_.:]{0,3}')
_REST = re.compile(r'(?:,?(?:s|ic|f?I|H|O)){0,2}[.,;:!?)">/n\-t_]{0,6}')


def statements(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """Every statement of a choice."""
    yield from announced(passage, book)
    yield from praised(passage, book)
    yield from itemised(passage, book)
    yield from left_over(passage, book)
    yield from leading(passage, book)
    yield from alone(passage, book)
    yield from in_prose(passage, book)


def _said(passage: Passage, first: int, phrase: Phrase, level: Level, rule: str) -> Statement:
    return Statement(passage.units[first].start, passage.units[phrase.end - 1].end, level, phrase.keys, rule)


# --- "The answer is B", "I choose B", "so B", "this matches B" ---


def announced(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """What follows a word that announces a choice."""
    for index, role in enumerate(passage.codes):
        if role == "N":
            yield from _after_noun(passage, book, index)
        elif role in _CUES and not (role == "c" and not _opens_clause(passage, index)):
            yield from _after_cue(passage, book, index, *_CUES[role])
        elif role in "oq" and re.match(r"[oq]?[c:]", passage.codes[index + 1 : index + 3]):
            yield from _after_cue(passage, book, index + 1, Level.DRAWN, "fits")
        elif role == "B" and _contrasts(passage, index):
            yield from _after_cue(passage, book, index, Level.DRAWN, "but")
        elif role == "z":
            changed = re.match(r'["(]?[LlX][")]?b["(]?(?=L)', passage.codes[index + 1 : index + 9])
            phrase = parse(passage, index + 1 + changed.end(), announced=True) if changed else None
            if phrase is not None:
                yield _said(passage, index, phrase, Level.STATED, "changed")
        elif role == "J" and index == passage.span(index)[0]:
            comma = passage.codes.find(",", index, passage.span(index)[1])
            if comma > 0 and re.match(r'[f"(]{0,2}[LY]', passage.codes[comma + 1 : comma + 4]):
                yield from _after_cue(passage, book, comma, Level.DRAWN, "given")
        elif role == "R":
            phrase = parse(passage, index + 1, announced=True)
            if phrase is not None and phrase.keys and not phrase.denied and _decides(passage, book, index, phrase):
                yield _said(passage, index, phrase, Level.DRAWN, "corrected")
        elif role == "i" and _pronoun_opens(passage, index):
            yield from _after_cue(passage, book, index, Level.DRAWN, "it is")


def _opens_clause(passage: Passage, index: int) -> bool:
    """ "Must be D", "..., is C"; not "Is it B?"."""
    comma = passage.codes[index - 1] == "," and (
        passage.codes[index - 2 : index - 1] not in [*"LTYP"] or index - 2 in passage.denied
    )
    opens = index == passage.span(index)[0] or comma
    return opens and not passage.asks(index)


def _contrasts(passage: Passage, index: int) -> bool:
    """ "Not A but B", "I'm not sure, but B."."""
    start, _ = passage.span(index)
    denied = any(at in passage.denied for at in range(start, index))
    lone = re.match(r'["(f]{0,2}[LY][)"]?(?:[.n]|$)', passage.codes[index + 1 : index + 7])
    after = passage.codes[index - 1 : index] == "," or "U" in passage.codes[start:index]
    return denied or (lone is not None and after)


def _pronoun_opens(passage: Passage, index: int) -> bool:
    """ "It is B", "that is B"; not "noise that is ..."."""
    return passage.codes[index + 1 : index + 2] == "c"


def _after_noun(passage: Passage, book: OptionBook, index: int) -> Iterator[Statement]:
    codes = passage.codes
    start, end = passage.span(index)
    mark = codes[index + 1 : index + 3]
    marked = "A" in codes[max(start, index - 2) : index]
    level = Level.MARKED if marked else Level.STATED
    places = []
    direct = _AFTER_NOUN.match(codes, index + 1)
    if direct:
        places.append(direct.end())
    if _ABOUT.match(codes, index + 1) or passage.units[index].word.endswith((" that", " which")):
        places += [found.end() for found in _TO_COPULA.finditer(codes, index + 1, min(end, index + 40))]
    bracketed = codes[index - 1 : index] == "(" and codes[index + 1 : index + 2] == ")"
    if (
        bracketed
        or _ALONE_AFTER.match(codes, index + 1)
        or re.match(r'["):]{0,2}n["(]?[LlTYPX]', codes[index + 1 : index + 6])
    ):
        places.append(index + 1)
    if codes[index + 1 : index + 2] == ")":
        places.append(index + 2)
    for place in places:
        phrase = parse(passage, place, announced=True)
        if phrase is not None and _same_line(passage, place, phrase.start):
            if _decides(passage, book, index, phrase):
                yield _said(passage, index, phrase, level, "answer")
            return
    if direct:
        yield from _in_clause(passage, index, direct.end(), level)
    del mark


def _same_line(passage: Passage, start: int, end: int) -> bool:
    return passage.text[passage.units[start - 1].end : passage.units[end].start].count("\n") <= 3


def _in_clause(passage: Passage, index: int, place: int, level: Level) -> Iterator[Statement]:
    """ "The answer is none of these", "The answer is that there is mild noise"."""
    codes = passage.codes
    _, end = passage.span(min(place, len(codes) - 1))
    if re.match(r'["(fi]{0,3}Z', codes[place : place + 4]) or re.match(r'["(fi]{0,3}U', codes[place : place + 4]):
        yield Statement(
            passage.units[index].start,
            passage.units[place].end if place < len(codes) else 0,
            level,
            frozenset(),
            "none",
        )
        return
    phrase = only_text(passage, place, end)
    if phrase is not None and not passage.asks(place) and not passage.supposes(place):
        yield _said(passage, index, phrase, level, "answer in words")


def _after_cue(passage: Passage, book: OptionBook, index: int, level: Level, rule: str) -> Iterator[Statement]:
    phrase = parse(passage, index + 1, announced=True)
    if phrase is None:
        if level is Level.STATED:
            yield from _in_clause(passage, index, index + 1, level)
        return
    menu = len(phrase.keys) > 1 and len(phrase.keys) == len(book.keys)
    if menu and passage.codes[phrase.end : phrase.end + 1] == ":":  # "Answer with A, B, C or D: C"
        phrase = parse(passage, phrase.end + 1, announced=True) or phrase
    if not _decides(passage, book, index, phrase) or (rule == "arrow" and passage.codes[index - 1 : index] in "LX"):
        return
    if phrase.by == "weak no" and rule != "chosen" and passage.codes[phrase.end : phrase.end + 1] not in ("b", ""):
        return
    described = phrase.by == "text" and (rule in ("fits", "concluded") or (phrase.loose and rule != "chosen"))
    if described:
        if declines(passage) or cut_off(passage) or _outweighed(passage, phrase):
            return
        level = Level.CONCLUDED
    yield _said(passage, index, phrase, level, rule)


def _decides(passage: Passage, book: OptionBook, cue: int, phrase: Phrase) -> bool:
    """Whether the announced phrase is meant: not denied, asked, supposed, or the first item of a discussion."""
    codes = passage.codes
    if phrase.denied or passage.supposes(phrase.start) or _asked(passage, phrase):
        return False
    menu = len(phrase.keys) > 1 and len(phrase.keys) == len(book.keys)  # the question's own "A, B, C or D"
    if menu and (len(book.keys) > 2 or codes[cue] != "N" or passage.span(phrase.start)[1] < len(codes)):
        return False
    if _CONDITION.match(codes, phrase.end) or _LEFT_OPEN.fullmatch(codes, phrase.end):
        return False
    if "n" in codes[cue : phrase.start] and opens_items(passage, phrase):
        return False
    if codes[cue] == "H" or (codes[cue] == "|"):
        near = [at for at in range(max(0, cue - 4), cue) if passage.units[at].keys]
        before = frozenset[str]().union(*(passage.units[at].keys for at in near))
        close = (
            bool(near)
            and "B" not in codes[near[-1] : cue]
            and passage.units[cue].start - passage.units[near[-1]].end <= 8
        )
        return not close or phrase.keys < before
    return True


def _asked(passage: Passage, phrase: Phrase) -> bool:
    """A question decides nothing ("Is the answer B?"), but "B?" as the whole reply is a hesitant answer."""
    if not passage.asks(phrase.start):
        return False
    start, _ = passage.span(phrase.start)
    more = any(role not in '.?n)"' for role in passage.codes[phrase.end :])
    return start > 0 or more or passage.units[start].word.split(" ")[0] in COMMON.singles["asks"]


def _outweighed(passage: Passage, phrase: Phrase) -> bool:
    """Whether the sentence goes on to say the opposite: "The quality is good but the contrast is bad"."""
    _, end = passage.span(phrase.start)
    for index in range(phrase.end, end):
        unit = passage.units[index]
        if unit.keys and not unit.keys <= phrase.keys and index not in passage.denied:
            return bool(set("BW") & set(passage.codes[phrase.end : index]))
    return False


# --- "B is correct", "✓ B" ---


def praised(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """What is called right after it is named."""
    codes = passage.codes
    for index in passage.values():
        unit = passage.units[index]
        if unit.by in ("polar", "weak no") or index in passage.denied:
            continue
        praise = _PRAISE.match(codes, index + 1)
        ticked = (index and codes[index - 1] == "t") or (
            index > 1 and codes[index - 1] in '.("-' and codes[index - 2] == "t"
        )
        confirmed = not book.yes and re.match(r'\?"?K', codes[index + 1 : index + 4])
        bare_is = index - 1 and _denied_just_before(passage, index) and re.match(r"c[.]", codes[index + 1 : index + 3])
        if not (praise or ticked or confirmed or bare_is):
            continue
        if passage.supposes(index) or (passage.asks(index) and not confirmed):
            continue
        if praise and not (ticked or confirmed or bare_is):
            if not (unit.firm or codes[index - 1 : index] in ("o", "N")):
                continue
            if book.yes and passage.units[praise.end() - 1].word == "yes":
                continue
            if unit.by == "text" and not _chooses(passage, praise.end() - 1):
                continue
        doubtful = (
            praise is not None and not ticked and passage.units[index + 1].word in ("could be", "might be", "may be")
        )
        if doubtful and (cut_off(passage) or set("BW") & set(codes[praise.end() :]) if praise else False):
            continue
        level = Level.CONCLUDED if doubtful else Level.PRAISED
        yield Statement(unit.start, unit.end, level, unit.keys | _shared(passage, index), "praised")


def _chooses(passage: Passage, index: int) -> bool:
    """ "Noise is more likely" chooses; "noise is present" or "noise is true" says nothing of options."""
    unit = passage.units[index]
    return (
        unit.role in ("issue", "answer")
        or unit.word in COMMON_CHOOSES
        or unit.word.startswith(("most likely", "the answer"))
    )


COMMON_CHOOSES = frozenset(["correct", "right", "best", "more likely", "most likely", "likeliest"])


def _denied_just_before(passage: Passage, index: int) -> bool:
    before = [at for at in range(max(0, index - 12), index) if passage.units[at].keys]
    return bool(before) and before[-1] in passage.denied


def _shared(passage: Passage, index: int) -> frozenset[str]:
    """The option that shares the praise: "either B or A could be right"."""
    before = [at for at in range(max(0, index - 4), index) if passage.units[at].keys]
    if not before or before[-1] in passage.denied or not passage.units[before[-1]].firm:
        return frozenset()
    joined = passage._joined(before[-1], index)
    return passage.units[before[-1]].keys if joined else frozenset()


# --- "A: no. B: yes. C: no." ---


def items(passage: Passage) -> dict[int, frozenset[str]]:
    """Letters that open a line of their own ("A: ...", "(B) ..."), with their option."""
    found = {}
    for index in passage.values():
        if passage.units[index].by != "letter":
            continue
        back = index
        while back and passage.codes[back - 1] in '("o/-0':
            back -= 1
        opens = back == 0 or passage.codes[back - 1] in "n.;:>"
        if opens and passage.codes[index + 1 : index + 2] and passage.codes[index + 1] in '").:,->c/otx':
            found[index] = passage.units[index].keys
    return found


def opens_items(passage: Passage, phrase: Phrase) -> bool:
    """Whether the phrase is the first item of a discussion of every option: "A: ...\\nB: ...\\nC: ..."."""
    if phrase.by not in ("letter", "text") or len(phrase.keys) != 1:
        return False
    return any(
        not keys & phrase.keys and index not in passage.denied and passage.codes[index + 1] != "c"
        for index, keys in items(passage).items()
    )


def itemised(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The one item that is marked as right where another is marked as wrong."""
    opens = list(items(passage).items())
    right, wrong = [], set[frozenset[str]]()
    for number, (index, keys) in enumerate(opens):
        end = opens[number + 1][0] if number + 1 < len(opens) else len(passage.units)
        line = passage.codes.find("n", index)
        end = min(end, line if line >= 0 else end)
        verdict = _item_verdict(passage, index + 1, end, words=not book.polar)
        if verdict:
            right.append((index, keys))
        elif verdict is False:
            wrong.add(keys)
    if len({keys for _, keys in right}) == 1 and wrong - {right[-1][1]}:
        unit = passage.units[right[-1][0]]
        yield Statement(unit.start, unit.end, Level.PRAISED, unit.keys, "item marked right")


def _item_verdict(passage: Passage, start: int, end: int, words: bool) -> bool | None:
    """What an item says of its option. ``words``: yes and no are verdicts here, not the texts of options."""
    codes = passage.codes[start:end]
    right, wrong = "t" in codes, "x" in codes
    if not (right or wrong) and words:
        last = next((at for at in range(end - 1, start - 1, -1) if passage.codes[at] not in '.,;")n/'), start)
        said = passage.units[last].word
        led = passage.codes[max(start - 1, last - 1)] in ':>(-"?._/'
        role = passage.units[last].role
        right = led and (said in WORDS.singles["right"] or role in ("praise", "fits"))
        wrong = led and (said in WORDS.singles["wrong"] or role == "denied_after")
    return right if right != wrong else None


def left_over(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The one option that is named and not turned down, where all others are: "not A, not B, but a ring"."""
    if len(book.keys) < 3 or book.polar:
        return
    rejected = frozenset[str]().union(*(passage.units[index].keys for index in passage.denied))
    left = frozenset(book.keys) - rejected
    named = [index for index in passage.values() if passage.units[index].keys == left and passage.units[index].firm]
    named = [index for index in named if not passage.asks(index) and not passage.supposes(index)]
    if len(left) == 1 and named:
        unit = passage.units[named[-1]]
        yield Statement(unit.start, unit.end, Level.DRAWN, left, "the one left")


# --- options that stand by themselves ---

_OPENING = re.compile(r'[n.,"():>t/\-_fOo0|NBR]{0,8}?(?=[LlTYyvPX])')
_SPOKEN_OF = re.compile(r"[ckMBW]")
_SUPPOSED_TEXT = re.compile(r"[Mk:?c]")


def leading(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The option with which the reply, or what follows a repeated list of options, begins."""
    menus = [index + 1 for index, unit in enumerate(passage.units) if unit.role == "menu"]
    for start in {0, *menus[-1:]}:
        opening = _OPENING.match(passage.codes, start)
        phrase = parse(passage, opening.end() if opening else start, announced=False)
        if phrase is None or phrase.loose or phrase.denied:
            continue
        after = passage.codes[phrase.end : phrase.end + 1]
        if (passage.asks(phrase.start) and len(passage.spans) > 1) or after == "|":
            continue
        bare = phrase.by in ("letter", "place") and not passage.units[phrase.end - 1].full
        if (bare and _SPOKEN_OF.match(after)) or opens_items(passage, phrase):
            continue
        if (phrase.by == "text" and _SUPPOSED_TEXT.match(after)) or (
            not bare and after in ("M", "k", "?") and phrase.by == "letter"
        ):
            continue
        if phrase.by == "text" and _SUPPOSED_TEXT.match(after):
            continue
        if phrase.by in ("polar", "weak no") and _about_itself(passage, phrase):
            continue
        weak_no = phrase.by == "weak no"
        if weak_no and passage.units[phrase.end].word.split(" ")[0] in WORDS.singles["about_else"]:
            continue
        level = Level.CONCLUDED if weak_no else Level.ALONE
        yield _said(passage, phrase.start, phrase, level, "opens")


def _about_itself(passage: Passage, phrase: Phrase) -> bool:
    """ "No, I cannot help with that"."""
    after = passage.units[phrase.end : phrase.end + 6]
    own = [unit.word for unit in after if unit.role not in ("comma", "contrast")]
    said = {word for unit in passage.units[phrase.end : phrase.end + 9] for word in unit.word.split(" ")}
    speaks = said & WORDS.singles["about_myself"] or any(unit.role == "refuse" for unit in after)
    looks = said & {"see", "view", "analyze", "analyse", "describe"} and not said & {
        "image",
        "picture",
        "photo",
        "scan",
    }
    return bool(own) and own[0].split(" ")[0] == "i" and bool(speaks) and not looks


def alone(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """Lines and sentences that are nothing but an option."""
    found = list(_alone_or_labelled(passage))
    labelled = [item for labels, item in found if labels]
    several = len({item.keys for item in labelled}) > 1  # "Sharpness: good\nContrast: poor": each about something else
    yield from (item for labels, item in found if not (labels and several))


def _alone_or_labelled(passage: Passage) -> Iterator[tuple[bool, Statement]]:
    codes = passage.codes
    for start, end in passage.spans:
        if passage.asks(start) and len(passage.spans) > 1:
            continue
        opening = _OPENING.match(codes, start, end)
        phrase = _fills(passage, opening.end() if opening else start, end)
        tail = _tail(passage, start, end)
        labelled = phrase is None and tail is not None and codes[tail - 1] == ":"
        if phrase is None and tail is not None:
            phrase = _fills(passage, tail, end)
            if phrase is not None and phrase.by == "text" and codes[tail - 1] == ",":
                continue  # "..., noise": the end of an enumeration rather than an answer
        if phrase is None or _breaks_off(passage, start, phrase):
            continue
        own = start > 0 and codes[start - 1] == "n" and (end == len(codes) or codes[end - 1] == "n")
        last = (
            own and len(phrase.keys) == 1 and phrase.by in ("letter", "polar") and _is_last_word(passage, start, phrase)
        )
        level, rule = (Level.LINE, "last line") if last else (Level.ALONE, "alone")
        yield labelled and phrase.by == "text", _said(passage, phrase.start, phrase, level, rule)


def _is_last_word(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether a line of its own ends the reasoning: no other option follows, and the line before is no option, too."""
    line = passage.codes.rfind("n", 0, start - 1) + 1
    short = start - line <= _SHORT_LINE and any(unit.keys for unit in passage.units[line:start])
    return not short and all(unit.keys <= phrase.keys for unit in passage.units[phrase.end :] if unit.firm)


def _tail(passage: Passage, start: int, end: int) -> int | None:
    """Where the last part of a sentence begins ("Without a doubt, yes."), unless it goes on with a list of options."""
    cut = max((at for at in range(start, end) if passage.codes[at] in ",:-"), default=start)
    sums = passage.units[cut].word == "="  # "2 + 1 = 3"
    return cut + 1 if cut > start and (sums or not passage.units[cut - 1].keys) else None


def _fills(passage: Passage, position: int, end: int) -> Phrase | None:
    """The answer phrase that takes up all from ``position`` to ``end``."""
    phrase = parse(passage, position, announced=False)
    if phrase is None or phrase.denied or phrase.end > end:
        return None
    return phrase if _REST.fullmatch(passage.codes, phrase.end, end) and not _words(passage, phrase.end, end) else None


def _words(passage: Passage, start: int, end: int) -> bool:
    return any(unit.role == "" and unit.word[:1].isalnum() for unit in passage.units[start:end])


def _breaks_off(passage: Passage, start: int, phrase: Phrase) -> bool:
    """Whether the reply was cut right after ``phrase``: "... Metal artifact", "A) no. B) no. C)"."""
    if any(role not in ').:,("-n' for role in passage.codes[phrase.end :]):
        return False
    if passage.units[phrase.end - 1].full and passage.text[-1] == ":":
        return True
    if phrase.by == "letter":
        if cut_off(passage):
            return True
        opened = items(passage)
        before = [keys for index, keys in opened.items() if index != phrase.start]
        listed = phrase.start in opened and passage.codes[phrase.end : phrase.end + 1] in (")", ":")
        new = not any(keys & phrase.keys for keys in before)
        return listed and bool(before) and new and "n" not in passage.codes[max(0, start - 1) : start]
    own_line = start > 0 and passage.codes[start - 1] == "n"
    return cut_off(passage) and phrase.by == "text" and (passage.text[-1] == ":" or not own_line)


# --- the one option that the prose affirms ---


def in_prose(passage: Passage, book: OptionBook) -> Iterator[Statement]:
    """The option whose text is the only one affirmed, in the last sentence or anywhere."""
    if declines(passage) or cut_off(passage) or not passage.spans:
        return
    start, end = passage.spans[-1]
    yield from _interjections(passage, start)
    while start and passage.codes[start - 1] == ";":
        start, _ = passage.span(start - 1)
    opened = items(passage)
    several = len(set(opened.values())) > 1
    topics = _topics(passage)
    named = [index for index in passage.values() if _affirmed(passage, index, topics)]
    if several:
        named = [index for index in named if index not in opened]
    last = [index for index in named if index >= start]
    concludes = "D" in passage.codes[start : start + 3]
    if "a" in passage.codes[start:end]:
        last = []  # "There is noise. There is also blur." names two
    for level, group in ((Level.CONCLUDED if concludes else Level.LAST, last), (Level.NAMED, named)):
        keys = frozenset[str]().union(*(passage.units[index].keys for index in group))
        for index in group:
            if re.match(r"\([L]\)", passage.codes[index + 1 : index + 4]):
                keys |= passage.units[index + 2].keys
        if len(keys) == 1:
            unit, other = passage.units[group[0]], passage.units[group[-1]]
            yield Statement(unit.start, other.end, level, keys, "affirmed")


def _interjections(passage: Passage, last: int) -> Iterator[Statement]:
    """Yes or No at the head of the last sentence or as a clause: "The image shows no artifacts. Yes, it is clean." """
    for index in passage.values():
        unit, codes = passage.units[index], passage.codes
        head = last and last <= index < last + 2
        clause = index and codes[index - 1] in ",iD" and codes[index + 1 : index + 2] == ","
        if unit.by == "polar" and unit.firm and (head or clause) and not passage.asks(index):
            yield Statement(unit.start, unit.end, Level.CONCLUDED, unit.keys, "interjection")


def _affirmed(passage: Passage, index: int, topics: set[int]) -> bool:
    unit, codes = passage.units[index], passage.codes
    if unit.by != "text" or not unit.firm or index in topics or index in passage.denied:
        return False
    if codes[index + 1 : index + 2] == "M" or (
        codes[index + 1 : index + 4] in ("(L)",) and codes[index + 4 : index + 5] == "M"
    ):
        return False
    start, end = passage.span(index)
    if "E" in codes[max(start, index - 8) : index]:
        return False
    letters = {passage.units[at].keys for at in range(start, end) if codes[at] == "L"}
    return len(letters) < 2 and not passage.asks(index) and not passage.supposes(index)


def _topics(passage: Passage) -> set[int]:
    """Option texts that head a line ("Noise: grainy"), where more than one option does so."""
    heads = set()
    for index in passage.values():
        opens = index == 0 or passage.codes[index - 1] in 'n.;:"('
        if (
            passage.units[index].by == "text"
            and opens
            and passage.codes[index + 1 : index + 2] in (":", "(", "-", "M", "k")
        ):
            heads.add(index)
    return heads if len({passage.units[index].keys for index in heads}) > 1 else set()


def declines(passage: Passage) -> bool:
    """Whether the text says that it cannot or will not answer."""
    return "U" in passage.codes


_CLOSE = 60  # statements with less text than this between them are one list of answers, not a change of mind
_SHORT_LINE = 5  # units of a line that is an option, with a mark or two
_LONG_WITHOUT_END, _STOPS_BEFORE = 40, 3


def cut_off(passage: Passage) -> bool:
    """Whether the text stops in the middle of a sentence."""
    codes, units = passage.codes, passage.units
    if not units or (units[-1].role == "value" and units[-1].by != "text"):
        return bool(units) and codes[-2:-1] == "," and "B" in codes[passage.spans[-1][0] :]
    last = units[-1]
    if last.role in ("comma", "colon", "open", "dash") or passage.text.endswith("..."):
        return True
    if not passage.text[-1:].isalpha():
        return False
    before = units[-2].role if len(units) > 1 else ""
    if last.word.split(" ")[-1] in WORDS.singles["cut"] and before not in ("option", "answer") and last.role != "value":
        return True
    start, end = passage.spans[-1]
    same_line = start > 0 and codes[start - 1] != "n"
    if same_line and not any(unit.keys for unit in units[start:end]) and end - start > 2:
        return True
    stops = sum(
        1 for at, role in enumerate(codes) if role in ".?" and at and passage.text[units[at].start - 1].islower()
    )
    return sum(unit.word[:1].isalnum() for unit in units) > _LONG_WITHOUT_END or stops >= _STOPS_BEFORE


# --- the decision ---

_TURN = re.compile(r"[DBRn]")
_MAYBE = re.compile(r"[R][^.n]{0,4}[LlTYP][^.?n]{0,2}\?[\"n]*$")
_OR_IS_IT = re.compile(r"\|[^.?n]{1,10}\?[\"n]*$")


def decide(passage: Passage, book: OptionBook, found: list[Statement]) -> Reading:
    """The last of the most binding statements, unless another one stands beside it."""
    found = _after_retraction(passage, found)
    if _reopened(passage, found):
        return Reading(None, "ends with a question")
    if not found:
        return Reading(None, _reason_for_nothing(passage))
    strongest = max(item.level for item in found)
    said = [item for item in found if item.level == strongest]
    if strongest is Level.ALONE:  # "A" first and "B" on the last line are two answers
        return _only(passage, said)
    last = said[-1]
    narrowed = [item for item in found if item.start >= last.start and item.level >= Level.DRAWN]
    if any(item.keys and item.keys < last.keys for item in narrowed):  # "A or D, most likely D"
        last = narrowed[-1]
    rivals = [item for item in said if item.start < last.start and not item.keys & last.keys]
    if rivals and last.start - rivals[-1].end < _CLOSE and not _turns(passage, rivals[-1].end, last.end):
        return Reading(None, "two options named")
    return _only(passage, [last])


def _turns(passage: Passage, start: int, end: int) -> bool:
    """Whether something is taken back, or a conclusion drawn, between two positions."""
    return any(
        unit.role in ("retract", "concludes", "contrast", "concession")
        for unit in passage.units
        if start <= unit.start < end
    )


def _only(passage: Passage, said: list[Statement]) -> Reading:
    keys = frozenset[str]().union(*(item.keys for item in said))
    if any(not item.keys for item in said):
        return Reading(None, "an option that is not offered, or none")
    if len(keys) > 1:
        return Reading(None, "two options named")
    last = said[-1]
    return Reading(next(iter(keys)), said=passage.text[last.start : last.end], rule=last.rule)


def _reopened(passage: Passage, found: list[Statement]) -> bool:
    """Whether the last words put another option up for discussion: "A... or is it D?"."""
    doubt = _OR_IS_IT.search(passage.codes) or _MAYBE.search(passage.codes)
    if doubt is None or not found:
        return False
    asked = frozenset[str]().union(*(passage.units[index].keys for index in range(doubt.start(), len(passage.units))))
    return bool(asked - found[-1].keys) and found[-1].start < passage.units[doubt.start()].start


def _after_retraction(passage: Passage, found: list[Statement]) -> list[Statement]:
    """What was said before "wait" or "correction" counts only when nothing was decided after it."""
    retractions = [unit.start for unit in passage.units if unit.role == "retract" and unit.start > 0]
    for position in reversed(retractions):
        if any(item.start >= position and item.level >= Level.ALONE for item in found):
            return [item for item in found if item.start >= position]
    if retractions and cut_off(passage) and found and found[-1].level < Level.MARKED:
        return []
    return found


def _reason_for_nothing(passage: Passage) -> str:
    if declines(passage):
        return "refusal"
    if cut_off(passage):
        return "cut off before a decision"
    named = {unit.keys for unit in passage.units if unit.keys and unit.firm}
    return "several options named, none chosen" if len(named) > 1 else "no option named"
