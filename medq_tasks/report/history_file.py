"""Reading a history file: apart from ``history``, which needs numpy, so that a wrong file is told at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medq_tasks.errors import RunError

HistoryEntry = Mapping[str, Any]


def read(path: Path) -> list[dict[str, Any]]:
    """The entries of a history file, oldest first; none when there is no file yet.

    Raises:
        RunError: the file cannot be read, or a line is no entry; the message names it.
    """
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror}). Give another file.") from error
    entries = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            key(found)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError(
                f"{path}, line {number}: not an entry of this history ({type(error).__name__}: {error}). "
                "Delete the line, or give another file."
            ) from error
        entries.append(found)
    return sorted(entries, key=lambda found: str(found["when"]))


def key(found: HistoryEntry) -> str:
    """What makes two entries the same: model, time, on what and by whom they were measured, and with what result."""
    tasks = {
        name: [task["table"], task["judge"], (task["metrics"].get(task["main"]) or {}).get("value")]
        for name, task in found["tasks"].items()
    }
    return json.dumps([found["when"], found["name"], found["model"], found["model_args"], tasks], sort_keys=True)
