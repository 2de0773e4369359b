"""Which tasks of an evaluation are this package's, under whatever name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from medq_tasks.harness.shape import require

_HOOKS = ("process_results", "doc_to_visual", "doc_to_text", "doc_to_messages")
_INPUTS = str(Path(__file__).with_name("inputs.py"))  # not imported: it brings numpy and Pillow
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


def watch_evaluate(module: ModuleType, mark: str, run: Run, calls: Collection[str] = ()) -> None:
    """Let ``evaluate`` of the harness's module go through ``run`` (``around_ours``); a second call does nothing.

    Args:
        module: ``lmms_eval.evaluator``.
        mark: an attribute of the module that says it is done.
        run: as in ``around_ours``.
        calls: names that the code of ``evaluate`` must use.

    Raises:
        Unlike: ``simple_evaluate`` does not hand model and tasks to the module's own ``evaluate`` (0.7 to 0.7.3 do),
            or that one does not use these names.
    """
    if getattr(module, mark, False):
        return
    require(module, "simple_evaluate", calls=["evaluate"])
    evaluate = require(module, "evaluate", "lm", "task_dict", calls=calls)
    module.evaluate = around_ours(evaluate, run)  # type: ignore[attr-defined]
    setattr(module, mark, True)


def leave_trace(results: Any, key: str, told: Mapping[str, object]) -> None:
    """Note something about tasks, by name, in the result, beside table and versions. Only rank 0 has results."""
    configs = results.get("configs") if isinstance(results, Mapping) else None
    for name, what in told.items():
        config = (configs or {}).get(name)
        if isinstance(config, dict):
            metadata = config.get("metadata") or {}
            config["metadata"] = {**metadata, "medq": {**(metadata.get("medq") or {}), key: what}}


def is_our_hook(function: object) -> bool:
    """Whether it is one of this package's own, not one that says so because it wraps ours."""
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and code.co_filename == _INPUTS and not hasattr(function, "__wrapped__")


def is_ours(request: Any) -> bool:
    """Whether a request is this package's: by its name, or by the task whose methods it carries.

    For where the dict of tasks is not to be had; a task under a user's name in a harness that hands over no methods
    is not seen.
    """
    if str(getattr(request, "task_name", "")).startswith("medq_"):
        return True
    owners = (getattr(part, "__self__", None) for part in getattr(request, "args", ()))
    return any(list(our_tasks({"": owner})) for owner in owners)
