"""What killed runs have left in lmms-eval's response store: taken over once, marked, and cleared away when it is safe.

lmms-eval 0.7 keeps a run's replies in ``runs/<run id>/rank_N.db`` and moves them to its main file when the run ends
well. A killed run's folder is never looked at again, and never removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Collection
from pathlib import Path

from medq_tasks.harness.resume import COLUMNS
from medq_tasks.store.files import write_whole

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MARK = ".medq_taken_over"  # in a run's folder: its databases, as they were when they were taken over
_QUIET = 24 * 3600.0  # seconds without a write after which a run that holds no lock of ours is taken for dead

Stamps = dict[str, list[int]]


class Running:
    """A lock that shows other processes that this run lives; the system gives it back when the process dies."""

    def __init__(self, file: Path) -> None:
        self._handle: int | None = None
        if fcntl is None:
            return
        with contextlib.suppress(OSError):  # no locks, or no room: the run then counts as alive by its writes alone
            file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)


def running(file: Path) -> Running:
    """Hold the lock of this run for as long as the result lives."""
    return Running(file)


def adopt(database: sqlite3.Connection, runs: Path, own: Path, tasks: Collection[str]) -> int:
    """Copy the replies to ``tasks`` that runs without a good end have left below ``runs``; returns how many.

    Every rank copies into its own database, so no rank waits for another. A file that cannot be read is passed over:
    its replies are asked again. A folder that was taken over before, and has not changed since, is not read again; it
    is removed when its run is dead and it holds nothing of other tasks.
    """
    before = database.total_changes
    for folder in sorted({file.parent for file in runs.glob("*/rank_*.db")}):
        files = [file for file in sorted(folder.glob("rank_*.db")) if not (_same(file, own) or _merged(file))]
        mine = own.parent.name == folder.name  # other ranks of this run
        if not files or (not mine and _taken_over(folder, files, tasks)):
            continue
        read = [_copy(file, database, tasks) for file in files]
        database.commit()
        if all(read) and not mine and not _alive(folder):
            with contextlib.suppress(OSError):
                write_whole(folder / _MARK, json.dumps(_stamps(files)))
    return database.total_changes - before


def _same(file: Path, own: Path) -> bool:
    return file.resolve() == own.resolve()


def _copy(file: Path, database: sqlite3.Connection, tasks: Collection[str]) -> bool:
    """Whether the file could be read."""
    marks = ", ".join("?" * len(tasks))
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=30)) as left:
            rows = left.execute(f"SELECT {COLUMNS} FROM responses WHERE task_name IN ({marks})", tuple(tasks))
            database.executemany(f"INSERT OR IGNORE INTO responses ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?)", rows)
    except sqlite3.Error:
        return False
    return True


def _taken_over(folder: Path, files: list[Path], tasks: Collection[str]) -> bool:
    """Whether the folder is as it was when it was taken over; what is no longer needed of it is cleared away."""
    try:
        if json.loads((folder / _MARK).read_text(encoding="utf-8")) != _stamps(files):
            return False
    except (OSError, ValueError):
        return False
    if not _alive(folder) and not any(_holds_others(file, tasks) for file in files):
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _stamps(files: list[Path]) -> Stamps:
    parts = [part for file in files for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
    return {part.name: [part.stat().st_size, part.stat().st_mtime_ns] for part in parts}


def _holds_others(file: Path, tasks: Collection[str]) -> bool:
    """Whether there are replies to other tasks: the harness ignores them, and they are not ours to remove."""
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=30)) as left:
            names = {name for (name,) in left.execute("SELECT DISTINCT task_name FROM responses")}
    except sqlite3.Error:
        return True
    return bool(names - set(tasks))


def _alive(folder: Path) -> bool:
    """Whether a process may still write there."""
    locks = list(folder.glob("*.running"))
    if locks and fcntl is not None:
        return any(map(_held, locks))
    newest = max((file.stat().st_mtime for file in folder.glob("rank_*")), default=0.0)
    return time.time() - newest < _QUIET


def _held(file: Path) -> bool:
    try:
        with file.open("rb+") as handle:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _merged(file: Path) -> bool:
    """Whether the harness has moved everything in this file to its main one (a later run may have used it again)."""
    mark = file.with_name(".merged")
    parts = [part for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
    return mark.exists() and all(part.stat().st_mtime <= mark.stat().st_mtime for part in parts)
