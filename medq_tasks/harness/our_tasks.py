"""Which tasks of an evaluation are this package's, under whatever name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def tasks_of(tasks: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Name and task of everything in the harness's (nested) dict of tasks."""
    for name, task in tasks.items():
        if isinstance(task, Mapping):
            yield from tasks_of(task)
        else:
            yield str(name), task


def our_tasks(tasks: Mapping[Any, Any]) -> Iterator[str]:
    """Names of this package's tasks in the harness's (nested) dict of tasks, by the module of their hooks."""
    for name, task in tasks_of(tasks):
        hook = getattr(getattr(task, "config", None), "doc_to_visual", None)
        if str(getattr(hook, "__module__", "")).startswith("medq_tasks."):
            yield name


def is_ours(request: Any) -> bool:
    """Whether a request is this package's: by its name, or by the task whose methods it carries.

    For where the dict of tasks is not to be had; a task under a user's name in a harness that hands over no methods
    is not seen.
    """
    if str(getattr(request, "task_name", "")).startswith("medq_"):
        return True
    owners = (getattr(part, "__self__", None) for part in getattr(request, "args", ()))
    return any(list(our_tasks({"": owner})) for owner in owners)
