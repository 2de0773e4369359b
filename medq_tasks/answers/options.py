"""The offered options, prepared for finding them in a reply."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from medq_tasks.answers.normalise import plain

CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# A word character of an alphabet. ``\w`` would glue "答案是B" into one word.
ALPHABETIC = "0-9A-Za-z_\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"
TOKEN = re.compile(rf"\d+(?:\.\d+)?(?![{ALPHABETIC}])|[{ALPHABETIC}]+|[{CJK}]")

YES = "yes|yeah|yep|yup|是的|是|对|有的|有|sí|oui|ja|да|はい|예|네|sim"
NO = "nope|nah|no|否|不是|不对|不|没有|无|non|nein|нет|いいえ|아니요|아니오|não"
_POLAR = re.compile(rf"(?:(?P<yes>{YES})|(?P<no>{NO}))(?=\s*$|\s*[,.;:(]|\s+-|-\s)", re.IGNORECASE)

# Differences of spelling, not of meaning.
_SAME_WORD = {
    "artefact": "artifact", "colour": "color", "grey": "gray", "defocused": "defocus", "mildly": "mild",
    "moderately": "moderate", "severely": "severe",
}  # fmt: skip
_NEGATIONS = {"no", "not", "non", "without", "un", "free", "无", "不", "没", "非"}
# Of "Mild degradation, Severe degradation", the first word alone tells which is meant.
_SEVERITIES = {"mild", "moderate", "severe", "slight", "minimal", "minor", "major", "heavy", "extreme"}
_EMPHATIC = {
    "visible", "obvious", "significant", "noticeable", "apparent", "clear", "evident", "any", "notable", "such",
    "discernible", "perceptible", "detectable", "serious", "major", "appreciable", "real",
}  # fmt: skip
_SUFFIX = re.compile(r"(?<=\w{4})(?:ing|ed)$|(?<=\w{3})[ey]$")
_DETERMINERS = ("a", "an", "the")
_LONGEST = 2_000  # characters of an option; a reply that is longer than a few thousand is not read whole either


@dataclass(frozen=True)
class OptionBook:
    """What ``mentions.find`` looks for. All values are keys of the caller's mapping."""

    keys: tuple[str, ...]
    letters: dict[str, str]  # "B" -> key
    phrases: dict[tuple[str, ...], str]  # ("ring", "artifact") -> key
    absent: dict[tuple[str, ...], str]  # ("degradation",) -> key of "No obvious degradation"
    longest: int  # words of the longest phrase
    yes: str | None
    no: str | None

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of words that phrases have, the largest first."""
        return tuple(sorted({len(phrase) for phrase in self.phrases}, reverse=True))

    @cached_property
    def openings(self) -> frozenset[str]:
        """The words with which phrases begin."""
        return frozenset(phrase[0] for phrase in self.phrases)

    def only_with(self, text: str) -> str | None:
        """The one option of which ``text``, as a whole, is a part: "sharp" for "The image is sharp".

        Not where the part left out turns the meaning round: "noise" is no part of "no noise".
        """
        said = tuple(token for token in words(text) if token not in _DETERMINERS)
        owners = []
        for phrase, key in self.phrases.items():
            for start in range(len(phrase) - len(said) + 1):
                if said and _is_part(said, phrase[start:]) and not _NEGATIONS.intersection(phrase[:start]):
                    owners.append(key)
                    break
        return owners[0] if len(owners) == 1 and any(len(token) > 1 or not token.isascii() for token in said) else None


def word(token: str) -> str:
    """``token`` without case, plural and British spelling: "Artefacts" and "artifact" are one word."""
    token = token.lower()
    if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is", "ous")):
        token = token[:-1]
    return _SAME_WORD.get(token, token)


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: "fold" and "folding", "noise" and "noisy"."""
    shorter, longer = sorted((_SUFFIX.sub("", one), _SUFFIX.sub("", other)), key=len)
    return shorter == longer or (len(shorter) > 3 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3)


def _is_part(said: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether ``phrase`` begins with ``said``; "no degradation" is also "no obvious degradation"."""
    if all(map(_alike, phrase, said)) and len(said) <= len(phrase):
        return True
    rest = iter(phrase)
    return len(said) > 1 and said[0] == phrase[0] and all(token in rest for token in said)


def words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in the form of ``word``."""
    return tuple(word(token) for token in TOKEN.findall(text))


def _plain_noun(phrase: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token for token in phrase if token not in _EMPHATIC)


def prepare(options: Mapping[str, str]) -> OptionBook:
    """Sort the options into letters, phrases, and the Yes and No among them."""
    letters = {str(key).strip().upper(): key for key in options}
    owners: dict[tuple[str, ...], list[str]] = {}
    polar: dict[str, list[str]] = {"yes": [], "no": []}
    for key, raw in options.items():
        text = plain(str(raw)[:_LONGEST])
        said = _POLAR.match(text)
        if said:
            polar["yes" if said["yes"] else "no"].append(key)
        phrase = words(text)
        if len(phrase) > 1 and phrase[0] in _DETERMINERS:
            phrase = phrase[1:]
        is_letter = len(phrase) == 1 and phrase[0].upper() in letters
        rest = words(text[said.end() :]) if said else ()
        if rest:  # "No, the image is clean" is also meant by "The image is clean"
            owners.setdefault(rest[1:] if rest[0] in _DETERMINERS and rest[1:] else rest, []).append(key)
        if phrase and not is_letter and not (said and len(phrase) == 1):
            owners.setdefault(phrase, []).append(key)
    phrases = {phrase: keys[0] for phrase, keys in owners.items() if len(keys) == 1}
    rests = Counter(phrase[1:] for phrase in phrases if phrase[0] in _SEVERITIES)
    for phrase, key in list(phrases.items()):
        if rests[phrase[1:]] > 1:
            phrases.setdefault(phrase[:1], key)
    absent = {_plain_noun(phrase[1:]): key for phrase, key in phrases.items() if phrase[0] == "no"}
    return OptionBook(
        keys=tuple(options),
        letters=letters,
        phrases=phrases,
        absent={noun: key for noun, key in absent.items() if noun},
        longest=max((len(phrase) for phrase in phrases), default=0),
        yes=polar["yes"][0] if len(polar["yes"]) == 1 else None,
        no=polar["no"][0] if len(polar["no"]) == 1 else None,
    )
