"""From a run to the table that it was made on: the one way there."""

from __future__ import annotations

from pathlib import Path

from medq_tasks.data import OpenTable, find_table, open_table, prepare
from medq_tasks.errors import MedqError, RunError
from medq_tasks.runs.run import TaskRun
from medq_tasks.settings import Settings


def table_folder(fingerprint: str, kind: str, split: str, settings: Settings) -> Path | None:
    """The folder of the table with this fingerprint (or its first digits): from the cache, or prepared here.

    None where nothing says which table it is (a fingerprint that is not in the cache, and no kind or split).

    Raises:
        RunError: the data at hand give another table.
        DataError: there are no data at hand, or they cannot be used.
    """
    found = find_table(fingerprint, settings) if fingerprint else None
    if found is not None:
        return found.path
    if not (fingerprint and kind and split):
        return None
    made = prepare(kind, split, settings)  # type: ignore[arg-type]  # what a run says of itself
    if not made.fingerprint.startswith(fingerprint):
        raise RunError(
            f"made on table {fingerprint[:16]}, but the data here give {made.fingerprint[:16]}. "
            "Point MEDQ_DATA_DIR at the TSV files of the run, or MEDQ_CACHE_DIR at its cache."
        )
    return made.path


def open_table_of(task: TaskRun, fingerprint: str, settings: Settings) -> OpenTable | None:
    """The table that records of ``task`` name, open; None when it is not on this machine (nothing is downloaded)."""
    at_hand = task.split == "mini" or settings.data_dir is not None
    try:
        folder = table_folder(fingerprint, task.kind if at_hand else "", task.split, settings)
    except (MedqError, ValueError, OSError):
        return None  # told as "not on this machine"; `medq data check` says what is wrong with the data
    return None if folder is None else open_table(folder)
