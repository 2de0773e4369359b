"""Calls to the judge: one chat completion each, through the official ``openai`` client, to any compatible server.

Waiting and trying again after 429, 5xx, timeouts and dropped connections is the openai package's own back-off (it obeys
Retry-After). What it does not cover is done here: replies without a usable body, request parameters that a server
refuses, and the point at which going on is pointless.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from medq_tasks.settings import JudgeSettings
from medq_tasks.store.secrets import in_force, scrub, scrub_message

# Temperature 0 is the paper's. There is no max_tokens: nothing may cut a judge that thinks before it scores.
BASE_PARAMETERS: Mapping[str, Any] = {"temperature": 0}

Trouble = Literal["passing", "this call", "refused", "stopped"]


@dataclass(frozen=True)
class ClientOptions:
    """How patient to be; seconds throughout."""

    timeout: float = 120.0  # silence on one request before it counts as lost
    deadline: float = 600.0  # one call with all retries of the openai package (ends a reply that only drips)
    max_retries: int = 6  # of the openai package: 0.5, 1, 2, 4, 8, 8 s apart, about 20 s
    rounds: int = 3  # times a call that still fails is queued again behind the others
    bodies: int = 4  # tries to get a usable body (valid JSON with a choice in it)
    pause: float = 0.5  # before asking again after an unusable body
    give_up_after: int = 8  # calls in a row that fail in every retry: the server is down
    cool_down: float = 60.0  # after giving up, before the next try is allowed


class CallFailed(Exception):
    """A call brought no reply.

    ``trouble``: "passing" (worth another round), "this call" (this prompt will not be answered), "refused" (key, model
    or quota: no prompt will be), "stopped" (not sent, because of earlier failures).
    """

    def __init__(self, reason: str, trouble: Trouble) -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble: Trouble = trouble


class Breaker:
    """Stops calls that are bound to fail: 2,832 times a wrong key, or hours of retries against a dead server."""

    def __init__(self, give_up_after: int, cool_down: float) -> None:
        self._limit = give_up_after
        self._cool_down = cool_down
        self._in_a_row = 0
        self._worked = False
        self._until = 0.0
        self.reason: str | None = None

    @property
    def open(self) -> bool:
        """True while no call should be made."""
        return self.reason is not None and time.monotonic() < self._until

    def success(self) -> None:
        """A reply arrived."""
        self._in_a_row = 0
        self._worked = True
        self.reason = None

    def failure(self, failed: CallFailed) -> bool:
        """Count a failed call; True when this one opened the breaker."""
        if failed.trouble == "stopped" or self.open:
            return False
        self._in_a_row += 1
        # Once calls have worked, a single 403 or 404 may be about one prompt (a moderated one, say).
        if failed.trouble == "refused" and not self._worked:
            self._trip(failed.reason, float("inf"))
        elif self._in_a_row >= self._limit:
            self._trip(f"{self._in_a_row} calls in a row failed, last: {failed.reason}", self._cool_down)
        return self.open

    def _trip(self, reason: str, seconds: float) -> None:
        self.reason = reason
        self._until = time.monotonic() + seconds
        self._in_a_row = 0


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

    def __init__(self, settings: JudgeSettings, parameters: Parameters, options: ClientOptions) -> None:
        self._settings = settings
        self._parameters = parameters
        self._options = options
        self._secrets = secrets_of(settings)
        self._openai: Any = None
        self.calls = 0  # chat completions asked for, not counting the openai package's own retries

    async def __aenter__(self) -> JudgeClient:
        self._openai = new_client(self._settings, self._options)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._openai.close()

    async def ask(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The judge's text without keys, as it is stored and found again ("" when it sent none).

        Raises:
            CallFailed: no usable reply within the retries; the reason names status and message, without keys.
        """
        problem = ""
        for number in range(self._options.bodies):
            if number:
                await asyncio.sleep(self._options.pause)
            try:
                # Scrubbed here and not only in the ledger: the reply also goes into the records of the run.
                return scrub(_content(await self._complete(messages)), self._secrets)
            except _Unusable as error:
                problem = str(error)
        raise CallFailed(self._clean(problem), "passing")

    async def _complete(self, messages: Sequence[Mapping[str, str]]) -> Any:
        import openai

        while True:
            sent = self._parameters.sent
            self.calls += 1
            # The client's own `post`, not `chat.completions.create`: the same request, headers and back-off without its
            # recursion over type hints, which takes a third of the time per call (and limits calls per second).
            body = {"model": self._settings.model, "messages": messages, **sent}
            create = self._openai.post("/chat/completions", cast_to=object, body=body)
            try:
                return await asyncio.wait_for(create, self._options.deadline)
            except asyncio.TimeoutError as error:
                raise CallFailed(f"no whole reply within {self._options.deadline:g} s", "passing") from error
            except openai.APIStatusError as error:
                refused = _refused_parameter(error, sent)
                if refused is None:
                    raise CallFailed(self._clean(_say(error)), _trouble(error)) from error
                self._parameters.dropped.add(refused)
            except openai.APIConnectionError as error:  # timeouts too
                raise CallFailed(self._clean(f"{error} ({error.__cause__!r})"), "passing") from error
            except openai.OpenAIError as error:
                raise CallFailed(self._clean(str(error)), "refused") from error
            except ValueError as error:  # the package hands the JSON parser's own error through
                raise _Unusable(f"reply is not valid JSON ({error})") from error
            except Exception as error:  # and some of the transport's, as for a reply that is not HTTP: one call lost
                raise CallFailed(self._clean(f"Connection error ({error!r})"), "passing") from error

    def _clean(self, text: str) -> str:
        return scrub_message(" ".join(text.split()), self._secrets)[:500]  # cut last: half a key is not recognised


def new_client(settings: JudgeSettings, options: ClientOptions) -> Any:
    """An ``openai.AsyncOpenAI`` for the judge; nothing is sent.

    Raises whatever a broken installation, or a proxy that cannot be used, makes the package raise.
    """
    import openai  # half a second: only when there is something to ask

    timeout = openai.Timeout(options.timeout, connect=min(10.0, options.timeout))
    return openai.AsyncOpenAI(
        api_key=settings.api_key or "none",  # the package insists on one, a local server ignores it
        base_url=settings.base_url,
        max_retries=options.max_retries,
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


class _Unusable(Exception):
    """Status 200, but no chat completion in the body."""


def _content(completion: Any) -> str:
    choices = completion.get("choices") if isinstance(completion, dict) else None
    if not isinstance(choices, list) or not choices:
        error = completion.get("error") if isinstance(completion, dict) else None  # some gateways: status 200, error
        raise _Unusable(f"reply without choices{f': {error}' if error else ''}")
    message = choices[0].get("message") if isinstance(choices[0], dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else ""


def _refused_parameter(error: Any, sent: Mapping[str, Any]) -> str | None:
    """The parameter that a 400 or 422 complains about ("temperature does not support 0 with this model")."""
    if error.status_code not in (400, 422):
        return None
    if error.param in sent:
        return str(error.param)
    said = str(error.message).lower()
    return next((name for name in sent if name in said), None)


def _trouble(error: Any) -> Trouble:
    code = str(error.code or "")
    if error.status_code in (401, 403, 404) or code in ("insufficient_quota", "model_not_found", "invalid_api_key"):
        return "refused"
    if error.status_code in (408, 409, 425, 429) or error.status_code >= 500:
        return "passing"
    return "this call"


def _say(error: Any) -> str:
    body = error.body if isinstance(error.body, Mapping) else {}
    message = body.get("message") or error.message
    return f"HTTP {error.status_code}: {message}"
