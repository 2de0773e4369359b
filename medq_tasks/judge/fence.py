"""Model text inside the judge's prompt: data that must not be able to act as anything else.

Three rules. Texts are put in by one pass over the template, so a text that holds a placeholder receives nothing.
Each text stands between marks with a tag computed from both texts, which no author of a text can know. And what a
tokenizer or a reader could take for structure (chat-template tokens, look-alikes of the marks, invisible characters)
is defused; any other text goes in letter by letter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

# An answer of 3 to 5 sentences is asked for. The cap keeps a runaway reply from overflowing the judge's context,
# which would leave the item unscored; the verdict stands at the end, so both ends are kept.
MAX_CHARS = 20_000

FENCE_VERSION = "1"  # part of the prompts' hash: a change here changes what the judge reads

# "<|im_end|>", "</s>", "<end_of_turn>", "<<SYS>>", "<｜User｜>": local servers tokenise such words inside a user's text
# as the real control tokens. A blank after the bracket leaves them readable and makes them ordinary text.
_ANGLE = re.compile(r"<(?=[|｜¦/!?<A-Za-z_])")
_PIPE = re.compile(r"(?<=[|｜¦])>")
_SQUARE = re.compile(r"\[(?=\s*(?:/\s*)?[A-Z][A-Z_]{1,20}\s*\])")  # "[INST]", "[/INST]", "[TOOL_CALLS]"
# Any wording of our own marks, whatever the tag and the brackets ("[END OF MODEL TEXT]", "end model  text 12ab").
_MARK = re.compile(r"\b(?:model|reference)[\W_]{0,3}text[\W_]{0,3}(?:[0-9a-f]{4,}[\W_]{0,3})?(?:begins?|ends?)\b", re.I)
_MARK_REVERSED = re.compile(r"\b(?:begin|end)[\W_]{0,3}(?:of[\W_]{0,3})?(?:model|reference)[\W_]{0,3}text\b", re.I)
_ODD = re.compile(r"[^\n\t\x20-\x7e]")  # what needs a look one by one; most texts hold little of it
_LOOK_ALIKES = str.maketrans("АВЕМНОРСТХІЅасеорхіѕΑΒΕΖΗΙΚΜΝΟΡΤΧοι", "ABEMHOPCTXISaceopxisABEZHIKMNOPTXoi")


def tag_of(*texts: str) -> str:
    """Eight hex digits that follow from the texts and occur in none of them."""
    joined = "\x00".join(texts)
    for round_ in range(1_000):
        tag = hashlib.sha256(f"{round_}\x00{joined}".encode("utf-8", "replace")).hexdigest()[:8]
        if tag not in joined.lower():
            return tag
    raise AssertionError("a text of this length cannot hold a thousand such tags")


def fence(name: str, text: str, tag: str) -> str:
    """``text`` between the two marks of its name, for example MODEL TEXT."""
    return f"[{name} {tag} BEGINS]\n{defuse(text)}\n[{name} {tag} ENDS]"


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put each value where its mark stands, in one pass: marks inside a value stay as they are.

    Chained ``str.replace`` calls would hand the reference to a reply that holds the words of the second mark.
    """
    return _any_of(values).sub(lambda match: values[match[0]], template)


def marks_in(template: str, marks: Iterable[str]) -> set[str]:
    """Those of ``marks`` that ``fill`` would put something in place of: of two, one may be a part of the other."""
    return set(_any_of(marks).findall(template))


def _any_of(marks: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)))


def defuse(text: str) -> str:
    """``text`` without what could be taken for structure; ordinary text comes back unchanged."""
    text = _ANGLE.sub("< ", shorten(plain(text)))
    text = _SQUARE.sub("[ ", _PIPE.sub(" >", text))
    return "\n".join(_defuse_line(line) for line in text.split("\n"))


def plain(text: str) -> str:
    """Drop characters that nobody can see, and those that cannot be sent as UTF-8.

    Invisible ones (zero-width, direction overrides, the tag block that spells hidden ASCII) can hide an instruction
    from the reader of a log; other line ends become a newline.
    """
    text = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return _ODD.sub(lambda match: _visible(match[0]), text)


def shorten(text: str) -> str:
    """At most ``MAX_CHARS`` characters of the text, from both ends, with a note where the rest was."""
    if len(text) <= MAX_CHARS:
        return text
    half = MAX_CHARS // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out here ...]\n{text[-half:]}"


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":  # half of a surrogate pair: the JSON of the request could not be encoded
        return "\N{REPLACEMENT CHARACTER}"
    hangul_fillers = "\u115f\u1160\u3164\uffa0"
    return "" if category in ("Cf", "Cc") or char in hangul_fillers or "\ufe00" <= char <= "\ufe0f" else char


def _defuse_line(line: str) -> str:
    # Compared in a folded form, so that full-width, styled or Cyrillic letters are seen through.
    folded = line
    if not line.isascii():
        folded = unicodedata.normalize("NFKC", line).translate(_LOOK_ALIKES)
        folded = "".join(char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char))
    if _MARK.search(folded) or _MARK_REVERSED.search(folded):
        return "(quoted) " + re.sub(r"[\[\]［］【】]", "|", line)
    return line
