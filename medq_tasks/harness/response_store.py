"""Keeps lmms-eval's response store (``--use_cache``) honest for the tasks of this package, and for no others.

The store of lmms-eval 0.7 has these faults (docs/pixels.md has another one, solved by the tasks' metadata):

* it keeps ``[LMMS_EVAL_REQUEST_FAILED ...]`` as a reply and gives it again for ever, once the server is well again too;
* it works out a request's key anew after the backend has answered, and 40 backends (``qwen2_vl`` with batch size 1
  among them) take ``until`` out of the request meanwhile: such a reply is stored under a key nobody looks up;
* it loses the replies of a run that is interrupted (``resume.py``).

So, when a store is opened for one of our tasks, its failed requests are forgotten, what interrupted runs have left is
taken over, and backends get copies of requests.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from medq_tasks.harness.our_tasks import our_tasks

if TYPE_CHECKING:
    import sqlite3

MODULE = "lmms_eval.caching.response_cache"
_MARK = "_honest_for_medq_tasks"
_TOLD = "_told_by_medq_tasks"


def make_honest(module: ModuleType) -> None:
    """Wrap ``ResponseCache.create`` of the harness's module; a second call does nothing.

    lmms-eval 0.7 makes its store in another way (one file a rank, nothing merged): there, whoever uses it is told.
    """
    store = module.ResponseCache
    if getattr(store, _MARK, False):
        return
    if hasattr(store, "create"):
        store.create = classmethod(_careful(store.create.__func__))
    else:
        store.execute = _warning(store.execute)
    setattr(store, _MARK, True)


def _warning(execute: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(execute)
    def wrapped(self: Any, model: Any, kind: str, requests: Sequence[Any]) -> Any:
        if not getattr(self, _TOLD, False) and any(str(one.task_name).startswith("medq_") for one in requests):
            setattr(self, _TOLD, True)  # once a store: the harness calls this for every kind of request
            _tell(
                "the response store of this lmms-eval (--use_cache) gives failed requests again for ever and loses "
                "interrupted runs. Cure: pip install 'lmms-eval>=0.7.3', or run without --use_cache"
            )
        return execute(self, model, kind, requests)

    return wrapped


def _careful(create: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(create)
    def wrapped(cls: Any, cache_root: str, **options: Any) -> Any:
        ours = frozenset(our_tasks(options.get("task_dict") or {}))
        if not ours:
            return create(cls, cache_root, **options)
        root = _root(cache_root)
        # Before the store is opened: the harness opens the file as one that never changes.
        forgotten = _forget_in_file(root / "cache.db", ours)
        store = create(cls, cache_root, **options)
        from medq_tasks.harness import resume  # not above: every start of lmms-eval imports this module

        if not resume.known_form(store):
            _tell(
                "the response store of this lmms-eval (--use_cache) has a form that is not known here, so it may give "
                "failed requests again and lose interrupted runs. Cure: run without --use_cache"
            )
            return store
        resumed = resume.adopt(store.db, root / "runs", Path(store.db_path), ours)
        if resumed:
            _tell(f"{resumed} replies of interrupted runs are taken over")
        # Again afterwards: it may have read failures back from a log that an earlier run of this job left.
        forgotten += forget_failures(store.db, ours)
        if forgotten:
            _tell(f"{forgotten} failed requests in the response store {cache_root} are asked again")
        store.execute = functools.partial(_execute, store.execute, ours, root / resume.FOLDER)
        return store

    return wrapped


def forget_failures(database: sqlite3.Connection, tasks: Collection[str]) -> int:
    """Delete the stored replies of ``tasks`` that stand for failed requests; returns how many there were."""
    from medq_tasks.answers import failure

    marks = ", ".join("?" * len(tasks))
    rows = database.execute(
        f"SELECT cache_key, response FROM responses WHERE task_name IN ({marks})",
        tuple(tasks),
    )
    failed = [(key,) for key, reply in rows.fetchall() if failure(_text(reply)) is not None]
    database.executemany("DELETE FROM responses WHERE cache_key = ?", failed)
    database.commit()
    return len(failed)


def _text(stored: str) -> str:
    try:
        reply = json.loads(stored)
    except ValueError:
        return stored
    return reply if isinstance(reply, str) else ""


def _root(cache_root: str) -> Path:
    root = Path(cache_root).absolute()
    return root.parent if cache_root.endswith(".db") else root


def _forget_in_file(file: Path, tasks: Collection[str]) -> int:
    if not file.is_file():
        return 0
    import sqlite3  # not above: every start of lmms-eval imports this module

    try:
        with sqlite3.connect(file, timeout=30) as database:
            forgotten = forget_failures(database, tasks)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the harness reads the main file alone
        database.close()
    except sqlite3.Error as error:
        _tell(f"the response store {file} could not be searched for failed requests ({error})")
        return 0
    return forgotten


def _execute(
    execute: Callable[..., Any], ours: Collection[str], kept: Path, model: Any, kind: str, requests: Sequence[Any]
) -> list[Any]:
    from medq_tasks.harness import resume

    lender = _Lender(model, ours)
    if kind != "generate_until" or any(one.task_name not in ours for one in requests):
        return list(execute(lender, kind, requests))
    with resume.keeping(model, kept) as keeps:
        pieces = [requests] if keeps else resume.steps(requests, _batch_size(model))
        return [reply for piece in pieces for reply in execute(lender, kind, piece)]


def _batch_size(model: Any) -> int:
    size = getattr(model, "batch_size", 1)
    return size if isinstance(size, int) else 1


class _Lender:
    """Stands between store and model: hands on our requests as copies, so that nothing the model does moves a key."""

    def __init__(self, model: Any, ours: Collection[str]) -> None:
        self._model = model
        self._ours = ours

    def __getattr__(self, kind: str) -> Callable[[Sequence[Any]], Any]:
        answer = getattr(self._model, kind)
        return lambda requests: answer([_copy(one) if one.task_name in self._ours else one for one in requests])


def _copy(request: Any) -> Any:
    lent = copy.copy(request)
    lent.arguments = tuple(copy.deepcopy(part) if isinstance(part, dict) else part for part in request.args)
    return lent


def _tell(message: str) -> None:
    from loguru import logger

    logger.warning(f"medq-tasks: {message}.")
