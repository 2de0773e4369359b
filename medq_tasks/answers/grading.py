"""Statements of a quality level: good, usable, reject."""

from __future__ import annotations

import itertools
import re

from medq_tasks.answers.statements import (
    CONCLUDED,
    CONCLUDES,
    MARK,
    MARKED,
    OFFERED,
    REFUSES,
    SAID,
    Statement,
    sentences,
)

_THING = r"image|scan|picture|slice|photograph|photo|study|radiograph|mri|ct|frame|section|specimen|slide"
_EXAM = (
    r"acquisition|data|x-ray|ultrasound|tomogram|endoscop\w+|histolog\w+|angiogra\w+|fundus|tile|view|exam\w*|sample|"
    r"retinogra\w+|colonoscopy|diagnos\w+|reading|it|field"
)
# The levels and their plain word forms. Synonyms ("acceptable", "poor") name no level and are not read.
_MARKS = " \n\"'.*()[]!"
_LEVEL = re.compile(
    r"(?P<reject>\b(?:reject(?:ed|ion|able|ing)?|un-?usable|non-?usable)\b|不可用|不能使用|拒绝|拒收|拒用|弃用)"
    r"|(?P<usable>\busable\b|可用|可以使用)|(?P<good>\bgood\b|良好|(?<!更)(?<!较)(?<!最)(?<!友)好(?!像|转|坏|的对比))",
    re.IGNORECASE,
)
_NOT_LEVEL = re.compile(
    r"(?:\b(?:not|never|no longer|cannot|nor|neither|whether|no (?:need|reason|grounds|cause)|hardly|far from|"
    r"rather than|instead of|anything but|below(?: what is)?|short of|without|than)\b|n't\b|不(?!可)|并非|没有|未|"
    r"无需|不必|不应)"
    r"(?P<gap>[^.;:,\n]{0,40})$",
    re.IGNORECASE,
)
_SCOPE_ENDS = re.compile(
    r"\b(?:but|however|so|thus|therefore|and (?:is|remains|the|has|must|should|ought|will|therefore|thus)|is|are|"
    r"because|yet|it)\b|而是|但",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"(?:n't|\bnot) (?:think|believe|consider|feel|find|call|judge|deem)\b[^.;,]{0,50}$", re.IGNORECASE
)
_WISHED = re.compile(r"\b(?:for|obtain|get|produce|achieve|need)\san?\s$", re.IGNORECASE)
_WHETHER = re.compile(
    r"(?:是否|\bwhether\b|\b(?:tell|see|say|know|determine|judge|decide|check|assess)(?: you| "
    r"me)? if\b|"
    r"\b(?:some|others|many|someone)\s(?:might|would|may|could)\b|\b(?:would|could|might) have been\b|\b(?:could|"
    r"may) be an?\s(?:\w+\s)?reason to\b|"
    r"\bmight\b)(?:(?!\bbut\b)[^.;:\n]){0,40}$",
    re.IGNORECASE,
)
_NO_FORM_OF = re.compile(
    r"(?:\b(?:not|no longer|isn't|cannot be|can't be|never)\b)(?: be)?(?: an?| of)?(?: considered| deemed|"
    r" regarded as| "
    r"classified as| rated)?"
    r"(?: (?:clinically|diagnostically|really|truly|at all|reliably|even|fully|medically|practically))?\s$|不\s?$|"
    r"不是\s?$",
    re.IGNORECASE,
)
# "good contrast", "good enough": said of something else than the image.
_GOOD_OF = re.compile(
    r"\s(?:(?:overall|diagnostic|technical|general|perceptual|visual|clinical|and clear|and diagnostic)"
    r"\s)*(?:image |picture |scan )?"
    rf"(?:quality|{_THING}|condition|level|rating|grade|verdict|one|for|overall|with|in|despite|due|because|as|and|"
    rf"or|to|but|without|since|given|rather|fits|not|by|at|here|again|only)\b",
    re.IGNORECASE,
)
_QUALITY_OF_PART = re.compile(
    rf"\s(?:\w+\s)?quality\s(?:of|in)\s(?!(?:the |this |its )?(?:\w+\s){{0,2}}(?:{_THING})\b|terms of (?:overall|"
    rf"quality|diagnos)|general|every|all)",
    re.IGNORECASE,
)
_OPENS = re.compile(r"\s?[-:;(]|[.,]\s")
_GOOD_ENDS = re.compile(r"\s*(?:$|[.,;:!)\]\"'}|/\n(*。，、；-])")
_ATTRIBUTE_LIST = re.compile(
    r"\s(?:and|or|to|in)\s(?!usable|reject|overall|quality|good)(?:\w+\s){0,3}?(?:contrast|sharp\w*|detail\w*|"
    r"resol\w*|illumin\w*|signal|colou?r\w*|exposure|bright\w*|clarity|visib\w*|defin\w*|uniform\w*|focus|lighting|"
    r"saturation)\b",
    re.I,
)
# Words of judging end where their letters end, and few copulas follow each other: else "callcallcall" or "to be to be"
# can be cut in 2 ** n ways, and all of them are tried.
_COPULAS = 3
_OF_IMAGE = re.compile(
    rf"(?:\bquality\b(?:\s(?:level|rating|grade))?(?:\s(?:of|for|in)\s[^.,;:]{{0,40}}?\b(?:{_THING}|{_EXAM}))?(?:,? "
    rf"which)?|"
    rf"(?<!\bof the )(?<!\bof "
    rf"this )(?<!\bin the )(?<!\bin this )\b(?:{_THING})\b(?:\squality)?|\b(?:it|this|overall|otherwise|(?<!noise "
    rf")(?<!contrast )(?<!sharpness )(?<!detail )level|"
    rf"rating|grade|verdict|i)\b|图像质量|质量|"
    rf"图像|整体|总体|影像|图片)"
    r"\s*(?:[:=→]|->|'s|(?:\s*(?:(?:can|could|may|should|would|will|must|has to|had to|to)\s)?(?:therefore |thus |"
    r"hence "
    r"|still |also |best |overall |generally |clearly |consequently )*"
    r"(?:be|is|was|as|remains?|appears?|seems?|looks?|rate[ds]?|grade[ds]?|(?:deem|consider|assess|judge|classif|call|"
    r"regard|qualif|label|categori|recommend)[a-z]*(?![a-z])|are|give|assign|是|为|属于|较为|很|非常|十分|比较)"
    r"(?:\s(?:this|the|it|image|scan|to|be|as|an?|of|in|rated|graded|considered|deemed|judged|classified|assessed|"
    r"labell?ed|categor[a-z]+(?![a-z])|regarded|evaluated|therefore|thus|still|overall|generally|clearly|only|"
    r"just|very|quite|fairly|pretty|really|relatively|reasonably|sufficiently|diagnostically|clinically|its|quality|"
    r"rating|here|marginally|barely|at|best|level|not|condition|shape))*)?)"
    rf"{{0,{_COPULAS}}}\s*[\"'(\[]*\s*$",
    re.IGNORECASE,
)
_ATTRIBUTE = (
    r"(?:noise|contrast|sharpness|brightness|colou?rs?|illumination|exposure|resolution|details?|clarity|focus|"
    r"artifacts?)(?: level)?"
)
_PART = r"(?:half|part|portion|region|area|side|corner|third|quadrant|cent(?:er|re)|periphery|edges?|background)"
# Said of something else: "Noise: usable", "the contrast is usable", "the lower half of the image should be rejected".
_OF_ELSE = re.compile(
    rf"(?:(?:^|[.,;:\n(])\s*(?:(?!no\b)\w+\s)?{_ATTRIBUTE}\s*[:=]|\b{_ATTRIBUTE}\s(?:is|are|was|were|remains?|"
    rf"seems?|as|to be)"
    rf"|\b{_PART}(?:\sof\s(?:the|this)\s\w+)?\s(?:is|are|(?:should|must|can|has to|needs to)(?: be)?|remains?|"
    rf"looks?|appears?))"
    r"\s(?:still |just |barely |be )?[\"']?$"
    r"|\b(?:transplant|graft|acute|chronic|repeat|follow-up|kidney|organ|request|upload)\b[^.;]{0,20}$",
    re.IGNORECASE,
)
_PART_FOLLOWS = re.compile(
    rf"\s(?:(?:in|at|near|around|along|within|on)\sthe\s(?:\w+\s)?{_PART}|by\s(?:the\s)?(?:server|system|filter|"
    rf"api)|field|area|region|part|portion|signal|"
    r"information|data|window|kidney|transplant|graft|organ)s?\b",
    re.IGNORECASE,
)
# "No noise, no blur: good."; "Definitely good!"
_SUMS_UP = re.compile(
    r"(?:(?:[\w-]+[ ,]+){3}[\w-]+\s?[:;]|,\s(?:all told,?|all in all,?|overall,?|in short,?|hence|therefore|thus|"
    r"so):?|\A\W*(?:definitely|clearly|certainly|very|"
    r"overall|simply|"
    r"pretty)\b)\s*\Z",
    re.I,
)
_RECOMMENDS = re.compile(
    r"\bI (?:think|feel)\s[\"']?$|(?:评为|判为|定为|归为)[\"']?$|\b(?:(?:I'd|I would|let's) say|leans? towards?|"
    r"leaning towards?|recommend|"
    r"suggest|warrant|merit|verdict of|"
    r"rating of|grade of|rated|rate|"
    r"as|labell?ed|criteria (?:for|of)|definition of|corresponds? to|belongs? to|deemed|considered|"
    r"classified)\b[^.,;:]{0,30}$",
    re.I,
)
_BETWEEN = re.compile(
    r"[\s\"']*(?:\([^()\n]{1,60}\)|:\s?[\d.]{1,6}\s?%?)?[\s\"']*(?:,[\s\"']*(?:or\s)?[\s\"']*|,?也?可能|,?\s*(?:or|"
    r"to|and|/|-|–|"
    r"->|→|或|、|和|至|到|~|\|)|/|-)\s*(?:maybe |"
    r"perhaps |possibly |even |merely |at best |just |barely |may be |might be |could be |to be |should be |"
    r"verdict: )?[\"']?",
    re.I,
)
_IF_LATER = re.compile(r"\s(?:only\s)?(?:if|unless|once|after|were|as an?)\b", re.IGNORECASE)
# "Usable images show the vessels", "a good image would show them": said of images at large.
_IN_GENERAL = re.compile(
    rf"(?:[\s-]quality)?\s(?:(?:image|scan|picture|slice|photo)s\b|(?:{_THING})\s(?:would|should|must|needs|"
    rf"requires)\b)",
    re.IGNORECASE,
)
_MODAL = re.compile(r"\b(?:might|would|could|may)\s(?:\w+\s){0,3}$", re.IGNORECASE)
_IF_SOON = re.compile(r"[^.\n]{0,40}?\b(?:if|unless|were it)\b", re.IGNORECASE)
# "too noisy to be usable", "prevents this image from being usable": not usable.
_PREVENTED = re.compile(
    r"\b(?:too\s\w+[^.;,]{0,50}\bto be|(?:prevent|keep|stop|preclud|exclud)\w*[^.;,]{0,50}\bbeing)"
    r"(?: considered| deemed| rated| graded)?(?: \w+ly)?\s$",
    re.IGNORECASE,
)
_NEEDS_GOOD = re.compile(r"\b(?:good|fair|acceptable) enough to be\s$", re.IGNORECASE)


