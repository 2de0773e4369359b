"""The words of one family of tasks, and how they make a prompt. Pure: texts in, a text out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from medq_tasks.errors import SettingsError
from medq_tasks.records import SHAPES, Kind, Shape


@dataclass(frozen=True)
class ChoiceWords:
    """Around a question with lettered options. ``option_line`` holds ``{letter}`` and ``{text}``."""

    introduction: str
    question_prefix: str
    options_heading: str
    option_line: str
    closing_line: str
    closing_if_chinese: str = dataclasses.field(default="", metadata={"part": False})  # "": the one above
    as_written: bool = dataclasses.field(default=False, metadata={"part": False})  # keep blanks around a question

    def ask(self, question: str, options: Mapping[str, str]) -> str:
        """The whole prompt; ``options``: letter -> text, in the order shown."""
        lines = "\n".join(self.option_line.format(letter=letter, text=text) for letter, text in options.items())
        asked = question if self.as_written else question.strip()
        inner = self.introduction + self.question_prefix + asked + self.options_heading + lines
        chinese = self.closing_if_chinese if any("\u4e00" <= sign <= "\u9fff" for sign in inner) else ""
        return inner + (chinese or self.closing_line)

    def around(self, before: str | None, after: str | None) -> ChoiceWords:
        """With other words before and after everything (``None``: as they are)."""
        chinese = None if after is None else ""
        return dataclasses.replace(self, **_given(introduction=before, closing_line=after, closing_if_chinese=chinese))


@dataclass(frozen=True)
class TextWords:
    """Around what a model is to write a text about; ``instruction`` stands in where the table asks no question."""

    introduction: str
    instruction: str
    verdict_line: str
    as_written: bool = dataclasses.field(default=False, metadata={"part": False})  # keep blanks around a question

    def ask(self, question: str, options: Mapping[str, str] | None = None) -> str:
        """The whole prompt. ``options`` is there for likeness: a text has none."""
        asked = (question if self.as_written else question.strip()) if question.strip() else self.instruction
        return self.introduction + asked + self.verdict_line

    def around(self, before: str | None, after: str | None) -> TextWords:
        """With other words before and after everything (``None``: as they are)."""
        return dataclasses.replace(self, **_given(introduction=before, verdict_line=after))


Words = ChoiceWords | TextWords
_SHAPES: dict[Shape, type[Words]] = {"choice": ChoiceWords, "text": TextWords}


def parts(words: Words) -> dict[str, str]:
    """The texts of a family by the name of the part."""
    return {name: getattr(words, name) for name in part_names(type(words))}


def part_names(shape: type[Words]) -> tuple[str, ...]:
    """The parts that a family of this shape has, in the order of the prompt."""
    return tuple(item.name for item in fields(shape) if item.metadata.get("part", True))


def hash_of(words: Words) -> str:
    """First 16 hex digits of the sha256 over everything that shapes a prompt."""
    canonical = json.dumps(dataclasses.asdict(words), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def words_from(data: object, kind: Kind, place: str) -> Words:
    """A family's words from a mapping of parts.

    Raises:
        SettingsError: a part is missing, unknown or no text; ``option_line`` has not its two places; all in one
            message that begins with ``place``.
    """
    shape = _SHAPES[SHAPES[kind]]
    known = part_names(shape)
    if not isinstance(data, Mapping):
        raise SettingsError(f"{place}: {kind} is {data!r}, not a mapping. Its parts are {', '.join(known)}.")
    problems = [f'{kind} lacks {name} (write "" for none)' for name in known if data.get(name) is None]
    problems += [f"{kind}.{name} is no part" for name in data if name not in known]
    given = {name: data[name] for name in known if data.get(name) is not None}
    problems += [f"{kind}.{name} is {text!r}, no text" for name, text in given.items() if not isinstance(text, str)]
    texts = {name: text for name, text in given.items() if isinstance(text, str)}
    problems += [f"{kind}.{name} holds a NUL or half a character" for name in texts if unusable(texts[name])]
    if not problems and shape is ChoiceWords and _places(given["option_line"]) != ["letter", "text"]:
        problems.append(f"{kind}.option_line needs {{letter}} and {{text}}, once each and nothing else in braces")
    if not problems and shape is TextWords and not given["instruction"].strip():
        problems.append(f"{kind}.instruction is empty: a table without questions would ask nothing")
    if problems:
        raise SettingsError(f"{place}: {'; '.join(map(str, problems))}. The parts are {', '.join(known)}.")
    return shape(**given)


def unusable(text: str) -> bool:
    """Whether a text holds what no tokenizer or server takes: a NUL, or one half of a surrogate pair."""
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def _places(line: str) -> list[str]:
    """What stands in braces, sorted; anything but plain names counts as itself."""
    try:
        found = [(name, form, change) for _, name, form, change in string.Formatter().parse(line) if name is not None]
    except ValueError:
        return []
    return sorted(f"{name}{form}{change or ''}" for name, form, change in found)


def _given(**texts: str | None) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text is not None}
