"""The official files from the hub: asked once, with short patience, and a clear word when nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.data.items import CellError, confined
from medq_tasks.data.schema import shorten
from medq_tasks.errors import DataError, Fault
from medq_tasks.settings import HUB_DATASET, Settings

PATIENCE = 5.0  # seconds for the hub's first word; a download itself may take as long as it flows


@dataclass(frozen=True)
class Snapshot:
    """One file of the dataset at one revision."""

    file: Path
    name: str
    find_file: Callable[[str], Path]


def download(file: str, settings: Settings) -> Snapshot:
    """Fetch one file of ``HUB_DATASET``, or find it in the hub's own cache when the hub cannot be reached.

    Raises:
        DataError: neither worked; the text says how to use ``MEDQ_DATA_DIR``.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    revision, trouble = _revision()
    try:
        path = Path(
            hf_hub_download(
                HUB_DATASET,
                file,
                repo_type="dataset",
                revision=revision,
                etag_timeout=PATIENCE,
                local_files_only=revision is None,
            )
        )
    except LocalEntryNotFoundError as error:
        raise _unreachable(file, trouble or _short(error)) from None
    except EntryNotFoundError:
        raise _unreachable(file, f"revision {revision} has no file {file}") from None
    except Exception as error:  # whatever transport the library uses today
        raise _unreachable(file, _short(error)) from error
    folder = path.parent
    name = f"hub {HUB_DATASET}@{folder.name}/{file}"

    def find_file(cell: str) -> Path:
        try:
            return confined(folder, cell, limit=folder.parent.parent)
        except CellError:
            if revision is None or ".." in cell or cell.startswith("/"):
                raise
        try:
            hf_hub_download(HUB_DATASET, cell, repo_type="dataset", revision=revision, etag_timeout=PATIENCE)
        except Exception as error:
            problem = f"image_path {shorten(cell)} cannot be downloaded ({_short(error)})"
            raise CellError(problem, "Put all files into one folder and set MEDQ_DATA_DIR.") from None
        return confined(folder, cell, limit=folder.parent.parent)

    return Snapshot(path, name, find_file)


def _revision() -> tuple[str | None, str]:
    """The dataset's present commit; or None and why the hub did not say."""
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        return None, "HF_HUB_OFFLINE is set"
    try:
        return HfApi().dataset_info(HUB_DATASET, timeout=PATIENCE).sha, ""
    except Exception as error:
        return None, _short(error)


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def _unreachable(file: str, why: str) -> DataError:
    cure = (
        f"Put {file} into a folder and set MEDQ_DATA_DIR to that folder "
        f"(the six official files: https://huggingface.co/datasets/{HUB_DATASET}). "
        "`lmms-eval --tasks medq_mini` needs no download."
    )
    return DataError([Fault(f"hub dataset {HUB_DATASET}", None, f"{file} cannot be downloaded ({why})", cure)])
