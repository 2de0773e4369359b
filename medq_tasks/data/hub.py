"""The official files from the hub: asked once, with short patience, and a clear word when nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.data.items import CellError, confined
from medq_tasks.data.schema import shorten
from medq_tasks.errors import DataError, Fault
from medq_tasks.settings import HUB_DATASET

PATIENCE = 5.0  # seconds for the hub's first word; a download itself may take as long as it flows


@dataclass(frozen=True)
class HubFile:
    """One downloaded file of the dataset."""

    path: Path
    online: bool  # whether the hub answered; else the file is the one downloaded before

    @property
    def snapshot(self) -> Path:
        """The folder of this revision; its files are links into the hub's cache."""
        return self.path.parent

    @property
    def name(self) -> str:
        """Dataset, revision and file, as recorded with a run."""
        return f"hub {HUB_DATASET}@{self.snapshot.name}/{self.path.name}"

    def find_file(self, cell: str) -> Path:
        """The picture file that a path cell names, downloaded when it is not there yet.

        Raises:
            CellError: it leads outside the dataset, or cannot be downloaded.
        """
        limit = self.snapshot.parent.parent
        try:
            return confined(self.snapshot, cell, limit)
        except CellError as error:
            if error.outside or not self.online:
                raise
        try:
            _fetch(cell, revision=self.snapshot.name)
        except Exception as error:  # whatever transport the library uses today
            problem = f"image_path {shorten(cell)} cannot be downloaded ({_short(error)})"
            raise CellError(problem, "Put all files into one folder and set MEDQ_DATA_DIR to it.") from None
        return confined(self.snapshot, cell, limit)


def download(file: str) -> HubFile:
    """Fetch one file of ``HUB_DATASET``, or find it in the hub's own cache when the hub does not answer.

    Raises:
        DataError: neither worked; the text says how to use ``MEDQ_DATA_DIR``.
    """
    why_not = trouble()
    try:
        return HubFile(_fetch(file, only_local=bool(why_not)), online=not why_not)
    except Exception as error:  # whatever transport the library uses today
        why = why_not or _short(error)
    cure = (
        f"Put {file} into a folder and set MEDQ_DATA_DIR to that folder "
        f"(the six official files: https://huggingface.co/datasets/{HUB_DATASET}). "
        "`lmms-eval --tasks medq_mini` needs no download."
    )
    raise DataError([Fault(f"hub dataset {HUB_DATASET}", None, f"{file} cannot be downloaded ({why})", cure)])


def _fetch(file: str, revision: str | None = None, only_local: bool = False) -> Path:
    from huggingface_hub import hf_hub_download

    found = hf_hub_download(
        HUB_DATASET,
        file,
        repo_type="dataset",
        revision=revision,
        etag_timeout=PATIENCE,
        local_files_only=only_local,
    )
    return Path(found)


def trouble() -> str:
    """Why the hub cannot be used, "" when it answers: one question, no retries (the library's own take minutes)."""
    from huggingface_hub import HfApi

    if offline():
        return "HF_HUB_OFFLINE is set"
    try:
        HfApi().dataset_info(HUB_DATASET, timeout=PATIENCE)
    except Exception as error:  # whatever transport the library uses today
        return _short(error)
    return ""


def offline() -> bool:
    """Whether the user has forbidden the hub (``HF_HUB_OFFLINE`` or ``TRANSFORMERS_OFFLINE``)."""
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)


def is_cached(file: str) -> bool:
    """Whether this file of ``HUB_DATASET`` lies in the hub's own cache."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(HUB_DATASET, file, repo_type="dataset"), str)


def cached_folder(files: Iterable[str]) -> Path | None:
    """The folder of the revision of which the hub's own cache holds any of the files; None where it holds none."""
    from huggingface_hub import try_to_load_from_cache

    found = (try_to_load_from_cache(HUB_DATASET, file, repo_type="dataset") for file in files)
    return next((Path(path).parent for path in found if isinstance(path, str)), None)


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
