"""Statements of which of two images has the higher quality."""

from __future__ import annotations

import itertools
import re
from itertools import pairwise

from medq_tasks.answers.statements import CONCLUDED, CONCLUDES, MARK, MARKED, SAID, Statement, sentences

_NOUN = r"(?:image|picture|scan|slice|photo(?:graph)?|frame|one|sample|view|version|mri|ct|section)"
_IMAGE = re.compile(
    rf"(?P<first>\b(?:image|picture|scan|photo|slice|img|figure)\s?[\"'(#]?(?:a|1|one|i)\b|\b(?:first|1st|"
    rf"left(?:-hand)?|former|top)\b(?!,|\s(?:of all|glance|thing|,))(?:\s{_NOUN}\b)?|"
    rf"\b{_NOUN} on the left\b|(?-i:(?<![\w'-])A(?![\w'-]| [a-z])|(?<![\w'-])A(?= (?:is|has|was|shows|exhibits|"
    rf"appears|displays|outperforms|surpasses|wins|over|and B|or B|than|offers|provides|looks|seems|demonstrates|"
    rf"suffers)\b))|第[一1][张幅个]?(?:图像|图片|图)?|图像?片?\s?[A1一甲]|前者|左[图侧边])"
    rf"|(?P<second>\b(?:image|picture|scan|photo|slice|img|figure)\s?[\"'(#]?(?:b|2|two|ii)\b|\b(?:second|2nd|"
    rf"latter|bottom)\b(?:\s{_NOUN}\b)?|\bright(?:-hand)?\s{_NOUN}\b|"
    rf"\b{_NOUN} on the right\b|(?-i:(?<![\w'-])B(?![\w'-]))|第[二2][张幅个]?(?:图像|图片|图)?|图像?片?\s?[B2二乙]|"
    rf"后者|右[图侧边])",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"[\s\"'(\[]*(?:the\s|image\s|option\s)*(?:(?P<first>a|1|one|left|first|一)|(?P<second>b|2|two|right|second|"
    r"二))(?![\w])",
    re.IGNORECASE,
)
_QUALITY = (
    r"(?:(?:overall|image|diagnostic|perceptual|visual|technical|general|clinical|perceived|total|and|in|of|"
    r"the|its)\s)*(?:quality|value|utility|usability|choice|option|image|one|candidate|overall|picture|scan|"
    r"score|rating)"
)
_BETTER = re.compile(
    rf"\b(?:better|superior|best|higher|highest|greater)[\s-]{_QUALITY}\b"
    r"|\b(?:better|superior|higher)\s(?:\w+,?\s){1,3}?and\s(?:overall\s|image\s)*quality\b"
    r"|\b(?:better|superior|best)\b(?=\s*(?:$|[.,;:!)\]\"'\n(]|-\s|than|to|overall|for|in|because|due|as|and|given|"
    r"since|with|suited|image|thanks))"
    r"|\b(?:quality|rating|score)\b[^.,;]{0,60}?\b(?:higher|better|superior|best|highest|greater)\b"
    r"|\b(?:choose|select|pick|chosen|selected|go with|opt for|vote for|recommend(?:ed)?|in favou?r of)\b|"
    r"\b(?:preferable|preferred|prefer|favou?red|favou?rable|favou?r|outperforms?|surpasses|exceeds|outranks|wins?|"
    r"winner|beats?|more (?:suitable|usable|diagnostic|diagnostically useful|acceptable|reliable|favou?rable|"
    r"desirable|preferable))\b"
    r"|\b(?:rate|rank|score)\b[^.,;]{0,30}?\bhigher\b|\bhas (?:the|an|a slight|a clear) edge\b"
    r"|(?<!对比度)(?<!亮度)(?<!清晰度)(?<!分辨率)(?<!噪声)(?:更好|更高|较好|较高)|更优|优于|好于|高于|胜出|更佳|"
    r"最好|最佳|更适合|选择|推荐|更胜|较优|占优",
    re.IGNORECASE,
)
_WORSE = re.compile(
    rf"\b(?:worse|inferior|poorer|lower|lowest|worst|lesser|poor)[\s-]{_QUALITY}\b"
    r"|\b(?:worse|inferior|poorer|worst)\b(?=\s*(?:$|[.,;:!)\]\"'\n(]|-\s|than|to|overall|for|in|because|due|as|and|"
    r"given|since|with))"
    r"|\bquality\b[^.,;]{0,60}?\b(?:lower|worse|poorer|inferior|lowest|worst)\b|\bnot as good\b|\bless (?:suitable|"
    r"usable|diagnostic|acceptable|reliable|desirable|preferable|favou?rable)\b"
    r"|更差|较差|较低|更低|不如|劣于|逊于|低于|差于|最差",
    re.IGNORECASE,
)
_TRANSITIVE = re.compile(
    r"choose|select|pick|go with|opt for|vote for|recommend|prefer|favou?r|选择|推荐", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"\s(?:in|for|with)\s(?:terms of\s|respect to\s|regard to\s)?(?:its\s|the\s)?(?!overall|quality|general|image|"
    r"every|all|most|both|diagnos|clinical|this|that)\w*\s?(?:contrast|sharp\w*|noise|brightness|detail\w*|"
    r"resolution|colou?r|illumination|exposure)",
    re.I,
)
_DRAW = re.compile(
    r"\b(?:both|equal(?:ly)?|comparable|similar|same|identical|tie[ds]?|neither|no (?:clear |significant |"
    r"noticeable |visible |real |major )*(?:difference|winner|preference)|indistinguishable|equivalent|on par|"
    r"cannot (?:be )?(?:determin\w+|compare\w*|say|decide\w*|tell)|unable|can't)\b|相当|相同|一样|差不多|无法",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\b(?:not|no|never|neither|nor|hardly|cannot|without)\b|n't\b|不|并非|没有)[^.,;:]{0,25}$", re.IGNORECASE
)
_OBJECT = re.compile(
    r"(?:\b(?:than|compar\w+ (?:to|with|against)|relative to|versus|vs\.?|over|unlike|to|of|from|in contrast to|as "
    r"opposed to|against|that of|while|as good as|relation to)(?: that (?:of|in))?(?: the)?(?: quality of)?(?: "
    r"the)?\s*[\"'(]?|比|相比于?|较之|优于|不如|劣于|高于|低于|与|和)$",
    re.IGNORECASE,
)
_OF_FIRST = re.compile(r"\b(?:quality|value|rating|score)\s(?:of|for|in)(?: the)?\s*$", re.IGNORECASE)
_CLAUSE = re.compile(
    r";|,?\s\b(?:but|whereas|while|although|though|however|so|thus|therefore|hence|making|which makes|and therefore|"
    r"and thus|and hence|and so|yielding|resulting in|giving|meaning|indicating|leading to|which (?:has|is|shows|"
    r"exhibits|demonstrates|offers|appears|displays|provides|maintains|presents|suffers)|and the|and image|and "
    r"is)\b|,(?=\s*(?:the (?:first|second|former|latter)|image [ab12]|and overall|overall))|[,，](?=第|图|前者|后者|"
    r"因此|所以|但|而)",
    re.IGNORECASE,
)


