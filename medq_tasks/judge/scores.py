"""Read the level out of a judge's reply: 0, 1, 2, or None. It never guesses.

Every statement of a score in the reply is found and given a strength: a declared final one is stronger than
"Score: 1", that is stronger than "I give it a 1", and that is stronger than a lone digit. The strongest count. When they
differ, the last one holds only if the reply says that it corrects the ones before; otherwise there is no score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from medq_tasks.judge.score_text import readable
from medq_tasks.judge.score_values import Value, value_at

FINAL, LABELLED, SAID, BARE = 4, 3, 2, 1


@dataclass(frozen=True)
class Statement:
    """One place where the reply states a score; ``level`` is None where what it states is no level."""

    level: int | None
    strength: int
    start: int
    end: int
    axis: str = ""


def read_score(reply: str) -> int | None:
    """The level (0, 1 or 2) that a judge's reply gives, or None when it gives none, several, or one off the scale.

    ``Score: 20`` is None, not 2; ``Score: 1.5`` is None; ``**Score:** 2/2`` is 2; a restated rubric says nothing.
    """
    text = _without_rubric(readable(reply))
    if not text or _several_axes(text):
        return None
    found = sorted(_statements(text), key=lambda said: said.start)
    return _decide([_promoted(text, said, before) for said, before in zip(found, [None, *found], strict=False)])


def _decide(found: list[Statement]) -> int | None:
    if not found:
        return None
    strongest = max(said.strength for said in found)
    kept = [said for said in found if said.strength == strongest]
    levels = {said.level for said in kept}
    if len(levels) == 1:
        return kept[-1].level
    return None


# --- what is no statement ---------------------------------------------------------------------------------------------

# "2 = all covered", "- 1 for a part", "Score 0: none": one level and what it stands for.
_RUBRIC_ITEM = re.compile(
    r"(?:\b(?:a )?(?:score|rating|level|grade)s?(?: of)?:? ?)?(?<![\d./-])(?P<level>[012])(?: ?points?| ?分)?['\")\]]?\s*"
    r"(?:=|:|\bif\b|\bfor\b|\bmeans?\b|\bwhen\b|\bindicates?\b|\bis (?:for|given|used|reserved)\b|\bwould (?:mean|be for)\b|\brepresents?\b|->|→| - |\()"
    r"(?!\s*\d)",
    re.I,
)


def _without_rubric(text: str) -> str:
    """Blank out an enumeration of the levels and their meanings: "2 for all, 1 for part, 0 for none"."""
    for group in _rubric_groups(text):
        start, end = group[0].start(), group[-1].end()
        tail = re.search(r"[.;\n]|$", text[end:])
        end += tail.start() if tail else 0
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _rubric_groups(text: str) -> Iterator[list[re.Match[str]]]:
    group: list[re.Match[str]] = []
    for item in _RUBRIC_ITEM.finditer(text):
        near = group and item.start() - group[-1].end() <= 250
        if near and item["level"] not in {one["level"] for one in group}:
            group.append(item)
            continue
        if len(group) >= 2:
            yield group
        group = [item]
    if len(group) >= 2:
        yield group


_AXIS = r"(?:completeness|preciseness|precision|(?:internal )?consistency|(?:quality[ _-]?)?accuracy|完整性|精确性|准确性|一致性)"
_AXIS_VALUE = re.compile(
    rf"(?P<axis>{_AXIS})(?: score| rating)?\s*(?:\([^)\n]*\))?\s*(?:[:=|]|is|->|→|-)\s*[\"'(\[]*(?:score\s*[:=]?\s*)?\d(?!\d)"
    rf"|(?<![\d.])\d(?: points?)?\s+(?:for|in|on)\s+(?P<axis2>{_AXIS})",
    re.I,
)
_OWN_TOTAL = re.compile(r"(?:^|[\n.;])\s*(?:final|overall)? ?score\s*[:=]\s*[012](?![\d.])", re.I)


def _several_axes(text: str) -> bool:
    """Whether the reply scores more than one axis: one was asked for, and which of these numbers is it?"""
    axes = {(match["axis"] or match["axis2"]).lower() for match in _AXIS_VALUE.finditer(text)}
    return len(axes) > 1 and not _OWN_TOTAL.search(text)


# --- finding statements -----------------------------------------------------------------------------------------------

_NOUN = (
    r"(?:scores?|rating|grade|marks?|points|(?<!low-)(?<!low )level|verdict|judge?ment|assessment|evaluation|answer|result|"
    r"output|response|decision|conclusion|boxed|final|overall|total|评分|得分|分数|打分|分值|评价|等级|结果|答案|评级|总分|"
    r"スコア|得点|点数|評価|점수|평점|punktzahl|bewertung|wertung|note|puntuaci[oó]n|puntaje|calificaci[oó]n|pontua[cç][aã]o|nota|"
    r"punteggio|оценка|балл|" + _AXIS[3:-1] + r")"
)
_LABEL = re.compile(rf"(?<![a-zа-я]){_NOUN}(?![a-rt-zа-я])", re.I)
# What may stand between the label and its value: a parenthesis with the scale, and a few words without digits.
_SCALE_NOTE = r"(?:\s*[(\[{][^)\]}\n]{0,60}[)\]}])?"
_COLON = re.compile(
    rf"{_SCALE_NOTE}(?:\s+[^\W\d][\w'-]*){{0,8}}?{_SCALE_NOTE}\s*['\")\]]?\s*(?:[:=|]|->|→|:=|=>)\s*(?:is\s+)?(?:boxed:)?\s*",
    re.I,
)
_DASH = re.compile(r"\s*(?:-(?=\d)|\s-+>?\s)\s*")
_VERB = re.compile(
    rf"{_SCALE_NOTE}(?:,?\s+[^\W\d][\w'-]*){{0,10}}?\s*(?:\b(?:is|be|was|as|of|at|to|equals|becomes|remains|stays|stands at|ist|est|es|é|è)\b|为|是|给)\s*(?:therefore|thus|clearly|hence|then|still|now|only|just|simply|a|an|:|\s)*\s*",
    re.I,
)
_TOUCHING = re.compile(r"\s{0,2}\n?\s*")

_FINAL = re.compile(
    r"(?:\bfinal(?:ly|ized)?\b|\boverall\b|\brevised\b|\bcorrected\b|\bupdated\b|\badjusted\b|\bmy answer\b|\bin conclusion\b|\bto conclude\b|最终|最後|最后|修正|更正|итог|endg[uü]ltig)"
    r"[^.\n\d]{0,60}$",
    re.I,
)
_PROVISIONAL = re.compile(
    r"\b(?:initial(?:ly)?|preliminary|provisional|tentative|first|previous(?:ly)?|original(?:ly)?|draft|at first|before)\b[^.\n\d]{0,30}$",
    re.I,
)
_CORRECTION = re.compile(
    r"\b(?:wait|correction|actually|on reflection|on second thoughts?|reconsider\w*|re-?evaluat\w+|revis\w+|scratch that|i mean|my mistake|sorry|"
    r"chang(?:e|ed|ing) (?:my|the|it|to)|i'll change|upgrad\w+|downgrad\w+|lower(?:ed|ing) (?:it|my|the)|rais(?:ed|ing) (?:it|my|the)|edit:|update|hmm|no,|instead|double.?check\w*|look(?:ing)? again|misread|adjust\w*)\b"
    r"|更正|修正|重新|改为|更新",
    re.I,
)

_FILLER = (
    r"(?:\w+ly|a|an|the|be|been|get|gets|give|given|giving|assign|assigned|award|deserve|deserves|merit|merits|warrant|warrants|justify|justifies|"
    r"reach|reaches|receive|receives|earn|earns|worth|score|scored|scores|scoring|rate|rated|quite|full|of|as|it|this|that|at|support|supports|qualify|qualifies|for|achieve|say|"
    r"obtain|meet|meets|call|higher|maximum|perfect|such|possible|able|to|provide|any|have|make|determine|with|than|considered|is|in good conscience)"
)
_DENIED = re.compile(
    rf"(?:\b(?:not|cannot|never|nor|neither|no|without|unable to|refuse to|hesitate to|prevent\w*|preclud\w+|rules? out|instead of|rather than|short of|(?:above|below|beyond|from|than|versus|vs|between))\b|n't)(?:\s+{_FILLER}){{0,7}}\s*[\"'(]*$",
    re.I,
)
_SUPPOSED = re.compile(
    r"(?:\b(?:if|unless|whether|were|had)\b[^,;.\n]*|\b(?:max(?:imum)?|highest|lowest|min(?:imum)?|possible|example|e\.g|format|template|allowed|valid|range|scale|requirements?|criteri(?:a|on)|threshold|definition|considered|"
    r"could|might|may|torn|debat\w+|tempted|reserve\w*|required?|needed|would (?:need|require|have)\w*|options?|choices?|either|both|any)\b[^.;\n\d]{0,40})$",
    re.I,
)
_THEN_SUPPOSED = re.compile(
    r"^[\"')\]]*\s*(?:(?:would|will|should|could|must|can|does|is|are|was|were)\s*(?:only |also )?(?:n't|not|be (?:given|assigned|awarded|used|for|too|reserved|if|possible|when|only)|require|need|mean|have|indicate|apply|demand|imply|"
    r"(?:given|assigned|awarded|used|appropriate|reserved) (?:if|when|only|for)|for|reserved|only|too|defined|meant|described|out of reach|unlikely|if|when)"
    r"|requires?\b|needs?\b|means?\b|indicates?\b|corresponds?\b|denotes\b|represents?\b|stands for|if\b|when\b|unless\b|isn't|cannot\b|can't|seems? too|feels? too|implies|demands|applies (?:when|if|only))",
    re.I,
)
_CLAUSE = re.compile(
    r"[.!?;\n](?=\s|$)|\n|→|->|\s-+\s|,\s*(?:so|but|hence|therefore|thus|and|which|yet|i|my|the|it|this|score)\b|\b(?:so|but|hence|therefore|thus|consequently|accordingly|however)\b|[。；，]",
    re.I,
)


def _statements(text: str) -> Iterator[Statement]:
    taken = -1
    for said in sorted([*_labelled(text), *_given(text)], key=lambda one: (-one.strength, one.start)):
        yield said
        taken = max(taken, said.end)
    yield from _bare(text)


def _labelled(text: str) -> Iterator[Statement]:
    """ "Score: 2", "The score for this text is therefore 2", "score of 2", "Score 2"."""
    for label in _LABEL.finditer(text):
        for link, strength in ((_COLON, LABELLED), (_DASH, LABELLED), (_TOUCHING, SAID), (_VERB, SAID)):
            between = link.match(text, label.end())
            value = value_at(text, between.end()) if between else None
            if between is None or value is None or "\n\n\n" in between[0]:
                continue
            if link is not _DASH and _LABEL.search(text, label.end(), value.start) and link is _VERB:
                break  # the nearer label owns this value
            said = _statement(text, label.start(), value, strength, colon=link in (_COLON, _DASH))
            if said is not None:
                yield said
            break


_GIVING = re.compile(
    r"(?:\b(?:give[sn]?|gave|giving|assign\w*|award\w*|rate[sd]?|scor(?:e[sd]?|ing)|grade[sd]?|deserv\w+|merit\w*|warrant\w*|earn\w*|receiv\w+|gets?|got|go(?:ing)? with|"
    r"settl\w+ (?:on|for|at)|choos\w+|chose|pick\w*|select\w*|land\w* (?:on|at)|say|justif\w+|call (?:it|this)|worth|results? in|leads? to|it's|it is|this is|that's|that is|i'd put (?:it|this) at|"
    r"makes? (?:it|this)|so|hence|thus|therefore|accordingly|consequently|actually|correction|conclude|but|qualifies (?:as|for)|falls? (?:under|into|in)|is|at|as)\b[\s:,]*|给(?:出|予|他|它)?|打|得|评(?:为|定为|价为)?|判(?:为)?)"
    r"(?:(?:a|an|the|it|this|that|them|as|of|at|to|is|be|with|only|just|clearly|definitely|therefore|thus|description|text|response|answer|output|model|model's|candidate|"
    r"assessment|comparison|my|i|i'd|i'll|i'm|we|give|would|will|can|rate|go|going|say|assign|award|score|rating|level|grade|category|solid|clear|firm|full|perfect|generous|low|high|in|on|the axis|axis|aspect|this aspect|final|here|deserves|gets|receives|一个|个|它|该描述|其|了)[\s:,]+|一个|个|了|出){0,9}[\"'(\[]*",
    re.I,
)
_GOES_ON = re.compile(
    r"[\"')\]]*(?:\s*(?:[.,;:!)\]}。，；]|$|\n|-|→|\()|\s+(?:because|since|as|for|due|given|here|overall|on|in|based|rather|instead|not|though|although|is|would|seems|feels|"
    r"which|under|according|and|but|with|out|at most|would be|it|the|was|than)\b|\s*[\u4e00-\u9fff])",
    re.I,
)


def _given(text: str) -> Iterator[Statement]:
    """ "I'd give this a 1", "it deserves 2 points", "so 1", "得2分"."""
    for verb in _GIVING.finditer(text):
        value = value_at(text, verb.end())
        if value is None or not _GOES_ON.match(text, value.end):
            continue
        noun = re.match(
            r"\s+(?:of|out)\b(?!\s*\d)|\s+in (?:\d|the (?:image|corner|left|right|upper|lower))",
            text[value.end :],
            re.I,
        )
        weak = re.match(r"(?i)(?:is|at|as|but|it's|it is|this is|that's|that is|so)\b", verb[0])
        if noun or (weak and not _stands_alone(text, value)):
            continue
        said = _statement(text, verb.start(), value, SAID, colon=False)
        if said is not None:
            yield said
    for points in re.finditer(r"(?<![\w.-])(?P<n>[012])(?: (?:points?|pts?)\b|分)(?!之|钟)", text, re.I):
        value = value_at(text, points.start())
        lost = re.search(
            r"(?:deduct\w*|los(?:e[sd]?|ing)|minus|subtract\w*|off|remov\w*|cost\w*|扣|满分(?:为|是)?)\W*(?:\w+\W+){0,2}$",
            text[: points.start()],
            re.I,
        )
        if value is not None and not lost:
            said = _statement(text, points.start(), value, SAID, colon=False)
            if said is not None:
                yield said


def _stands_alone(text: str, value: Value) -> bool:
    return bool(
        re.match(
            r"[\"')\]]*\s*(?:[.,;:!。，；]|$|\n|-|\(|because\b|since\b|for\b|rather\b|not\b|overall\b|here\b|on this\b|at best\b)",
            text[value.end :],
            re.I,
        )
    )


def _statement(text: str, start: int, value: Value, strength: int, *, colon: bool) -> Statement | None:
    """The statement, unless it is denied, supposed, provisional, or names several levels."""
    if value.several:
        return None
    ends = [match.end() for match in _CLAUSE.finditer(text, 0, start)]
    clause = text[(ends[-1] if ends else 0) : value.start]
    before = text[(ends[-1] if ends else 0) : start]
    after = text[value.end : value.end + 80]
    if _PROVISIONAL.search(before) or _SUPPOSED.search(before) or _DENIED.search(before):
        return None
    if not colon and (_DENIED.search(clause) or _SUPPOSED.search(clause) or _THEN_SUPPOSED.match(after)):
        return None
    if re.match(r"[^.!\n]{0,60}\?", after):
        return None
    label = text[start : value.start].lower()
    final = _FINAL.search(before) or (re.match(r"(?:final|boxed)\b", label) and "answer" in label + before[-10:])
    return Statement(value.level, FINAL if final and strength > SAID else strength, start, value.end)


def _bare(text: str) -> Iterator[Statement]:
    """A digit (or word) that is the whole reply, or a line of its own at either end, or the end of the last line."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return
    numbered = sum(bool(re.match(r"\d{1,2}[.)]\s", line)) for line in lines) > 1
    for line, first in ((lines[0], True), (lines[-1], False)):
        where = text.find(line) if first else text.rfind(line)
        value = value_at(line, 0)
        if value is None or value.several:
            continue
        rest = line[value.end :].strip("\"')]}>|*_ ")
        starts = re.match(r"(?:$|[.!,;:(=。，；)\]]|-(?!\w)|because\b|since\b|as\b|for\b|due\b|→)", rest, re.I)
        if starts and not (numbered and rest) and not (rest and not first and len(lines) > 1):
            yield Statement(value.level, BARE, where + value.start, where + value.end)
    tail = re.search(
        r"(?<!fig)(?<!no)(?<!image)(?:[.!:。]|-)\s+(?P<n>\d+(?:\.\d+)?(?:\s*/\s*\d+)?)\s*[.)\]]*$", lines[-1], re.I
    )
    value = value_at(lines[-1], tail.start("n")) if tail else None
    if value is not None and not value.several:
        where = text.rfind(lines[-1])
        yield Statement(value.level, BARE, where + value.start, where + value.end)


def _promoted(text: str, said: Statement, before: Statement | None) -> Statement:
    """A statement that corrects an earlier one counts as final."""
    if before is None or before.level == said.level or said.strength == BARE:
        return said
    between = text[before.end : said.end]
    return replace(said, strength=FINAL + 1) if _CORRECTION.search(between) else said
