"""Makes an interrupted run with ``--use_cache`` go on where it stopped, for the tasks of this package.

lmms-eval 0.7 stores replies when the backend has answered *all* requests of a run, and keeps them in a folder named by
a random run id until the run ends well. A run killed at 99 % therefore starts again at 0 %, and every call is paid for
a second time. Three things mend that:

* ``keeping``: a reply of an OpenAI-compatible server is on disk the moment it arrives (``openai``, ``async_openai``);
* ``steps``: other backends get the requests in steps, and the store writes after each of them;
* ``adopt``: a new run takes over what interrupted ones have left in the store.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from medq_tasks.store.ledger import KeptReply, Ledger

FOLDER = "medq_replies"  # inside the folder of --use_cache
# A kill costs at most one step of local work. Small enough for that (about a minute at 2 items per second), large
# enough that the batches of a step stay full.
_STEP = 128
_COLUMNS = "cache_key, request_type, task_name, doc_id, idx, gen_kwargs, response, created_at"


@contextlib.contextmanager
def keeping(model: Any, folder: Path) -> Iterator[bool]:
    """Keep every completion that ``model``'s OpenAI client receives, and answer from those kept before.

    Yields whether the model has such a client. The key is the whole request, pictures included, and the server's
    address, so another picture, prompt or server can never be answered with an old reply. Requests that sample
    (temperature above 0) pass through.
    """
    completions = _completions(model)
    if completions is None:
        yield False
        return
    ledger = Ledger(folder)
    create = completions.create
    wrap = _kept_async if _is_async(model) else _kept
    completions.create = wrap(create, ledger, str(model.client.base_url))
    try:
        yield True
    finally:
        completions.create = create
        ledger.close()


def steps(requests: Sequence[Any], batch_size: int = 1) -> Iterator[Sequence[Any]]:
    """The requests in order, in pieces of 128, or of 8 batches where that is more."""
    size = max(_STEP, 8 * batch_size)
    for start in range(0, len(requests), size):
        yield requests[start : start + size]


def known_form(store: Any) -> bool:
    """Whether an open store has what is used of it here: its database's table and file, and ``execute``."""
    try:
        store.db.execute(f"SELECT {_COLUMNS} FROM responses LIMIT 0")
    except (AttributeError, sqlite3.Error):
        return False
    return hasattr(store, "db_path") and hasattr(store, "execute")


def adopt(database: sqlite3.Connection, runs: Path, own: Path, tasks: Collection[str]) -> int:
    """Copy the replies to ``tasks`` that runs without a good end have left below ``runs``; returns how many.

    Every rank copies into its own database, so no rank waits for another. A file that cannot be read is passed over:
    its replies are asked again.
    """
    before = database.total_changes
    marks = ", ".join("?" * len(tasks))
    for file in sorted(runs.glob("*/rank_*.db")):
        if file.resolve() == own.resolve() or _merged(file):
            continue
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file, timeout=30)) as left:
            rows = left.execute(f"SELECT {_COLUMNS} FROM responses WHERE task_name IN ({marks})", tuple(tasks))
            database.executemany(f"INSERT OR IGNORE INTO responses ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?)", rows)
    database.commit()
    return database.total_changes - before


def _merged(file: Path) -> bool:
    """Whether the harness has moved everything in this file to its main one (a later run may have used it again)."""
    mark = file.with_name(".merged")
    parts = [part for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
    return mark.exists() and all(part.stat().st_mtime <= mark.stat().st_mtime for part in parts)


def _completions(model: Any) -> Any:
    client: Any = getattr(model, "client", None)
    if type(client).__module__.partition(".")[0] != "openai":
        return None
    return client.chat.completions


def _is_async(model: Any) -> bool:
    import openai

    return isinstance(model.client, openai.AsyncOpenAI)


def _kept(create: Callable[..., Any], ledger: Ledger, server: str) -> Callable[..., Any]:
    # One lock per request: with several ranks the harness fills up a shorter shard with a copy of its last request,
    # and both would be paid for.
    locks: dict[str, threading.Lock] = collections.defaultdict(threading.Lock)

    def ask(**payload: Any) -> Any:
        key = _key(payload, server)
        if key is None:
            return create(**payload)
        with locks[key]:
            known = _known(ledger, key)
            if known is not None:
                return known
            completion = create(**payload)
            _keep(ledger, key, completion)
            return completion

    return ask


def _kept_async(create: Callable[..., Any], ledger: Ledger, server: str) -> Callable[..., Any]:
    locks: dict[str, asyncio.Lock] = collections.defaultdict(asyncio.Lock)

    async def ask(**payload: Any) -> Any:
        key = _key(payload, server)
        if key is None:
            return await create(**payload)
        async with locks[key]:
            known = _known(ledger, key)
            if known is not None:
                return known
            completion = await create(**payload)
            _keep(ledger, key, completion)
            return completion

    return ask


def _key(payload: dict[str, Any], server: str) -> str | None:
    if payload.get("temperature") or payload.get("stream") or payload.get("n", 1) != 1:
        return None
    return hashlib.sha256(json.dumps([server, payload], sort_keys=True, default=str).encode()).hexdigest()


def _known(ledger: Ledger, key: str) -> Any:
    entry = ledger.get(key)
    if entry is None:
        return None
    from openai.types.chat import ChatCompletion

    return ChatCompletion.model_validate_json(entry.reply)


def _keep(ledger: Ledger, key: str, completion: Any) -> None:
    """Store a completion that says something; an empty one is asked again, as the harness's store does it."""
    if completion.choices and completion.choices[0].message.content:
        ledger.put(key, KeptReply(completion.model_dump_json()))
