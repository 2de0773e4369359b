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

import collections
import functools
import inspect
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from medq_tasks.harness.our_tasks import is_ours, our_tasks, tasks_of
from medq_tasks.harness.telling import tell as _tell
from medq_tasks.wording.counts import count

T = TypeVar("T")
Counts = collections.Counter[str]

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
        if any(name.startswith("medq_") and not _has_hooks(task) for name, task in tasks_of(tasks)):
            _tell(_OTHER_FORM.format("tasks without config.doc_to_visual"))
        ours = frozenset(our_tasks(tasks))
        if not ours:
            return create(cls, *args, **options)
        root = _root(str(next(value for name, value in list(given.arguments.items())[1:])))
        # Before the store is opened: the harness opens the file as one that never changes.
        forgotten = _forget_in_file(root / "cache.db", ours)
        store = create(cls, *args, **options)
        return _opened(store, root, ours, forgotten, given.arguments["model"], given.arguments["model_args"])

    return wrapped


def _has_hooks(task: Any) -> bool:
    return hasattr(getattr(task, "config", None), "doc_to_visual")


def _opened(store: Any, root: Path, ours: Collection[str], forgotten: Counts, model: Any, model_args: Any) -> Any:
    from medq_tasks.harness import store_rows, weights  # not above: every start of lmms-eval imports this module
    from medq_tasks.harness.answering import Honest
    from medq_tasks.settings import Settings

    if not _known_form(store, ours):
        _tell(_OTHER_FORM.format("its tables or methods"))
        return store
    seen = weights.seen(model, model_args)
    if seen:
        _go_by(seen, store, root, ours)
    anew = Settings.from_env().ask_anew
    left = store_rows.Left() if anew else store_rows.adopt(store.db, root, Path(store.db_path), ours)
    if left.replies:
        _tell(f"{count(left.replies, 'reply', 'replies')} of interrupted runs taken over")
    if left.unreadable:
        files = count(len(left.unreadable), "file")
        _tell(
            f"{files} of interrupted runs cannot be read ({left.unreadable[0]}): their replies are asked for again, "
            "and the files may be deleted"
        )
    # Again afterwards: it may have read failures back from a log that an earlier run of this job left.
    for what, number in (forgotten + store_rows.forget(store.db, ours)).items():
        _tell(f"{number} {what} in the response store {root} are asked again")
    store._merge_run_to_root = _merging(store, root, ours, left.files)
    store.execute = Honest(store, root, ours, bool(seen), anew)
    return store


def _known_form(store: Any, ours: Collection[str]) -> bool:
    """Whether an open store, and what it makes of replies, has what is used of it here."""
    from lmms_eval.api import instance

    from medq_tasks.harness import store_rows

    names = ("db", "db_path", "execute", "_lookup", "_merge_run_to_root", "_run_dir", "_model_fingerprint_hash")
    fingerprints = getattr(store, "_task_fingerprints", None)
    whole = all(hasattr(store, name) for name in names) and isinstance(fingerprints, dict)
    whole = whole and hasattr(instance, "GenerationResult") and hasattr(instance, "unwrap_generation_output")
    return whole and ours <= fingerprints.keys() and store_rows.known_form(store.db)  # type: ignore[union-attr]


def _go_by(seen: str, store: Any, root: Path, ours: Collection[str]) -> None:
    """Make what is seen of the weights part of the keys of our tasks; those of others stay as they are."""
    from medq_tasks.harness import store_rows

    for name in ours:
        store._task_fingerprints[name] += f"+{seen}"
    model = store._model_fingerprint_hash
    before = store_rows.weights_before(root / "cache.db", model)
    store_rows.note_weights(store.db, model, seen)
    if before not in ("", seen):
        _tell(f"the model has other weights than when {root} was last written: replies of those are not given")


def _merging(store: Any, root: Path, ours: Collection[str], left: Collection[Path]) -> Callable[[], None]:
    """The harness's merging of a run that ended well, on rank 0, when all ranks are done: the newest reply to a key
    stays, and what killed runs have left is cleared away once it is in the main file."""
    from medq_tasks.harness import store_rows

    merge = store._merge_run_to_root

    def merge_and_clear() -> None:
        folder = Path(store._run_dir)
        _in_file(root / "cache.db", lambda: store_rows.give_way(root / "cache.db", [*folder.glob("rank_*.db")], ours))
        merge()
        if (folder / ".merged").exists():
            elsewhere = bool(getattr(store, "_use_scratch", False))
            store_rows.clear([file for file in left if file.parent != folder], ours, keep_folders=elsewhere)

    return merge_and_clear


def _root(cache_root: str) -> Path:
    root = Path(cache_root).absolute()
    return root.parent if cache_root.endswith(".db") else root


def _forget_in_file(file: Path, tasks: Collection[str]) -> Counts:
    from medq_tasks.harness import store_rows

    return _in_file(file, lambda: store_rows.forget_in_file(file, tasks)) or collections.Counter()


def _in_file(file: Path, edit: Callable[[], T]) -> T | None:
    """What ``edit`` makes of the store's main file; None, and a line, where the file cannot be used."""
    import sqlite3  # not above: every start of lmms-eval imports this module

    try:
        return edit()
    except sqlite3.Error as error:
        _tell(f"the response store {file} could not be searched for what is not to be given again ({error})")
        return None
