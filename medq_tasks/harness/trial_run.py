"""What lmms-eval does before it asks a model anything, tried step by step in a process of its own.

Run by ``health/probe.py``: importing lmms-eval takes seconds, prints, and on a broken machine may end the process. Each
step is told before it is taken, so that the parent knows which one the process did not survive.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from importlib import metadata
from typing import Any, TextIO

from medq_tasks.demo.extra import missing
from medq_tasks.errors import DataError
from medq_tasks.harness.health.causes import explain
from medq_tasks.harness.health.installed import GROUP, INSTALL, OUR_ENTRY
from medq_tasks.harness.health.trap import Trap

Step = tuple[str, Callable[[], Iterable[Trap] | None]]


def main() -> None:
    """Take all steps and write one JSON object a line: ``step``, ``trap``, at last ``modules``. Arguments: backends."""
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no part of the report
    if take([("importing lmms-eval", _import)], report):
        backends: list[Step] = [(f"--model {name}", partial(_backend, name)) for name in sys.argv[1:]]
        take([("the file locks of lmms-eval", _locks), ("the index of tasks", _index), *backends], report)
    rest: list[Step] = [
        ("making a client of the judge", _client),
        ("importing the tasks' own code", _own_code),
        ("importing the sample set's code", _samples),
    ]
    take(rest, report)
    modules = {name: file for name, one in list(sys.modules.items()) if (file := _file(name, one))}
    _write(report, modules=modules)


def take(steps: Iterable[Step], report: TextIO) -> bool:
    """Take steps, write what they find; False when one of them found something."""
    clean = True
    for doing, step in steps:
        _write(report, step=doing)
        try:
            traps = list(step() or ())
        except BaseException as error:  # SystemExit of a library as well
            traps = [explain(error, doing)]
        for trap in traps:
            clean = False
            _write(report, trap=asdict(trap))
    return clean


def _import() -> None:
    import lmms_eval.evaluator  # noqa: F401


def _locks() -> None:
    from lmms_eval import evaluator

    getattr(evaluator, "_enable_reentrant_filelocks", lambda: None)()


def _index() -> Iterator[Trap]:
    from lmms_eval.tasks import TaskManager

    from medq_tasks.harness.plugin import task_index

    yield from index_traps(TaskManager("ERROR").task_index, task_index(), _hidden)


def index_traps(
    found: Mapping[str, Mapping[str, Any]], ours: Mapping[str, Mapping[str, Any]], hidden: Callable[[], Iterable[Trap]]
) -> Iterator[Trap]:
    """What is wrong with our tasks in the harness's index (task name -> ``{"yaml_path": ...}``).

    ``hidden`` finds out why none of them is there.
    """
    if not found.keys() & ours.keys():
        yield from hidden()
        return
    for name in sorted(ours):
        path = found.get(name, {}).get("yaml_path")
        if path != ours[name]["yaml_path"]:
            yield Trap(f"the task {name} is another one of that name, from {path}", "uninstall what brings it")


def _hidden() -> Iterator[Trap]:
    return hidden_by(metadata.entry_points(group=GROUP))


def hidden_by(entries: Iterable[metadata.EntryPoint]) -> Iterator[Trap]:
    """Which plugin keeps ours from being loaded: lmms-eval loads all of them in one ``try``, in this order."""
    for entry in entries:
        if entry.value == OUR_ENTRY:
            problem = "lmms-eval does not find the tasks of this package, and no other plugin is in the way"
            yield Trap(problem, f'{INSTALL}, or --include_path "$(medq tasks-path)"', stops=True)
            return
        try:
            payload = entry.load()
            if callable(payload):
                payload()
        except Exception as error:
            package = entry.dist.name if entry.dist else entry.value
            yield Trap(
                f"the plugin {package} ends in {type(error).__name__}: {error}, and lmms-eval then loads no plugin "
                "that is listed after it, so medq-tasks is hidden",
                f'pip uninstall {package}, or --include_path "$(medq tasks-path)"',
                stops=True,
            )
            return


def _backend(name: str) -> None:
    from lmms_eval import models

    models.get_model(name)


def _client() -> None:
    from medq_tasks.judge.client import ClientOptions, new_client
    from medq_tasks.settings import JudgeSettings

    new_client(JudgeSettings(api_key="none"), ClientOptions())


def _own_code() -> None:
    import datasets  # noqa: F401

    import medq_tasks.harness.aggregate
    import medq_tasks.harness.judge_ahead
    import medq_tasks.harness.perception
    import medq_tasks.harness.reasoning
    import medq_tasks.harness.tables  # noqa: F401


def _samples() -> Iterator[Trap]:
    # Without its extra there is no sample set, which then says so itself.
    if missing():
        return
    from medq_tasks.demo.samples.wheels import WHEEL_FILES, wheel_file

    for package, inner, distribution in WHEEL_FILES:
        try:
            wheel_file(package, inner, distribution=distribution)
        except DataError as error:
            fault = error.faults[0]
            yield Trap(f"{fault.file}: {fault.problem}", fault.cure, stops=True, about=distribution)


def _file(name: str, module: object) -> str:
    """The file of a top-level module, "" for all others."""
    return str(getattr(module, "__file__", None) or "") if "." not in name else ""


def _write(report: TextIO, **line: object) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent has lost its patience
        report.write(json.dumps(line) + "\n")
        report.flush()
