"""One call of the harness's ``simple_evaluate`` that evaluates tasks of ours, from its arguments to its end.

``evaluate`` knows the tasks, ``simple_evaluate`` what was asked for (model, output path, flags) and the whole result:
what needs both, such as keeping a run, goes through ``current``.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

# What `process_results` gives beside the metrics, and so what stands in ``Evaluation.seen``.
RECORD, PICTURES = "record", "pictures"
HERE = "here"  # the records that this rank has made, whether or not the evaluation comes to its end
Seen = dict[str, dict[str, list[Any]]]  # task -> RECORD or PICTURES -> one entry per item, of all ranks; and HERE

_current: ContextVar[Evaluation | None] = ContextVar("_current", default=None)


@dataclass
class Evaluation:
    """What is known of it so far."""

    given: Mapping[str, Any]  # the arguments of simple_evaluate
    begun: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    tasks: Mapping[str, Any] = field(default_factory=dict)  # ours, by name; none until `evaluate` has begun
    seen: Seen = field(default_factory=dict)
    notes: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # what results will say of tasks, already known
    results: Mapping[str, Any] | None = None  # of `evaluate`, on rank 0

    @property
    def stamp(self) -> dict[str, str]:
        """What the result says of it: its name, and when it began, in UTC (the harness's own clock has no zone)."""
        return {"id": self.id, "utc": self.begun.isoformat(timespec="seconds")}

    @property
    def by_command(self) -> bool:
        """Whether a command line was given, and not a call from Python."""
        return self.given.get("cli_args") is not None

    @property
    def output(self) -> Path | None:
        """The folder of ``--output_path``."""
        tracker = self.given.get("evaluation_tracker")
        found = getattr(tracker, "output_path", None) or getattr(self.given.get("cli_args"), "output_path", None)
        return Path(str(found)) if found else None

    @property
    def predicts_only(self) -> bool:
        """Whether no reply is scored."""
        return bool(self.given.get("predict_only"))


def current() -> Evaluation | None:
    """The one that is under way; None where ``evaluate`` was called by itself."""
    return _current.get()


@contextlib.contextmanager
def under_way(one: Evaluation) -> Iterator[None]:
    """Within the block it is the current one."""
    token = _current.set(one)
    try:
        yield
    finally:
        _current.reset(token)


def rank() -> int:
    """Of this process among those of one evaluation."""
    return int(os.environ.get("RANK") or 0)
