"""Aggregations that the harness has no name for, and what the records of a task say together."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from medq_tasks import metrics, pixels
from medq_tasks.data.doc import Doc
from medq_tasks.families import FAMILIES
from medq_tasks.records import RULES, Record, from_dict, to_dict
from medq_tasks.runs.usage import as_json, usage_by_judge


def row(names: Iterable[str], values: Mapping[str, float]) -> dict[str, float | None]:
    """An item's value for every metric of its task, None where the metric does not apply.

    All metrics then have one entry per item: the harness takes the length of an arbitrary one for the sample count.
    """
    return {name: values.get(name) for name in names}


def result(doc: Doc, record: Record) -> dict[str, Any]:
    """What ``process_results`` gives back: a value per metric, the whole record, and the sizes of the pictures."""
    return {
        **row(FAMILIES[record.kind].metrics, metrics.item_values(record)),
        "record": to_dict(record),
        "pictures": list(doc.get("sizes") or ()),
    }


def total(values: Sequence[float]) -> float:
    """Sum of per-item counts."""
    return metrics.total(values)


def mean_where_known(values: Sequence[float | None]) -> float | None:
    """Mean over the items that the metric applies to; None (shown as N/A) when it applies to none."""
    known = [value for value in values if value is not None]
    return metrics.mean(known) if known else None


def total_where_known(values: Sequence[float | None]) -> float | None:
    """Sum over the items that the metric applies to; None (shown as N/A) when it applies to none."""
    known = [value for value in values if value is not None]
    return metrics.total(known) if known else None


def _never_lose_the_run(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """What only informs may fail without harm: the harness writes nothing at all when an evaluation raises."""

    @functools.wraps(describe)
    def careful(*values: Any, **options: Any) -> dict[str, Any]:
        try:
            return describe(*values, **options)
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}

    return careful


@_never_lose_the_run
def pictures(items: Sequence[Sequence[str]], args: Any = None) -> dict[str, Any]:
    """What the model's own limits did to the pictures of the items (``pixels.summary``).

    Args:
        items: the sizes of each item's pictures, as in ``512x384``.
        args: the harness's command line, from which the limits in force follow. None in a call from Python: the limits
            are then not known here, and the summary says so.
    """
    sizes = [(int(width), int(height)) for item in items for width, height in (size.split("x") for size in item)]
    model = getattr(args, "model", None) or ""
    arguments = getattr(args, "model_args", None)
    simple = bool(getattr(args, "force_simple", False))
    limits = pixels.limits_of(model, arguments, simple)
    return dict(pixels.summary(sizes, limits, pixels.wire_limit_of(model, arguments, simple)))


@_never_lose_the_run
def summarise(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the records say together: how many in each state, on which table, by which judge."""
    states = Counter(item["state"] for item in items)
    said = (one["stamp"] for item in items for one in item.get("judgements") or ())
    judges = {tuple(sorted(stamp.items())) for stamp in said if stamp}
    readers = Counter(item.get("read_by", RULES) for item in items)
    told = {
        "items": len(items),
        "states": dict(sorted(states.items())),
        "tables": sorted({item["table"] for item in items}),
        "read_by": dict(sorted(readers.items())),
        "second_counted": sum(item.get("read_by", RULES) != RULES and _has_value(item) for item in items),
        "judges": [dict(judge) for judge in sorted(judges)],
    }
    spent = as_json(usage_by_judge(from_dict(item) for item in items if item.get("judgements")))
    return {**told, **({"usage": spent} if spent else {})}


def _has_value(item: Mapping[str, Any]) -> bool:
    return (item.get("choice") or item.get("verdict")) is not None