_OPTION_LIST = re.compile(
    r"(?:[(\[]?\b[a-c1-3][.):\]]\s?(?:good|usable|reject(?:ed)?)\b(?:\s\([^()\n]{1,60}\))?[\s,;.]*){3}", re.IGNORECASE
)


_NOT_BUT = re.compile(r"[\"',]{0,3}\sbut\s(?:merely |only |just |still |rather )?[\"']?", re.IGNORECASE)
_MOST_LEVELS = 40  # a sentence with more is a loop
_LONGEST_JOIN = 120  # characters between two levels of one list


def statements(text: str) -> list[Statement]:
    """All places where ``text`` (already plain) states a level of the image's quality."""
    text = _OPTION_LIST.sub(" ", text)
    found: list[Statement] = []
    bare: set[str | None] = set()
    for start, end in sentences(text):
        said = _in_sentence(text, start, end)
        bare.update(one.verdict for one in said if _LEVEL.fullmatch(text[start:end].strip(_MARKS)))
        found.extend(said)
    if len(bare) > 1 and all(one.strength < MARKED for one in found):
        return [Statement(0, SAID, None)]  # "good" and "reject" on two lines
    return found


def _in_sentence(text: str, start: int, end: int) -> list[Statement]:
    levels = list(_LEVEL.finditer(text, start, end))[-_MOST_LEVELS:]
    names = {level.lastgroup for level in levels}
    if len(names) == 3 and all(_joined(text, a, b) for a, b in itertools.pairwise(levels)):
        return []  # "good / usable / reject": the question's own list
    if OFFERED.search(text, start, end) or REFUSES.search(text, start, end):
        return []
    sentence = text[start:end].lower()
    concludes = bool(CONCLUDES.search(text, start, end))
    verdicts = [_verdict(text, start, level) for level in levels]
    for index in range(1, len(levels)):
        if verdicts[index] and _NOT_BUT.fullmatch(text, levels[index - 1].end(), levels[index].start()):
            verdicts[index - 1] = None  # "not usable but good"
    found = []
    for index, (level, verdict) in enumerate(zip(levels, verdicts, strict=True)):
        if verdict is None:
            continue
        corrects = index > 0 and bool(_NOT_BUT.fullmatch(text, levels[index - 1].end(), level.start()))
        marked = _is_marked(text, level.start())
        if not marked and not corrects and not _of_image(text, start, end, level):
            continue
        strength = MARKED if marked else CONCLUDED if concludes or "quality" in sentence else SAID
        beside = [other for other in (index - 1, index + 1) if 0 <= other < len(levels) and verdicts[other]]
        torn = any(
            verdicts[other] != verdict and _joined(text, levels[min(index, other)], levels[max(index, other)])
            for other in beside
        )
        found.append(Statement(level.start(), strength, None if torn else verdict))
    return found


