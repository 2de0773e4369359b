"""Read the level out of a judge's reply: 0, 1, 2, or None. It never guesses.

Every statement of a score in the reply is found. The last one that takes back an earlier one is the answer. Without
such a correction the strongest count, and must agree: a declared final score is stronger than "Score: 1", then come "I
give it a 1" and a lone digit. What the reply denies, supposes, quotes from the rubric or calls provisional counts as
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from medq_tasks.judge import score_words as words
from medq_tasks.judge.score_text import readable
from medq_tasks.judge.score_values import Value, value_at
from medq_tasks.judge.several import other_scale, several_targets, without_rubric
from medq_tasks.reading.score_line import score_line

BARE, SAID, LABELLED, FINAL = range(1, 5)
_REACH = 2_000  # characters; a reply that repeats itself without end must not take a minute

_LONGEST_CORRECTION = 60  # characters, "on second thoughts"


@dataclass(frozen=True)
class Statement:
    """One place where the reply states a score; ``level`` is None where what it states is no level."""

    level: int | None
    strength: int
    start: int
    end: int


def read_score(reply: str) -> int | None:
    """The level (0, 1 or 2) that a judge's reply gives, or None when it gives none, several, or one off the scale.

    ``Score: 20`` is None, not 2; ``Score: 1.5`` is None; ``**Score:** 2/2`` is 2; a restated rubric says nothing.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    text = without_rubric(readable(reply)).strip()
    if not text or other_scale(text) or several_targets(text):
        return None
    found = sorted(
        [*_labelled(text), *_given(text), *_points(text), *_fitting(text), *_bare(text)], key=lambda said: said.start
    )
    correction = _last_correction(text, found)
    decided = correction.level if correction else _decide(found)
    return score_line(text) if decided is None else decided


def _decide(found: list[Statement]) -> int | None:
    strongest = max((said.strength for said in found), default=0)
    levels = {said.level for said in found if said.strength == strongest}
    return levels.pop() if len(levels) == 1 else None


def _last_correction(text: str, found: list[Statement]) -> Statement | None:
    """The last statement that takes back an earlier, different one."""
    latest: dict[int | None, Statement] = {}
    correction = None
    first = last = 0  # no correction stands in text[first:last]; a loop would look for one there again and again
    for said in found:
        others = [one for level, one in latest.items() if level != said.level and one.end <= said.start]
        since = max([said.start - _REACH, *(one.end for one in others)])
        if others and said.strength > BARE:
            start = max(since, last - _LONGEST_CORRECTION) if since >= first else since
            if words.CORRECTION.search(text, start, said.end):
                correction = said
            else:
                first, last = since, said.end
        latest[said.level] = said
    return correction


# --- "Score: 2", "The score for this text is therefore 2", "score of 2", "Score 2" ---

_LABEL = re.compile(
    rf"(?<![a-zа-яё])(?:(?P<score>{words.SCORE_NOUN})|(?P<result>{words.RESULT_NOUN}))(?![a-zа-я])", re.I
)
_NOTE = r"(?:\s*[(\[{][^)\]}\n]{0,60}[)\]}])?"  # a parenthesis with the scale or the axis
_SEPARATOR = (
    r"\s*['\")\]}】]*\s*(?:[:=|]|;(?=\s?\d)|→|:=|\.{2,})[\s:=→]*"
    r"(?:\{?\s*(?:score|rating|boxed|value|level)\s*[:=]?\s*)?(?:is\s+)?"
)
_COLON = re.compile(rf"{_NOTE}(?:\s+[^\W\d][\w'-]*){{0,8}}?{_NOTE}{_SEPARATOR}", re.I)
_COLON_AT_ONCE = re.compile(rf"{_NOTE}{_SEPARATOR}", re.I)
_DASH = re.compile(r"\s*(?:-(?=\d)|\s-+\s)\s*")
_TOUCHING = re.compile(r"(?:는|은|は|が)?[\]'\"),]?\s{0,2}\n?\s*")
_COPULA = words.any_of("is, be, was, as, of, at, to, equals, remains, ist, est, es, de")
_SOFT = words.any_of("therefore, thus, clearly, hence, then, still, now, only, just, an?")
_VERB = re.compile(
    rf"{_NOTE}(?:,?\s+[^\W\d][\w'-]*){{0,10}}?\s*(?:\b{_COPULA}\b|(?:为|是|给))(?:[:\s]*{_SOFT}\b)*[:\s]*",
    re.I,
)
_WORDED = re.compile(
    rf"{_NOTE}{_SEPARATOR}[a-z]+(?:\s[a-z]+){{0,2}}\s*(?:\((?=[012]\))|(?:-|=)\s?(?=[012](?!\d|\.\d)))", re.I
)  # "Score: partial (1)"
_SCORE_LINKS = ((_COLON, LABELLED), (_WORDED, LABELLED), (_DASH, LABELLED), (_TOUCHING, SAID), (_VERB, SAID))
_RESULT_LINKS = ((_COLON_AT_ONCE, SAID), (_WORDED, SAID), (_DASH, SAID), (_TOUCHING, SAID), (_VERB, SAID))


