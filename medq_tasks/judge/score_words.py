"""The vocabulary of judges: how scores are named, given, corrected, denied and merely talked about.

Patterns are written as word lists, one concept each; a blank inside an entry is one or more blanks in the text.
"""

from __future__ import annotations

import re


def any_of(*lines: str) -> str:
    """One regex group from comma-separated entries, each a regex of its own."""
    entries = [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]
    return "(?:" + "|".join(entry.replace(" ", r"\s+") for entry in entries) + ")"


AXIS = any_of(
    "completeness, preciseness, precision, internal consistency, consistency, quality[ _-]?accuracy, accuracy",
    "完整性, 精确性, 准确性, 一致性",
)

# A noun that means the score itself; a few words may stand between it and the value.
SCORE_NOUN = any_of(
    r"scores?, ratings?, grade, boxed, 评分, 得分, 分数, 打分, 分值, 评级, 总分, 評分, 分數",
    r"スコア, 得点, 点数, 評価, 점수, 평점",
    r"(?:end|gesamt)?punktzahl, bewertung, wertung, note, puntuaci[oó]n, puntaje, calificaci[oó]n",
    r"pontua[cç][aã]o, nota, punteggio, voto, skor, оценка, балл",
    AXIS[3:-1].replace("|", ","),
)
# A noun that announces a result of any kind; the value must follow at once.
RESULT_NOUN = any_of(
    r"answer, result, value, output, response, decision, conclusion, verdict, judge?ment, assessment, evaluation",
    r"overall, total, final, marks?, (?:no|partial|full) credit, points, (?<![a-z][\s-])level",
    r"结果, 答案, 等级, 评价, 结论, 判定",
)


GIVING = any_of(
    r"(?:gi|ga)v(?:e[sn]?|ing), assign\w*, award\w*, rate[sd]?, scor(?:e[sd]?|ing), grade[sd]?, deserv\w+",
    r"merit\w*, warrant\w*, earn\w*, receiv\w+, justif\w+, gets?, got, say, worth, equals, leaving",
    r"settl\w+, cho?ose?, chosen?, choosing, pick\w*, select\w*, decid\w+, opt\w* for, conclud\w+",
    r"call, judg\w+, marks?, yield\w*, result\w* in, (?:go|stick|stay)(?:ing)? with",
    r"(?:go|lean|land|remain|stand|sit)\w* (?:for|on|at|towards?|to)",
    r"(?:lead|correspond|equate|translate|amount|belong|equivalent|lower|rais|chang|round|com|correct|revis)\w* "
    r"(?:\w+ )?(?:\w+ )?to",
    r"meets? (?:all )?(?:the )?(?:criteria|criterion|description|definition|requirements?) (?:for|of)",
    r"(?:place|put)s? \w+ (?:at|in), makes? (?:it|this), qualif\w+ (?:as|for), falls? (?:under|into|in)",
)

# Weaker: they give a score only where the value stands alone ("so 1.", not "so 1 artifact").
LINKING = any_of(
    "an?(?= \\w), as it stands, on reflection, on second thoughts?",
    "it's, it is, this is, that's, that is, that makes, so, hence, thus, therefore, accordingly",
    "consequently, actually, correction, but, is, at, as",
    "ie, would be, should be, must be, definitely, clearly, probably, certainly, i think, i believe, i mean, final",
    "rather, instead, make that, make it, →",
)
GIVING_HAN = r"给(?:出|予|他|它)?|打|得|评(?:为|定为|价为)|判(?:为)?|应为"
# Between a verb of giving and its value: any few words but these. After a weaker link: only such as these.
# No word of any language has more than 40 letters, but a loop of Han characters is one word for a pattern.
BETWEEN = r"(?!(?:zero|one|two|three|or|and|minus|least|most|images?|code|factor|if)\b)[^\W\d][\w']{0,40}"
AFTER_LINK = any_of(
    "a, an, the, clear, solid, score, of, rating, level, with, only, just, definitely, clearly, at, to",
    "i, i'd, say, give, it, this, high, low, no, typical, weak, strong, borderline, firm",
)

# What may follow a value that is meant as a score: the end of a clause, or a reason. Not a noun: "1 artifact".
_END = r"[\"')\]}>]*\s*(?:[.,;:!)\]}。，；(\[→]|$|\n|-"
GOES_ON = re.compile(
    _END
    + r"|(?<=\s)"
    + any_of(
        "because, since, as, for, due, given, here, overall, on, in, based, rather, instead, not, though, under",
        "is, and, but, with, out, to, from, it, the, than, when, while",
    )
    + r"\b|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af])",
    re.I,
)
STANDS_ALONE = re.compile(
    _END + r"|" + any_of("because, since, for, rather, not, overall, here, from me, given, due") + r"\b)",
    re.I,
)


