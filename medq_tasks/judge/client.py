"""Calls to the judge: one chat completion each, through the official ``openai`` client, to any compatible server.

The package makes connection, request and headers. Trying again is done here: the package would also do so where
waiting cannot help (a host name that is not known), would not where a proxy answers 200 with a page of its own, and
says nothing meanwhile.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import random
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks.judge.address import client_arguments, has_path, is_classic_azure, request_headers
from medq_tasks.judge.parameters import Parameters, named_in
from medq_tasks.judge.refusal import CallFailed, Refusal, read_refusal, unreached
from medq_tasks.judge.reply import Reply, read_reply
from medq_tasks.judge.response import Response, response_of
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.addresses import without_secrets
from medq_tasks.store.secrets import in_force, scrub, scrub_message
from medq_tasks.wording.escape import plain

_log = logging.getLogger(__name__)

_SLOW_TRIES = 2  # a reply that is not whole in time is asked for once more: a third wait would be for the same
_STEP = 8.0  # seconds: the longest pause between two tries
_AS_SET, _VERSION = "", "/v1"
SLOW_CURE = (
    "a judge that does not stop needs MEDQ_JUDGE_MAX_TOKENS, one that thinks for long MEDQ_JUDGE_TIMEOUT, a server "
    "where requests queue a smaller MEDQ_JUDGE_CONCURRENCY"
)
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
    slow: float = 30.0  # the first reply takes longer: it is told, as a judge that does not stop says nothing else
    head_start: float = 1.0  # the first call goes alone for so long: a wrong key is told by it, not by 32

    def as_set(self, settings: JudgeSettings) -> ClientOptions:
        """The options with the user's own timeout; a call may take one silence more than it has tries for."""
        if settings.timeout is None:
            return self
        patience = max(self.deadline, (_SLOW_TRIES + 1) * settings.timeout)
        return dataclasses.replace(self, timeout=settings.timeout, deadline=patience)


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
        self._slots = asyncio.Semaphore(settings.concurrency)  # of requests in flight

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
            reason = f"no whole reply within {self._options.deadline:g} s ({SLOW_CURE})"
            raise CallFailed(reason, "passing", slow=True) from error

    async def _ask(self, messages: Sequence[Mapping[str, str]], retries: int | None) -> Reply:
        left = self._options.max_retries if retries is None else retries
        pause, sent = self._options.pause, 0
        while True:
            try:
                sent += 1
                reply = await self._once(messages)
                return dataclasses.replace(reply, usage=dataclasses.replace(reply.usage, calls=sent))
            except CallFailed as failed:
                failed.calls = sent
                if failed.trouble != "passing" or left <= 0 or failed.wait == float("inf"):
                    raise
                if self._given_up():  # 32 calls would each go on for their own half minute
                    raise
                if failed.slow and sent >= _SLOW_TRIES:
                    raise
                left -= 1
                await asyncio.sleep(failed.wait or pause * random.uniform(0.75, 1))  # not all at the same moment
                pause = min(2 * pause, _STEP)

    async def _once(self, messages: Sequence[Mapping[str, str]]) -> Reply:
        while True:
            sent, asked = self._parameters.sent, self._address()
            seen = await self._send(asked, {"model": self._settings.model, "messages": messages, **sent})
            reply = read_reply(seen) if seen.status == 200 else None
            if reply is not None:
                self._tell_of_address()
                # Scrubbed here and not only in the ledger: the reply also goes into the records of the run.
                return dataclasses.replace(
                    reply,
                    text=scrub(reply.text, self._secrets),
                    finish=self._clean(reply.finish),
                    model=self._clean(reply.model)[:_NAME],
                )
            refusal = read_refusal(seen)
            if self._lost(seen, refusal) and asked == _AS_SET:
                self._parameters.versioned = True  # and asked again there
                continue
            self._drop_refused(seen, refusal, sent)

    def _drop_refused(self, seen: Response, refusal: Refusal, sent: Mapping[str, Any]) -> None:
        """Send no more what the server refuses of our own parameters; raise CallFailed for any other refusal."""
        parameter = _refused_parameter(seen, refusal, sent)
        if parameter is None or self._parameters.is_users(parameter):
            whose = f" (`{parameter}` is of MEDQ_JUDGE_EXTRA_BODY)" if parameter else self._hint(seen, refusal)
            trouble = "all prompts" if parameter else refusal.trouble
            raise CallFailed(self._clean(refusal.said) + whose, trouble, seen.wait, seen.status)
        self._parameters.drop(parameter)

    def _address(self) -> str:
        """What stands before the path of a request: nothing, or the /v1 that a server was found to want."""
        return _VERSION if self._parameters.versioned else _AS_SET

    def _lost(self, seen: Response, refusal: Refusal) -> bool:
        """Whether nothing is there at an address without a path; a model that is not there is another matter."""
        gone = seen.status in (404, 405) and "model" not in refusal.message.lower()
        return gone and not has_path(self._settings.base_url)

    def _tell_of_address(self) -> None:
        if self._parameters.versioned and not self._parameters.told_version:
            self._parameters.told_version = True
            _log.warning(
                "Judge %s answers at %s/v1: set MEDQ_JUDGE_BASE_URL to that, with /v1 at its end.",
                plain(self._settings.model),
                plain(without_secrets(self._settings.base_url or "").rstrip("/")),
            )

    async def _send(self, version: str, body: Mapping[str, Any]) -> Response:
        async with self._slots:
            if self._given_up():
                raise CallFailed("not sent: the server was given up meanwhile", "stopped")
            return await self._post(version, body)

    async def _post(self, version: str, body: Mapping[str, Any]) -> Response:
        import openai

        self.calls += 1
        # The client's own `post`, not `chat.completions.create`: the same request without its recursion over type
        # hints, which takes a third of the time per call (and limits calls per second). With this header it hands out
        # the response itself (as `with_raw_response` does): a page or half a JSON text can then be told.
        headers = {"X-Stainless-Raw-Response": "true", **request_headers(self._settings)}
        options: Any = {"headers": headers, "follow_redirects": not is_classic_azure(self._settings.base_url)}
        try:
            answer = await self._openai.post(f"{version}/chat/completions", cast_to=object, body=body, options=options)
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
        slow = not why
        why = why or f"nothing within {self._options.timeout:g} s ({SLOW_CURE})"
        reason = self._clean(f"no answer from {self._openai.base_url.host}: {why}")
        if certain and not self._reached:  # of a server that has answered, even an unknown name is a moment's trouble
            return CallFailed(reason, "all prompts")
        if not self._reached and not self._told:
            self._told = True  # at once: the retries take half a minute
            _log.warning("Judge %s: %s. It may be starting: it is asked again.", plain(self._settings.model), reason)
        return CallFailed(reason, "passing", slow=slow)

    def _hint(self, seen: Response, refusal: Refusal) -> str:
        return " (nor is there anything at /v1; see MEDQ_JUDGE_BASE_URL)" if self._lost(seen, refusal) else ""

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
        **client_arguments(settings),
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


def _refused_parameter(seen: Response, refusal: Refusal, sent: Mapping[str, Any]) -> str | None:
    """The parameter that a 400 or 422 complains about ("temperature does not support 0 with this model")."""
    if seen.status not in (400, 422) or refusal.trouble == "this prompt":
        return None
    field = refusal.param.rpartition(".")[2]
    return field if field in sent else named_in(refusal.message or seen.text, sent)
