"""Which level a judge's reply gives: 0, 1, 2, or None. It never guesses (docs/reading.md has the ladder)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from medq_tasks.reading.score.judge_text import readable
from medq_tasks.reading.score.score_scope import Surroundings
from medq_tasks.reading.score.score_stream import LABEL_CODES
from medq_tasks.reading.statements import Level, Reading, Statement

# Patterns over ``score_stream.LABEL_CODES``: a label, a value, and what may stand between the two.
_WORDS = "we" + "".join(sorted(set(LABEL_CODES.values()) - set("RQFrSXb")))
_PLAIN, _NO_LABEL, _W, _GIFT = f"[{_WORDS}]", f"[{_WORDS}RQFr]", f"[{_WORDS}RQFrSXb]", f"(?![BL])[{_WORDS}RQFrSXb]"
_V = '[("{)_|]{0,9}(?P<value>[VvM])'
_NOTE = r"(?:\([^)n]{0,13}\))?"
_SIGN = r'[)"_]*(?:n(?=:))?(?:[._]{2,}|[:|>]|;(?=[VvM]))[:;/n>|]*i?'
_LINK = rf"(?:>|a(?={_W}|[VvM])|[lFkitd]|D(?=[:,~-]))"
_FIRM = {"S": Level.STATED, "b": Level.STATED, "X": Level.LINE}  # an axis' own number yields to "Score: 1"
_LABEL = re.compile(rf"(?P<score>[SbX]+)|[RFr]+|(?<!(?![aT]){_W})Q+")


def _rules(between: str, most: int) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """The ways from a label to its value, and whether each is firm: a mark between the two, so that no word denies."""
    firm = (
        rf"{_NOTE}(?:{between}{_NOTE}){{0,{most}}}?{_SIGN}{_V}",  # "Score: 2", "Score (0-2) for completeness: 2"
        rf"{_NOTE}{_SIGN}{_PLAIN}{{1,3}}(?:\((?=V\))|[~-])(?P<value>V)",  # "Score: partial (1)"
        rf"[~-]{_V}",  # "Score - 2"
    )
    loose = (
        rf'[)",]{{0,2}}n?{_V}',  # "Score 2"
        rf"{_NOTE}(?:,?{between}){{0,10}}?,?[itopcd]+[ahkoptyliTD:]*{_V}",  # "The score is therefore 2"
    )
    return tuple((re.compile(rule), rule in firm) for rule in (*firm, *loose))


# The first or the last column of a table with one row.
_TABLE = re.compile(rf"(?:\|[^n]{{1,60}})?\|?n[|:~-]{{0,60}}n?(?:\|?|[^n]{{1,60}}\|){_V}(?=\|[^n]*(?:n[^|]|$))")
_FROM_SCORE, _FROM_RESULT = (*_rules(_NO_LABEL, 8), (_TABLE, True)), _rules(_PLAIN, 0)
# Values that no label announces: the pattern, the rule's name, and the words that may follow.
_UNLABELLED = (
    (re.compile(rf'[gybr]{{1,4}}(?:[:("]|{_GIFT}){{0,10}}?{_V}'), "given", "goes_on"),
    (re.compile(rf'(?<![LQ]){_LINK}{{1,6}}(?:[:,"(]|[atohkpyQTD]){{0,8}}{_V}'), "concluded", "ends_here"),
    (re.compile(rf"(?P<value>[Vv])(?:(?:[iz]|{_W}c|dd)[lhawT]{{0,3}}[fg]|ll)"), "fits", ""),
    (re.compile(r"(?<![/|~-])(?P<value>[Vv])"), "points", ""),
)
_LISTED = re.compile(r"(?:(?<=n)|^)[VvM][.)]")
_BARE = re.compile(r'(?:(?<=n)|^)(?:["()_.?,;:>+x|~kaTe-])*?(?P<value>[Vv])[)".+x|_]*(?=(?P<line>n|$)?)')
_TAIL = re.compile(r'(?P<sign>[.>:~(,;])[("_|)]{0,2}(?P<value>[Vv])[.)"]*$')
_FULL_TAIL = re.compile(
    r'(?P<sign>[,])["(]?(?P<value>[Vv])[)"]*[.n][^VvM]*$'
)  # "Perfect match, 2/2. I hope this helps."
_TARGET = re.compile(
    rf'(?<!X)(X+)S?(?:{_NOTE}[:/>~|-]|{_NOTE}[io])?["(]*[VvM]|[Vv][hwtoj]T?(X+)|(?<!X)(X+)(?=[hgyT].{{0,3}}[Vv])'
    r"|(?<!I)(I+)S?:[Vv]"
)
_APART = 5  # words; "Score: 2\n(scale: 0-10)" is another scale
_TOTAL = re.compile(r"(?:^|[n.;])[FR]?S:V")


def read_score(reply: str) -> int | None:
    """The level (0, 1 or 2) that a judge's reply gives, or None when it gives none, several, or one off the scale.

    ``Score: 20`` is None, not 2; ``Score: 1.5`` is None; ``**Score:** 2/2`` is 2; a restated rubric says nothing.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    level = explain_score(reply).choice
    return None if level is None else int(level)


