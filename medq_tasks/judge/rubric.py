"""The judge's prompts: ours by default, a user's own, or those of the reference implementation.

A prompts file is YAML (``prompts/default.yaml`` is the one built in: copy it and edit)::

    name: my rubric                # shown in results; the file's name if absent
    version: "1"                   # optional
    system: ...                    # optional system message for all axes; "" for none, ours if absent
    fenced: true                   # optional; false puts the bare texts in, as older rubrics expect
    marks: {model: "{model_text}", reference: "{reference}"}   # optional: what marks the two places
    no_reference:                  # and the same four axes under ``comparison``
      completeness: ...
      preciseness: ...
      consistency: ...
      quality_accuracy: ...

A prompt without any mark gets both texts at its end, unless the file names marks of its own: then it was forgotten
there. One with the reference's mark alone is refused, as its judge would not see what it grades.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from medq_tasks.errors import JudgeError, SettingsError
from medq_tasks.judge import fence
from medq_tasks.judge.reference_prompts import MARKS, read_reference_prompts
from medq_tasks.prompts import yaml_file
from medq_tasks.prompts.words import unusable
from medq_tasks.records import AXES, TEXT_KINDS, levels_of
from medq_tasks.settings import check_prompts

RUBRIC_VERSION = "1.0"
_PLACE = re.compile(r"\{\w+\}")
_INNER = ("prompts", "templates")  # keys under which the families may stand
_KEYS = ("name", "version", "system", "fenced", "marks", *_INNER, *TEXT_KINDS)  # of a prompts file
_MARKS = ("model", "reference")  # keys of `marks`

Message = dict[str, str]
Templates = Mapping[str, Mapping[str, str]]  # kind -> axis -> template

# Added when a reply could not be read: at temperature 0 the same prompt would bring the same reply again.
REMINDERS = (
    "",
    "Your answer must hold the score. Reply with one line and nothing else: Score: 0, Score: 1 or Score: 2",
    "Give only the digit of the score (0, 1 or 2), after the word Score and a colon. No other text.",
)


# Of an axis with two levels, in place of those; the key of a reply knows only which attempt it was.
TWO_LEVELS = (
    "",
    "This score has two levels only. Reply with one line and nothing else: Score: 0 or Score: 2",
    "Give only the digit of the score (0 or 2; there is no 1 here), after the word Score and a colon. No other text.",
)


@dataclass(frozen=True)
class Rubric:
    """The eight prompts in force, with the name and hash that every record carries."""

    name: str
    templates: Templates
    system: str = ""
    fenced: bool = True
    model_mark: str = "{model_text}"
    reference_mark: str = "{reference}"

    @property
    def hash(self) -> str:
        """First 16 hex digits of the sha256 over everything that shapes the text sent."""
        parts: dict[str, Any] = {
            "templates": {kind: dict(self.templates[kind]) for kind in TEXT_KINDS},
            "system": self.system,
            "marks": [self.model_mark, self.reference_mark],
            "fence": fence.FENCE_VERSION if self.fenced else None,
            "reminders": REMINDERS,
        }
        canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def messages(self, kind: str, axis: str, reply: str, reference: str, attempt: int = 1) -> list[Message]:
        """The chat that asks for one axis of one item; ``attempt`` counts from 1."""
        user = fence.fill(self.prompt(kind, axis), self._values(reply, reference))
        reminders = TWO_LEVELS if len(levels_of(kind, axis)) == 2 else REMINDERS  # type: ignore[arg-type]
        reminder = reminders[min(attempt, len(reminders)) - 1]
        if reminder:
            user = f"{user}\n\n{reminder}"
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": user}]

    def shown(self, template: str) -> set[str]:
        """The marks that stand in a prompt."""
        return fence.marks_in(template, (self.model_mark, self.reference_mark))

    def prompt(self, kind: str, axis: str) -> str:
        """What the judge is asked, with the marks where the texts go in."""
        template = self.templates[kind][axis]
        if self.shown(template):
            return template
        return f"{template.rstrip()}\n\n{self.model_mark}\n\n{self.reference_mark}"

    def _values(self, reply: str, reference: str) -> dict[str, str]:
        if not self.fenced:  # letter by letter, as published; only what cannot be sent or read is changed
            texts = [fence.shorten(text.encode("utf-8", "replace").decode()) for text in (reply, reference)]
            return {self.model_mark: texts[0], self.reference_mark: texts[1]}
        model_text, reference_text = _fenced(reply, reference)
        return {self.model_mark: model_text, self.reference_mark: reference_text}


@functools.lru_cache(maxsize=16)  # an item is asked about on four axes, up to three times each
def _fenced(reply: str, reference: str) -> tuple[str, str]:
    tag = fence.tag_of(reply, reference)
    return fence.fence("MODEL TEXT", reply, tag), fence.fence("REFERENCE TEXT", reference, tag)


def load_rubric(path: Path | None = None) -> Rubric:
    """The built-in prompts, those of a YAML file, or those of a checkout of the reference implementation (a folder).

    Raises:
        JudgeError: the path does not exist, cannot be read, or lacks a prompt.
    """
    if path is None:
        return _built_in()
    check_prompts(path)
    return _from_checkout(path) if path.is_dir() else _from_yaml(path)


def _built_in() -> Rubric:
    text = resources.files("medq_tasks.judge").joinpath("prompts/default.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    return _build(data, f"medq-tasks {RUBRIC_VERSION}", "prompts/default.yaml", data["system"])


def _from_checkout(folder: Path) -> Rubric:
    rubric = Rubric(
        name="reference implementation (VLMEvalKit)",
        templates=read_reference_prompts(folder),
        fenced=False,
        model_mark=MARKS[0],
        reference_mark=MARKS[1],
    )
    problems = list(_problems(rubric))
    if problems:
        raise JudgeError(f"{folder}: {'; '.join(problems)}. Use unchanged files of a revision.")
    return rubric


def _from_yaml(path: Path) -> Rubric:
    try:
        data = yaml_file.read(path)
    except SettingsError as error:
        raise JudgeError(str(error)) from error
    if not isinstance(data, dict):
        raise JudgeError(f"{path}: holds no mapping. It needs the keys {', '.join(TEXT_KINDS)}.")
    strange = [str(key) for key in data if key not in _KEYS]
    if strange:
        raise JudgeError(f"{path}: {', '.join(strange)} means nothing here. Known are {', '.join(_KEYS)}.")
    for key in ("name", "version"):
        if isinstance(data.get(key), list | Mapping):
            raise JudgeError(f"{path}: `{key}` is {data[key]!r}, no text. Put it in quotation marks.")
    name = " ".join(str(data.get("name") or path.name).split())  # in records and lines of reports
    version = data.get("version")
    return _build(data, f"{name} {version}" if version else name, str(path), _built_in().system)


def _build(data: Mapping[str, Any], name: str, place: str, default_system: str) -> Rubric:
    templates = _templates(data, place)
    marks = _marks(data.get("marks"), place)
    fenced = data.get("fenced", True)
    system = data.get("system", default_system if fenced else "")
    if not isinstance(fenced, bool) or not isinstance(system, str | None):
        raise JudgeError(f"{place}: `fenced` must be true or false, `system` a text.")
    rubric = Rubric(name, templates, (system or "").strip(), fenced, *marks)
    problems = [*_problems(rubric), *(_forgotten(rubric) if data.get("marks") else ())]
    if problems:
        raise JudgeError(f"{place}: {'; '.join(problems)}.")
    return rubric


def _templates(data: Mapping[str, Any], place: str) -> Templates:
    """The prompts, which stand in one place: of two, the other would be edited in vain."""
    inner = [key for key in _INNER if data.get(key)]
    places = [*inner, *(kind for kind in TEXT_KINDS if kind in data)]
    if inner and len(places) > 1:
        both = " and ".join(places)
        raise JudgeError(f"{place}: has prompts under {both}. Keep those in one place, take out the rest.")
    if not inner:
        return {str(kind): _axes(data, kind, place) for kind in TEXT_KINDS}
    found = data[inner[0]]
    strange = [str(key) for key in found if key not in TEXT_KINDS] if isinstance(found, Mapping) else []
    if strange:
        said = f"{', '.join(strange)} under `{inner[0]}` means nothing there"
        raise JudgeError(f"{place}: {said}. Known there are {' and '.join(TEXT_KINDS)}, all else stands outside.")
    return {str(kind): _axes(found, kind, place) for kind in TEXT_KINDS}


def _marks(given: object, place: str) -> tuple[str, str]:
    """What marks the two places: both as the file says, or both the usual ones.

    Raises:
        JudgeError: one is missing or misspelt, and a text would be put nowhere without a word.
    """
    if not given and not isinstance(given, list):
        return Rubric.model_mark, Rubric.reference_mark
    if not isinstance(given, Mapping):
        raise JudgeError(f'{place}: `marks` must be a mapping. Write {{model: "[[M]]", reference: "[[R]]"}}.')
    if set(given) != set(_MARKS):
        named = ", ".join(map(str, given))
        raise JudgeError(f"{place}: `marks` has {named}. It needs {' and '.join(_MARKS)}, and nothing else.")
    model, reference = (given[key] for key in _MARKS)
    if not all(isinstance(mark, str) and mark.strip() for mark in (model, reference)) or model == reference:
        raise JudgeError(f"{place}: the two `marks` must be texts, different and not empty.")
    return model, reference


def _problems(rubric: Rubric) -> Iterator[str]:
    """What no judge could be sent, or would not see a text by."""
    marks = (rubric.model_mark, rubric.reference_mark)
    places = all(map(_PLACE.fullmatch, marks))
    usual = (Rubric.model_mark, Rubric.reference_mark)
    for kind, axes in rubric.templates.items():
        for axis, text in axes.items():
            strange = [one for one in _PLACE.findall(text) if one not in marks and (places or one in usual)]
            if strange:
                yield f"`{kind}.{axis}` has {strange[0]}, where nothing is put in (known are {' and '.join(marks)})"
            if rubric.shown(text) == {rubric.reference_mark}:
                yield f"`{kind}.{axis}` shows {rubric.reference_mark} alone, so that a judge would not see the reply"
            if unusable(text):
                yield f"`{kind}.{axis}` holds a NUL or half a character"
    unfilled = [mark for mark in (*marks, Rubric.model_mark, Rubric.reference_mark) if mark in rubric.system]
    if unfilled:
        yield f"`system` has {unfilled[0]}, where nothing is put in: it belongs into the prompts"
    if unusable(rubric.system + rubric.name):
        yield "`name` or `system` holds a NUL or half a character"


def _forgotten(rubric: Rubric) -> Iterator[str]:
    """Where marks of the file's own do not stand: a prompt without any, a mark that is in no prompt."""
    shown = {(kind, axis): rubric.shown(text) for kind, axes in rubric.templates.items() for axis, text in axes.items()}
    marks = (rubric.model_mark, rubric.reference_mark)
    for (kind, axis), found in shown.items():
        if not found:
            yield f"`{kind}.{axis}` has neither {' nor '.join(marks)}, which `marks` names"
    for mark in marks:
        if not any(mark in found for found in shown.values()):
            yield f"{mark}, which `marks` names, stands in no prompt"


def _axes(data: Any, kind: str, place: str) -> dict[str, str]:
    axes = data.get(kind) if isinstance(data, Mapping) else None
    if not isinstance(axes, Mapping):
        raise JudgeError(f"{place}: the key `{kind}` with its four axes is missing.")
    missing = [axis for axis in AXES if not isinstance(axes.get(axis), str) or not axes[axis].strip()]
    unknown = sorted(set(map(str, axes)) - set(AXES))
    if missing or unknown:
        said = [f"`{kind}.{axis}` is missing or not a text" for axis in missing]
        said += [f"`{kind}.{axis}` is no axis" for axis in unknown]
        raise JudgeError(f"{place}: {'; '.join(said)}. The axes are {', '.join(AXES)}.")
    return {axis: axes[axis].strip() for axis in AXES}
