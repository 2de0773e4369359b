"""Which tasks of an evaluation are this package's, under whatever name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_HOOKS = ("process_results", "doc_to_visual", "doc_to_text", "doc_to_messages")
Run = Callable[[Any, Mapping[str, Any], Callable[[], Any]], Any]


def tasks_of(tasks: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Name and task of everything in the harness's (nested) dict of tasks."""
    for name, task in tasks.items():
        if isinstance(task, Mapping):
            yield from tasks_of(task)
        else:
            yield str(name), task


def our_tasks(tasks: Mapping[Any, Any]) -> Iterator[str]:
    """Names of this package's tasks in the harness's (nested) dict of tasks, by the module of their hooks.

    One hook is enough: somebody who shows pictures through a function of his own still has ours read the replies.
    """
    for name, task in tasks_of(tasks):
        config = getattr(task, "config", None)
        modules = (str(getattr(getattr(config, hook, None), "__module__", "")) for hook in _HOOKS)
        if any(module.startswith("medq_tasks.") for module in modules):
            yield name


def around_ours(evaluate: Callable[..., Any], run: Run) -> Callable[..., Any]:
    """``evaluate`` of the harness, where an evaluation that holds tasks of ours goes through ``run``.

    Args:
        evaluate: takes ``lm`` and ``task_dict``, as ``shape.require`` has found.
        run: gets the model, our tasks by name, and what goes on with the evaluation as it was asked for; what it
            returns is the result.
    """
    signature = inspect.signature(evaluate)

    @functools.wraps(evaluate)
    def wrapped(*args: Any, **options: Any) -> Any:
        given = signature.bind_partial(*args, **options).arguments
        tasks = given.get("task_dict") or {}
        names = frozenset(our_tasks(tasks))
        ours = {name: task for name, task in tasks_of(tasks) if name in names}
        go_on = functools.partial(evaluate, *args, **options)
        return run(given.get("lm"), ours, go_on) if ours else go_on()

    return wrapped


def is_ours(request: Any) -> bool:
    """Whether a request is this package's: by its name, or by the task whose methods it carries.

    For where the dict of tasks is not to be had; a task under a user's name in a harness that hands over no methods
    is not seen.
    """
    if str(getattr(request, "task_name", "")).startswith("medq_"):
        return True
    owners = (getattr(part, "__self__", None) for part in getattr(request, "args", ()))
    return any(list(our_tasks({"": owner})) for owner in owners)
