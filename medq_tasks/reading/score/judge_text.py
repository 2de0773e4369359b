"""A judge's reply made plain: no thinking, no dress; and what is no reply at all."""

from __future__ import annotations

import html
import re

from medq_tasks.reading import lexicon, text
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.tokens import tokenise

# Proxies and gateways send these with status 200 now and then: "<h1>502 Bad Gateway</h1>", {"error": {"code": 2}}.
_ERROR = re.compile(
    r"[\s`]*(?:json\s*)?(?:<(?:!doctype html|(?:html|head|body)\b|\?xml)|traceback \(most recent|http/\d"
    r"|\{\s*\"(?:(?:errors?|detail(?![^}]*\"score))\"\s*:\s*(?:\"[^\"]|[{\[1-9t])|object\"\s*:\s*\"error))",
    re.I,
)
_FAULTS = lexicon.load("faults")
_SCORE_LINE = re.compile(r"\bscore\"?\s*[:=]\s*[0-2]\b", re.I)
# A turn header that a server left in the text: "<|start_header_id|>assistant<|end_header_id|>".
_HEADER = re.compile(r"^\s*<\|[a-z_]+\|>\s*(?:assistant|model)?\s*(?:<\|end_header_id\|>)?\s*(?=\S)", re.I)
_NO_CHARACTER = re.compile(r"&#\d{9,};?")  # Python refuses to read integers of thousands of digits
_SPELLING = str.maketrans("⓿❶❷🄋➊➋⁄∕", "012012//")  # these have no compatibility form
_NAMES = "|".join(sorted(lexicon.load("keys").singles["score_tag"]))
# A tag's name and a key are labels; a box is one, too.
_LABELS = (
    (re.compile(r"<br\s*/?>|</(?:p|div|li|h\d|tr)>", re.I), "\n"),
    (re.compile(rf"<\s*({_NAMES})\s+\w+\s*=\s*[\"']([^\"'<>]*)[\"']\s*/?>", re.I), r"\n\1: \2\n"),
    (re.compile(rf"<\s*({_NAMES})\s*>(.{{0,2000}}?)</\s*\1\s*>", re.I | re.S), r"\n\1: \2\n"),
    (re.compile(r"\\(?:f?boxed|framebox)\s*\{+"), "\nboxed: "),
    (re.compile(r"</?[a-z][a-z0-9_-]{0,20}(?:\s[^<>\n]{0,80})?/?>", re.I), " "),
    (re.compile(r"\\?[\"']([A-Za-z][\w ]{0,40})\\?[\"']\s*:"), lambda key: f"{key[1].replace('_', ' ')}:"),
    (re.compile(r"(?<=\d)(?=pts?\b|score\b)", re.I), " "),
)


def readable(reply: str) -> str:
    """The reply's own words in one spelling; "" when it is an error page, a failed request or thinking only."""
    if failure(reply) is not None or not reply.strip() or _is_error(text.two_ends(reply)):
        return ""
    # Thinking goes before the middle does: the cut could take the tag that ends it, and with it the answer.
    said = html.unescape(_NO_CHARACTER.sub("\ufffd", text.two_ends(text.final_text(_HEADER.sub("", reply)))))
    for pattern, instead in _LABELS:
        said = pattern.sub(instead, said)
    return text.plain(said.translate(_SPELLING))


def _is_error(reply: str) -> bool:
    words = [unit.word.lower() for unit in tokenise(reply[:200].lstrip("*#-:` \n")[:120])]
    fault = _FAULTS.longest(words, 0) if words else None
    return bool(_ERROR.match(reply) or (fault and fault[0] == "fault" and not _SCORE_LINE.search(reply)))
