"""A run of our tasks on a broken machine ends with the one line that ``medq info --check`` says, not with a traceback.

lmms-eval builds the model, and imports what a broken host lacks, before it reads a task. So this stands around
``simple_evaluate``, and around the reading of the task index. Runs that ask for no task of ours pass through. Every
start of lmms-eval imports this module: nothing heavy above.
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import inspect
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from medq_tasks.errors import HarnessStop

if TYPE_CHECKING:
    from medq_tasks.harness.health.trap import Trap
    from medq_tasks.settings import JudgeSettings

_MARK = "_tells_of_a_broken_host"


def guard(evaluator: ModuleType, ours: Collection[str]) -> None:
    """Wrap ``simple_evaluate`` of the harness's module for runs that ask for ``ours``; a second call does nothing."""
    evaluate = evaluator.simple_evaluate
    if hasattr(evaluate, _MARK):
        return
    signature = inspect.signature(evaluate)
    if "tasks" not in signature.parameters:
        raise TypeError("simple_evaluate takes no tasks")

    @functools.wraps(evaluate)
    def simple_evaluate(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind_partial(*args, **kwargs).arguments
        if not asks_for(given.get("tasks"), ours):
            with told(given.get("verbosity"), _of_a_copy):
                return evaluate(*args, **kwargs)
        _warn_of_environment()
        with told(given.get("verbosity"), _of_command(given.get("model")) if given.get("cli_args") else None):
            # What simple_evaluate does itself (once) when the model is there: minutes earlier.
            getattr(evaluator, "_enable_reentrant_filelocks", lambda: None)()
            return evaluate(*args, **kwargs)

    setattr(simple_evaluate, _MARK, True)
    evaluator.simple_evaluate = simple_evaluate  # type: ignore[attr-defined]


@contextlib.contextmanager
def told(verbosity: object = "INFO", find: Callable[[Exception], Trap | None] | None = None) -> Iterator[None]:
    """End the run with one line when the machine is at fault; with ``DEBUG`` the traceback stays.

    Args:
        verbosity: the harness's.
        find: what finds the line of an exception; None: any fault of the machine.

    Raises:
        HarnessStop: an import failed, or the exception shows a fault that is known.
    """
    try:
        yield
    except Exception as error:
        trap = None if verbosity == "DEBUG" else (find or _of_host)(error)
        if trap is None:
            raise
        raise HarnessStop(trap.line) from error


def _of_host(error: Exception) -> Trap | None:
    from medq_tasks.harness.health.causes import explain, known_cause

    return explain(error, "the run") if isinstance(error, ImportError) else known_cause(error)


def _of_command(model: object) -> Callable[[Exception], Trap | None]:
    """Also what a command line says of its model; Python code gets that exception as it is, to handle it."""

    def find(error: Exception) -> Trap | None:
        from medq_tasks.harness.health.model_faults import not_made

        return _of_host(error) or not_made(error, model)

    return find


def _of_a_copy(error: Exception) -> Trap | None:
    """Tasks under other names are none of ours, but their definitions may be copies of ours."""
    from medq_tasks.harness.health.causes import moved

    return moved(error)


def asks_for(tasks: object, ours: Collection[str]) -> bool:
    """Whether ``tasks`` (a name, a loaded YAML, a list of these) names a task of ours, also inside a group."""
    if isinstance(tasks, str):
        return tasks in ours
    if isinstance(tasks, Mapping):
        return asks_for(tasks.get("task"), ours)
    return isinstance(tasks, Sequence) and any(asks_for(task, ours) for task in tasks)


def named_in(words: Sequence[str], ours: Collection[str]) -> bool:
    """Whether a command line names a task of ours (``--tasks a,medq_perception``, ``--tasks=medq_*``)."""
    names = [name for word in words for name in word.rpartition("=")[2].split(",")]
    return any(fnmatch.filter(ours, name) for name in names)


def reading_the_index(read: Callable[[], Any], ours: Callable[[], Collection[str]]) -> Any:
    """``read()``. Where that fails, a command line that names a task of ours ends with the line."""
    try:
        return read()
    except Exception:
        if not named_in(sys.argv[1:], ours()):
            raise
        with told():
            raise


@functools.cache
def _warn_of_environment() -> None:
    from medq_tasks.harness.health.environment import connection_traps, setting_traps

    _tell([*setting_traps(os.environ), *connection_traps(os.environ)])


@functools.cache
def ready_judge() -> None:
    """Called when a reasoning task is asked for: warn, once, of variables that look like a judge and are none.

    Raises:
        HarnessStop: no client can be made. Told now, not when every reply has been generated.
    """
    from medq_tasks.harness.health.causes import explain
    from medq_tasks.harness.health.environment import judge_traps
    from medq_tasks.judge.client import ClientOptions, new_client
    from medq_tasks.settings import Settings

    _tell(judge_traps(os.environ))
    judge = Settings.from_env().judge
    if not judge.configured or "--predict_only" in sys.argv:
        return
    if judge.trouble:
        _tell_that_none(judge.trouble)
        return
    try:
        new_client(judge, ClientOptions())
    except Exception as error:
        raise HarnessStop(explain(error, "making a client of the judge").line) from error
    if not judge.model and os.environ.get("RANK", "0") == "0":
        _tell_which(judge)


def _tell(traps: Sequence[Trap]) -> None:
    from loguru import logger

    from medq_tasks.wording.escape import plain

    for trap in traps:
        logger.warning("medq-tasks: {}", plain(trap.line))


def _tell_which(judge: JudgeSettings) -> None:
    """Nobody has named the judge's model: say before anything is generated which it is, or that there is none."""
    from medq_tasks.errors import JudgeError
    from medq_tasks.harness.telling import tell
    from medq_tasks.judge.which import named
    from medq_tasks.store.addresses import server_of

    try:
        said = f"the judge is {named(judge).model}, the only model that {server_of(judge.base_url)} lists"
        if not os.environ.get("MEDQ_JUDGE_BASE_URL", "").strip():
            said += "; the address is OPENAI_BASE_URL's: if that is the model under test, it judges itself"
        tell(said)
    except JudgeError as error:
        _tell_that_none(str(error))


def _tell_that_none(why: str) -> None:
    from medq_tasks.harness.telling import tell

    tell(f"as things stand, the four axes stay empty: {why.rstrip('.')}")
