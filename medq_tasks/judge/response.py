"""A server's answer as it arrived, whichever HTTP library brought it."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST = 60.0  # seconds: one who asks for more patience than this is asked again by the usual steps


@dataclass(frozen=True)
class Response:
    """Nothing in it is trusted, and keys may be repeated in it."""

    status: int
    kind: str  # content type without parameters; "" where none was sent
    text: str
    moved: str = ""  # the host that answered in place of the one that was asked, after a redirect
    wait: float | None = None  # seconds to wait before asking again; inf: not to be asked again soon; None: not said


def response_of(http: Any) -> Response:
    """The response as the openai package's transport hands it over (httpx or its successor), its body read."""
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    moved = (http.url.host or "") if http.history else ""
    return Response(http.status_code, kind, http.text, moved, wait_asked_for(http.headers, time.time()))


def wait_asked_for(headers: Mapping[str, str], now: float) -> float | None:
    """What a server says of asking again (Retry-After and its relatives): seconds, inf for "do not", None for nothing.

    ``now``: seconds since 1970, for servers that name a time of day.
    """
    if headers.get("x-should-retry") == "false":
        return float("inf")
    said = headers.get("retry-after", "")
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        else:
            seconds = float(said) if said.replace(".", "", 1).isdigit() else _date(said) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if 0 < seconds <= _LONGEST else None


def _date(text: str) -> float:
    return email.utils.parsedate_to_datetime(text).timestamp()
