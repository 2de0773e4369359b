"""A name that stands twice in a YAML of the user's own is refused: of two, YAML takes the last without a word.

The harness reads a task's YAML before any of our code sees the task, and what it then has is the last one alone. So its
reader looks into a file that is about our tasks before it reads it in full, which it does for the tasks of a run only.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from medq_tasks.errors import HarnessStop, SettingsError
from medq_tasks.harness.shape import require

MODULE = "lmms_eval.utils"
_MARK = "_strict_for_medq_tasks"
# In every YAML that includes, copies or groups our tasks: their names, their templates or our package. Not "medqa".
_OURS = re.compile(rb"medq[_-](?:perception|reasoning|bench|mini|tasks)|_(?:perception|reasoning)_template")


def watch(module: ModuleType) -> None:
    """Wrap ``load_yaml_config`` of the harness's module (``MODULE``); a second call does nothing.

    Raises:
        Unlike: there is no such function.
    """
    if getattr(module, _MARK, False):
        return
    theirs = require(module, "load_yaml_config", "yaml_path", "mode")
    ours: list[Path] = []  # files about our tasks that are being read: what they include is about them as well

    @functools.wraps(theirs)
    def load_yaml_config(yaml_path: Any = None, *args: Any, **options: Any) -> Any:
        if yaml_path is None or options.get("mode") == "simple":  # "simple": the index of all tasks
            return theirs(yaml_path, *args, **options)
        path = Path(yaml_path)
        if not ours and not is_ours(path):
            return theirs(yaml_path, *args, **options)
        refuse_twice(path)
        ours.append(path)
        try:
            return theirs(yaml_path, *args, **options)
        finally:
            ours.pop()

    module.load_yaml_config = load_yaml_config  # type: ignore[attr-defined]
    setattr(module, _MARK, True)


def is_ours(path: Path) -> bool:
    """Whether a YAML is about our tasks. Another plugin's is read as the harness reads it."""
    try:
        return _OURS.search(path.read_bytes()) is not None
    except OSError:
        return False


def refuse_twice(path: Path) -> None:
    """Raise where a YAML names something twice in one place; what cannot be read is the harness's to tell.

    Raises:
        HarnessStop: it does; the message names file, line and name.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return
    import yaml  # not above: every start of lmms-eval imports this module

    from medq_tasks.prompts import yaml_file

    try:
        yaml_file.refuse_twice(path, yaml.compose(text, Loader=yaml.SafeLoader))
    except SettingsError as error:
        raise HarnessStop(str(error)) from error
    except (yaml.YAMLError, RecursionError):
        return