FINAL = re.compile(
    any_of(
        r"\bfinal(?:ly|ized|ised)?\b, \boverall\b, \brevised\b, \bcorrected\b, \bupdated\b, \badjusted\b",
        r"\bdefinitive\b, \bin conclusion\b",
        r"\bto conclude\b, \bin summary\b, \bultimately\b, 最终, 最後, 最后, 修正, 更正, итог\w*, \bendg[uü]ltig\w*",
        r"\bfinale\b",
    )
    + r"[^.\n\d]{0,60}$",
    re.I,
)
PROVISIONAL = re.compile(
    r"\b"
    + any_of(
        r"initial(?:ly)?, preliminary, provisional, tentative(?:ly)?",
        r"first(?= (?:impression|pass|look|thought|score|guess|rating|instinct)), previous(?:ly)?",
        r"original(?:ly)?, draft, at first, before, was going to, was about to, considered, started with",
        r"thought about, old, earlier",
    )
    + r"\b[^.\n\d]{0,40}$",
    re.I,
)
CORRECTION = re.compile(
    r"\b"
    + any_of(
        r"wait, correct(?:ion|ed), actually, on reflection, on second thoughts?",
        r"re-?(?:consider|evaluat|assess|read|vis)\w*",
        r"scratch that, i mean, i meant, my mistake, sorry, apologies, oops, typo, misread, edit:, update[d:]?, hmm",
        r"(?:chang|lower|rais)(?:e|ed|ing)? (?:it|my|the|this|to), upgrad\w+, downgrad\w+, adjust\w*",
        r"no -, no:, instead, double.?check\w*, look(?:ing)? (?:again|closer), upon closer, make that",
        "should have been",
    )
    + r"|\bno\b, |更正|修正|重新|改为|更新|不对|等等",
    re.I,
)

_FILLER = r"(?!(?:but|and|yet|by|choice|all)\b)\w[\w'-]*"
DENIED = re.compile(
    r"(?:\b"
    + any_of(
        r"not, cannot, never, nor, neither, no, without, unable to, refuse to, hesitate to, prevent\w*",
        r"preclud\w+, rules? out, instead of, rather than, short of",
        r"above, below, beyond, from, than, nobody, no one, none, hardly, barely, scarcely, far from, versus, vs",
        r"between, isn't, fail\w* to, miss\w* (?:a|the), avoid\w*, against, keeps? it",
    )
    + rf"\b|n't|不是|不能|无法|并非|不应|不给)(?:给|\s+{_FILLER}){{0,7}}[\s\"'(]*(?:score:\s*)?$",
    re.I,
)
SUPPOSED = re.compile(
    r"(?:\b(?:if|unless|whether|were|had)\b[^;.\n]*|如果[^。\n]*|^\W*to (?:get|earn|receive|reach"
    r"|achieve|obtain|deserve|score|rate|be)\b[^;.\n]*|满分[^。，\n\d]*|\b"
    + any_of(
        r"(?<!est.)(?<!only.)possible, example, eg, such as, in the form, format, template, pattern, allowed, valid",
        r"range, scale, doubt\w*, would have been",
        r"could, might, may, torn, debat\w+, tempt\w+, reserve\w*, required?, needed",
        r"would (?:need|require|have)\w*, options, choices",
        r"either, any, where, for (?:it|this) to, in order to, maybe, perhaps, possibly, next time",
    )
    + r"\b[^.;\n\d]{0,40}|\bor\s+an?\s*)$",
    re.I,
)
THEN_SUPPOSED = re.compile(
    r"^[\"')\]]*\s*(?:(?:deducted|lost|off|at first|initially|before|previously|originally)\b|"
    r"(?:the|this|a|one)\s+\w+\s+(?:must|has to|have to|needs to|would have to|should)\b|"
    r"(?:would|will|should|could|must|can|does|is|are|was|were|has|had)\s*(?:only "
    r"|also )?(?:n't|not|be (?:given|assigned|awarded|used|for|too|wrong|unfair|excessive"
    r"|generous|harsh|overly|incorrect|inappropriate|unjustified|misleading|reserved|if"
    r"|possible|when|only)|"
    r"require|need|mean|have|indicate|apply|demand|imply|(?:given|assigned|awarded|used"
    r"|appropriate|reserved) (?:if|when|only|for)|for\b|reserved|only|too\b|defined|meant|"
    r"described|out of reach|unlikely|if\b|when\b)"
    r"|requires?\b|needs?\b|means?\b|indicates?\b|corresponds?\b|denotes\b|represents?\b"
    r"|stands for|if\b|when\b|unless\b|isn't|cannot\b|can't|seems? too|feels? too|implies"
    r"|demands|"
    r"applies (?:when|if|only))",
    re.I,
)
# "The maximum score is 2" says nothing; "I assign the maximum score, 2" does.
# "The model text says 'Score: 2'": what the judged text claims for itself is not the judge's word.
ATTRIBUTED = re.compile(
    r"\b(?:text|candidate|model|description|reply|response|author|rubric|prompt|instructions?"
    r"|it)(?:'s own)?\s+(?:itself\s+|even\s+|also\s+)?(?:"
    r"contains?|includes?|says?|states?|claims?|wrote|writes?|tells?|asks?|instructs?|demands?"
    r"|requests?|tries|attempts?|wants?|"
    r"(?:gives?|awards?|assigns?|rates?) itself)\b[^.;\n]*$|\bthe reference\s*$",
    re.I,
)
CEILING = re.compile(r"\b(?:max(?:imum)?|highest|lowest|min(?:imum)?|top)\b[^.;\n\d]{0,40}$", re.I)
AWARDS = re.compile(r"\b(?:giv|gave|assign|award|deserv|earn|receiv|gets?\b|merit|warrant)", re.I)
COUNTERFACTUAL = re.compile(r"\b(?:if|had|were|unless|with more|otherwise)\b.*\b(?:would|could|might)\b", re.I | re.S)

# Where the clause of a statement begins.
CLAUSE = re.compile(
    r"[.!?;](?=\s|$)|\n|→|\s-+\s|[。；，]|,\s*(?=(?:so|but|hence|therefore|thus|and|which|yet|i|my"
    r"|the|it|this|score|then)\b)"
    r"|\b(?:so|but|hence|therefore|thus|consequently|accordingly|however)\b",
    re.I,
)
SENTENCE = re.compile(r"[.!?](?=\s|$)|\n|。")