def statements(text: str) -> list[Statement]:
    """All places where ``text`` (already plain) says which image is the better one."""
    whole = _whole(text)
    if whole is not None:
        return [Statement(0, MARKED, whole)]
    found: list[Statement] = []
    before: str | None = None  # the image of which the last sentence spoke, for "It has higher quality"
    for start, end in sentences(text):
        found.extend(_in_sentence(text, start, end, before))
        if not _GOES_ON.match(text, start):
            before = _first_named(text[start:end])
    return found


_ORDER = re.compile(r"\s*(?P<sign>>{1,3}|<{1,3})\s*")


def _ranked(clause: str, images: list[re.Match[str]]) -> str | None:
    """The winner of "Image 2 > Image 1"."""
    for one, other in pairwise(images):
        sign = _ORDER.fullmatch(clause, one.end(), other.start())
        if sign:
            return (one if sign["sign"].startswith(">") else other).lastgroup
    return None


def _whole(text: str) -> str | None:
    said = _SHORT.match(text) or _IMAGE.match(text)
    return said.lastgroup if said and not re.search(r"\w", text[said.end() :].lower().replace("image", "")) else None


_IMAGES_MARKED = re.compile(
    r"'verdict: (?:(?P<first>first)|(?P<second>second))'|`verdict: (?:(?P<first2>first)|(?P<second2>second))`",
    re.IGNORECASE,
)


