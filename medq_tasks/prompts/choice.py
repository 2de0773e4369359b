"""Which words are in force: by the name a user gave, and by what his YAML sets for one model."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import reference
from medq_tasks.prompts.words import Words, hash_of, words_from
from medq_tasks.records import KINDS, Kind, PromptStamp

DEFAULT = "default"
DEFAULT_FILE = Path(__file__).with_name("default.yaml")
_LONGEST = 1_000  # characters of a path; the system raises for names beyond its own limit
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
    if len(choice) > _LONGEST:
        raise SettingsError(f"{choice[:60]}...: no path is that long. {_TAKES}.")
    found = _path(choice)
    folder, _, model = choice.rpartition("#")
    if found.is_dir():
        return Prompts(reference.NAME, functools.partial(_of_checkout, found, ""))
    if model and folder and _path(folder).is_dir():
        return Prompts(f"{reference.NAME}#{model}", functools.partial(_of_checkout, _path(folder), model))
    if not found.is_file():
        raise SettingsError(f"{choice}: no such file or folder. {_TAKES}.")
    _parsed(found)
    return Prompts(found.name, functools.partial(_of_file, found))


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
    return asked, PromptStamp(name, hash_of(asked))


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # ~ of a user without a home
        raise SettingsError(f"{text}: no such file or folder. {_TAKES}.") from error


def _text(block: Mapping[str, object], key: str) -> str | None:
    value = block.get(key)
    if value is not None and not isinstance(value, str):
        raise SettingsError(f'{key}: {value!r} is no text. Put it in quotation marks ({key}: "{value}").')
    return value


def _of_file(path: Path, kind: Kind) -> Words:
    families = _parsed(path)
    if kind not in families:
        raise SettingsError(
            f"{path}: has no words for {kind}, which a task here asks for. Add them (as in {DEFAULT_FILE}), or leave "
            "that task out."
        )
    return families[kind]


def _of_checkout(folder: Path, model: str, kind: Kind) -> Words:
    return reference.read(folder, kind, model)


def _parsed(path: Path) -> dict[Kind, Words]:
    try:
        status = path.stat()
        return _parse(path, status.st_mtime_ns, status.st_size)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: cannot be read as YAML ({error}).") from error


@functools.lru_cache(maxsize=8)
def _parse(path: Path, _changed: int, _size: int) -> dict[Kind, Words]:
    """Every family of a file. Kept as long as the file is the same: each item of a run asks for its words."""
    import yaml  # not above: `medq --version` comes by here

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: cannot be read as YAML ({error}).") from error
    if not isinstance(data, Mapping) or not data:
        raise SettingsError(f"{path}: holds no words. It needs one or more of {', '.join(KINDS)}; see {DEFAULT_FILE}.")
    strange = [str(name) for name in data if name not in KINDS]
    if strange:
        raise SettingsError(f"{path}: {', '.join(strange)} is no family of tasks. There are {', '.join(KINDS)}.")
    return {kind: words_from(data[kind], kind, str(path)) for kind in KINDS if kind in data}
