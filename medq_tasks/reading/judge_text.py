"""A judge's reply made plain: no thinking, no dress, no restated rubric; and what is no reply at all."""

from __future__ import annotations

import html
import json
import re
import unicodedata

from medq_tasks.reading import lexicon
from medq_tasks.reading.containers import shallow
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.text import DOTLESS, final_text

MAX_CHARS = 4_000  # of a reply that never ends: its beginning and, mostly, its end, where a score stands

# Proxies and gateways send these with status 200 now and then: "<h1>502 Bad Gateway</h1>", {"error": {"code": 2}}.
_ERROR_PAGE = re.compile(
    r"^\s*(?:<!doctype html|<html\b|<\?xml\b|<head\b|<body\b|traceback \(most recent|http/\d)", re.I
)
# A turn header that a server left in the text: "<|start_header_id|>assistant<|end_header_id|>".
_HEADER = re.compile(r"^\s*<\|[a-z_]+\|>\s*(?:assistant|model)?\s*(?:<\|end_header_id\|>)?\s*(?=\S)", re.I)
_FAULTS = lexicon.load("faults")
_WORD = re.compile(r"\w+|\S")
_SCORE_LINE = re.compile(r"\bscore\s*[:=]\s*[0-2]\b", re.I)

_BLANKS = dict.fromkeys((160, *range(8192, 8203), 8239, 8287, 12288), " ")
_INVISIBLE = dict.fromkeys(
    code
    for code in (*range(0x09), *range(0x0E, 0x1C), 0x7F, 0xAD, 0x34F, 0x61C, 0x180E,
                 *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
                 0xFEFF, 0x20E3, *range(0xFE00, 0xFE10))
)  # fmt: skip
_SPELLING = str.maketrans("‘’‚‛“”„‟«»‐‑‒–—―−⁄∕➔➜⇒：", "''''" + '""""""' + "-------" + "//→→→:")
_BRACKETS = str.maketrans("【】「」『』〖〗《》", "[][][][][]")
_BADGES = {0x24FF: "0", 0x24EA: "0", 0x2776: "1", 0x2777: "2", 0x1F10B: "0", 0x278A: "1", 0x278B: "2"}  # "❷" and kin
_LATEX = re.compile(r"\\(?:text|textbf|textit|mathbf|mathrm|mathsf|rm|bf|displaystyle|large|Large|huge)\b\s*\{?")
_LATEX_MARK = re.compile(r"\\[()\[\],;!]|\$")
_TAG_PAIR = re.compile(
    r"<\s*(score|rating|answer|final_?answer|final_?score|result|grade)\s*>(.{0,2000}?)</\s*\1\s*>", re.I | re.S
)
_TAG_VALUE = re.compile(r"<\s*(score|rating|grade)\s+\w+\s*=\s*[\"']([^\"'<>]*)[\"']\s*/?>", re.I)
_TAG = re.compile(r"</?[a-z][a-z0-9_-]{0,20}(?:\s[^<>\n]{0,80})?/?>", re.I)
_EMPHASIS = re.compile(r"\*{1,3}|`{1,3}(?:json|text|markdown|yaml|xml|plaintext)?|_{2,3}|~~|(?<!\w)_|_(?!\w)")
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-•●▪◦*+✓✔✅][ \t]+)+", re.MULTILINE)
# Patterns that skip blanks twice ("accuracy \s* (...)? \s* :") take quadratic time on long gaps.
_GAP = re.compile(r"\s{4,}")
_NO_CHARACTER = re.compile(r"&#\d{9,};?")  # Python refuses to read integers of thousands of digits
_KEY = re.compile(r"[\"']([A-Za-z][\w ]{0,40})[\"']\s*:")


def readable(reply: str) -> str:
    """The reply's own words in one spelling; "" when it is an error page, a failed request or thinking only."""
    if failure(reply) is not None or not reply.strip() or _is_error(_two_ends(reply)):
        return ""
    # Thinking goes before the middle does: the cut could take the tag that ends it, and with it the answer.
    return plain(_two_ends(final_text(_HEADER.sub("", reply))))


def _two_ends(text: str) -> str:
    return text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS // 4]}\n{text[-MAX_CHARS // 4 * 3 :]}"


def plain(text: str) -> str:
    """One spelling for what differs only in dress: full width, circled, bold, LaTeX, HTML, JSON keys, quotes."""
    text = html.unescape(_NO_CHARACTER.sub("\ufffd", text))
    # Before NFKC, which would make "21/2" of "2½", and "1/2", which is a level out of two, of "½".
    text = re.sub(r"[¼-¾⅐-⅞]", ".5 ", re.sub(r"(?<!\d)(?=[¼-¾⅐-⅞])", "0", text))
    text = re.sub(r"~~.*?~~", " ", text)  # struck out
    text = unicodedata.normalize("NFKC", text.translate(_BADGES).translate(_BLANKS))
    text = text.translate(_INVISIBLE).translate(_SPELLING).translate(DOTLESS)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\n", "\n")
    text = re.sub(r"\b([ei])\.\s?([ge])\.", r"\1\2", text)  # the dots of "e.g." would end a sentence
    text = re.sub(r"(?<=\d)(?=pts?\b)", " ", text)
    text = re.sub(r"(?<![-=])[-=]+>", "→", text.translate(_BRACKETS))
    text = text.replace('\\"', '"')
    text = re.sub(r"(?i)<br\s*/?>|</(?:p|div|li|h\d|tr)>", "\n", text)
    text = _TAG_VALUE.sub(r"\n\1: \2\n", text)
    text = _TAG_PAIR.sub(lambda match: f"\n{match[1].replace('_', ' ')}: {match[2].strip()}\n", text)
    text = re.sub(r"\\(?:f?boxed|framebox)\s*\{+", "\nboxed: ", _LATEX_MARK.sub(" ", text))
    text = _TAG.sub(" ", _LATEX.sub("", text))
    text = _KEY.sub(lambda match: f"{match[1].replace('_', ' ')}:", text)
    text = _LINE_MARK.sub("", _EMPHASIS.sub("", text))
    return _GAP.sub(lambda gap: "\n\n" if "\n" in gap[0] else " ", re.sub(r"[ \t]+", " ", text)).strip()


def _is_error(reply: str) -> bool:
    if _ERROR_PAGE.match(reply):
        return True
    stripped = reply.strip().strip("`").removeprefix("json").strip()
    if stripped.startswith("{"):
        try:
            data = json.loads(shallow(stripped))
        except ValueError:
            data = None
        if isinstance(data, dict) and (
            data.get("error") or data.get("errors") or data.get("detail") or data.get("object") == "error"
        ):
            return True
    words = [word.lower() for word in _WORD.findall(stripped[:120].lstrip("*#-: "))]
    fault = _FAULTS.longest(words, 0) if words else None
    return fault is not None and fault[0] == "fault" and not _SCORE_LINE.search(stripped)
