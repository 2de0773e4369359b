"""Calls to the judge: one chat completion each, through the official ``openai`` client, to any compatible server.

The package makes connection, request and headers. Trying again is done here: the package would also do so where
waiting cannot help (a host name that is not known), would not where a proxy answers 200 with a page of its own, and
says nothing meanwhile.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import random
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks.judge.refusal import CallFailed, Refusal, read_refusal, unreached
from medq_tasks.judge.reply import Reply, read_reply
from medq_tasks.judge.response import Response, response_of
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.secrets import in_force, scrub, scrub_message
from medq_tasks.wording.escape import plain

_log = logging.getLogger(__name__)

# Temperature 0 is the paper's. There is no max_tokens: nothing may cut a judge that thinks before it scores.
BASE_PARAMETERS: Mapping[str, Any] = {"temperature": 0}
_STEP = 8.0  # seconds: the longest pause between two tries
_SHOWN = 500  # characters of a reason
_NAME = 200  # characters of the name under which a server answers


@dataclass(frozen=True)
class ClientOptions:
    """How patient to be; seconds throughout."""

    timeout: float = 120.0  # silence on one request before it counts as lost
    deadline: float = 600.0  # one call with all its retries (ends a reply that only drips)
    max_retries: int = 6  # after 429, 5xx, lost connections and responses that are no reply: about 20 s in all
    pause: float = 0.5  # before the first retry; twice as long before each further one, up to 8
    rounds: int = 3  # times a call that still fails is queued again behind the others
    give_up_after: int = 8  # calls in a row that fail in every retry: a harmless prompt is asked, then it is given up
    cool_down: float = 60.0  # after giving up on a server that is down, before the next try is allowed
    head_start: float = 1.0  # the first call goes alone for so long: a wrong key is told by it, not by 32


class Parameters:
    """The request parameters in force: the base ones, less those that the server has refused."""

    def __init__(self) -> None:
        self.dropped: set[str] = set()

    @property
    def sent(self) -> dict[str, Any]:
        """What goes into a request now."""
        return {name: value for name, value in BASE_PARAMETERS.items() if name not in self.dropped}

    @property
    def hash(self) -> str:
        """First 16 hex digits of the sha256 over the parameters in force."""
        return hashlib.sha256(json.dumps(self.sent, sort_keys=True).encode()).hexdigest()[:16]


class JudgeClient:
    """An open connection pool to the judge; use as ``async with`` inside one event loop."""

    def __init__(
        self,
        settings: JudgeSettings,
        parameters: Parameters,
        options: ClientOptions,
        *,
        reached: bool = False,
        given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """Nothing is sent yet.

        Args:
            settings: which judge.
            parameters: of the requests; those that the server refuses are dropped from them.
            options: how patient to be.
            reached: the server has answered before, so that its address is right.
            given_up: whether no call should be tried again any more.
        """
        self._settings = settings
        self._parameters = parameters
        self._options = options
        self._secrets = secrets_of(settings)
        self._reached = reached
        self._given_up = given_up
        self._told = False
        self._openai: Any = None
        self.calls = 0  # requests sent

    async def __aenter__(self) -> JudgeClient:
        self._openai = new_client(self._settings, self._options)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._openai.close()

    async def ask(self, messages: Sequence[Mapping[str, str]], *, retries: int | None = None) -> Reply:
        """The judge's reply without keys, as it is stored and found again.

        Raises:
            CallFailed: no reply within the retries; the reason names what was seen, without keys.
        """
        try:
            return await asyncio.wait_for(self._ask(messages, retries), self._options.deadline)
        except asyncio.TimeoutError as error:
            raise CallFailed(f"no whole reply within {self._options.deadline:g} s", "passing") from error

    async def _ask(self, messages: Sequence[Mapping[str, str]], retries: int | None) -> Reply:
        left = self._options.max_retries if retries is None else retries
        pause = self._options.pause
        while True:
            try:
                return await self._once(messages)
            except CallFailed as failed:
                if failed.trouble != "passing" or left <= 0 or failed.wait == float("inf"):
                    raise
                if self._given_up():  # 32 calls would each go on for their own half minute
                    raise
                left -= 1
                await asyncio.sleep(failed.wait or pause * random.uniform(0.75, 1))  # not all at the same moment
                pause = min(2 * pause, _STEP)

    async def _once(self, messages: Sequence[Mapping[str, str]]) -> Reply:
        while True:
            sent = self._parameters.sent
            seen = await self._send({"model": self._settings.model, "messages": messages, **sent})
            reply = read_reply(seen) if seen.status == 200 else None
            if reply is not None:
                # Scrubbed here and not only in the ledger: the reply also goes into the records of the run.
                return Reply(
                    scrub(reply.text, self._secrets), self._clean(reply.finish), self._clean(reply.model)[:_NAME]
                )
            refusal = read_refusal(seen)
            parameter = _refused_parameter(seen.status, refusal, sent)
            if parameter is None:
                reason = self._clean(refusal.said + self._hint(seen, refusal))
                raise CallFailed(reason, refusal.trouble, seen.wait, seen.status)
            self._parameters.dropped.add(parameter)

    async def _send(self, body: Mapping[str, Any]) -> Response:
        import openai

        self.calls += 1
        # The client's own `post`, not `chat.completions.create`: the same request without its recursion over type
        # hints, which takes a third of the time per call (and limits calls per second). With this header it hands out
        # the response itself (as `with_raw_response` does): a page or half a JSON text can then be told.
        options: Any = {"headers": {"X-Stainless-Raw-Response": "true"}}
        try:
            answer = await self._openai.post("/chat/completions", cast_to=object, body=body, options=options)
            self._reached = True
            return response_of(answer.http_response)
        except openai.APIStatusError as error:
            self._reached = True
            return response_of(error.response)
        except openai.OpenAIError as error:
            if not isinstance(error, openai.APIConnectionError):
                raise CallFailed(self._clean(str(error)), "all prompts") from error
            raise self._unreached(error) from error
        except Exception as error:  # some of the transport's own, as for a response that is not HTTP: one call lost
            raise self._unreached(error) from error

    def _unreached(self, error: Exception) -> CallFailed:
        # Asked of every error: with aiohttp the package calls a refused connection, and an unknown name, a timeout.
        why, certain = unreached(error)
        why = why or f"nothing within {self._options.timeout:g} s"
        reason = self._clean(f"no answer from {self._openai.base_url.host}: {why}")
        if certain and not self._reached:  # of a server that has answered, even an unknown name is a moment's trouble
            return CallFailed(reason, "all prompts")
        if not self._reached and not self._told:
            self._told = True  # at once: the retries take half a minute
            _log.warning("Judge %s: %s. It may be starting: it is asked again.", plain(self._settings.model), reason)
        return CallFailed(reason, "passing")

    def _hint(self, seen: Response, refusal: Refusal) -> str:
        path = self._openai.base_url.path.rstrip("/")
        lost = seen.status in (404, 405) and "model" not in refusal.message.lower()
        return " (MEDQ_JUDGE_BASE_URL has no path; most servers want /v1 at its end)" if lost and not path else ""

    def _clean(self, text: str) -> str:
        whole = scrub_message(text, self._secrets)  # first: half a key is not recognised
        return plain(whole[: 10 * _SHOWN], None)[:_SHOWN]


def new_client(settings: JudgeSettings, options: ClientOptions) -> Any:
    """An ``openai.AsyncOpenAI`` for the judge; nothing is sent.

    Raises whatever a broken installation, or a proxy that cannot be used, makes the package raise.
    """
    import openai  # half a second: only when there is something to ask

    timeout = openai.Timeout(options.timeout, connect=min(10.0, options.timeout))
    return openai.AsyncOpenAI(
        api_key=settings.api_key or "none",  # the package insists on one, a local server ignores it
        base_url=settings.base_url,
        max_retries=0,  # they are made here
        timeout=timeout,
        http_client=_transport(timeout),
    )


def _transport(timeout: Any) -> Any:
    """The openai package's own aiohttp transport; None (its default) where that cannot be used.

    The default looks through its whole pool, 32 connections, twice a call, and parses replies in Python: 3.5 ms of CPU
    a call instead of 2, so a 200 ms server was kept waiting a third of the time.
    """
    import openai

    if any(url.startswith("socks") for url in urllib.request.getproxies().values()):
        return None  # aiohttp knows no such proxies
    try:
        return openai.DefaultAioHttpClient(timeout=timeout)
    except (AttributeError, RuntimeError):  # openai before 1.93, or installed without its extra
        return None


def secrets_of(settings: JudgeSettings) -> tuple[str, ...]:
    """What must never be written anywhere."""
    return in_force(settings.api_key, settings.base_url)


def _refused_parameter(status: int, refusal: Refusal, sent: Mapping[str, Any]) -> str | None:
    """The parameter that a 400 or 422 complains about ("temperature does not support 0 with this model")."""
    if status not in (400, 422) or refusal.trouble == "this prompt":
        return None
    if refusal.param in sent:
        return refusal.param
    return next((name for name in sent if name in refusal.message.lower()), None)