def _in_sentence(text: str, start: int, end: int, before: str | None) -> list[Statement]:
    if len({one.lastgroup for one in _IMAGES_MARKED.finditer(text, start, end)}) == 2:
        return []  # "end with 'Verdict: first' or 'Verdict: second'": the question's own words
    marks = [mark.end() for mark in MARK.finditer(text, max(0, start - 60), end) if start <= mark.end() < end]
    if marks:
        marked = _marked(text, marks[-1], end)
        if marked is not None:
            return [marked]
    found: list[Statement] = []
    subject = before if _GOES_ON.match(text, start) else None
    strong = bool(CONCLUDES.search(text, start, end))
    cuts = [start, *(cut.start() for cut in _CLAUSE.finditer(text, start, end) if cut.start() > start), end]
    for left, right in itertools.pairwise(cuts):
        clause = text[left:right]
        images = list(_IMAGE.finditer(clause))
        if _RELATIVE.match(clause):  # "..., compared to the first, which has higher quality"
            subject = _last_named(text[max(start, left - 200) : left]) or subject
        statement, subject = _in_clause(clause, images, subject, left, strong)
        if statement is not None:
            found.append(statement)
    return found


_RELATIVE = re.compile(r",?\s*which\b", re.IGNORECASE)


_GOES_ON = re.compile(
    r"\W*(?:overall,? |thus,? |therefore,? |so,? |hence,? )?(?:it|this image|this one)\b", re.IGNORECASE
)


def _first_named(text: str) -> str | None:
    image = _IMAGE.search(text)
    return image.lastgroup if image else None


def _last_named(text: str) -> str | None:
    images = list(_IMAGE.finditer(text))
    return images[-1].lastgroup if images else None


def _marked(text: str, position: int, end: int) -> Statement | None:
    """What follows "Verdict:": one image, or none of them."""
    rest = text[position:end]
    short = _SHORT.match(rest)
    if (
        short
        and not re.match(
            r"\s*(?:or|and|/|,)\s*(?:the\s)?(?:image\s)?(?:second|first|[ab12]\b|two|one)",
            rest[short.end() :].lower().replace("image", "", 1),
        )
        and not _predicate(rest)
    ):
        return Statement(position, MARKED, short.lastgroup)
    images = {image.lastgroup for image in _IMAGE.finditer(rest)}
    if _predicate(rest):
        return None
    if len(images) == 1 and not _NOT.search(rest[: next(_IMAGE.finditer(rest)).start()]):
        return Statement(position, MARKED, images.pop())
    if short or images or _DRAW.search(rest):
        return Statement(position, MARKED, None)
    return None


def _predicate(clause: str) -> bool:
    return bool(_BETTER.search(clause) or _WORSE.search(clause))


def _in_clause(
    clause: str, images: list[re.Match[str]], subject: str | None, offset: int, strong: bool
) -> tuple[Statement | None, str | None]:
    """The statement of one clause, and the image that the next clause's "it" would mean."""
    own = [
        image
        for image in images
        if not _OBJECT.search(clause[max(0, image.start() - 80) : image.start()])
        or _OF_FIRST.search(clause[max(0, image.start() - 80) : image.start()])
    ]
    ranked = _ranked(clause, images)
    if ranked is not None:
        return Statement(offset, CONCLUDED, ranked), ranked
    better, worse = _BETTER.search(clause), _WORSE.search(clause)
    predicate = better or worse
    if better and worse:
        predicate = min(better, worse, key=lambda found: found.start())
    chosen = own[0].lastgroup if own else subject
    others = [image for image in images if image not in own]
    if predicate is None:
        if (
            (
                (images and len({image.lastgroup for image in images}) == 2)
                or re.search(r"\b(?:both|two|neither)\b|两", clause, re.I)
            )
            and _DRAW.search(clause)
            and (strong or "quality" in clause.lower() or "质量" in clause)
        ):
            return Statement(offset, CONCLUDED, None), chosen
        return None, chosen
    before = clause[: predicate.start()]
    wins = predicate is better
    if _ATTRIBUTE.match(clause, predicate.end()):
        return None, chosen
    if _NOT.search(before) or _DRAW.search(before):
        return (Statement(offset, CONCLUDED, None) if wins else None), chosen
    if not own:
        if others and chosen is None:  # "better than the first image": said of the other one
            named = others[0].lastgroup
            chosen = "second" if named == "first" else "first"
        if chosen is None:
            return None, None
    else:
        after = [image for image in own if image.start() >= predicate.end()]
        ahead = [image for image in own if image.start() < predicate.start()]
        if after and _TRANSITIVE.fullmatch(predicate[0]):
            ahead = []  # "reject the first and prefer the second"
        chosen = (ahead[-1] if ahead else after[0]).lastgroup if ahead or after else own[0].lastgroup
        if ahead and len({image.lastgroup for image in ahead}) == 2:
            return Statement(offset, CONCLUDED, None), chosen
    verdict = chosen if wins else ("second" if chosen == "first" else "first")
    quality = strong or "quality" in clause.lower() or "质量" in clause
    return Statement(offset, CONCLUDED if quality else SAID, verdict), chosen
