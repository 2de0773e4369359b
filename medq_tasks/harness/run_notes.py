"""Rows of results hold numbers only: what is no metric goes into the task's configuration in the result.

``process_results`` gives, beside a value per metric, the whole record of an item and the sizes of its pictures. The
sample log needs the record, and the harness gathers both from all ranks, with or without ``--log_samples``. It also
makes a row of each in its results, where every tool that reads them expects numbers. So our tasks get, for the time of
an evaluation, two aggregations that only look on; what they saw is summed up in ``configs`` (``metadata.medq``:
``summary`` and ``pictures``), and their rows are taken out.
"""

from __future__ import annotations

import contextlib
import functools
import numbers
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from medq_tasks.harness.evaluation import HERE, PICTURES, RECORD, Evaluation, Seen, current
from medq_tasks.harness.our_tasks import leave_trace, watch_evaluate
from medq_tasks.harness.replacing import replaced
from medq_tasks.harness.telling import tell

_MARK = "_numbers_only_of_medq_tasks"
_PARTS = ("_stderr_clustered", "_stderr_clt", "_stderr")


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``), which aggregates what it gathers."""
    watch_evaluate(module, _MARK, _evaluate, calls=["calculate_aggregate_metric"])


def _evaluate(_model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    one = current()
    with looking_on(ours) as seen:
        if one is not None:
            one.tasks, one.seen = ours, seen
            _tell_what_is_lost(one)
        results = go_on()
    if isinstance(results, Mapping):  # rank 0 alone has results
        sum_up(results, seen, getattr(go_on, "keywords", {}).get("cli_args"))
        if one is not None:
            leave_trace(results, "run", dict.fromkeys(ours, one.stamp))
            one.results = results
    return results


def _tell_what_is_lost(one: Evaluation) -> None:
    try:
        from medq_tasks.harness import said_of_run  # not above: every start imports this module

        said_of_run.at_the_top(one)
    except Exception as error:  # it only informs
        tell(f"what this run will lose cannot be said ({type(error).__name__}: {error})")


@contextlib.contextmanager
def looking_on(ours: Mapping[str, Any]) -> Iterator[Seen]:
    """Within the block the tasks show what the harness gathers of records and pictures; filled on rank 0."""
    seen: Seen = {name: {HERE: []} for name in ours}
    with contextlib.ExitStack() as stack:
        for name, task in ours.items():
            stack.enter_context(_in_place_of(task, "aggregation", _with_onlookers, seen[name]))
            stack.enter_context(_in_place_of(task, "process_results", _noting, seen[name][HERE]))
        yield seen


@contextlib.contextmanager
def _in_place_of(task: Any, method: str, wrap: Callable[..., Any], seen: Any) -> Iterator[None]:
    """Within the block the task's method goes through ``wrap``; after it, it is as it was."""
    theirs = getattr(task, method, None)
    if not callable(theirs):
        yield
        return
    with replaced(task, method, wrap(theirs, seen)):
        yield


def _noting(theirs: Callable[..., Any], here: list[Any]) -> Callable[..., Any]:
    @functools.wraps(theirs)
    def process_results(*args: Any, **options: Any) -> Any:
        found = theirs(*args, **options)
        if isinstance(found, dict) and RECORD in found:
            here.append(found[RECORD])
        return found

    return process_results


def _with_onlookers(theirs: Callable[[], Mapping[str, Any]], seen: dict[str, list[Any]]) -> Callable[[], Any]:
    def look(what: str) -> Callable[[Sequence[Any]], None]:
        def onlooker(items: Sequence[Any]) -> None:
            seen[what] = list(items)  # of several filters the last one counts, as in the samples

        return onlooker

    return lambda: {**theirs(), RECORD: look(RECORD), PICTURES: look(PICTURES)}


def sum_up(results: Mapping[str, Any], seen: Seen, args: Any = None) -> None:
    """Leave numbers only in our tasks' rows, and what was seen in their configurations.

    Args:
        results: the harness's, changed in place.
        seen: of ``looking_on``.
        args: the harness's command line, None in a call from Python.
    """
    from medq_tasks.harness import aggregate  # not above: it brings Pillow, and every start imports this module

    rows = results.get("results") or {}
    for name in seen:
        if isinstance(rows.get(name), dict):
            kept = dict(numbers_only(rows[name]))
            rows[name].clear()
            rows[name].update(kept)
    shown = {name: aggregate.pictures(found[PICTURES], args) for name, found in seen.items() if PICTURES in found}
    said = {name: aggregate.summarise(found[RECORD]) for name, found in seen.items() if RECORD in found}
    leave_trace(results, PICTURES, shown)
    leave_trace(results, "summary", said)


def numbers_only(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The entries of a row of results but for ours that are no metrics, and for errors that are not known ("N/A").

    An entry that is not there reads as unknown wherever the harness and its loggers ask for one; None does not.
    """
    for key, value in row.items():
        name = key.split(",", 1)[0]
        base = next((name.removesuffix(part) for part in _PARTS if name.endswith(part)), name)
        unknown = name != base and not isinstance(value, numbers.Number)
        if base not in (RECORD, PICTURES) and not unknown:
            yield key, value
