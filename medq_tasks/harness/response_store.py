"""Keeps lmms-eval's response store (``--use_cache``) honest for the tasks of this package, and for no others.

The store of lmms-eval 0.7 has these faults (docs/pixels.md has another one, solved by the tasks' metadata):

* it keeps ``[LMMS_EVAL_REQUEST_FAILED ...]`` as a reply and gives it again for ever, once the server is well again too;
* it works out a request's key anew after the backend has answered, and 40 backends (``qwen2_vl`` with batch size 1
  among them) take ``until`` out of the request meanwhile: such a reply is stored under a key nobody looks up;
* it knows a model by the text of its arguments: other weights in the same folder get the replies of the old ones;
* it takes some requests that are drawn at random for ones that are not (``sampling.py``);
* a reply with half a surrogate pair ends the run when it is stored;
* it loses the replies of a run that is interrupted (``resume.py``).

So, when a store is opened for one of our tasks, its failed requests are forgotten, what interrupted runs have left is
taken over, what can be seen of the weights becomes part of its keys, and backends get copies of requests.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from medq_tasks.harness.our_tasks import is_ours, our_tasks

if TYPE_CHECKING:
    import sqlite3

MODULE = "lmms_eval.caching.response_cache"
_MARK = "_honest_for_medq_tasks"
_TOLD = "_told_by_medq_tasks"
# What ``create`` is handed (0.7.3). Without the tasks nothing can be known to be ours, without the model no weights.
_NEEDED = ("task_dict", "model", "model_args")
_OLDER = (
    "the response store of this lmms-eval (--use_cache) gives failed requests again for ever and loses interrupted "
    "runs. Cure: pip install 'lmms-eval>=0.7.3', or run without --use_cache"
)
_OTHER_FORM = (
    "the response store of this lmms-eval (--use_cache) has a form that is not known here ({}), so it may give failed "
    "requests again, replies of other weights, and lose interrupted runs. Cure: run without --use_cache"
)


def make_honest(module: ModuleType) -> None:
    """Wrap ``ResponseCache.create`` of the harness's module; a second call does nothing.

    lmms-eval 0.7 makes its store in another way (one file a rank, nothing merged): there, and where the store has a
    form that is not known, whoever uses it for our tasks is told.
    """
    store = module.ResponseCache
    if getattr(store, _MARK, False):
        return
    create = getattr(store, "create", None)
    lacking = [] if create is None else [name for name in _NEEDED if name not in _parameters(create)]
    if create is None or lacking:
        message = _OLDER if create is None else _OTHER_FORM.format(f"create takes no {', '.join(lacking)}")
        store.execute = _warning(store.execute, message)
    else:
        store.create = classmethod(_careful(create.__func__))
        module._serialize_response = _ascii_where_needed(module._serialize_response)  # type: ignore[attr-defined]
    setattr(store, _MARK, True)


def _parameters(function: Any) -> Collection[str]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return ()


def _warning(execute: Callable[..., Any], message: str) -> Callable[..., Any]:
    @functools.wraps(execute)
    def wrapped(self: Any, model: Any, kind: str, requests: Sequence[Any]) -> Any:
        if not getattr(self, _TOLD, False) and any(is_ours(one) for one in requests):
            setattr(self, _TOLD, True)  # once a store: the harness calls this for every kind of request
            _tell(message)
        return execute(self, model, kind, requests)

    return wrapped


def _ascii_where_needed(serialize: Callable[[Any], str]) -> Callable[[Any], str]:
    """Half a surrogate pair is no UTF-8: written as it is, it ends the run after the reply was paid for."""

    @functools.wraps(serialize)
    def wrapped(response: Any) -> str:
        text = serialize(response)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return json.dumps(json.loads(text))
        return text

    return wrapped


def _careful(create: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(create)

    @functools.wraps(create)
    def wrapped(cls: Any, *args: Any, **options: Any) -> Any:
        given = signature.bind(cls, *args, **options)
        given.apply_defaults()
        tasks = given.arguments["task_dict"]
        if not isinstance(tasks, Mapping):
            store = create(cls, *args, **options)
            store.execute = functools.partial(_warning(type(store).execute, _OTHER_FORM.format("no tasks")), store)
            return store
        ours = frozenset(our_tasks(tasks))
        if not ours:
            return create(cls, *args, **options)
        root = _root(str(next(value for name, value in list(given.arguments.items())[1:])))
        # Before the store is opened: the harness opens the file as one that never changes.
        forgotten = _forget_in_file(root / "cache.db", ours)
        store = create(cls, *args, **options)
        return _opened(store, root, ours, forgotten, given.arguments["model"], given.arguments["model_args"])

    return wrapped


def _opened(store: Any, root: Path, ours: Collection[str], forgotten: int, model: Any, model_args: Any) -> Any:
    from medq_tasks.harness import left_runs, resume, weights  # not above: every start of lmms-eval imports this module
    from medq_tasks.settings import Settings

    if not resume.known_form(store):
        _tell(_OTHER_FORM.format("its tables or methods"))
        return store
    seen = weights.seen(model, model_args)
    store._model_fingerprint_hash += f"+{seen}" if seen else ""
    anew = Settings.from_env().ask_anew
    own = Path(store.db_path)
    store._medq_running = left_runs.running(root / "runs" / own.parent.name / f"{own.stem}.running")
    resumed = 0 if anew else left_runs.adopt(store.db, root / "runs", own, ours)
    if resumed:
        _tell(f"{resumed} replies of interrupted runs are taken over")
    # Again afterwards: it may have read failures back from a log that an earlier run of this job left.
    forgotten += forget_failures(store.db, ours)
    if forgotten:
        _tell(f"{forgotten} failed requests in the response store {root} are asked again")
    store.execute = _Honest(store, root, ours, bool(seen), anew)
    return store


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
    except (ValueError, RecursionError):
        return stored
    return reply if isinstance(reply, str) else ""


def _root(cache_root: str) -> Path:
    root = Path(cache_root).absolute()
    return root.parent if cache_root.endswith(".db") else root


def _forget_in_file(file: Path, tasks: Collection[str]) -> int:
    return _in_file(file, lambda database: forget_failures(database, tasks))


def _in_file(file: Path, edit: Callable[[sqlite3.Connection], int]) -> int:
    """Edit the store's main file, which the harness reads without the log beside it; 0 where there is none."""
    if not file.is_file():
        return 0
    import sqlite3  # not above: every start of lmms-eval imports this module

    try:
        with contextlib.closing(sqlite3.connect(file, timeout=30)) as database, database:
            edited = edit(database)
            database.commit()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        _tell(f"the response store {file} could not be searched for what is not to be given again ({error})")
        return 0
    return edited


