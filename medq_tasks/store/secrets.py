"""Keys stay out of files, logs and error texts.

Two promises. ``scrub`` takes out the secrets *in force* (``in_force``) however they are written, and nothing else: it
is for a judge's words, where "and/or-motion_blur" is no key. ``scrub_message`` is for what servers and libraries say
when a call fails, where a stranger's key may stand: there, what has the shape of a key goes too.
"""

from __future__ import annotations

import base64
import functools
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from medq_tasks.store.addresses import names_a_secret, secrets_in, without_secrets

MASK = "***"
# Shorter is never a secret: it would take words apart. Up to the second length it counts as a whole word only.
_SHORTEST, _WORD = 4, 8
# What servers of one's own are given because the client insists on a key; "none of them is sharp" must stay.
_PLACEHOLDERS = re.compile(
    r"(sk-)?(none|null|empty|dummy|test|fake|local|no-?key(-required)?|not-(needed|used)|unused|placeholder|x+)"
    r"|token|api[-_]?key|key|secret|password|anything|changeme|ollama|lm-studio|vllm|sglang",
    re.I,
)
_LAYERS = 3  # of escapes taken off one another: JSON in JSON in a URL
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|(?:\\x|%)([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{1,5});|&#(\d{1,6});|\\([/\"'\\])")
_MASKED = re.compile(r"[*•…]{2,}|…|\.{3,}|[xX]{4,}")
Span = tuple[int, int]


def in_force(
    key: str | None = None,
    address: str | None = None,
    environ: Mapping[str, str] | None = None,
    words: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Every secret that this process was given, longest first.

    Args:
        key: one that is known otherwise.
        address: one that may hold userinfo, or a secret in its query.
        environ: variables named like a key, token or password, and addresses with userinfo (proxies); None: this
            process's.
        words: a command line (``--model_args api_key=...``); None: this process's.
    """
    found = [key or "", *secrets_in(address or "")]
    for name, value in (os.environ if environ is None else environ).items():
        found += _of_setting(name, value.strip())
    for word in sys.argv if words is None else words:
        for part in re.split(r"[,\s]", word):
            found += _of_setting(*part.partition("=")[::2])
    return tuple(sorted({one for one in found if _counts(one)}, key=lambda one: (-len(one), one)))


def _counts(secret: str) -> bool:
    return len(secret) >= _SHORTEST and not _PLACEHOLDERS.fullmatch(secret)


# "password": "x" and Authorization: Bearer x inside an argument that is a mapping or a header.
_INSIDE = re.compile(r"""(?=\b([A-Za-z_-]+)["']?\s*[:=]\s*["']?(?:Bearer\s+|Basic\s+)?([^\s"',}\]:=]+))""")


def without_values(arguments: str) -> str:
    """``--model_args`` as they may be shown: ``api_key=***``, and addresses without userinfo.

    A secret that is seen by its name, as a value or in a mapping, is taken out wherever else it stands.
    """
    pairs = [part.partition("=") for part in arguments.split(",")]
    named = [(name, value) for name, _, value in pairs]
    named += _INSIDE.findall(arguments)
    secrets = [value.strip() for name, value in named if _of_name(name.strip(), value.strip())]
    shown = ",".join(
        f"{name}{mark}{MASK if value.strip() in secrets else without_secrets(value) if '://' in value else value}"
        for name, mark, value in pairs
    )
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        shown = shown.replace(secret, MASK)
    return scrub_message(shown)


def _of_setting(name: str, value: str) -> Iterator[str]:
    if _of_name(name, value):
        yield value
    if "@" in value or "://" in value:
        address = "://" in value or name.upper().endswith(("URL", "BASE", "PROXY", "ENDPOINT"))
        yield from secrets_in(value) if address else ()


def _of_name(name: str, value: str) -> bool:
    """Whether the value is a secret by its name. A path (of a key's file), a flag and a word (pad_token) are none."""
    if not names_a_secret(name) or _PLACEHOLDERS.fullmatch(value) or value.startswith(("/", "./", "~")):
        return False
    if name.upper().endswith(("API_KEY", "PASSWORD")):
        return len(value) >= _SHORTEST
    return len(value) >= _WORD and (any(map(str.isdigit, value)) or len(value) >= 20)


# --- secrets that are known -------------------------------------------------------------------------------------------


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with ``***`` in place of every secret in it; the rest is as it was, to the letter.

    Found are: the whole secret; pieces of 8 characters and more (12, of a secret that looks like words); what is left
    of one whose middle is masked; each of these also under up to three layers of JSON, URL or HTML escapes, and in
    base64. Takes time in proportion to the text.
    """
    known = [one for one in secrets if _counts(one)]
    if not known:
        return text
    spans = [span for view, places in _views(text) for span in _spans(view, places, known)]
    return _without(text, spans)


def _views(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """The text, then the text with one layer of escapes taken off, two ...; and where each character stands in it."""
    places: Sequence[int] = range(len(text) + 1)
    yield text, places
    for _ in range(_LAYERS):
        parts, kept, end = [], list[int](), 0
        for match in _ESCAPE.finditer(text):
            parts += [text[end : match.start()], _meant(match)]
            kept += [*places[end : match.start()], places[match.start()]]
            end = match.end()
        if not parts:
            return
        text, places = "".join(parts) + text[end:], [*kept, *places[end:]]
        yield text, places


def _meant(match: re.Match[str]) -> str:
    four, two, hexed, number, same = match.groups()
    if same:
        return str(same)
    return chr(min(int(number) if number else int(four or two or hexed, 16), sys.maxunicode))


def _spans(view: str, places: Sequence[int], secrets: Iterable[str]) -> Iterator[Span]:
    for secret in secrets:
        for start, end in _found(view, secret):
            yield places[start], places[end]


def _found(text: str, secret: str) -> Iterator[Span]:
    if len(secret) < _WORD:
        for match in re.finditer(rf"(?<!\w){re.escape(secret)}(?!\w)", text):
            yield match.span()
    else:
        words = secret.lower() == secret and not any(map(str.isdigit, secret))  # "own-server-key"
        least = min(len(secret), 12) if words else _WORD
        yield from _pieces(text, secret, least)
        yield from _rests(text, secret)
    for form in _base64(secret):
        yield from _pieces(text, form, min(len(form), 12))


@functools.lru_cache(maxsize=64)
def _base64(secret: str) -> tuple[str, ...]:
    """The secret's letters in base64, whatever stands before it (``user:`` in Basic authorization, say)."""
    forms = set()
    for before in range(3):
        code = base64.b64encode(b"\0" * before + secret.encode("utf-8", "replace")).decode()
        inner = code.rstrip("=")[(0, 2, 3)[before] :]
        inner = inner[: -1 if code.endswith("=") else None]  # its last letter depends on what follows
        if len(inner) >= _WORD:
            forms |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    return tuple(sorted(forms))


def _pieces(text: str, secret: str, least: int) -> Iterator[Span]:
    """Where at least ``least`` characters of the secret stand in one piece."""
    step = (least + 1) // 2  # each such piece holds one whole stretch of the secret that begins at a multiple of this
    for begin in range(0, len(secret) - step + 1, step):
        at = text.find(secret[begin : begin + step])
        while at >= 0:
            start, end = _grown(text, secret, at, begin, step)
            if end - start >= least:
                yield start, end
            at = text.find(secret[begin : begin + step], max(at + 1, end - step + 1))


def _grown(text: str, secret: str, at: int, begin: int, step: int) -> Span:
    start, end, stop = at, at + step, begin + step
    while start and begin and text[start - 1] == secret[begin - 1]:
        start, begin = start - 1, begin - 1
    while end < len(text) and stop < len(secret) and text[end] == secret[stop]:
        end, stop = end + 1, stop + 1
    return start, end


def _rests(text: str, secret: str) -> Iterator[Span]:
    """What is left around a mask: ``sk-ab****89``."""
    for mask in _MASKED.finditer(text):
        start, end = mask.span()
        if end - start > 100:  # a line of stars, not the middle of a key
            continue
        before = next((n for n in range(min(len(secret), start), 0, -1) if text.startswith(secret[:n], start - n)), 0)
        after = next((n for n in range(len(secret), 0, -1) if text.startswith(secret[-n:], end)), 0)
        if max(before, after) >= 4 or min(before, after) >= 2:
            yield start - before, end + after


def _without(text: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if start > end or not parts:
            parts += [text[end:start], MASK]
        end = max(end, stop)
    return "".join(parts) + text[end:]


# --- secrets that are guessed -----------------------------------------------------------------------------------------

_USERINFO = re.compile(r"(?<=://)[^/\s@?#]+@")
_PREFIX = re.compile(r"(sk|pk|rk|xai|nvapi|pplx|csk|glpat)-|(sk|pk|rk|hf|gsk|ghp|github_pat|r8|tgp)_|AIza|eyJ")
_CANDIDATE = re.compile(r"[\w.*•…-]{8,}")
_TOKEN = re.compile(r"(\b(?:bearer|basic)\s+)([\w.~+/=-]{8,})", re.I)
_NAMED = re.compile(r"[:=] {0,2}[\"']?([^\s\"',;&)}\]?=:]{4,})")
_NAME = re.compile(r"[\w.-]+(?=[\"']? {0,2}$)")
_LONG = 10  # characters without a separator, a digit among them: words with an underscore are not that


def scrub_message(text: str, secrets: Iterable[str] = ()) -> str:
    """``scrub``, and whatever has the shape of a key, a token or an address with userinfo. For errors, never for a
    judge's words."""
    text = _USERINFO.sub("", scrub(text, secrets))
    text = _NAMED.sub(_named, _TOKEN.sub(_token, text))
    return _CANDIDATE.sub(lambda match: MASK if _like_a_key(match[0]) else match[0], text)


def _token(match: re.Match[str]) -> str:
    """``Bearer ...``, ``Basic ...``: prose goes on in small letters ("basic contrast1")."""
    code = any(map(str.isdigit, match[2])) and (match[2].lower() != match[2] or len(match[2]) >= 20)
    return f"{match[1]}{MASK}" if code else match[0]


def _named(match: re.Match[str]) -> str:
    name = _NAME.search(match.string, max(0, match.start() - 40), match.start())
    value = match[1].rstrip(".")
    if not name or not (names_a_secret(name[0]) or name[0] == "provided") or not _like_a_value(value):
        return match[0]
    return match[0][: match.start(1) - match.start()] + MASK + match[1][len(value) :]


def _like_a_value(word: str) -> bool:
    letters, digits = any(map(str.isalpha, word)), any(map(str.isdigit, word))
    return bool(_MASKED.search(word)) or (len(word) >= _WORD and letters and digits)


def _like_a_key(word: str) -> bool:
    if not _PREFIX.match(word):
        return False
    runs = re.split(r"[-_.]", word)
    return bool(_MASKED.search(word)) or any(len(run) >= _LONG and any(map(str.isdigit, run)) for run in runs)
