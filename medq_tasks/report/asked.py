"""What the harness has logged of each request beside the record: the prompt, and tokens where the backend counts them.

There is no time per request in its log, so a page shows none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medq_tasks.records import Identity, PerceptionRecord, Record
from medq_tasks.runs.run import Run

Place = tuple[Path | None, Identity]  # a sample log, and an item in it
_COUNTS = ("input_tokens", "output_tokens", "reasoning_tokens")


@dataclass(frozen=True)
class Asked:
    """One request. ``prompt`` is None where the log does not say; ``tokens``: read, written, of these thinking."""

    prompt: str | None = None
    tokens: tuple[int | None, ...] = ()


class Prompts:
    """The words of prompts, each once: most items differ in nothing but their own question and options."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}

    @property
    def words(self) -> list[tuple[str, ...]]:
        """Per number the words before, between and after the item's texts; one part alone is a whole prompt."""
        return list(self._numbers)

    def told(self, asked: Asked, record: Record) -> dict[str, Any]:
        """What an answer says of its request: ``pr``, a number of ``words``, and ``tk``, the tokens."""
        told: dict[str, Any] = {}
        if asked.prompt is not None:
            parts = _around(asked.prompt, _own_texts(record))
            told["pr"] = self._numbers.setdefault(parts, len(self._numbers))
        if asked.tokens:
            told["tk"] = asked.tokens
        return told


def asked_of(runs: Sequence[Run]) -> dict[Place, Asked]:
    """Every request that the runs' logs hold, each log read once."""
    logs = {task.samples: None for run in runs for task in run.tasks.values() if task.samples is not None}
    return {(log, identity): asked for log in logs for identity, asked in _read(log)}


def _read(log: Path) -> Iterator[tuple[Identity, Asked]]:
    """Lines that cannot be read are passed over: whoever loads the run names them."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:  # gone since the run was loaded
        return
    for line in filter(str.strip, lines):
        try:
            sample = json.loads(line)
        except ValueError:
            continue
        record = sample.get("record", sample) if isinstance(sample, Mapping) else None
        if isinstance(record, Mapping) and "id" in record:  # with --predict_only there is none
            identity = str(record["id"]), str(record.get("variant") or "")
            prompt = sample.get("input")
            yield identity, Asked(prompt if isinstance(prompt, str) else None, _tokens(sample.get("token_counts")))


def _tokens(counts: Any) -> tuple[int | None, ...]:
    """Of the one request of an item; () where its backend does not count."""
    said = counts[0] if isinstance(counts, list) and counts else None
    found = tuple(said.get(name) for name in _COUNTS) if isinstance(said, Mapping) else ()
    return tuple(one if type(one) is int else None for one in found) if any(type(one) is int for one in found) else ()


def _own_texts(record: Record) -> list[str]:
    options = record.options.values() if isinstance(record, PerceptionRecord) else ()
    return [text for text in (record.question, *options) if text]


def _around(prompt: str, own: Iterable[str]) -> tuple[str, ...]:
    """The prompt cut at the item's texts in their order; whole where one of them is not in it."""
    parts, at = [], 0
    for text in own:
        found = prompt.find(text, at)
        if found < 0:
            return (prompt,)
        parts.append(prompt[at:found])
        at = found + len(text)
    return (*parts, prompt[at:])
