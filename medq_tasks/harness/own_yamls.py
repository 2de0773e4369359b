"""A name that stands twice in a YAML of the user's own is refused: of two, YAML takes the last without a word.

The harness reads a task's YAML before any of our code sees the task, and what it then has is the last one alone. So its
reader looks into a file that is about our tasks before it reads it in full, which it does for the tasks of a run only.
"""

from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType
from typing import Any

from medq_tasks.errors import HarnessStop, SettingsError
from medq_tasks.harness.shape import require

MODULE = "lmms_eval.utils"
_MARK = "_strict_for_medq_tasks"
_OURS = b"medq"  # in every YAML that includes, copies or groups our tasks: their names, their folder or our package


def watch(module: ModuleType) -> None:
    """Wrap ``load_yaml_config`` of the harness's module (``MODULE``); a second call does nothing.

    Raises:
        Unlike: there is no such function.
    """
    if getattr(module, _MARK, False):
        return
    theirs = require(module, "load_yaml_config", "yaml_path", "mode")

    @functools.wraps(theirs)
    def load_yaml_config(yaml_path: Any = None, *args: Any, **options: Any) -> Any:
        if yaml_path is not None and options.get("mode") != "simple":  # "simple": the index of all tasks
            refuse_twice(Path(yaml_path))
        return theirs(yaml_path, *args, **options)

    module.load_yaml_config = load_yaml_config  # type: ignore[attr-defined]
    setattr(module, _MARK, True)


def refuse_twice(path: Path) -> None:
    """Raise where a YAML about our tasks names something twice in one place; what cannot be read is the harness's.

    Raises:
        HarnessStop: it does; the message names file, line and name.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig") if _OURS in data else ""
    except (OSError, UnicodeDecodeError):
        return
    if not text:
        return
    import yaml  # not above: every start of lmms-eval imports this module

    from medq_tasks.prompts import yaml_file

    try:
        yaml_file.refuse_twice(path, yaml.compose(text, Loader=yaml.SafeLoader))
    except SettingsError as error:
        raise HarnessStop(str(error)) from error
    except (yaml.YAMLError, RecursionError):
        return
