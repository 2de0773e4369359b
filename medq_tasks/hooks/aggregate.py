"""Aggregations that the harness has no name for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


def total(values: Sequence[float]) -> float:
    """Sum of per-item counts."""
    return float(sum(values))


class Summary(dict[str, Any]):
    """A dict in the result file, a few words in the harness's table (which prints a dict as it is)."""

    def __str__(self) -> str:
        return f"{self['items']} items, table {', '.join(self['tables'])}"


def summarise(items: Sequence[Mapping[str, Any]]) -> Summary:
    """What the records say together: how many in each state, on which table, by which judge."""
    states = Counter(item["state"] for item in items)
    judges = {tuple(sorted(item["judge"].items())) for item in items if item.get("judge")}
    return Summary(
        items=len(items),
        states=dict(sorted(states.items())),
        tables=sorted({item["table"] for item in items}),
        judges=[dict(judge) for judge in sorted(judges)],
    )