def explain_score(reply: str) -> Reading:
    """The level as "0", "1" or "2" with the statement that gives it, or None with the reason.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    text = readable(reply)
    if not text:
        return Reading(None, "no text")
    scorer = Scorer(text)
    found = sorted(scorer.statements(), key=lambda said: said.start)
    if scorer.several_targets() or not scorer.is_on_scale(found):
        return Reading(None, "scores of another kind")
    said = scorer.last_correction(found) or _strongest(found)
    if said is None or not said.keys:
        return Reading(None, "several scores" if said is None and found else "no score")
    return Reading(next(iter(said.keys)), "", text[said.start : said.end], said.rule)


def _strongest(found: list[Statement]) -> Statement | None:
    level = max((said.level for said in found), default=None)
    strongest = [said for said in found if said.level == level]
    if len({said.keys for said in strongest}) != 1:
        return None
    return min(strongest, key=lambda said: (-said.end, said.start))  # the last, with most of its words


class Scorer(Surroundings):
    """The statements of one reply."""

    def statements(self) -> Iterator[Statement]:
        """Every statement of a score."""
        yield from self._labelled()
        yield from self._unlabelled()
        yield from self._bare()

    def _labelled(self) -> Iterator[Statement]:
        """ "Score: 2", "The score is therefore 2", "Score 2"."""
        for label in _LABEL.finditer(self.codes):
            for rule, firm in _FROM_SCORE if label["score"] else _FROM_RESULT:
                found = rule.match(self.codes, label.end())
                if found and (firm or self.goes_on(found.end(), "goes_on")):
                    level = _FIRM.get(label[0][0], Level.DRAWN) if firm else Level.DRAWN
                    yield from self._said(label.start(), found, level, "score" if label["score"] else "result", firm)
                if found:
                    break

    def _unlabelled(self) -> Iterator[Statement]:
        """ "I'd give this a 1", "so 1", "2 points", "A 1 is appropriate"."""
        for pattern, rule, ends in _UNLABELLED:
            for found in pattern.finditer(self.codes):
                if self.goes_on(found.end(), ends) and not (rule == "points" and self._lost(found.start())):
                    yield from self._said(found.start(), found, Level.DRAWN, rule, False)

    def _lost(self, at: int) -> bool:
        """Whether the number gives no points: "I deduct 2 points", "the 2 points above", "2 artifacts"."""
        told = self.opens("names_things", at - 1) or self.holds("lost", at - 3, at)
        return bool(told) or self.units[at].by != "points"

    def _said(self, start: int, found: re.Match[str], level: Level, rule: str, firm: bool) -> Iterator[Statement]:
        """The statement, unless it is denied, supposed, provisional, asked, or names several levels."""
        at = found.start("value")
        if found["value"] != "M" and self.is_meant(start, at, firm):
            final = self.holds("final", max(self.clause(start), at - 14), at)
            yield self._statement(start, at, Level.MARKED if final else level, rule)

    def _statement(self, start: int, value: int, level: Level, rule: str) -> Statement:
        return Statement(self.units[start].start, self.units[value].end, level, self.units[value].keys, rule)

    def _bare(self) -> Iterator[Statement]:
        """Levels that are a line, the beginning of the first, or the end of the last."""
        codes = self.codes
        head = 0 if len(_LISTED.findall(codes)) > 1 else codes.find("n") % (len(codes) + 1)
        for found in _BARE.finditer(codes):
            at = found.start("value")
            first = at < head and codes[at + 1 : at + 2] != "?" and self.goes_on(at + 1, "ends_here")
            if (found["line"] is not None or first) and not self.opens("names", at - 1):
                yield self._statement(at, at, Level.ALONE, "alone")
        tail = _TAIL.search(codes) or _FULL_TAIL.search(codes)
        if tail and self._sums_up(tail):
            yield self._statement(tail.start("value"), tail.start("value"), Level.ALONE, "last word")

    def _sums_up(self, tail: re.Match[str]) -> bool:
        """Whether the level that ends the last line counts or names nothing, and answers no label."""
        at, codes = tail.start(), self.codes
        start = codes.rfind("n", 0, at) + 1
        clause = max(codes.rfind(sign, start, at) for sign in (",", ";", ".")) + 1 or start
        if self.find("refuse") or start == at:
            return False
        if tail["sign"] in ".;>":
            return not self.opens("names", at - 1)
        if tail["sign"] == ",":
            return self.units[tail.start("value")].full or bool(self.opens("introduces", start))
        labels, counts = re.search("[XSbRFr]", codes[clause:at]), re.search("[VvM]", codes[start:at])
        return not (labels or counts or self.holds("counted", clause, at))

    def last_correction(self, found: list[Statement]) -> Statement | None:
        """The last statement that takes back an earlier, different one."""
        cues, correction = [(self.units[at].start, self.units[end - 1].end) for at, end in self.find("corrects")], None
        for before, said in pairwise(found):
            at = bisect_left(cues, (before.end,))
            if said.level > Level.ALONE and said.keys != before.keys and cues[at:] and cues[at][1] <= said.end:
                correction = said
        return correction

    def is_on_scale(self, found: list[Statement]) -> bool:
        """Whether no other scale is spoken of, or only far behind a stated score: "3. Use a scale of 0-4"."""
        at = self.other_scale
        if at is None:
            return True
        between = (self.text[said.end : at] for said in found if said.level >= Level.STATED and said.end < at)
        return any("\n" in said and len(said.split()) >= _APART for said in between)

    def several_targets(self) -> bool:
        """Whether the reply scores more than one axis or image: one was asked for, and which of the numbers is it?"""
        targets = {self.words[found.end(found.lastindex or 0) - 1] for found in _TARGET.finditer(self.codes)}
        return len(targets) > 1 and not _TOTAL.search(self.codes)
