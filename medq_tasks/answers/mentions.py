"""Where a reply names an option, and how: by letter, by text, by Yes or No, by its place in the list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from medq_tasks.answers.options import ALPHABETIC, NO, TOKEN, YES, OptionBook, word

By = Literal["letter", "text", "polar", "place"]


@dataclass(frozen=True)
class Mention:
    """One place in the text. ``key`` is None for a letter that is not offered."""

    start: int
    end: int
    key: str | None
    by: By
    # False: only an answer where one is expected ("b", "No noise is seen"); True: stands on its own ("B", "Yes,")
    firm: bool = True


_LETTER = re.compile(
    rf"(?<![{ALPHABETIC}&])(?<![A-Za-z]')([A-Za-z])(?![{ALPHABETIC}&%°]|'[a-z]|\.[A-Za-z](?![{ALPHABETIC}]))"
)
_COMPOUND = re.compile(r"-[A-Za-z]{2}")
# Words that make the next letter a name of something else: "type B", "Figure A".
_OTHER_NAME = re.compile(
    r"\b(?:types?|vitamin|hepatitis|influenza|fig(?:ure)?|panel|grade|stage|class|group|plan|points?|regions?|phase|"
    r"step|part|"
    r"section|zone|"
    r"(?<!this )image|images|scan|series|slice|patient|segment|arrow|photo|picture|frame|row|column|table|appendix|"
    r"dr|mr|ms|n)[.\s/]\s?$",
    re.IGNORECASE,
)
_OTHER_THING = re.compile(
    r"\. (?:coli|difficile)\b|[ -](?:mode|scans?|cells?|arm|waves?|weighted|fib(?:er|re)s?)\b", re.IGNORECASE
)
# "A is", "A because": the letter. "A careful", "a blurry", "A CT": the article.
_AFTER_LETTER = re.compile(
    r" (?:is|was|can|could|may|might|must|should|will|because|since|as|and|or|but|for|due|seems|appears|looks|fits|"
    r"matches|would|describes|over|rather|not|"
    r"instead|vs|if|on|in|correctly|remains|The|This|There|It|Since|Because|As|In|Based|Explanation|Reason(?:ing)?|"
    r"I|My|Yes|No)\b"
)
_ARTICLE = re.compile(r" [^\W_]")

_PLACES = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "last": -1,
}  # fmt: skip
_PLACE = re.compile(
    r"\b(first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last) (?:option|choice|answer|one|alternative)\b"
    r"|\b(?:option|choice)\s*(?:number\s|no\.?\s|#)?\s*([1-5]|one|two|three|four|five)\b(?!\s*%|\.\d)"
    r"|\bthe (first|second|third|fourth|fifth|last)(?=\s*(?:$|[.!]))"
    r"|第([一二三四五1-5])个?(?:选项|项|个)",
    re.IGNORECASE,
)
_FIRST_CJK = 0x3000
_POLAR = re.compile(
    rf"(?:(?<![{ALPHABETIC}\u3400-\u9fff])|(?<=答案[是为])|(?<=选)|(?<=应[是为]))(?:(?P<yes>{YES})|(?P<no>{NO}))(?![{ALPHABETIC}])",
    re.IGNORECASE,
)
_NUMERO = re.compile(r"no\.\s?\d", re.IGNORECASE)
_POLAR_MENU = re.compile(r"\byes\s?(?:or|/)\s?no\s?[:?]", re.IGNORECASE)  # the question's words, not an answer
_ENDS = re.compile(r"\s*(?:$|[.,;:!?/)\]\"'}|<\n/(。，、；：！？]|-(?!\w))")
# Words that mean the option only when they stand alone, and phrases in which a text means something else.
_LONE_ONLY = {("none",), ("other",), ("unknown",), ("nothing",), ("normal",), ("neither",), ("both",), ("无",), ("有",)}
_COURTESY = re.compile(r" (?:examples?|question|idea|point)\b", re.IGNORECASE)  # "Good question!"
_TO_BE = re.compile(r"\bto be $", re.IGNORECASE)
_IDIOM_AFTER = re.compile(r" (?:that|evidence|signs?|indications?)\b|-to-", re.IGNORECASE)
# "does not show any visible" before "degradation": the option "No degradation", in other words.
_ABSENT = re.compile(
    r"(?:\bno|(?:\bnot|n't)(?=\sany\b)|(?:\bnot|n't)\s(?:(?:appear|seem) to |\w+\s)?"
    r"(?:show|have|contain|exhibit|display|see|find|suffer from|present|detect|"
    r"observe|notice)|"
    r"\bwithout|\bfree (?:of|from)|\babsence of|\black(?:s|ing)?(?: of)?)\s"
    r"(?:(?:any|sign|signs|evidence|of|visible|obvious|significant|noticeable|apparent|clear|evident|notable|such|"
    r"discernible|perceptible|detectable|serious|major|appreciable|real)\s)*$",
    re.IGNORECASE,
)
_FREE = re.compile(r"[- ]free\b", re.IGNORECASE)
_CJK_COMPOUND = re.compile(r"程度|性(?!的)")  # "严重程度" asks how severe, "严重" says so
_SIGNAL = re.compile(r"(?:signal|contrast)[- ]to[- ]$", re.IGNORECASE)


def find(text: str, book: OptionBook) -> list[Mention]:
    """All places of ``text`` that name an option, in order of their start."""
    found = [*_letters(text, book), *_texts(text, book), *_polar(text, book), *_places(text, book)]
    return sorted(found, key=lambda mention: (mention.start, -mention.end))


def _letters(text: str, book: OptionBook) -> list[Mention]:
    found = []
    for match in _LETTER.finditer(text):
        letter, start, end = match[1], match.start(), match.end()
        key = book.letters.get(letter.upper())
        if key is None and letter.upper() == "I":
            continue
        named = bool(_OTHER_NAME.search(text, max(0, start - 14), start)) or bool(_OTHER_THING.match(text, end))
        if named and _thing_really(text, start):
            continue
        if _COMPOUND.match(text, end) and not _phrase_at(text, end + 1, book):
            continue
        article = is_article(text, start, book)
        if article and letter == "a":
            continue
        firm = letter.isupper() and not article
        found.append(Mention(start, end, key, "letter", firm))
    return found


def _thing_really(text: str, start: int) -> bool:
    """Whether "image A" names a thing rather than answers: always, apart from a line break between."""
    return "\n" not in text[max(0, start - 2) : start]


def is_article(text: str, start: int, book: OptionBook) -> bool:
    """Whether the letter at ``start`` is the English article: "A careful look" must not read as option A."""
    if text[start] not in "aA" or not _ARTICLE.match(text, start + 1):
        return False
    if _AFTER_LETTER.match(text, start + 1):
        # "a is" can only be the letter; "a for" in running text is rare enough to be one as well.
        return False
    phrase = _phrase_at(text, start + 2, book)
    if phrase is None:
        return True
    key, end = phrase
    own, ends = key == book.letters.get("A"), bool(_ENDS.match(text, end))
    if own and ends:
        return False
    # "A Gaussian noise" is a label with another option's text; "A Gaussian noise pattern is seen" is a sentence
    return not (text[start] == "A" and text[start + 2].isupper() and (own or ends))


def _phrase_at(text: str, position: int, book: OptionBook) -> tuple[str, int] | None:
    """The longest option text that starts exactly at ``position``: its key and its end."""
    said: list[str] = []
    best: tuple[str, int] | None = None
    cursor = position
    for token in TOKEN.finditer(text, position):
        if len(said) >= book.longest or token.start() - cursor > 3 or (not said and token.start() != position):
            break
        said.append(word(token[0]))
        cursor = token.end()
        if said[0] not in book.openings:
            break
        key = book.phrases.get(tuple(said)) if len(said) in book.sizes else None
        if key is not None:
            best = key, cursor
    return best


def _texts(text: str, book: OptionBook) -> list[Mention]:
    tokens = list(TOKEN.finditer(text))
    said = [word(token[0]) for token in tokens]
    found, index = _absences(text, tokens, said, book), 0
    while index < len(tokens):
        size = _longest_at(said, index, book) if said[index] in book.openings else 0
        if size:
            start, end = tokens[index].start(), tokens[index + size - 1].end()
            phrase = tuple(said[index : index + size])
            if not _is_idiom(text, start, end, phrase):
                firm = not _stands_only_alone(phrase) or bool(_ENDS.match(text, end))
                found.append(Mention(start, end, book.phrases[phrase], "text", firm))
        index += size or 1
    return found


def _absences(text: str, tokens: list[re.Match[str]], said: list[str], book: OptionBook) -> list[Mention]:
    found = []
    for noun, key in book.absent.items():
        for index, token in enumerate(tokens):
            if said[index] != noun[0] or tuple(said[index : index + len(noun)]) != noun:
                continue
            absent = _ABSENT.search(text, max(0, token.start() - 60), token.start())
            if absent is not None:
                found.append(Mention(absent.start(), tokens[index + len(noun) - 1].end(), key, "text"))
    return found


def _longest_at(said: list[str], index: int, book: OptionBook) -> int:
    for size in book.sizes:
        if size <= len(said) - index and tuple(said[index : index + size]) in book.phrases:
            return size
    return 0


def _stands_only_alone(phrase: tuple[str, ...]) -> bool:
    return phrase in _LONE_ONLY or (len(phrase) == 1 and len(phrase[0]) == 1 and not phrase[0].isascii())


def _is_idiom(text: str, start: int, end: int, phrase: tuple[str, ...]) -> bool:
    """Whether the words mean something else here: "signal-to-noise", "it is clear that"."""
    if _SIGNAL.search(text, max(0, start - 14), start) or _FREE.match(text, end):
        return True
    if _CJK_COMPOUND.match(text, end):
        return True
    if len(phrase) == 1 and _COURTESY.match(text, end):
        return True
    if phrase == ("fair",) and (_TO_BE.search(text, max(0, start - 8), start) or text.startswith(" enough", end)):
        return True
    return phrase == ("clear",) and bool(_IDIOM_AFTER.match(text, end))


def _polar(text: str, book: OptionBook) -> list[Mention]:
    found = []
    if not (book.yes or book.no):
        return []
    asked = {position for menu in _POLAR_MENU.finditer(text) for position in range(menu.start(), menu.end())}
    for match in _POLAR.finditer(text):
        if match.start() in asked:
            continue
        key = book.yes if match["yes"] else book.no
        ends = bool(_ENDS.match(text, match.end()))
        compound = text[match.end() : match.end() + 1] == "-" and not ends  # "no-reference"
        within = ord(match[0][0]) > _FIRST_CJK and not ends  # part of a longer word: "不清楚"
        if _NUMERO.match(text, match.start()):
            continue
        if key is not None and not compound and not within:
            found.append(Mention(match.start(), match.end(), key, "polar", ends))
    return found


def _places(text: str, book: OptionBook) -> list[Mention]:
    found = []
    for match in _PLACE.finditer(text):
        said = next(group for group in match.groups() if group)
        place = _PLACES.get(said.lower()) or int(said)
        by_text = book.phrases.get((said.lower(),))
        key = book.keys[place - 1 if place > 0 else -1] if place <= len(book.keys) else None
        if by_text is None or by_text == key:
            found.append(Mention(match.start(match.lastindex or 0), match.end(), key, "place"))
    return found
