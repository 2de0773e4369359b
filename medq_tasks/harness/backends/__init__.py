"""Four of lmms-eval's API backends, sending pictures as PNG with the media type that the bytes have.

Stock, they send JPEG (claude, qwen_vl_api, cosmos_wm) or call a PNG a JPEG (reka). The classes here are registered
under the same names. They act on the pictures that ``pixels.hand_over(..., "png")`` dressed; everything else, other
tasks in the same run included, goes the harness's own way. The result file's ``config.model_backend`` names them.

Local backends need none of this: they read what they wrote by its content.

Where a stock backend is not as a class here expects, the class is the stock backend and no more, and our tasks are
refused: their pictures would arrive as JPEG, or under a wrong label, and nobody would know.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from medq_tasks.errors import HarnessStop
from medq_tasks.harness.shape import misfit

CLASSES: dict[str, str] = {
    "claude": "medq_tasks.harness.backends.claude.ExactClaude",
    "qwen_vl_api": "medq_tasks.harness.backends.qwen_vl_api.ExactQwenVlApi",
    "cosmos_wm": "medq_tasks.harness.backends.cosmos_wm.ExactCosmos",
    "reka": "medq_tasks.harness.backends.reka.ExactReka",
}
# The class of each that lmms-eval 0.7 to 0.7.3 names; under another name it is one that nobody here has read.
STOCK = {"claude": "Claude", "qwen_vl_api": "Qwen_VL_API", "cosmos_wm": "CosmosWorldModel", "reka": "Reka"}

_MISFIT = "_misfit_for_medq_tasks"
Backend = TypeVar("Backend", bound=type)


def standing_on(check: Callable[[], object]) -> Callable[[Backend], Backend]:
    """Class decorator: where ``check`` finds the stock backend unlike, it answers with its own methods alone."""

    def decorate(kind: Backend) -> Backend:
        why = misfit(check)
        setattr(kind, _MISFIT, why)
        for name in [name for name, value in vars(kind).items() if why and callable(value) and name[:2] != "__"]:
            delattr(kind, name)
        return kind

    return decorate


def refuse(model: Any, tasks: Collection[Any]) -> None:
    """End the run when a picture that is to arrive exactly would not.

    Args:
        model: the backend.
        tasks: this package's tasks in the run.

    Raises:
        HarnessStop: ``model`` is one of the four, and not as the class here or not that class at all.
    """
    package, _, name = type(model).__module__.rpartition(".")
    why = getattr(type(model), _MISFIT, "")
    if not why and name in CLASSES and package.startswith("lmms_eval."):
        why = "the class of medq-tasks is not in its place (medq info --check says why)"
    if why and any(exact(task) for task in tasks):
        raise HarnessStop(
            f"--model {name}: {why}, so that pictures would arrive as JPEG or under a wrong label, which this "
            f"benchmark asks about. Cure: {another_version()}, or image_transport: as_is in a copy of the task "
            "definitions (docs/pixels.md)"
        )


def exact(task: Any) -> bool:
    """Whether the task has ``image_transport: png`` for this model (other tasks have no such setting)."""
    return (getattr(task, "lmms_eval_specific_kwargs", None) or {}).get("image_transport") == "png"


def another_version() -> str:
    """The cure for a harness of another shape: the range that this package was tried with."""
    from medq_tasks.harness.health.installed import range_of  # not above: every start of lmms-eval imports this module

    return f"pip install '{range_of('lmms-eval')}'"
