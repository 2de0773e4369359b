"""A YAML file of words, family by family."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medq_tasks.errors import SettingsError
from medq_tasks.prompts.words import Words, words_from
from medq_tasks.records import KINDS, Kind

DEFAULT_FILE = Path(__file__).with_name("default.yaml")


def read(path: Path) -> dict[Kind, Words]:
    """Every family of a file. Kept as long as the file is the same: each item of a run asks for its words.

    Raises:
        SettingsError: it cannot be read, names no family or an unknown one, a family's words cannot be used, or a name
            stands twice in one place.
    """
    try:
        status = path.stat()
        return _parse(path, status.st_mtime_ns, status.st_size)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: cannot be read as YAML ({error}).") from error


@functools.lru_cache(maxsize=8)
def _parse(path: Path, _changed: int, _size: int) -> dict[Kind, Words]:
    import yaml  # not above: `medq --version` comes by here

    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: cannot be read as YAML ({error}).") from error
    if not isinstance(data, Mapping) or not data:
        raise SettingsError(f"{path}: holds no words. It needs one or more of {', '.join(KINDS)}; see {DEFAULT_FILE}.")
    strange = [str(name) for name in data if name not in KINDS]
    if strange:
        raise SettingsError(f"{path}: {', '.join(strange)} is no family of tasks. There are {', '.join(KINDS)}.")
    _refuse_twice(path, root)
    return {kind: words_from(data[kind], kind, str(path)) for kind in KINDS if kind in data}


def _refuse_twice(path: Path, node: Any) -> None:
    """YAML takes the last of two entries of one name without a word; the other one would be edited in vain."""
    if not isinstance(node.value, list) or not all(isinstance(pair, tuple) for pair in node.value):
        return
    names: set[str] = set()
    for key, value in node.value:
        if key.value in names:
            line = key.start_mark.line + 1
            raise SettingsError(f"{path}, line {line}: {key.value} stands there a second time. Take one of them out.")
        names.add(str(key.value))
        _refuse_twice(path, value)
