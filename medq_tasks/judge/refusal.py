"""What came instead of a reply, and whom it concerns: all prompts (key, model, quota, address), one, or a moment.

Servers do not agree on status codes: a 400 is a prompt that is too long, a key that is wrong (Gemini), money that is
spent (Anthropic) or a model that is unknown (OpenRouter). So their own words count first. What neither tells is
"unclear", and is found out by asking (see ``breaker``).
"""

from __future__ import annotations

import errno
import json
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from medq_tasks.judge.response import Response

Trouble = Literal["passing", "this prompt", "unclear", "all prompts", "stopped"]


class CallFailed(Exception):
    """A call brought no reply.

    ``trouble``: "passing" (worth another try), "this prompt" (it will not be answered, others will), "all prompts"
    (key, model, quota or address, by all that was said), "unclear" (one of the last two), "stopped" (not sent, because
    of earlier failures). ``wait``: as of a ``Response``. ``status``: the response's; 0 when there was none. ``slow``:
    the server was still at it when the time was over.
    """

    def __init__(
        self, reason: str, trouble: Trouble, wait: float | None = None, status: int = 0, slow: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble: Trouble = trouble
        self.wait = wait
        self.status = status
        self.slow = slow
        self.calls = 0  # requests that were sent for it; set by who sent them


@dataclass(frozen=True)
class Refusal:
    """A response that is no reply, read. ``said`` may hold keys and be as long as the body: clean it, then cut it."""

    said: str
    trouble: Trouble
    param: str = ""  # the request's parameter that is complained about, in the server's word
    message: str = ""


# All words are compared without blanks and marks: "context_length_exceeded" is found as well as "context length".
# Those of one prompt name its length or content and nothing else: such refusals are never counted against the server.
_THIS_PROMPT = (
    "contextlength", "contextwindow", "contextsize", "maximumcontext", "reducethelength", "longerthanthemax",
    "musthavelessthan",
    "prompttoolong", "promptistoolong", "inputtoolong", "inputistoolong", "stringtoolong", "stringabovemaxlength",
    "requesttoolarge", "entitytoolarge", "toomanytokens", "inputtoken", "inputlength",
    "contentfilter", "contentmanagement", "contentpolicy", "contentexistsrisk", "inappropriatecontent",
    "sensitivecontent", "prohibitedcontent", "datainspection", "responsibleai", "safety", "usagepolic",
    "jailbreak", "harmful", "moderat", "wasflagged", "invalidprompt",
)  # fmt: skip
_ALL_PROMPTS = (
    "apikey", "authentic", "authcredential", "unauthori", "credential", "accessdenied", "subscription", "deployment",
    "quota", "billing", "credit", "budget", "balance", "payment",
)  # fmt: skip
_MODEL = (  # beside the word "model"
    "notexist", "notfound", "invalidmodel", "notavalidmodel", "unknownmodel", "nosuchmodel", "notavailable",
    "notloaded", "nothaveaccess", "notsupported", "decommissioned", "deprecated",
)  # fmt: skip
_MONEY = ("insufficient", "billing", "credit", "balance", "budget", "payment")  # in a 429
_RATE = ("ratelimit", "resourceexhausted", "perminute")  # in a 429 that speaks of money or quota all the same

_BY_STATUS: Mapping[int, Trouble] = {
    **dict.fromkeys((401, 402, 403, 404, 405, 407, 410), "all prompts"),
    **dict.fromkeys((413, 451), "this prompt"),
    **dict.fromkeys((200, 408, 409, 424, 425), "passing"),
}  # type: ignore[dict-item]
_OF_THE_KEY = (401, 402, 407)
_CODES = ("code", "type", "status", "error_type")


def read_refusal(response: Response) -> Refusal:
    """Read what came instead of a reply: an error of any known form, a page, or JSON of another kind."""
    error = _error_in(parsed(response.text))
    message = _message_of(error)
    code = " ".join(str(error[name]) for name in _CODES if isinstance(error.get(name), str | int))
    trouble = _trouble(_meant_status(response.status, error), code, message or _plain_text(response))
    return Refusal(_say(response, message), trouble, str(error.get("param") or ""), message)


def parsed(text: str) -> Any:
    """The JSON in ``text``, or None: also where it is nested too deeply to be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def unreached(error: BaseException) -> tuple[str, bool]:
    """Why no answer came, in words ("": it took too long), and whether waiting cannot help (wrong name, certificate).

    A refused connection is not certain: a server that is just starting refuses too.
    """
    causes = list(_causes(error))
    for cause in causes:
        number = getattr(cause, "errno", None)
        if isinstance(cause, socket.gaierror):
            return f"the host name is not known ({cause.strerror})", number != socket.EAI_AGAIN
        if isinstance(cause, ssl.SSLError):
            why = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or str(cause)
            return f"no TLS connection ({why})", True
        if number == errno.ECONNREFUSED:
            return "connection refused", False
        if type(cause).__name__ in ("InvalidURL", "UnsupportedProtocol", "InvalidUrlClientError"):
            return f"not an address ({cause})", True
    if any(type(cause).__name__ in ("ConnectTimeout", "ConnectionTimeoutError") for cause in causes):
        return "no connection in time", False
    if type(error).__name__ == "APITimeoutError":
        return "", False
    return f"{error} ({causes[-1]!r})", False


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what is behind it, outermost first; the transport keeps some of them in attributes."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            inner = (
                one.__cause__,
                one.__context__,
                getattr(one, "certificate_error", None),
                getattr(one, "os_error", None),
            )
            waiting += [cause for cause in inner if isinstance(cause, BaseException)]


def _trouble(status: int, code: str, message: str) -> Trouble:
    codes, said = _squash(code), _squash(f"{code} {message}")
    if status == 429:
        if "requesttoolarge" in said:
            return "this prompt"
        return "all prompts" if _holds(said, _MONEY) and not _holds(said, _RATE) else "passing"
    if status >= 500:
        return "passing"
    if _holds(codes, _THIS_PROMPT):
        return "this prompt"
    if status in _OF_THE_KEY:  # whatever else is said: "... See our usage policies" stands under many
        return "all prompts"
    if _holds(said, _ALL_PROMPTS) or ("model" in said and _holds(said, _MODEL)):
        return "all prompts"
    return "this prompt" if _holds(said, _THIS_PROMPT) else _BY_STATUS.get(status, "unclear")


def _squash(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _error_in(data: Any) -> Mapping[str, Any]:
    """The error's own fields, wherever this server puts them: {"error": {...}}, [{"error": ...}], {"detail": ...}."""
    if isinstance(data, list) and data:
        data = data[0]
    if not isinstance(data, Mapping):
        return {}
    error = data.get("error")
    if error is None and isinstance(data.get("errors"), list) and data["errors"]:
        error = data["errors"][0]
    return error if isinstance(error, Mapping) else {**data, "message": error} if isinstance(error, str) else data


def _message_of(error: Mapping[str, Any]) -> str:
    message = error.get("message") or error.get("detail")
    if isinstance(message, list):  # FastAPI's; its "input" repeats the request, so only place and complaint are taken
        message = "; ".join(f"{one.get('loc')}: {one.get('msg')}" for one in message if isinstance(one, Mapping))
    extra = error.get("metadata")  # OpenRouter's: what the provider behind it has said
    raw = extra.get("raw") if isinstance(extra, Mapping) else None
    return ": ".join(part for part in (message, raw) if isinstance(part, str) and part)


def _meant_status(status: int, error: Mapping[str, Any]) -> int:
    """The status that was meant: some gateways answer 200 and write the true one into the body."""
    code = error.get("code")
    return code if status == 200 and isinstance(code, int) and 400 <= code < 600 else status


def _plain_text(response: Response) -> str:
    """Text that can be taken at its word. A page cannot: "moderation" may stand at the foot of every one."""
    return response.text if response.kind == "text/plain" and response.status != 200 else ""


def _say(response: Response, message: str) -> str:
    head = f"HTTP {response.status}"
    if response.moved:
        head += f" from {response.moved}, to which the request was redirected"
    if message:
        return f"{head} with an error: {message}" if response.status == 200 else f"{head}: {message}"
    kind = response.kind or "no content type"
    return f"{head}, {kind}: {_words(response.text) or 'an empty body'}"


def _words(text: str) -> str:
    """The title of a page, else what a reader would see of it."""
    title = re.search(r"<title[^<>]*>([^<]+)", text, re.I)
    return title[1].strip() if title else re.sub(r"<[^<>]*>", " ", text).strip()
