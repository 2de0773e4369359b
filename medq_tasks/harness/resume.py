"""Makes an interrupted run with ``--use_cache`` go on where it stopped, for the tasks of this package.

lmms-eval 0.7 stores replies when the backend has answered *all* requests of a run, and keeps them in a folder named by
a random run id until the run ends well. A run killed at 99 % therefore starts again at 0 %, and every call is paid for
a second time. Three things mend that:

* ``keeping``: a reply of an OpenAI-compatible server is on disk the moment it arrives (``openai``, ``async_openai``);
* ``calls.steps``: other backends get the requests in steps, and the store writes after each of them;
* ``store_rows.adopt``: a new run takes over what interrupted ones have left in the store.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medq_tasks.harness.calls import openai_client
from medq_tasks.harness.telling import tell
from medq_tasks.store.addresses import server_of
from medq_tasks.store.ledger import KeptReply, Ledger
from medq_tasks.wording.counts import count

FOLDER = "medq_replies"  # inside the folder of --use_cache
_FORM = 2  # of the keys: those of 0.1.0 had no such number, and their replies went through a scrubber


@contextlib.contextmanager
def keeping(model: Any, folder: Path, anew: bool = False) -> Iterator[Kept | None]:
    """Keep every completion that ``model``'s OpenAI client receives, and answer from those kept before.

    The key is the whole request, pictures included, and the server's address, so another picture, prompt or server can
    never be answered with an old reply. Requests that sample (temperature above 0) pass through.

    Args:
        model: a backend of lmms-eval.
        folder: where completions are kept.
        anew: ask for everything again; the new completions count from then on.

    Yields:
        What was given and why, when the block ends; None where the model has no such client.
    """
    client = openai_client(model)
    if client is None:
        yield None
        return
    completions = client.chat.completions
    kept = Kept(Ledger(folder), str(model.client.base_url), anew)
    create = completions.create
    completions.create = (_kept_async if _is_async(model) else _kept)(create, kept)
    try:
        yield kept
    finally:
        completions.create = create
        kept.close()


def server(model: Any) -> str:
    """Which server the model's OpenAI client asks; "" where it has none."""
    client = openai_client(model)
    return "" if client is None else server_of(str(client.base_url))


def _is_async(model: Any) -> bool:
    import openai

    return isinstance(model.client, openai.AsyncOpenAI)


class Kept:
    """The completions kept in one folder, for one server."""

    def __init__(self, ledger: Ledger, server: str, anew: bool) -> None:
        self._ledger, self._server, self._anew = ledger, server, anew
        self._asked: set[str] = set()  # with ``anew``: what was asked again already
        self._unusable: set[str] = set()
        self._not_kept: dict[str, Exception] = {}
        self.given = 0  # requests that were answered from what was kept

    def key(self, payload: dict[str, Any]) -> str | None:
        """The key of a request, None for one whose replies are not kept."""
        if payload.get("temperature") or payload.get("stream") or payload.get("n", 1) != 1:
            return None
        return _digest([_FORM, self._server, payload])

    def known(self, key: str, payload: dict[str, Any]) -> Any:
        """The completion kept for a request, or None."""
        if self._anew and key not in self._asked:
            self._asked.add(key)
            return None
        found = self._ledger.get(key)
        completion = _completion(found.reply) if found else self._of_0_1_0(key, payload)
        if found and completion is None:
            self._unusable.add(key)
        self.given += completion is not None
        return completion

    def keep(self, key: str, completion: Any) -> None:
        """Store a completion that says something; an empty one is asked again, as the harness's store does it.

        Never raises: the call was paid for, and the backend would pay for it five times over.
        """
        try:
            said = completion.choices[0].message.content if completion.choices else None
            if said and not (isinstance(said, str) and not said.strip()):
                # ASCII: pydantic's own JSON refuses half a surrogate pair.
                whole = completion.model_dump(mode="json", exclude_unset=True, warnings=False)
                self._ledger.put(key, KeptReply(json.dumps(whole)))
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            self._not_kept[key] = error

    def close(self) -> None:
        """Close the folder, and say what could not be used of it."""
        self._ledger.close()
        if self._unusable:
            kept = count(len(self._unusable), "kept reply was", "kept replies were")
            tell(f"{kept} damaged, or may have been changed by 0.1.0: asked again")
        for error in list(self._not_kept.values())[:1]:
            lost = count(len(self._not_kept), "reply", "replies")
            tell(f"{lost} could not be kept ({type(error).__name__}: {error}): the next run asks again")

    def _of_0_1_0(self, key: str, payload: dict[str, Any]) -> Any:
        """What 0.1.0 kept. It took whatever looked like a key, or like ``://user@``, out of replies, which is seen in
        the first case and may be anywhere behind ``://`` in the second: such replies are not given again. Stars in
        another place, as in the name of a model ``hf-...``, change no reply."""
        found = self._ledger.get(_digest([self._server, payload]))
        if found is None:
            return None
        completion = None if "://" in found.reply else _completion(found.reply)
        if completion is not None and "***" in str(completion.choices[0].message):
            completion = None
        if completion is None:
            self._unusable.add(key)
        return completion


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _completion(kept: str) -> Any:
    """The completion as the client made it of the server's JSON, whose fields it does not check: a ``finish_reason`` or
    a list of parts that OpenAI's schema does not know is given again too. None for what is none (damaged on disk)."""
    from openai.types.chat import ChatCompletion

    try:
        data = json.loads(kept)
        if "content" in data["choices"][0]["message"]:
            return ChatCompletion.construct(**data)
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    return None


def _kept(create: Callable[..., Any], kept: Kept) -> Callable[..., Any]:
    # One lock per request: with several ranks the harness fills up a shorter shard with a copy of its last request,
    # and both would be paid for.
    locks: dict[str, threading.Lock] = collections.defaultdict(threading.Lock)

    def ask(**payload: Any) -> Any:
        key = kept.key(payload)
        if key is None:
            return create(**payload)
        with locks[key]:
            known = kept.known(key, payload)
            if known is not None:
                return known
            completion = create(**payload)
            kept.keep(key, completion)
            return completion

    return ask


def _kept_async(create: Callable[..., Any], kept: Kept) -> Callable[..., Any]:
    locks: dict[str, asyncio.Lock] = collections.defaultdict(asyncio.Lock)

    async def ask(**payload: Any) -> Any:
        key = kept.key(payload)
        if key is None:
            return await create(**payload)
        async with locks[key]:
            known = kept.known(key, payload)
            if known is not None:
                return known
            completion = await create(**payload)
            kept.keep(key, completion)
            return completion

    return ask
