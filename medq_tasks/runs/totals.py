"""What a results file alone says of a task: kind, split and totals. Runs of 0.1.0 without samples have no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from medq_tasks.errors import RunError
from medq_tasks.families import FAMILIES
from medq_tasks.records import KINDS, SPLITS, Kind, Record, prompt_stamp, stamp_from
from medq_tasks.runs import twins
from medq_tasks.runs.run import TaskRun

_NAMES: dict[str, Kind] = {
    "perception": "perception",
    "reasoning_no_reference": "no_reference",
    "reasoning_comparison": "comparison",
}
# The names that are this package's own -> kind and split.
OWN_NAMES: dict[str, tuple[Kind, str]] = {
    **{f"medq_{name}": (kind, "test") for name, kind in _NAMES.items()},
    **{f"medq_{name}_dev": (kind, "dev") for name, kind in _NAMES.items()},
    **{f"medq_mini_{kind}": (kind, "mini") for kind in KINDS},
}


def totals_of(results: Mapping[str, Any], names: Iterable[str], place: str) -> tuple[dict[str, TaskRun], list[str]]:
    """The tasks of a run without samples, and what is to be said of them.

    Args:
        results: the content of the results file.
        names: of our tasks in it.
        place: the file, for messages.

    Raises:
        RunError: there is no total of any of them.
    """
    tasks = {name: task for name in names if (task := _task(results, name, place)) is not None}
    if not tasks:
        raise RunError(f"{place}: neither samples nor totals of {', '.join(names)}. Run the evaluation again.")
    shown = ", ".join(tasks)
    lost = [
        f"{name}: nothing says what kind of task it is; its totals are left out." for name in names if name not in tasks
    ]
    return tasks, [
        f"{shown}: totals only, as {place} has them and no samples are left: no intervals, slices, items or tests.",
        *lost,
    ]


def _task(results: Mapping[str, Any], name: str, place: str) -> TaskRun | None:
    """None where its kind is not known, or it has no total."""
    config = (results.get("configs") or {}).get(name) or {}
    kind = twins.table_stamp(config).get("kind") or OWN_NAMES.get(name, ("", ""))[0]
    printed = printed_metrics((results.get("results") or {}).get(name) or {})
    metrics = {key: value for key, value in printed.items() if kind in KINDS and key in FAMILIES[kind].metrics}
    if not metrics:
        return None
    sizes = (results.get("n-samples") or {}).get(name) or {}
    told = twins.told_of(results, name, "summary", "record")
    try:
        for said in told.get("judges") or ():
            stamp_from(said)
        prompt_stamp(twins.metadata_of(config).get("prompts"))
    except ValueError as error:
        raise RunError(
            f"{place}: what it says of {name} cannot be read ({error}). Run the evaluation again."
        ) from error
    return TaskRun(
        name=name,
        kind=kind,  # type: ignore[arg-type]  # one of KINDS, or it had no metric
        split=split_of(name, config, ()),
        version=version_of(results, name),
        records=(),
        config=config,
        metrics=metrics,
        pictures=twins.told_of(results, name, "pictures", "pictures"),
        n_original=sizes.get("original"),
        n_effective=sizes.get("effective"),
        limit=(results.get("config") or {}).get("limit"),
        told=told,
    )


def version_of(results: Mapping[str, Any], name: str) -> str:
    """Of the task, "" where the run does not say."""
    metadata = ((results.get("configs") or {}).get(name) or {}).get("metadata")
    said = metadata if isinstance(metadata, Mapping) else {}
    return str(said.get("version", (results.get("versions") or {}).get(name, "")))


def printed_metrics(values: Mapping[str, Any]) -> dict[str, Any]:
    """Strip the filter name from the harness's keys (``accuracy,none``); standard errors and summaries are left out."""
    plain = {key.split(",", 1)[0]: value for key, value in values.items() if "," in key and "stderr" not in key}
    return {key: value for key, value in plain.items() if value is None or isinstance(value, (int, float))}


def split_of(name: str, config: Mapping[str, Any], records: Sequence[Record]) -> str:
    """By the stamp of the very table that the records are from; without one, by a name that is this package's own.

    A name proves nothing: a copy of a leaf called ``..._dev_cot`` is no test split, whatever its name ends in.
    """
    said = twins.own_stamp(config, records).get("split")
    return str(said) if said in SPLITS else OWN_NAMES.get(name, ("", ""))[1]
