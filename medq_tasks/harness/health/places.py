"""Traps among the folders and files that a run reads and writes: data, prepared tables, the prompts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from medq_tasks import prompts
from medq_tasks.data import hub
from medq_tasks.data.cache import Cache
from medq_tasks.data.source import from_folder
from medq_tasks.errors import DataError, JudgeError, SettingsError
from medq_tasks.families import file_name
from medq_tasks.harness.health.trap import Trap
from medq_tasks.judge import load_rubric
from medq_tasks.records import KINDS, SPLITS
from medq_tasks.settings import HUB_DATASET, Settings

_OFFICIAL = [(kind, split) for kind in KINDS for split in SPLITS if split != "mini"]
# Bytes, beyond the prepared tables: logs of a run and the replies of a judge.
ROOM_FOR_A_RUN = 64 << 20
# Bytes of the six files on the hub, which nobody here has seen: some 3,700 pictures of a quarter of a megabyte.
ROOM_FOR_THE_HUB_FILES = 1 << 30


def place_traps(settings: Settings, *, probe: bool) -> list[Trap]:
    """What is wrong with the data, the cache folder and the prompts.

    Args:
        settings: those in force.
        probe: ask the hub whether it answers, when the data have to come from there.
    """
    return [*_data(settings, probe), *cache_traps(settings.cache_dir, _room_needed(settings)), *_prompts(settings)]


def _data(settings: Settings, probe: bool) -> Iterator[Trap]:
    folder = settings.data_dir
    if folder is None:
        trouble = hub.trouble() if probe or hub.offline() else ""
        if trouble and not any(hub.is_cached(file_name(kind, split)) for kind, split in _OFFICIAL):
            yield Trap(
                f"the tasks of the real benchmark have no data: {HUB_DATASET} is not in the hub's cache and cannot be "
                f"downloaded ({trouble})",
                "set MEDQ_DATA_DIR to a folder with the official TSV files; medq_mini needs none",
                stops=True,
            )
    elif not any((folder / file_name(kind, split)).is_file() for kind, split in _OFFICIAL):
        what = "holds none of the official TSV files" if folder.is_dir() else "is no folder"
        yield Trap(f"MEDQ_DATA_DIR={folder} {what}", "set it to the folder that holds them, or unset it", stops=True)


def cache_traps(folder: Path, needed: int) -> Iterator[Trap]:
    """Whether the cache folder can be written and has ``needed`` bytes of room."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        problem = f"the cache folder {folder} cannot be written ({error.strerror or error})"
        yield Trap(problem, "set MEDQ_CACHE_DIR to a folder that can", stops=True)
        return
    if free < needed:
        problem = f"the cache folder {folder} has {_megabytes(free)} of room, and {_megabytes(needed)} are needed"
        yield Trap(problem, "make room, or set MEDQ_CACHE_DIR to a larger disk", stops=True)


def _room_needed(settings: Settings) -> int:
    """Bytes: a prepared table holds the pictures of its TSV once, and twice while it is made; base64 adds a third."""
    cache = Cache(settings.cache_dir)
    if settings.data_dir is None:
        return ROOM_FOR_A_RUN + (0 if any(cache.tables.glob("*-test-*")) else ROOM_FOR_THE_HUB_FILES)
    needed = ROOM_FOR_A_RUN
    for kind, split in _OFFICIAL:
        try:
            source = from_folder(settings.data_dir, kind, split)
            if cache.known(cache.key(kind, split, source), source) is None:
                needed += int(1.5 * os.path.getsize(source.tsv))
        except (DataError, OSError):  # not there: nothing to make
            continue
    return needed


def _prompts(settings: Settings) -> Iterator[Trap]:
    stopped: dict[str, list[str]] = {}
    for kind in KINDS:
        try:
            prompts.load(settings.prompts).of(kind)
        except SettingsError as error:
            stopped.setdefault(str(error), []).append(kind)
    for problem, kinds in stopped.items():
        yield Trap(f"tasks of {', '.join(kinds)} do not start: {problem}", "correct or unset MEDQ_PROMPTS", stops=True)
    try:
        load_rubric(settings.judge.prompts)
    except (JudgeError, OSError) as error:
        problem = f"the reasoning tasks do not start, because MEDQ_JUDGE_PROMPTS cannot be used: {error}"
        yield Trap(problem, "correct or unset MEDQ_JUDGE_PROMPTS", stops=True)


def _megabytes(count: int) -> str:
    return f"{count >> 20:,} MB"
