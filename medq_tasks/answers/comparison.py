"""Statements of which of two images has the higher quality."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from medq_tasks.answers.comparatives import LOOKS, OPPOSITES, QUALITY, Ranking
from medq_tasks.answers.images import IMAGE, SHORT, first_named, is_object, last_named, whole
from medq_tasks.answers.statements import (
    CONCLUDED,
    CONCLUDES,
    LEANS,
    MARK,
    MARKED,
    OFFERED,
    REFUSES,
    SAID,
    Statement,
    sentences,
)

_DRAWN = "drawn"
_OTHER = {"first": "second", "second": "first"}
_TRANSITIVE = re.compile(
    r"choose|in favou?r of|us(?:e|ing)|.* (?:goes|belongs) to|select|pick|go with|opt for|vote for|recommend|prefer|"
    r"favou?r|"
    r"keep|I(?:'d| "
    r"would) .*|"
    r"gives? the edge "
    r"to|edge goes to|选择|推荐",
    re.IGNORECASE,
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
    r"(?:\b(?:not(?! only)|no(?! question| doubt)|never|neither|nor|hardly|cannot|without(?! question| (?:a "
    r")?doubt)|whether)\b|n't\b|不|并非|"
    r"没有)(?:(?!\band\b)[^.,;:]){0,40}$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r";|,?\s\b(?:but|yet|nevertheless|nonetheless|whereas|while|although|though|however|so|thus|therefore|hence|"
    r"making|which makes|and therefore|"
    r"and thus|and hence|and so|yielding|resulting in|giving|meaning|indicating|leading to|which (?:has|is|shows|"
    r"exhibits|demonstrates|offers|appears|displays|provides|maintains|presents|suffers)|and the|and image|and "
    r"is)\b|,(?=\s*(?:the (?:first|second|former|latter)|image [ab12]|and overall|overall))|[,，](?=第|图|前者|后者|"
    r"因此|所以|但|而)",
    re.IGNORECASE,
)


_ORDER = re.compile(r"\s*(?P<sign>>{1,3}|<{1,3})\s*")
# "Noise: first < second" ranks the noise.
_OF_ONE_LOOK = re.compile(r"\b(?!overall|quality|ranking|verdict|order|image)\w+\s?:[^:\n]{0,12}$", re.IGNORECASE)
_HAS_VERB = re.compile(
    r"\s*(?:image|picture|scan|one|slice)?[\"')]*\s(?:is|was|has|had|shows?|appears?|looks?|exhibits?|displays?|"
    r"suffers?|"
    r"demonstrates?|provides?|offers?|presents?|seems?|contains?)\b",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"\W*\b(?:overall(?: quality)?|no doubt|clearly|definitely|therefore|thus|hence|so|consequently|in "
    r"(?:conclusion|summary|short)|to "
    r"(?:conclude|sum up))\b\W*(?:the )?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r",?\s*which\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\W{0,12}(?:overall,? |thus,? |therefore,? |so,? |hence,? )?(?:it|this image|this one)\b", re.IGNORECASE
)
_OFFERS_BOTH = re.compile(
    r"\s*(?:or|and|/|,|\|)\s*(?:the\s)?(?:image\s)?(?:second|first|[ab12]\b|two|one)", re.IGNORECASE
)
_OF_BOTH = re.compile(r"\b(?:both|two|neither)\b|两", re.IGNORECASE)
# Where a text closes. "Overall contrast is higher in B" closes nothing; nor do "finally" and "in comparison", which
# also open the last of several attributes.
_CLOSES = re.compile(
    r"\W*(?:so,? )?(?:overall|in (?:conclusion|summary|sum|short|general)|to (?:conclude|sum up|summari[sz]e)|all "
    r"in all|"
    r"taken together|on balance|on the whole|all things considered|ultimately|therefore|thus|hence|consequently|"
    r"综上(?:所述)?|总体(?:来看|来说|而言|上)?|总之|总的来说|因此|整体(?:而言|来看)?)(?![a-z]),?\s?"
    r"(?!(?:contrast|sharpness|noise|brightness|illumination|colou?r|exposure|resolution|detail|signal|intensity)\b)"
    r"|.{0,300}\boverall\W*\Z",
    re.IGNORECASE | re.DOTALL,
)


def statements(text: str) -> list[Statement]:
    """All places where ``text`` (already plain) says which image is the better one."""
    alone = whole(text)
    if alone is not None:
        return [Statement(0, MARKED, alone)]
    found: list[Statement] = []
    before: str | None = None  # the image of which the last sentence spoke, for "It has higher quality"
    for start, end in sentences(text):
        found.extend(_in_sentence(text, start, end, before))
        if not _GOES_ON.match(text, start):
            before = first_named(text[start:end])
    leaning = {said.verdict for said in found if said.strength == LEANS}
    if len(leaning) > 1:  # "Overall, the first image is sharper but noisier" prefers neither
        found = [said for said in found if said.strength > LEANS]
    return found


def _in_sentence(text: str, start: int, end: int, before: str | None) -> list[Statement]:
    marks = [mark.end() for mark in MARK.finditer(text, max(0, start - 60), end) if start <= mark.end() < end]
    if marks:
        if OFFERED.search(text, start, end):
            return []
        marked = [_marked(text, one, other) for one, other in itertools.pairwise([*marks, end])]
        if marked[-1] is not None:
            return [said for said in marked if said is not None]
    if REFUSES.search(text, start, end):
        return [Statement(start, CONCLUDED, None)]
    led_by = _CONNECTIVE.match(text, start, end)
    lone = whole(text[led_by.end() : end]) if led_by else None
    if lone is not None:
        return [Statement(start, CONCLUDED, lone)]  # "Therefore, second."
    clauses = _clauses(text, start, end, before if _GOES_ON.match(text, start) else None)
    strong = bool(CONCLUDES.search(text, start, end))
    led = _LEAD.match(text, start) and not strong
    found = []
    for clause in clauses:
        said = _ranked(clause) or _judged(clause, QUALITY) or _drawn(clause, strong)
        if said is not None and led and not _names_quality(clause.text):
            continue
        if said is not None:
            strength = CONCLUDED if strong or said == _DRAWN or _names_quality(clause.text) else SAID
            found.append(Statement(clause.start, strength, None if said == _DRAWN else said))
    if found and found[-1].verdict is not None:  # "while both are of good quality, the first is better" is no draw
        found = [said for said in found if said.verdict is not None]
    if not found and (marks or _CLOSES.match(text[start:end].rstrip())):
        found = [Statement(clause.start, LEANS, said) for clause in clauses for said in _looks(clause, LOOKS)]
        found = found or _opposed(clauses)
    return found


# "In terms of noise, image A is better" says nothing of quality.
_LEAD = re.compile(
    r"\W{0,12}(?:in terms of|regarding|as for|with (?:regard|respect) to|concerning|for|when it comes "
    r"to)\s(?:the\s)?(?:\w+\s)?"
    r"(?:nois\w+|contrast|sharpness|brightness|colou?rs?|illumination|exposure|resolution|details?|clarity|focus|"
    r"artifacts?)\b",
    re.IGNORECASE,
)
# "... to say which is better": an open question, unlike "..., which is better".
_ASKS_WHICH = re.compile(
    r"\bwhich\s(?:image|one|of|picture|scan)\b|\b(?:say|tell|know|decide|determine|judge|see|"
    r"clear|choose|sure|assess)\swhich\b",
    re.I,
)


@dataclass(frozen=True)
class _Clause:
    """A stretch with one subject. ``own``: images that it speaks of, not those compared to ("than the second")."""

    start: int
    text: str
    images: list[re.Match[str]]
    own: list[re.Match[str]]
    subject: str | None  # the image meant by "it", or by a clause without one


def _clauses(text: str, start: int, end: int, subject: str | None) -> list[_Clause]:
    cuts = [start, *(cut.start() for cut in _CLAUSE.finditer(text, start, end) if cut.start() > start), end]
    clauses: list[_Clause] = []
    questions = [question.end() for question in _ASKS_WHICH.finditer(text, start, end)]
    for left, right in itertools.pairwise(cuts):
        clause = text[left:right]
        if any(left < question <= right + len(" which is") for question in questions):
            continue
        if _RELATIVE.match(clause):  # "..., compared to the first, which has higher quality"
            subject = last_named(text[max(start, left - 200) : left]) or subject
        images = list(IMAGE.finditer(clause))
        own = [image for image in images if not is_object(clause, image.start())]
        subject = own[0].lastgroup if own else subject
        clauses.append(_Clause(left, clause, images, own, subject))
    return clauses


def _marked(text: str, position: int, end: int) -> Statement | None:
    """What follows "Verdict:": one image, or none of them; None where it is a sentence of its own."""
    rest = text[position:end]
    if QUALITY.better.search(rest) or QUALITY.worse.search(rest):
        return None
    short = SHORT.match(rest)
    images = list(IMAGE.finditer(rest))
    named = short or (images[0] if images else None)
    if named and _HAS_VERB.match(rest, named.end()):
        return None  # "Conclusion: the first image is blurred"
    if _DRAW.search(rest[: named.start() if named else 0]):
        return Statement(position, MARKED, None)
    if short and not _OFFERS_BOTH.match(rest[short.end() :].lower().replace("image", "", 1)):
        return Statement(position, MARKED, short.lastgroup)
    if len({image.lastgroup for image in images}) == 1 and not _NOT.search(rest[: images[0].start()]):
        return Statement(position, MARKED, images[0].lastgroup)
    if short or images or _DRAW.search(rest):
        return Statement(position, MARKED, None)
    return None


def _ranked(clause: _Clause) -> str | None:
    """The winner of "Image 2 > Image 1"."""
    for one, other in itertools.pairwise(clause.images):
        sign = _ORDER.fullmatch(clause.text, one.end(), other.start())
        if sign and not _OF_ONE_LOOK.search(clause.text[: one.start()]):
            return (one if sign["sign"].startswith(">") else other).lastgroup
    return None


def _drawn(clause: _Clause, strong: bool) -> str | None:
    """_DRAWN for "both images are of similar quality"."""
    of_both = len({image.lastgroup for image in clause.images}) == 2 or _OF_BOTH.search(clause.text)
    return _DRAWN if of_both and _DRAW.search(clause.text) and (strong or _names_quality(clause.text)) else None


def _names_quality(clause: str) -> bool:
    return "quality" in clause.lower() or "质量" in clause


def _judged(clause: _Clause, ranking: Ranking) -> str | None:
    """The winner by the first predicate of the clause; _DRAWN where the predicate is denied or said of both."""
    found = [one for one in (ranking.better.search(clause.text), ranking.worse.search(clause.text)) if one]
    if not found:
        return None
    predicate = min(found, key=lambda one: one.start())
    if not _names_quality(predicate[0]) and _ATTRIBUTE.match(clause.text, predicate.end()):
        return None
    wins = predicate.re is ranking.better
    ahead = [image.start() for image in clause.own if image.start() < predicate.start()]
    reach = max(0, ahead[-1] - 25) if ahead else 0  # "after comparing both images, I conclude that the first ..."
    before = clause.text[reach : predicate.start()]
    if re.match(r"\s(?:neither|either|both)\b", clause.text[predicate.end() :]):
        return _DRAWN
    if _NOT.search(before) or _DRAW.search(before):
        return _DRAWN if wins else None
    owner = _owner(clause, predicate)
    return owner if wins or owner in (None, _DRAWN) else _OTHER[owner]


def _owner(clause: _Clause, predicate: re.Match[str]) -> str | None:
    """The image of which the predicate is said."""
    if _TRANSITIVE.fullmatch(predicate[0]):  # "reject the first and prefer the second", "the edge goes to the first"
        chosen = [image for image in clause.images if image.start() >= predicate.end()]
        if chosen:
            return chosen[0].lastgroup
    if not clause.own:
        if clause.images and clause.subject is None:  # "better than the first image": said of the other one
            return _OTHER[str(clause.images[0].lastgroup)]
        return clause.subject
    ahead = [image for image in clause.own if image.start() < predicate.start()]
    after = [image for image in clause.own if image.start() >= predicate.end()]
    if len({image.lastgroup for image in ahead}) == 2:
        return _DRAWN
    return (ahead[-1] if ahead else after[0] if after else clause.own[0]).lastgroup


def _opposed(clauses: list[_Clause]) -> list[Statement]:
    """The winner where the one image is called good and the other poor."""
    spoken_of = {clause.subject for clause in clauses if _looks(clause, OPPOSITES)}
    if not spoken_of >= {"first", "second"}:
        return []
    return [Statement(clause.start, LEANS, said) for clause in clauses for said in _looks(clause, OPPOSITES)]


def _looks(clause: _Clause, ranking: Ranking) -> list[str | None]:
    """The winner by every look that the clause compares: "sharper but noisier" names both images."""
    winners: list[str | None] = []
    for pattern in ranking:
        for predicate in pattern.finditer(clause.text):
            owner = _owner(clause, predicate)
            if owner is None or owner == _DRAWN or _NOT.search(clause.text[: predicate.start()]):
                continue
            winners.append(owner if pattern is ranking.better else _OTHER[owner])
    return winners
