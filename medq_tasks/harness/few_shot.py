"""Zero-shot only, and said so: whoever asks for examples gets one line, by whatever door they asked.

lmms-eval 0.7 shows few-shot examples without their pictures, and may show an item its own answer. Our YAMLs say
``num_fewshot: 0``, which makes the harness pass over a number that is asked for in one line of its log: the result is
then zero-shot and looks as if it had been asked for. A copy of our YAMLs that says another number would be obeyed.

So the harness's ``simple_evaluate`` (the command, ``--config``, servers and Python all come through it) and
``evaluate`` are wrapped: the first knows the number that was asked for, the second knows every task that is ours, under
whatever name, and its own number.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from medq_tasks.errors import HarnessStop
from medq_tasks.harness.health.guard import asks_for
from medq_tasks.harness.our_tasks import around_ours
from medq_tasks.harness.shape import require

_MARK = "_zero_shot_for_medq_tasks"
_asked: ContextVar[object] = ContextVar("_asked", default=None)


def watch(module: ModuleType, ours: Collection[str]) -> None:
    """Wrap ``simple_evaluate`` and ``evaluate`` of the harness's module; a second call does nothing.

    Args:
        module: ``lmms_eval.evaluator``.
        ours: names by which our tasks and groups are asked for; those are refused before the model is made.

    Raises:
        Unlike: the two do not show what was asked for (in 0.7 to 0.7.3 they do).
    """
    if getattr(module, _MARK, False):
        return
    simple_evaluate = require(module, "simple_evaluate", "tasks", "num_fewshot", calls=["evaluate"])
    evaluate = require(module, "evaluate", "task_dict")
    module.simple_evaluate = _asking(simple_evaluate, ours)  # type: ignore[attr-defined]
    module.evaluate = around_ours(evaluate, _evaluate)  # type: ignore[attr-defined]
    setattr(module, _MARK, True)


def refuse(shots: object, where: str = "few-shot examples were asked for") -> None:
    """End the run when ``shots`` is a number above 0.

    Raises:
        HarnessStop: it is.
    """
    if isinstance(shots, (int, float, str)) and str(shots).strip() not in ("", "0", "None", "False"):
        raise HarnessStop(
            f"{where} (num_fewshot {shots}), but MedQ-Bench is zero-shot here: lmms-eval shows examples without their "
            "pictures and may include the item's own answer. Run its tasks without, apart from tasks that want them."
        )


def _asking(simple_evaluate: Callable[..., Any], ours: Collection[str]) -> Callable[..., Any]:
    signature = inspect.signature(simple_evaluate)

    @functools.wraps(simple_evaluate)
    def asking(*args: Any, **options: Any) -> Any:
        given = signature.bind_partial(*args, **options).arguments
        shots = given.get("num_fewshot")
        if asks_for(given.get("tasks"), ours):
            refuse(shots)
        with _remembered(shots):
            return simple_evaluate(*args, **options)

    return asking


@contextlib.contextmanager
def _remembered(shots: object) -> Iterator[None]:
    token = _asked.set(shots)
    try:
        yield
    finally:
        _asked.reset(token)


def _evaluate(_model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    refuse(_asked.get())
    for name, task in ours.items():
        refuse(getattr(task.config, "num_fewshot", None), f"the YAML of {name} asks for few-shot examples")
    return go_on()
