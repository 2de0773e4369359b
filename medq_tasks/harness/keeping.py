"""Each evaluation of tasks of ours is kept when it ends, well or not, whatever flags were forgotten."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from medq_tasks.harness.evaluation import Evaluation, under_way
from medq_tasks.harness.shape import require
from medq_tasks.harness.telling import tell

_MARK = "_keeps_runs_of_medq_tasks"


def watch(module: ModuleType) -> None:
    """Wrap ``simple_evaluate`` of the harness's module; a second call does nothing.

    Raises:
        Unlike: it does not show what was asked for (in 0.7 to 0.7.3 it does).
    """
    if getattr(module, _MARK, False):
        return
    simple_evaluate = require(module, "simple_evaluate", "tasks", calls=["evaluate"])
    module.simple_evaluate = _remembered(simple_evaluate)  # type: ignore[attr-defined]
    setattr(module, _MARK, True)


def _remembered(simple_evaluate: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(simple_evaluate)

    @functools.wraps(simple_evaluate)
    def remembered(*args: Any, **options: Any) -> Any:
        given = signature.bind_partial(*args, **options)
        given.apply_defaults()
        one = Evaluation(given.arguments)
        try:
            with under_way(one), _kept_when_terminated(one):
                results = simple_evaluate(*args, **options)
        except BaseException as error:
            _finish(one, error)
            raise
        one.results = results if isinstance(results, Mapping) else one.results
        _finish(one, None)
        return results

    return remembered


class Terminated(Exception):
    """The process was told to end (SIGTERM: a job's time is up, `docker stop`)."""


@contextlib.contextmanager
def _kept_when_terminated(one: Evaluation) -> Iterator[None]:
    """Within the block SIGTERM, where nobody else has a use for it, keeps what there is and then ends the process as it
    would have.

    In the handler itself: an exception raised there would wait, in the harness's pools of threads, for requests that
    may take minutes, and the scheduler's patience would be over.
    """

    def keep_and_end(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            _finish(one, Terminated(f"signal {number}"))
            sys.stderr.flush()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, keep_and_end)
    try:
        yield
    finally:
        if ours and signal.getsignal(signal.SIGTERM) == keep_and_end:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _finish(one: Evaluation, error: BaseException | None) -> None:
    """Keep it, and say so. Never raises: what was evaluated is not lost over it."""
    if not one.tasks:
        return
    try:
        from medq_tasks.harness import kept_runs, said_of_run  # not above: every start imports this module

        said_of_run.at_the_end(one, kept_runs.keep(one, error), error)
    except Exception as fault:
        tell(f"the records of this run could not be kept ({type(fault).__name__}: {fault})")
