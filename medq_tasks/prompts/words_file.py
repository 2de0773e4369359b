"""A YAML file of words, family by family."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import yaml_file
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
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}). Name another file.") from error
    return _parse(path, status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=8)
def _parse(path: Path, _changed: int, _size: int) -> dict[Kind, Words]:
    data = yaml_file.read(path)
    if not isinstance(data, Mapping) or not data:
        raise SettingsError(f"{path}: holds no words. It needs one or more of {', '.join(KINDS)}; see {DEFAULT_FILE}.")
    strange = [str(name) for name in data if name not in KINDS]
    if strange:
        raise SettingsError(f"{path}: {', '.join(strange)} is no family of tasks. There are {', '.join(KINDS)}.")
    return {kind: words_from(data[kind], kind, str(path)) for kind in KINDS if kind in data}