class _Honest:
    """Stands for ``execute`` of one open store."""

    def __init__(self, store: Any, root: Path, ours: Collection[str], seen: bool, anew: bool) -> None:
        self._store, self._plain = store, store.execute
        self._root, self._ours, self._seen, self._anew = root, ours, seen, anew

    def __call__(self, model: Any, kind: str, requests: Sequence[Any]) -> list[Any]:
        """Replies in the order of ``requests``."""
        from medq_tasks.harness.sampling import drawn

        lender = _Lender(model, self._ours)
        if kind != "generate_until":
            return list(self._plain(lender, kind, requests))
        replies: list[Any] = [None] * len(requests)
        groups: dict[str, list[int]] = {}
        why = ""
        for place, one in enumerate(requests):
            reason = drawn(one, model) if one.task_name in self._ours else ""
            why = why or reason
            name = "others" if one.task_name not in self._ours else "drawn" if reason else "kept"
            groups.setdefault(name, []).append(place)
        ways: dict[str, Callable[[Sequence[Any]], Sequence[Any]]] = {
            "others": lambda some: self._plain(lender, kind, some),
            "drawn": lambda some: self._draw(lender, some, why),
            "kept": lambda some: self._keep(lender, model, some),
        }
        for name, places in groups.items():
            for place, reply in zip(places, ways[name]([requests[place] for place in places]), strict=True):
                replies[place] = reply
        return replies

    def _draw(self, lender: _Lender, requests: Sequence[Any], why: str) -> Sequence[Any]:
        _tell(f"{len(requests)} requests are drawn at random ({why}): --use_cache neither keeps nor answers them")
        drawn: Sequence[Any] = lender.generate_until(requests)
        return drawn

    def _keep(self, lender: _Lender, model: Any, requests: Sequence[Any]) -> list[Any]:
        from medq_tasks.harness import resume

        with self._asking_anew(), resume.keeping(model, self._root / resume.FOLDER, self._anew) as keeps:
            pieces = [requests] if keeps else resume.steps(requests, _batch_size(model))
            replies = [reply for piece in pieces for reply in self._plain(lender, "generate_until", piece)]
        given = len(requests) - lender.asked + (keeps.given if keeps else 0)
        if given:
            by = "the content of its weights" if self._seen else "the model's name and arguments alone"
            cannot = "" if self._seen else ": other weights behind that name cannot be seen"
            _tell(
                f"{given} of {len(requests)} replies come from {self._root} (--use_cache), which goes by {by}{cannot}. "
                "MEDQ_ASK_ANEW=1 asks for all of them again"
            )
        return replies

    @contextlib.contextmanager
    def _asking_anew(self) -> Iterator[None]:
        """With MEDQ_ASK_ANEW: nothing is found in the store meanwhile, and what was there makes way for the new."""
        if not self._anew:
            yield
            return
        looked_up: list[tuple[str]] = []
        lookup = self._store._lookup
        self._store._lookup = lambda key: looked_up.append((key,))  # None: not found
        try:
            yield
        finally:
            self._store._lookup = lookup

            def forget(database: sqlite3.Connection) -> int:
                return database.executemany("DELETE FROM responses WHERE cache_key = ?", looked_up).rowcount

            _in_file(self._root / "cache.db", forget)  # the harness's merging keeps an old reply, not the new one


def _batch_size(model: Any) -> int:
    size = getattr(model, "batch_size", 1)
    return size if isinstance(size, int) else 1


class _Lender:
    """Stands between store and model: hands on our requests as copies, so that nothing the model does moves a key."""

    def __init__(self, model: Any, ours: Collection[str]) -> None:
        self._model = model
        self._ours = ours
        self.asked = 0  # requests of ours that the store had no reply to

    def __getattr__(self, kind: str) -> Callable[[Sequence[Any]], Any]:
        answer = getattr(self._model, kind)

        def lend(requests: Sequence[Any]) -> Any:
            self.asked += sum(one.task_name in self._ours for one in requests)
            return answer([_copy(one) if one.task_name in self._ours else one for one in requests])

        return lend


def _copy(request: Any) -> Any:
    lent = copy.copy(request)
    lent.arguments = tuple(copy.deepcopy(part) if isinstance(part, dict) else part for part in request.args)
    return lent


def _tell(message: str) -> None:
    from loguru import logger

    logger.warning("medq-tasks: {}.", message)
