"""With ``--wandb_args`` and ``--log_samples`` each task of ours arrives in Weights & Biases as a table of its items.

lmms-eval 0.7 and 0.7.3 send samples with ``--wandb_log_samples`` alone, and then fail for every task: its own sample
log has taken out what its logger reads (``arguments``), and a group has no samples ("Logging to Weights and Biases
failed due to 'arguments'", as a line of information). So the items of our tasks are sent by this module, from their
records: after the totals, when all files of the run are written. Those of other tasks stay with the harness.

W&B is imported where the harness has imported it, and nothing that goes wrong with it ends a run. Every start of
lmms-eval imports this module: nothing heavy above.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Collection, Mapping
from types import ModuleType
from typing import Any

from medq_tasks.harness.health.guard import named_in
from medq_tasks.harness.our_tasks import watch_evaluate
from medq_tasks.harness.shape import require
from medq_tasks.harness.telling import tell

MODULE = "lmms_eval.loggers.wandb_logger"
_MARK = "_sends_items_of_medq_tasks"
_waiting: dict[str, list[Any]] = {}  # samples by task, on their way to a logger that is given the totals alone


class _NoRun:
    """Stands for the run of a W&B that does not answer."""

    def finish(self) -> None:
        """What the harness does last: W&B's own process would keep this one from ending while its server is silent."""
        with contextlib.suppress(Exception):  # another wandb keeps its process elsewhere: then it is waited for
            service = sys.modules["wandb"].setup().ensure_service()
            service._cleanup()  # it is not asked to end, either
            service._proc._process.terminate()


# --- the evaluation ---------------------------------------------------------------------------------------------------


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``)."""
    watch_evaluate(module, _MARK, _evaluate)


def _evaluate(model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    _waiting.clear()
    given = getattr(go_on, "keywords", {})
    command = given.get("cli_args")
    if not getattr(command, "wandb_args", ""):
        return go_on()
    if not given.get("log_samples", True) and os.environ.get("RANK", "0") == "0":
        tell(
            "--wandb_args without --log_samples sends totals to Weights & Biases and no items "
            f"({', '.join(sorted(ours))}). Cure: --log_samples and --output_path"
        )
    results = go_on()
    samples = results.get("samples") if isinstance(results, Mapping) else None
    if samples and not getattr(command, "wandb_log_samples", False):  # with it, the harness hands them over itself
        _waiting.update({name: samples[name] for name in ours if name in samples})
    return results


# --- the harness's logger ---------------------------------------------------------------------------------------------


def send_items(module: ModuleType, ours: Collection[str]) -> None:
    """Let the logger of the harness's module (``MODULE``) send our items; a second call does nothing.

    Args:
        module: the logger's.
        ours: names of our tasks, by which a command line is known that asks for one.

    Raises:
        Unlike: it is shaped otherwise.
    """
    logger = require(module, "WandbLogger")
    if hasattr(logger, _MARK):
        return
    made = require(logger, "__init__", calls=["wandb_args", "run"])
    require(logger, "post_init", calls=["results", "task_names"])
    totals = require(logger, "log_eval_result", how="by position", calls=["run"])
    samples = require(logger, "log_eval_samples", "samples", how="by position", calls=["task_names"])
    logger.__init__ = _reached(made, ours)  # type: ignore[method-assign]
    logger.log_eval_result = _and_items(totals)  # type: ignore[attr-defined]
    logger.log_eval_samples = _of_others(samples)  # type: ignore[attr-defined]
    if printer := getattr(module, "get_wandb_printer", None):
        module.get_wandb_printer = _if_there_is_one(printer)  # type: ignore[attr-defined]
    setattr(logger, _MARK, True)


def _reached(made: Callable[..., None], ours: Collection[str]) -> Callable[..., None]:
    """A run of ours goes on without a W&B that does not answer; whatever else is wrong ends it at once, as ever."""

    @functools.wraps(made)
    def __init__(self: Any, **options: Any) -> None:
        try:
            made(self, **options)
        except Exception as error:
            if type(error).__name__ != "CommError" or not named_in(sys.argv[1:], ours):
                raise
            self.run = _NoRun()
            tell(f"Weights & Biases does not answer ({_why(error)}): the run goes on, and nothing of it is sent there")

    return __init__


def _and_items(totals: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(totals)
    def log_eval_result(self: Any) -> None:
        items = dict(_waiting)
        _waiting.clear()
        if isinstance(self.run, _NoRun):
            return
        try:
            totals(self)
        finally:
            _send(self.run, items)

    return log_eval_result


def _of_others(samples_of_all: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(samples_of_all)
    def log_eval_samples(self: Any, samples: Mapping[str, list[Any]]) -> None:
        if isinstance(self.run, _NoRun):
            return
        ours = _ours(self.results)
        _send(self.run, {name: lines for name, lines in samples.items() if name in ours})
        names = self.task_names
        self.task_names = [name for name in names if name in samples and name not in ours]  # groups have no samples
        try:
            samples_of_all(self, samples)
        finally:
            self.task_names = names

    return log_eval_samples


def _if_there_is_one(printer: Callable[[], Any]) -> Callable[[], Any]:
    """lmms-eval 0.7 imports a printer that wandb no longer has, and prints nothing with it."""

    @functools.wraps(printer)
    def get_wandb_printer() -> Any:
        try:
            return printer()
        except ImportError:
            return None

    return get_wandb_printer


def _ours(results: Mapping[str, Any]) -> set[str]:
    """Names of our tasks, which note their table in their configuration, under whatever name a user gives them."""
    configs = results.get("configs") or {}
    return {name for name, config in configs.items() if "medq" in (config.get("metadata") or {})}


def _why(error: Exception) -> str:
    from medq_tasks.harness.health.trap import one_line

    return one_line(f"{type(error).__name__}: {error}")


def _send(run: Any, items: Mapping[str, list[Any]]) -> None:
    """Log a table for each task. Never raises."""
    for name, samples in items.items():
        try:
            from medq_tasks.harness.tracker_items import send

            send(run, name, samples)
        except Exception as error:
            tell(f"the items of {name} could not be sent to Weights & Biases ({_why(error)})")