def _labelled(text: str) -> Iterator[Statement]:
    for label in _LABEL.finditer(text):
        for link, strength in _SCORE_LINKS if label["score"] else _RESULT_LINKS:
            between = link.match(text, label.end())
            value = value_at(text, between.end()) if between else None
            if value is None or _LABEL.search(text, label.end(), value.start):
                continue  # no number there, or a nearer label owns it
            firm = link in (_COLON, _COLON_AT_ONCE, _WORDED, _DASH)
            if firm or words.GOES_ON.match(text, value.end):
                yield from _statement(text, label.start(), value, strength, firm=firm)
            break


# --- "I'd give this a 1", "so 1", "2 points" ---

_GIVING = re.compile(
    rf"(?:(?:\b{words.GIVING}\b|{words.GIVING_HAN})[\s:]*(?:{words.BETWEEN}[\s:]+|一个|个|了|出){{0,9}}"
    rf"|(?P<weak>\b{words.LINKING}(?!\w)|→)[\s:,]*(?:{words.AFTER_LINK}[\s:,]+){{0,5}})[\"'(\[]*",
    re.I,
)
_OF_SOMETHING = re.compile(
    r"\s+(?:of|out)\b(?!\s*\d)|\s+in (?:\d|the (?:image|corner|left|right|upper|lower|center))", re.I
)
_POINTS = re.compile(
    r"(?<![A-Za-z0-9_./~-])(?<!\d,)(?<!/ )(?<!of )(?<!or )(?<!to )"
    r"(?:[012]|one|two|zero)(?:\s*(?:points?|pts?)\b|分)(?!之|钟)",
    re.I,
)
_LOST = re.compile(
    r"(?:deduct\w*|los(?:e[sd]?|ing)|minus|subtract\w*|off|remov\w*|cost\w*|扣|满分(?:为|是)?"
    r"|each|per)\W*(?:\w+\W+){0,2}$",
    re.I,
)
_LIMIT = re.compile(r"\b(?:limit|balance|quota|code|status|id|count|number)\s*$", re.I)


def _given(text: str) -> Iterator[Statement]:
    for verb in _GIVING.finditer(text):
        value = value_at(text, verb.end())
        goes_on = words.STANDS_ALONE if verb["weak"] else words.GOES_ON
        counted = verb["weak"] and _LIMIT.search(text, max(0, verb.start() - 20), verb.start())
        if value and not counted and goes_on.match(text, value.end) and not _OF_SOMETHING.match(text, value.end):
            yield from _statement(text, verb.start(), value, SAID, firm=False)


_FITS = re.compile(
    r"(?:^|(?<=[\s\"'(]))(?P<value>[012]|zero|one|two)[\"')]?\s+(?:is|seems|feels|would be"
    r"|looks)\s+(?:therefore |thus )?(?:the |a |most |more )*"
    r"(?:right|correct|appropriate|fair|best|suitable|justified|warranted|fitting|apt"
    r"|reasonable|adequate|proper|accurate)\b"
    r"|^(?P<it>[012]|zero|one|two) it is\b",
    re.I | re.M,
)


def _fitting(text: str) -> Iterator[Statement]:
    """ "A 1 is appropriate", "2 is the right score"."""
    for found in _FITS.finditer(text):
        start = found.start("value") if found["value"] else found.start("it")
        value = value_at(text, start)
        if value is not None:
            yield from _statement(text, start, value, SAID, firm=False)


def _points(text: str) -> Iterator[Statement]:
    for points in _POINTS.finditer(text):
        value = value_at(text, points.start())
        if value and not _LOST.search(text[max(0, points.start() - 60) : points.start()]):
            yield from _statement(text, points.start(), value, SAID, firm=False)


def _statement(text: str, start: int, value: Value, strength: int, *, firm: bool) -> Iterator[Statement]:
    """The statement, unless it is denied, supposed, provisional, asked, or names several levels.

    ``firm``: a colon or the like stands before the value, so the words right before the value cannot deny it.
    """
    sentence, clause = _begin(words.SENTENCE, text, start), _begin(words.CLAUSE, text, start)
    to_value, after = text[clause : value.start], text[value.end : value.end + 80]
    if value.several or not _is_meant(text[sentence : value.start], to_value, start - clause, firm, after):
        return
    final = strength >= SAID and _is_final(to_value)
    yield Statement(value.level, FINAL if final else strength, start, value.end)


@lru_cache(maxsize=1_024)
def _is_final(to_value: str) -> bool:
    return bool(words.FINAL.search(to_value))


