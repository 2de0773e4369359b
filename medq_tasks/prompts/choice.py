"""Which words are in force: by the name a user gave, and by what his YAML sets for one model."""

from __future__ import annotations

import functools
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import reference, words_file
from medq_tasks.prompts.words import Words, hash_of, unusable
from medq_tasks.prompts.words_file import DEFAULT_FILE
from medq_tasks.records import Kind, PromptStamp

DEFAULT = "default"
NOT_KNOWN = "not known"  # what the history calls words that a run does not say
_SHOWN = 200  # characters of a path in a message
_TAKES = (
    "MEDQ_PROMPTS, and `prompts` in a task's YAML, take: default, a YAML file, or the folder of a VLMEvalKit checkout "
    "(with #qwen2_vl behind it for that model's own rewording)"
)


@dataclass(frozen=True)
class Prompts:
    """Words by family, under one name."""

    name: str
    _read: Callable[[Kind], Words]

    def of(self, kind: Kind) -> Words:
        """The words of one family.

        Raises:
            SettingsError: the file has none for it, or they cannot be used.
        """
        return self._read(kind)


def load(choice: str = DEFAULT) -> Prompts:
    """The words that a setting names: ``default``, a YAML file, or a checkout (``FOLDER`` or ``FOLDER#model``).

    Raises:
        SettingsError: there is no such thing, or it cannot be used. Of a checkout each file is read when it is asked
            for, so that a missing one is no error for the families that are not in it.
    """
    choice = choice.strip()
    if choice in ("", DEFAULT):
        return Prompts(DEFAULT, functools.partial(_of_file, DEFAULT_FILE))
    found, kind = _path(choice)
    folder, _, model = choice.rpartition("#")
    if kind == "folder":
        return Prompts(reference.NAME, functools.partial(_of_checkout, found, ""))
    if model and folder and _path(folder)[1] == "folder":
        return Prompts(f"{reference.NAME}#{model}", functools.partial(_of_checkout, _path(folder)[0], model))
    if kind != "file":
        raise _nothing_at(choice)
    words_file.read(found)
    # "reference" in a record must not be a file of that name.
    name = " ".join(found.name.split()) or "file"  # in records and lines of reports
    name = f"file {name}" if name.partition("#")[0] in (DEFAULT, reference.NAME, NOT_KNOWN) else name
    return Prompts(name, functools.partial(_of_file, found))


def in_force(choice: str, kind: Kind, block: Mapping[str, object] | None = None) -> tuple[Words, PromptStamp]:
    """The words of a family as they are asked, and what records say of them.

    Args:
        choice: what the environment names.
        kind: of the task.
        block: a YAML's settings for one model: ``prompts`` counts before ``choice``, ``pre_prompt`` and ``post_prompt``
            replace what stands before and after everything. A key without a value means as it is, because the harness
            replaces the default block by a matching model's block instead of merging them; an empty text means no
            words (``prompts: ""`` means as it is).

    Raises:
        SettingsError: see ``load``; or a value is no text.
    """
    given = block or {}
    found = load((_text(given, "prompts") or "").strip() or choice)
    words = found.of(kind)
    asked = words.around(_text(given, "pre_prompt"), _text(given, "post_prompt"))
    own = [key for key in ("pre_prompt", "post_prompt") if _text(given, key) is not None]
    name = found.name if asked == words else f"{found.name}, own {' and '.join(own)}"
    # The words count, not who holds them: a copy of the default file asks in no other words.
    ours = asked == _of_file(DEFAULT_FILE, kind)
    return asked, PromptStamp(DEFAULT if ours else name, hash_of(asked))


def _path(text: str) -> tuple[Path, str]:
    """A path, and whether it is a "file", a "folder" or "" (nothing).

    Raises:
        SettingsError: there can be none: a name beyond the system's limit, a NUL, ~ of a user without a home, no right
            to look.
    """
    try:
        path = Path(text).expanduser()
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Path(text), ""
    except (OSError, ValueError, RuntimeError) as error:
        raise _nothing_at(text) from error
    return path, "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else ""


def _nothing_at(choice: str) -> SettingsError:
    named = choice if len(choice) <= _SHOWN else f"{choice[:_SHOWN]}..."
    return SettingsError(f"{named}: no such file or folder. {_TAKES}.")


def _text(block: Mapping[str, object], key: str) -> str | None:
    value = block.get(key)
    if value is not None and not isinstance(value, str):
        raise SettingsError(f'{key}: {value!r} is no text. Put it in quotation marks ({key}: "{value}").')
    if value is not None and unusable(value):
        raise SettingsError(f"{key}: {value[:40]!r} holds a NUL or half a character. Take it out.")
    return value


def _of_file(path: Path, kind: Kind) -> Words:
    families = words_file.read(path)
    if kind not in families:
        raise SettingsError(
            f"{path}: has no words for {kind}, which a task here asks for. Add them (as in {DEFAULT_FILE}), or leave "
            "that task out."
        )
    return families[kind]


def _of_checkout(folder: Path, model: str, kind: Kind) -> Words:
    return reference.read(folder, kind, model)
