"""In which words a task was asked, in every record and in the result.

A record is made by ``process_results``, which the harness gives the row and the reply but not the settings of the
YAML. So ``evaluate`` of the harness is wrapped: the words in force are known before anything is asked, hold for the
whole evaluation though a file of them is edited meanwhile, and each record gets their name and hash as it is made.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

from medq_tasks.harness.model_words import asked, held_words
from medq_tasks.harness.our_tasks import leave_trace, watch_evaluate
from medq_tasks.harness.own_functions import digest, is_ours
from medq_tasks.records import KINDS, PromptStamp

_MARK = "_prompt_stamps_of_medq_tasks"
_STAMPED = "_medq_prompts"


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``)."""
    watch_evaluate(module, _MARK, _evaluate)


def stamp_of(task: Any, chat: bool = False) -> PromptStamp:
    """The words in which a task asks; those of a function of the user's own are known by its source.

    Args:
        task: the harness's task object.
        chat: whether the model takes messages. Their text comes from ``doc_to_messages`` where the task has one, and
            from ``doc_to_text`` otherwise.
    """
    hook = "doc_to_messages" if chat and getattr(task.config, "doc_to_messages", None) else "doc_to_text"
    writes = getattr(task.config, hook, None)
    block = getattr(task, "lmms_eval_specific_kwargs", None)
    kind = task.dataset[task.config.test_split][0].get("kind")
    if is_ours(writes):
        return asked(kind, block)[1]
    ours = asked(kind, block)[1] if kind in KINDS else None  # which his function may ask for, and add to
    return PromptStamp(f"own {hook}", digest([writes, ours and ours.hash]))


def _evaluate(model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    told: dict[str, dict[str, str]] = {}
    with held_words():
        for name, task in ours.items():
            told[name] = asdict(stamp_of(task, chat=not getattr(model, "is_simple", True)))
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
