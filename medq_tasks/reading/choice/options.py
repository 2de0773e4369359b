"""The offered options, prepared for finding them in a reply."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from medq_tasks.reading import lexicon
from medq_tasks.reading.containers import shallow
from medq_tasks.reading.text import plain
from medq_tasks.reading.tokens import Unit, tokenise

WORDS = lexicon.load("choices")
_SAME_WORD = {
    form: next(iter(entry.forms[1][0].words))
    for entry in WORDS.entries
    for form in entry.forms[0][0].words
    if entry.role == "spelling"
}
_NEGATIONS, _SEVERITIES = WORDS.singles["negation"], WORDS.singles["severity"]
_EMPHATIC, _DETERMINERS = WORDS.singles["emphatic"], WORDS.singles["determiner"]
_SUFFIX = re.compile(r"(?<=\w{4})(?:ing|ed)$|(?<=\w{3})[ey]$")
_LONGEST = 2_000  # characters of an option; a reply that is longer than a few thousand is not read whole either
_DRESS = " \t\"'*_`().[]{}<>:,;!#-–—=“”‘’$\\"
_AFTER_POLAR = re.compile(r"\s*(?:$|[,.!;:=([{<~…]|\s-|-(?!\w))")  # in "Non-uniform" no No ends


class OptionBook:
    """The offered options, prepared for ``mentions.find``. All values are keys of the caller's mapping."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self.keys = tuple(options)
        self.letters = {str(key).strip().upper(): key for key in options}  # "B" -> key
        self.texts = [plain(str(text)[:_LONGEST]) for text in options.values()]
        self.lettered: dict[str, str] = {}  # key -> the single letter that is its text
        polar: dict[str, list[str]] = {"yes": [], "no": []}
        owners: dict[tuple[str, ...], list[str]] = {}
        for key, raw in options.items():
            text = plain(str(raw)[:_LONGEST])
            units = tokenise(text)
            opening = polar_at(units, 0) if units else None
            phrase = rest = _phrase(units)
            if opening and _AFTER_POLAR.match(text, units[opening[1] - 1].end):
                polar[opening[0]].append(key)
                rest = _phrase(units[opening[1] :])  # "No, the image is clean" is also meant by "The image is clean"
            if len(phrase) == 1 and phrase[0].upper() in self.letters:
                self.lettered[key] = phrase[0].upper()
            for one in {rest: 0, phrase: 0} if rest and key not in self.lettered else ():
                owners.setdefault(one, []).append(key)
        phrases = {phrase: keys[0] for phrase, keys in owners.items() if len(keys) == 1}
        rests = Counter(phrase[1:] for phrase in phrases if phrase[0] in _SEVERITIES)
        for phrase, key in [*phrases.items()]:
            if rests[phrase[1:]] > 1:  # of "Mild blur, Severe blur", the first word alone tells which is meant
                phrases.setdefault(phrase[:1], key)
        nouns = {tuple(one for one in said[1:] if one not in _EMPHATIC): said for said in phrases if said[0] == "no"}
        self.phrases = phrases  # ("ring", "artifact") -> key
        self.absent = {noun: phrases[said] for noun, said in nouns.items() if noun}  # of "No obvious degradation"
        self.sizes = sorted({len(phrase) for phrase in phrases}, reverse=True)
        self.yes, self.no = (keys[0] if len(keys) == 1 else None for keys in polar.values())
        self.polar = bool(self.yes or self.no)  # whether Yes or No is offered

    def only_with(self, said: tuple[str, ...]) -> str | None:
        """The one option of which ``said``, as a whole, is a part: "sharp" for "The image is sharp".

        Not where the part left out turns the meaning round: "noise" is no part of "no noise".
        """
        said = tuple(token for token in said if token not in _DETERMINERS)
        owners = {
            key
            for phrase, key in self.phrases.items()
            for start in range(len(phrase) - len(said) + 1)
            if said and _is_part(said, phrase[start:]) and _NEGATIONS.isdisjoint(phrase[:start])
        }
        return owners.pop() if len(owners) == 1 and not self.letters.keys() >= {*map(str.upper, said)} else None


@lru_cache(maxsize=4_096)
def word(token: str) -> str:
    """``token`` without case, plural and British spelling: "Artefacts" and "artifact" are one word; 2.0 is 2."""
    token = token.lower()
    if token[-1:].isdigit() and token[:1] in "-0123456789":
        token = token.replace(",", "").replace(" ", "")
        return token.rstrip("0").rstrip(".") if "." in token else token
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


def is_word(unit: Unit) -> bool:
    """Whether the unit is a word or number rather than a mark."""
    return unit.role in ("", "number")


def _phrase(units: list[Unit]) -> tuple[str, ...]:
    """The words among ``units`` in the form of ``word``, without an article before them."""
    words = tuple(word(unit.word) for unit in units if is_word(unit))
    return words[1:] if len(words) > 1 and words[0] in _DETERMINERS else words


def polar_at(units: list[Unit], index: int) -> tuple[str, int] | None:
    """ "yes" or "no", where the units say one at ``index``, and where that ends."""
    found = WORDS.longest([unit.word for unit in units[index : index + 4]], 0)
    return (found[0], index + found[1]) if found and found[0] in ("yes", "no") else None


def bare(text: str) -> tuple[str, ...]:
    """The words of a text in one case, without the marks around them."""
    return tuple(said for token in text.casefold().split() if (said := token.strip(_DRESS)))


def key_of(line: str, options: Mapping[str, str]) -> str | None:
    """The option that a whole line is: by its key, by its text, or by both; None for anything else."""
    said = bare(line)
    found = {key for key, text in options.items() if said and said in (bare(text), bare(key))}
    found = found or {key for key, text in options.items() if said == (*bare(key), *bare(text))}
    return found.pop() if len(found) == 1 else None


def conflict(text: str, options: Mapping[str, str]) -> bool:
    """Whether a JSON object has the key of one option and the text of another: ``{"answer": "B", "text": "Noise"}``."""
    try:
        data = json.loads(shallow(text))
    except ValueError:
        return False
    values = [value for value in data.values() if isinstance(value, str)] if isinstance(data, dict) else []
    by_key = options.keys() & values
    by_text = {key_of(value, options) for value in values if value not in by_key} - {None}
    return len(by_key) == 1 and bool(by_text) and not by_key & by_text
