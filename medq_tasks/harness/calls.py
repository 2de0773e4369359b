"""How a backend of lmms-eval is called: copies of its requests, steps of them, and the client behind it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

# Small enough that a kill, or a failure, costs about a minute of local work (at 2 items per second), large enough that
# the batches of a step stay full.
_STEP = 128


def copied(request: Any, arguments: Sequence[Any] | None = None) -> Any:
    """A copy of a request with these arguments (its own unless given) and with settings of its own.

    Backends take settings out of a request while they answer it, and it may be asked, or looked up, once more.
    """
    made = copy.copy(request)
    parts = request.args if arguments is None else arguments
    made.arguments = tuple(copy.deepcopy(part) if isinstance(part, dict) else part for part in parts)
    return made


def batch_size(model: Any) -> int:
    """The backend's batch size; 1 where it names none, or finds one while it runs ("auto")."""
    size = getattr(model, "batch_size", 1)
    return size if isinstance(size, int) else 1


def steps(requests: Sequence[Any], batch: int = 1) -> Iterator[Sequence[Any]]:
    """The requests in order, in pieces of 128, or of 8 batches where that is more."""
    size = max(_STEP, 8 * batch)
    for start in range(0, len(requests), size):
        yield requests[start : start + size]


def openai_client(model: Any) -> Any:
    """The backend's OpenAI client, which has many requests in flight; None where it has none."""
    client = getattr(model, "client", None)
    return client if type(client).__module__.partition(".")[0] == "openai" else None