# A reply that repeats itself asks this of the same words thousands of times.
@lru_cache(maxsize=1_024)
def _is_meant(sentence: str, to_value: str, label: int, firm: bool, after: str) -> bool:
    """Whether the words around a value leave it standing.

    Args:
        sentence, to_value: from the begin of the sentence and of the clause up to the value.
        label: where in ``to_value`` the statement begins.
        firm: as in ``_statement``.
        after: what follows the value.
    """
    before = to_value[:label]
    lead = before if firm else to_value
    return not (
        re.match(r"[^.!\n]{0,60}\?", after)
        or words.PROVISIONAL.search(before)
        or words.DENIED.search(lead)
        or words.SUPPOSED.search(lead)
        or words.ATTRIBUTED.search(before)
        or (words.CEILING.search(before) and not words.AWARDS.search(before))
        or words.THEN_SUPPOSED.match(after)
        or words.COUNTERFACTUAL.search(sentence)
    )


def _begin(border: re.Pattern[str], text: str, position: int) -> int:
    """Where the clause or sentence around ``position`` begins."""
    first = max(0, position - _REACH // 4)
    back = max(0, first - 1)  # the letter before says whether a word begins at ``first``
    return back + _last_border(border, text[back : position + 8], first - back, position - back)


@lru_cache(maxsize=1_024)
def _last_border(border: re.Pattern[str], window: str, first: int, position: int) -> int:
    ends = [match.end() for match in border.finditer(window, first)]
    return max((end for end in ends if end <= position), default=first)


# --- a digit that is a line by itself, the beginning of the first line, or the end of its last line ---

_LIST_LINE = re.compile(r"\d{1,2}[.)]\s")
_AFTER_BARE = re.compile(
    r"(?:\W*$|[.!,;:(=。，；)\]]|-(?!\w)|→|(?:because|since|as|for|due|rather|not|over|instead|i|imo)\b)", re.I
)
# The last line may end in the level: after a sentence, an arrow, or a colon, dash or bracket that sums the line up.
_TAIL_CHARS = 300
_TAIL = re.compile(
    r"(?:(?<!fig)(?<!no)(?<!image)[.!;。]\s+|→\s*|^on a scale\b[^\d\n]*|(?:^|\.\s+)(?:given"
    r"|based on|per|under|with|considering|by|after|according to)\b[^.\d\n]*,\s+"
    r"|[,;:]\s+(?=\d\s*/\s*2\W*$)|^[^\d\n]*?(?P<what>[^\W\d]+)(?:\s*[:=]\s*|\s-\s"
    r"|\s\())(?P<value>\d+(?:[.,]\d+)?(?:\s*/\s*\d+)?)\s*[.)\]]*$",
    re.I,
)
# "Contradictions: 2" counts, "Request ID: 1" names: no level.
_COUNTED = re.compile(
    r"\b(?:confidence|number|count|contradictions?|errors?|omissions?|missing|covered"
    r"|artifacts?|artefacts?|distance|steps?|levels?|images?|axis|page|code|status|retry|id|"
    r"attempts?|version|table|slice|reference|candidate|model|similarity|coverage|temperature"
    r"|seconds?|minutes?|tokens?|issues?|problems?|findings?|items?|aspects?|"
    r"see|eq|equation|ref|section|weight|index|rank|run|round|sample|question|noise|blur|limit"
    r"|used|balance|remaining|requested|requests?|left|max\w*)\b",
    re.I,
)
_REFUSAL = re.compile(r"\b(?:cannot|can't|unable to|not able to|won't|decline|refuse)\b", re.I)
_HEDGE = re.compile(r"[^\w\s+.<>≤≥/\-\"'(\[{]*\s*(?:(?:\w+ly|i think|i believe|a|an|the)\s+){0,3}", re.I)


def _bare(text: str) -> Iterator[Statement]:
    lines = list(re.finditer(r"\S.*", text))
    listed = sum(bool(_LIST_LINE.match(line[0])) for line in lines) > 1
    for line in lines:
        hedge = _HEDGE.match(line[0])
        value = value_at(line[0], hedge.end() if hedge else 0)
        if value is not None and not value.several:
            rest = line[0][value.end :].strip("\"')]}>|*_ ")
            alone = not rest.strip(".") or (line is lines[0] and _AFTER_BARE.match(rest) and not listed)
            if alone:
                yield Statement(value.level, BARE, line.start() + value.start, line.start() + value.end)
    last = lines[-1][0][-_TAIL_CHARS:]
    tail = None if _REFUSAL.search(text) else _TAIL.search(last)
    value = value_at(last, tail.start("value")) if tail else None
    counted = tail is not None and tail["what"] and _names_something_else(last[: tail.end("what")])
    if value is not None and not value.several and not counted:
        where = text.rfind(last)
        yield Statement(value.level, BARE, where + value.start, where + value.end)


def _names_something_else(lead: str) -> bool:
    """Whether the number after ``lead`` counts or names something, or belongs to a label that was looked at already."""
    return bool(_LABEL.search(lead) or _COUNTED.search(re.split(r"[,;.]", lead)[-1]))
