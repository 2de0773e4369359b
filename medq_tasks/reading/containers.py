r"""Places that a reply sets aside for its answer: ``\boxed{}``, ``<answer>``, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from medq_tasks.reading import lexicon
from medq_tasks.reading.mapped import Mapped

_KEYS = lexicon.load("keys")
_TAG = re.compile(
    rf"<({'|'.join(sorted(_KEYS.singles['tag']))})\s*>(.*?)(?:</\1\s*>|$)|<\|(begin)_of_box\|>(.*?)(?:<\|end_of_box\|>|$)",
    re.IGNORECASE | re.DOTALL,
)
_NAME_WORD = re.compile(r"[a-z]+|[^\x00-\x7f]", re.IGNORECASE)
_BOXED = re.compile(r"(?:\\|\b)(?:boxed|fbox|framebox)\s*(?:\{|(?<=\s)(\w)(?!\w))")
_BOX = re.compile(r"(?:\\|\b)(?:boxed|fbox|framebox)\s*\{([^{}]{0,200})\}")
_SIDE_BY_SIDE = 6  # characters between two boxes that are one answer
_MOST_OBJECTS = 40  # decoding from every brace of a hostile reply would take quadratic time
_LONGEST_OBJECT = 20_000
_DEEPEST = 50
_BRACE = re.compile(r"[{}]")
_BRACKET = re.compile(r"[\[\]{}]")
_Held = tuple[int, Mapped | None]  # where it begins, and what it holds


def last(text: Mapped, role: str) -> tuple[Mapped | None] | None:
    """What the last box, tag or JSON object holds that is not blank: None where JSON says null.

    ``role`` tells which keys of JSON hold an answer.
    """
    held = sorted([*_marked(text), *_json_answers(text, role)], key=lambda place: place[0])
    filled = [(inner,) for _, inner in held if inner is None or inner.text.strip()]
    return filled[-1] if filled else None


def _marked(text: Mapped) -> list[_Held]:
    """The contents of tags and boxes, each with its position."""
    tags = ((tag, 4 if tag[2] is None else 2) for tag in _TAG.finditer(text.text))
    found: list[_Held] = [(tag.start(), text[slice(*tag.span(group))]) for tag, group in tags]
    end = -1
    for box in list(_BOXED.finditer(text.text))[-_MOST_OBJECTS:]:
        inner = text[slice(*box.span(1))] if box[1] else _to_closing_brace(text, box.end())
        before = found[-1][1] if 0 <= end <= box.start() <= end + _SIDE_BY_SIDE else None
        end = box.end() + (0 if box[1] else len(inner.text) + 1)
        if before is not None and before.text != inner.text:  # "\\boxed{A} or \\boxed{B}"
            found.pop()
            inner = Mapped(f"{before.text} and {inner.text}")
        found.append((box.start(), inner))
    return found


def unwrap(text: Mapped) -> Mapped:
    r"""``text`` with ``\boxed{B}`` replaced by B, so that the words around it read on."""
    return text.sub(_BOX, r"\1")


def _to_closing_brace(text: Mapped, start: int, longest: int = 300) -> Mapped:
    depth = 1
    for brace in _BRACE.finditer(text.text, start, start + longest):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[start : brace.start()]
    return text[start : start + longest]


def _json_answers(said: Mapped, role: str) -> Iterator[_Held]:
    """The answers in JSON objects, each with its position; None where the object leaves the answer open.

    A list of several answers is joined by "and", so that it reads as what it is: more than one.
    """
    text, decoder = said.text, json.JSONDecoder()
    position, tried = text.find("{"), 0
    while position >= 0 and tried < _MOST_OBJECTS:
        tried += 1
        try:
            value, length = decoder.raw_decode(shallow(text[position : position + _LONGEST_OBJECT]))
        except ValueError:
            length = 1
        else:
            for answer in _answers(value, role):
                yield position, None if answer is None else _value(said[position : position + length], answer)
        position = text.find("{", position + length)


def _value(held: Mapped, answer: str) -> Mapped:
    """The answer with its places, where JSON holds it as it is."""
    found = list(re.finditer(rf"[:\[]\s*\W?\s*({re.escape(answer)})(?!\w)", held.text))
    return held[slice(*found[-1].span(1))] if found else Mapped(answer)


def shallow(text: str) -> str:
    """JSON text up to where it nests deeper than any answer does, which makes it invalid there.

    A decoder that recurses would reach the stack's end instead: sooner or later, as the caller's stack is high or low.
    """
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _DEEPEST:
            return text[: bracket.start()]
    return text


def _answers(value: Any, role: str) -> list[str | None]:
    if not isinstance(value, dict) or _is_turned_down(value):
        return []
    named = [inner for name, inner in value.items() if _is_key(name, role)]
    if named:
        return [_as_text(named[-1])]
    true = [name for name, inner in value.items() if inner is True]
    if true and all(isinstance(inner, bool) for inner in value.values()):
        return [" and ".join(true)]
    return [answer for inner in value.values() for answer in _answers(inner, role)]


def _is_turned_down(value: dict[str, Any]) -> bool:
    """Whether an object says of what it names that it is not the answer: ``{"option": "A", "correct": false}``."""
    return any(inner is False and _is_key(name, "flag") for name, inner in value.items())


def _is_key(name: str, role: str) -> bool:
    """Whether a name, however its words are joined, is one of the keys of ``role``."""
    words = [word.lower() for word in _NAME_WORD.findall(name[:80])]
    forms = _KEYS.by_first.get(words[0], ()) if words else ()
    return any(one == role and lexicon.match(words, 1, rest) == len(words) for one, rest in forms)


def _as_text(value: Any) -> str | None:
    if isinstance(value, list):
        parts = [part for part in map(_as_text, value) if part]
        return " and ".join(parts) if parts else None
    if isinstance(value, dict):
        if _is_turned_down(value):
            return None
        inner = [one for name, one in value.items() if str(name).lower() in _KEYS.singles["inner_key"]]
        return _as_text(inner[0]) if inner else None
    if value is None or isinstance(value, bool):
        return None if value is None else ("Yes" if value else "No")
    return str(value)
