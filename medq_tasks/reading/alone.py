"""Lines that are nothing but an option, and what the first and the last line of a reply say by that."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_DRESS = " \t\"'*_`().[]{}<>:,;!#-–—=“”‘’$\\"


def key_of(line: str, options: Mapping[str, str]) -> str | None:
    """The option that a whole line is: by its key, by its text, or by both; None for anything else."""
    said = _bare(line)
    by_text = [key for key, text in options.items() if said and _bare(text) == said]
    by_key = [key for key in options if _bare(key) == said]
    found = {*by_text, *by_key}
    if not found:
        found = {key for key, text in options.items() if _words(line) == (_bare(key), *_words(text))}
    return found.pop() if len(found) == 1 else None


def decided_at_the_ends(
    text: str, options: Mapping[str, str], announced: Callable[[str], str | None], changed: bool
) -> tuple[str, str] | None:
    """The option that the first or the last line is, where no other such line differs, and that line.

    Args:
        text: a reply.
        options: key -> text.
        announced: the option that a line announces outright ("Answer: B"), None for any other line.
        changed: whether the text takes something back.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or changed or (lines[-2].rstrip()[-1:] == ":" and lines[-1].rstrip()[-1:] in ".):"):
        return None  # "Let me examine each option:" and then "A.": cut off
    if sum(line.split()[0].strip("(*_[").rstrip("*_") in _labels(options) for line in lines) > 1:
        return None  # a list of the options
    said = [key_of(line, options) or announced(line) for line in lines]
    place = -1 if said[-1] is not None else 0
    key = said[place]
    return (key, lines[place]) if key is not None and len({one for one in said if one is not None}) == 1 else None


def without_list(text: str, options: Mapping[str, str]) -> str:
    """The text without a list of all options, a line for each, as questions have it."""
    lines = text.split("\n")
    keys = [_item(line, options) for line in lines]
    for place in range(len(lines) - len(options) + 1):
        if keys[place : place + len(options)] == list(options):
            return "\n".join([*lines[:place], "", *lines[place + len(options) :]])
    return text


def _item(line: str, options: Mapping[str, str]) -> str | None:
    return next((key for key, text in options.items() if _words(line) == (_bare(key), *_words(text))), None)


def conflict(text: str, options: Mapping[str, str]) -> bool:
    """Whether a JSON object has the key of one option and the text of another: ``{"answer": "B", "text": "Noise"}``."""
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    values = [value for value in data.values() if isinstance(value, str)] if isinstance(data, dict) else []
    by_key = {value.strip() for value in values if value.strip() in options}
    by_text = {
        key for value in values for key, said in options.items() if _bare(value) == _bare(said) and len(said) > 1
    }
    return len(by_key) == 1 and bool(by_text) and not by_key & by_text


def _labels(options: Mapping[str, str]) -> frozenset[str]:
    return frozenset(f"{key}{sign}" for key in options for sign in ".):")


def _bare(text: str) -> str:
    return " ".join(_words(text))


def _words(text: str) -> tuple[str, ...]:
    return tuple(bare for word in text.casefold().split() if (bare := word.strip(_DRESS)))
