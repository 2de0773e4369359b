"""A YAML file of a user's words, strictly: what cannot be meant is one line with a cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medq_tasks.errors import SettingsError

_MERGE = "tag:yaml.org,2002:merge"
_LONGEST = 200  # characters of what the parser says


def read(path: Path) -> object:
    """What a YAML file holds.

    Raises:
        SettingsError: it cannot be read, is no YAML, or names something twice in one place.
    """
    import yaml  # not above: `medq --version` comes by here

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is no UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}). Name another file.") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).replace('in "<unicode string>", ', "").split())
        raise SettingsError(
            f"{path}: cannot be read as YAML ({said[:_LONGEST]}). Put texts in quotation marks."
        ) from error
    except Exception as error:  # a date with 99 months, a number of 5,000 digits: raised by what makes the values
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise SettingsError(
            f"{path}: holds a value that is none ({said[:_LONGEST]}). Put texts in quotation marks."
        ) from error
    refuse_twice(path, root)
    return data


def refuse_twice(path: Path, root: object) -> None:
    """Raise where a name stands twice in one place of the composed YAML.

    YAML takes the last of two entries of one name without a word; the other one would be edited in vain.

    Raises:
        SettingsError: names file, line and name.
    """
    _refuse_twice(path, root, set())


def _refuse_twice(path: Path, node: Any, seen: set[int]) -> None:
    value = getattr(node, "value", None)
    if id(node) in seen or not isinstance(value, list):  # an alias is the same node again
        return
    seen.add(id(node))
    names: set[tuple[str, str]] = set()
    for part in value:
        key, inner = part if isinstance(part, tuple) else (None, part)
        name = (key.tag, str(key.value)) if key is not None else ("", "")  # 1 and "1" are two names
        if name in names and name[0] != _MERGE:  # two merges add up
            line = key.start_mark.line + 1
            raise SettingsError(f"{path}, line {line}: {key.value} stands there a second time. Take one of them out.")
        names |= {name} if key is not None else set()
        _refuse_twice(path, inner, seen)
