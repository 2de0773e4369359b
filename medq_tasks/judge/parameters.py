"""What goes into a request beside model and chat: the protocol's parameters, a limit, and what the user adds.

And what a server has taught of itself meanwhile: which of them it refuses, and that it wants /v1 in its address.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from medq_tasks.store.addresses import names_a_secret
from medq_tasks.store.secrets import MASK

_log = logging.getLogger(__name__)

# Temperature 0 is the paper's. There is no limit of tokens unless set: nothing may cut a judge that thinks before it
# scores.
BASE_PARAMETERS: Mapping[str, Any] = {"temperature": 0}
LIMITS = ("max_tokens", "max_completion_tokens")  # names of the limit; servers know one of them, or both
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Parameters:
    """The request parameters in force: all that were set, less those of ours that the server has refused."""

    def __init__(self, limit: int | None = None, extra: Mapping[str, Any] | None = None) -> None:
        """``limit``: of tokens in a reply. ``extra``: the user's own; they win over ours and are never dropped."""
        self._limit = limit
        self._extra = dict(extra or {})
        self.dropped: set[str] = set()
        self.versioned = self.told_version = False  # whether the server wants /v1 behind its address, and that is told

    @property
    def sent(self) -> dict[str, Any]:
        """What goes into a request now."""
        ours = {name: value for name, value in BASE_PARAMETERS.items() if name not in self.dropped}
        limit = next((name for name in LIMITS if name not in self.dropped), None)
        return ours | ({limit: self._limit} if limit and self._limit else {}) | self._extra

    @property
    def shaping(self) -> dict[str, Any]:
        """All that was set, under the names that it was set by: the same before and after a refusal."""
        return {**BASE_PARAMETERS, **({LIMITS[0]: self._limit} if self._limit else {}), **self._extra}

    @property
    def text(self) -> str:
        """The parameters in force as JSON; the limit has one name, whichever the server takes."""
        sent = {LIMITS[0] if name == LIMITS[1] and self._limit else name: value for name, value in self.sent.items()}
        return json.dumps(sent, sort_keys=True)

    @property
    def shown(self) -> str:
        """``text`` as it may be written down: without values that are secrets by their names."""
        return json.dumps(_without_secrets(json.loads(self.text)), sort_keys=True)

    @property
    def hash(self) -> str:
        """First 16 hex digits of the sha256 over the parameters in force."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def is_users(self, name: str) -> bool:
        """Whether the user has set it by MEDQ_JUDGE_EXTRA_BODY."""
        return name in self._extra

    def drop(self, name: str) -> None:
        """Send it no more; a limit is sent under its other name, where that was not refused as well."""
        if name in LIMITS and name not in self.dropped and {*LIMITS} == self.dropped | {name}:
            _log.warning("The judge's server takes no limit of tokens: MEDQ_JUDGE_MAX_TOKENS has no effect.")
        self.dropped.add(name)


def named_in(complaint: str, sent: Mapping[str, Any]) -> str | None:
    """The parameter that a server's complaint names first: "temperature does not support 0", "`maxTokens`: ..."."""
    words = _words(complaint)
    places = {name: words.find(_words(name)) for name in sent}
    named = [name for name, place in places.items() if place >= 0]
    return min(named, key=lambda name: places[name]) if named else None


def _without_secrets(said: Any) -> Any:
    if isinstance(said, Mapping):
        return {key: MASK if names_a_secret(key) else _without_secrets(value) for key, value in said.items()}
    return [_without_secrets(value) for value in said] if isinstance(said, list) else said


def _words(text: str) -> str:
    """The words in a row, however they are written: "maxTokens", "max_tokens" and "max tokens" are the same."""
    return f" {' '.join(re.findall('[a-z0-9]+', _CAMEL.sub(' ', text).lower()))} "
