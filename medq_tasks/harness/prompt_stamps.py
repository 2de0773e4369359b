"""In which words a task was asked, in every record and in the result.

A record is made by ``process_results``, which the harness gives the row and the reply but not the settings of the
YAML. So ``evaluate`` of the harness is wrapped: the words in force are known before anything is asked, and each record
gets their name and hash as it is made.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

from medq_tasks.harness.model_words import asked
from medq_tasks.harness.our_tasks import leave_trace, watch_evaluate
from medq_tasks.records import PromptStamp

_MARK = "_prompt_stamps_of_medq_tasks"
_STAMPED = "_medq_prompts"


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``)."""
    watch_evaluate(module, _MARK, _evaluate)


def stamp_of(task: Any) -> PromptStamp:
    """The words in which a task asks; those of a function of the user's own are known by its source."""
    writes = getattr(task.config, "doc_to_text", None)
    if not str(getattr(writes, "__module__", "")).startswith("medq_tasks."):
        digest = hashlib.sha256(_source(writes).encode("utf-8", "surrogatepass")).hexdigest()
        return PromptStamp("own doc_to_text", digest[:16])
    docs = task.dataset[task.config.test_split]
    return asked(docs[0]["kind"], getattr(task, "lmms_eval_specific_kwargs", None))[1]


def _source(writes: Any) -> str:
    try:
        return inspect.getsource(writes)
    except (OSError, TypeError):  # made at run time; or no function: a text with places in it
        return str(getattr(writes, "__qualname__", writes))


def _evaluate(_model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    told: dict[str, dict[str, str]] = {}
    for name, task in ours.items():
        told[name] = asdict(stamp_of(task))
        _stamp_records(task, told[name])
    results = go_on()
    leave_trace(results, "prompts", told)
    return results


def _stamp_records(task: Any, stamp: dict[str, str]) -> None:
    """Let each record that the task makes name ``stamp``; a task object that serves two models gets each one's own."""
    theirs = getattr(task.process_results, _STAMPED, task.process_results)

    @functools.wraps(theirs)
    def process_results(*args: Any, **options: Any) -> Any:
        found = theirs(*args, **options)
        record = found.get("record") if isinstance(found, dict) else None
        if isinstance(record, dict):
            record["prompts"] = stamp
        return found

    setattr(process_results, _STAMPED, theirs)
    task.process_results = process_results
