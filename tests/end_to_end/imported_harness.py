"""Imports the harness and reads its index of tasks: preloaded by the server from which ``forked.py`` forks runs.

Nothing else may import this module: it changes ``TaskManager`` for its process.
"""

from __future__ import annotations

import copy
import gc
import sys
from typing import Any

import lmms_eval.__main__
import lmms_eval.models  # loads the entry points, ours among them
import lmms_eval.models.chat.openai
import lmms_eval.models.simple.qwen2_vl  # noqa: F401
from lmms_eval.api.metrics import mean, stderr_for_metric
from lmms_eval.tasks import TaskManager

_read = TaskManager._get_task_and_group
_indexes: dict[str, dict[str, Any]] = {}


def _read_once(self: TaskManager, task_dir: str) -> dict[str, Any]:
    if task_dir not in _indexes:
        _indexes[task_dir] = _read(self, task_dir)
    return copy.deepcopy(_indexes[task_dir])


# The harness's own 1,900 definitions take 5 s to read. What a run adds (`--include_path`) is read in that run.
TaskManager._get_task_and_group = _read_once
TaskManager()
stderr_for_metric(mean, 1)  # imports two task modules for its own use: 2 s
gc.collect()
gc.freeze()  # the harness collects garbage after every run, and so would each fork, in all that was imported here
for stream in (sys.stdout, sys.stderr):
    stream.flush()  # else each fork prints again what is left in the buffer