def _is_marked(text: str, position: int) -> bool:
    """Whether the level stands right after "Verdict:"."""
    for mark in MARK.finditer(text, max(0, position - 110), position):
        between = text[mark.end() : position]
        if len(between) <= 40 and not _LEVEL.search(between) and not re.search(r"[.;,\n]", between.lstrip()):
            return True
    return False


def _joined(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    gap = other.start() - one.end()  # a long one joins nothing, and blanks and quotes in it would take cubic time
    return gap <= _LONGEST_JOIN and bool(_BETWEEN.fullmatch(text, one.end(), other.start()))


def _verdict(text: str, start: int, level: re.Match[str]) -> str | None:
    """The level meant, after denial: "not usable" means reject, "not good" and "not rejected" mean no level."""
    before = text[max(start, level.start() - 60) : level.start()]
    name = level.lastgroup
    if (
        _IF_LATER.match(text, level.end())
        or _IN_GENERAL.match(text, level.end())
        or (_MODAL.search(before) and _IF_SOON.match(text, level.end()))
    ):
        return None
    if name == "usable" and _NO_FORM_OF.search(before):
        return "reject"
    if _PREVENTED.search(before) or _DOUBTED.search(before):
        return "reject" if name == "usable" else None
    if _WHETHER.search(before) or _WISHED.search(before):
        return None
    denied = _NOT_LEVEL.search(before)
    if denied and not _SCOPE_ENDS.search(denied["gap"]):
        return "reject" if name == "usable" and _NEEDS_GOOD.search(before) else None
    return name


def _of_image(text: str, start: int, end: int, level: re.Match[str]) -> bool:
    """Whether the level is said of the image, not of its contrast."""
    if text[start:end].strip(_MARKS).lower() == level[0].lower():
        return True
    lead = text[max(start, level.start() - 80) : level.start()]
    if _OF_ELSE.search(lead) or _PART_FOLLOWS.match(text, level.end()):
        return False
    if _SUMS_UP.search(lead) and not text[level.end() : end].strip(_MARKS):
        return True
    if level.lastgroup != "good" or (level.start() == 0 and _OPENS.match(text, level.end())):
        return True
    if _QUALITY_OF_PART.match(text, level.end()):
        return False
    follows = _GOOD_ENDS.match(text, level.end()) or _GOOD_OF.match(text, level.end())
    if not follows or _ATTRIBUTE_LIST.match(text, level.end()):
        return False
    before = text[max(start, level.start() - 140) : level.start()]
    if re.match(
        r"\s(?:overall\s|diagnostic\s|technical\s|image\s)*(?:quality|image)\b",
        text[level.end() : level.end() + 40],
        re.IGNORECASE,
    ):
        return True
    return bool(_OF_IMAGE.search(before) or _RECOMMENDS.search(before))
