"""From a history's entries to changes: each run beside the one of the same model before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks.report.history_file import HistoryEntry
from medq_tasks.stats import LEVEL, Limits, interval
from medq_tasks.stats.limits import unpaired


@dataclass(frozen=True)
class Change:
    """A value minus the one before it, with an interval where both have one."""

    value: float
    low: float | None = None
    high: float | None = None
    rearranged: bool = False  # the two runs had other model arguments: not only time has passed


def changes(entries: Sequence[HistoryEntry], name: str, metric: str) -> list[Change | None]:
    """Of task ``name``, for each entry (oldest first) the change since the last comparable one of the same model.

    Comparable is a run over the same number of items. Entries hold no answers, so nothing is paired: the interval takes
    the two runs for independent ones (Newcombe's method), which for the same items is too wide.
    """
    last: dict[tuple[str, int], HistoryEntry] = {}
    found: list[Change | None] = []
    for entry in entries:
        task = entry["tasks"][name]
        same = str(entry["name"]), task["items"]
        has_value = bool(task["metrics"].get(metric))
        found.append(_change(last[same], entry, name, metric) if same in last and has_value else None)
        if has_value:
            last[same] = entry
    return found


def _change(before: HistoryEntry, after: HistoryEntry, name: str, metric: str) -> Change:
    a, b = (entry["tasks"][name]["metrics"][metric] for entry in (before, after))
    start, end = _limits(a), _limits(b)
    around = None
    if start is not None and end is not None:
        around = interval(unpaired(a["value"], start, b["value"], end), "newcombe, unpaired", LEVEL)
    low, high = (None, None) if around is None else (around.low, around.high)
    return Change(b["value"] - a["value"], low, high, before["model_args"] != after["model_args"])


def _limits(value: Mapping[str, Any]) -> Limits | None:
    """The two ends that the file holds; they are asked for at no other level."""
    low, high = value["low"], value["high"]
    return None if low is None or high is None else lambda level: float(low if level < 0.5 else high)
