"""Runs that this package keeps itself, beside what the harness writes: where they are, and what they say of themselves.

Each is a folder, known by the file ``HEADER`` in it, which has the shape of the harness's results file. Beside it lies
a file of JSON lines per task, in the shape of the harness's samples. No name of ours holds "results" or "samples",
which other tools search for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from medq_tasks.runs.twins import metadata_of

HEADER = "medq_run.json"
BELOW_OUTPUT = "medq_runs"  # the folder of kept runs below an output path
BELOW_CACHE = "runs"  # the same below MEDQ_CACHE_DIR, for runs without an output path
ELSEWHERE = "elsewhere.jsonl"  # in the latter: the folders of runs that were kept below output paths
KEY = "medq_run"  # in a header: what a results file of the harness does not have


@dataclass(frozen=True)
class KeptRun:
    """What ``medq runs`` tells of one."""

    folder: Path
    utc: str
    model: str
    model_args: str
    tasks: tuple[str, ...]
    items: int
    scored: bool  # whether its replies have records
    texts: bool  # whether a judge has anything to score in it
    judged: int  # items that the run's own judge has scored
    judgements: int  # later ones, by `medq judge`
    size: int  # bytes of the whole folder
    ended: str  # why it ended before its results were there; "" where it did not


def said(results: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a header says beside the harness's shape; {} of a results file of the harness."""
    found = results.get(KEY)
    return found if isinstance(found, Mapping) else {}


def files_of(results: Mapping[str, Any]) -> dict[str, str]:
    """Task -> name of its file beside the header."""
    found = said(results).get("files")
    return {str(task): str(name) for task, name in found.items()} if isinstance(found, Mapping) else {}


def id_of(results: Mapping[str, Any]) -> str:
    """What is equal in a results file of the harness and in the header of the same run; "" where it has none."""
    return str(said(results).get("id") or _noted(results).get("id") or "")


def moment_of(results: Mapping[str, Any]) -> str:
    """When the evaluation began, ISO 8601 with a zone; "" where nothing says so."""
    found = str(said(results).get("utc") or _noted(results).get("utc") or "")
    try:
        return found if datetime.fromisoformat(found).tzinfo else ""
    except ValueError:
        return ""


def ended(results: Mapping[str, Any]) -> str:
    """Why a kept run ended before its results were there; "" where it did not."""
    return str(said(results).get("ended") or "")


def _noted(results: Mapping[str, Any]) -> Mapping[str, Any]:
    for config in (results.get("configs") or {}).values():
        found = metadata_of(config).get("run")
        if isinstance(found, Mapping):
            return found
    return {}


def folders_below(path: Path) -> Iterator[Path]:
    """The folders of kept runs in ``path`` or below."""
    for header in sorted(path.rglob(HEADER)):
        yield header.parent


def folders_known(cache_dir: Path) -> list[Path]:
    """The folders of all runs that were kept on this machine and are still there: in the cache, and by its list."""
    here = cache_dir / BELOW_CACHE
    listed = [Path(str(line["folder"])) for line in _lines(here / ELSEWHERE)]
    return list(dict.fromkeys([*folders_below(here), *(folder for folder in listed if (folder / HEADER).is_file())]))


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            found = json.loads(line)
        except ValueError:  # empty, or cut off while it was written: that run is in its own folder all the same
            continue
        if isinstance(found, Mapping) and found.get("folder"):
            yield found


def listed(folders: Iterable[Path]) -> list[KeptRun]:
    """What the headers in these folders say, newest first; one that cannot be read is left out."""
    return sorted(filter(None, map(_listed, folders)), key=lambda run: (run.utc, str(run.folder)), reverse=True)


def _listed(folder: Path) -> KeptRun | None:
    try:
        results = json.loads((folder / HEADER).read_text(encoding="utf-8"))
        own, config = said(results), results.get("config") or {}
        return KeptRun(
            folder=folder,
            utc=moment_of(results),
            model=str(config.get("model") or "unknown"),
            model_args=str(config.get("model_args") or ""),
            tasks=tuple(files_of(results)),
            items=sum((own.get("items") or {}).values()),
            scored=bool(own.get("scored")),
            texts=bool(own.get("judged")),
            judged=sum((own.get("judged") or {}).values()),
            judgements=len({path.name.split(".judged.", 1)[1] for path in folder.glob("*.judged.*.jsonl")}),
            size=size_of(folder),
            ended=ended(results),
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.lstat().st_size for path in folder.iterdir() if path.is_file())
