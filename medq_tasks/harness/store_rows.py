"""The rows of lmms-eval's response store (sqlite) that belong to our tasks: which are believed, where they go, when.

The harness keeps one main file, ``cache.db``, and for each run a folder ``runs/ID`` with one file a rank, which it
merges into the main one when the run ends well. A killed run's folder is never looked at again: ``adopt`` copies from
it, and ``clear`` removes it once a run that copied has merged, and not before: until then nothing else may hold them.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAILED, UNREADABLE = "failed requests", "replies that cannot be read"
_COLUMNS = "cache_key, request_type, task_name, doc_id, idx, gen_kwargs, response, created_at"
_BESIDE = ("-wal", "-shm", "-journal")  # what sqlite puts beside a file


@dataclass
class Left:
    """What interrupted runs have left for a new one."""

    replies: int = 0  # copied
    files: list[Path] = field(default_factory=list)  # from these
    unreadable: list[Path] = field(default_factory=list)


def known_form(database: Any) -> bool:
    """Whether an open store's database has the table that is used here."""
    try:
        database.execute(f"SELECT {_COLUMNS} FROM responses LIMIT 0")
        database.execute("SELECT key, value FROM meta LIMIT 0")
    except (AttributeError, sqlite3.Error):
        return False
    return True


def forget(database: sqlite3.Connection, tasks: Collection[str]) -> Counter[str]:
    """Delete the rows of ``tasks`` that are no replies; returns how many, by ``FAILED`` and ``UNREADABLE``.

    What is no JSON would be handed out as it stands, quotes and all.
    """
    with _any_bytes(database):
        rows = database.execute(*_of("SELECT cache_key, response FROM responses", tasks)).fetchall()
    fault = {key: why for key, stored in rows if (why := _fault(stored))}
    database.executemany("DELETE FROM responses WHERE cache_key = ?", [(key,) for key in fault])
    database.commit()
    return Counter(fault.values())


def forget_in_file(file: Path, tasks: Collection[str]) -> Counter[str]:
    """``forget`` in the main file, before the harness opens it as one that never changes.

    Raises:
        sqlite3.Error: it cannot be searched.
    """
    if not file.is_file():
        return Counter()
    with contextlib.closing(sqlite3.connect(file, timeout=30)) as database:
        forgotten = forget(database, tasks)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the harness reads the main file alone
    return forgotten


def adopt(database: sqlite3.Connection, root: Path, own: Path, tasks: Collection[str]) -> Left:
    """Copy the replies to ``tasks`` that runs without a good end have left below ``root``; the newest to a key wins.

    Every rank copies into its own database, so no rank waits for another. What cannot be read is asked again.

    Args:
        database: an open store's own, in the file ``own``; the harness looks there first, then in the main file.
        root: the folder of ``--use_cache``.

    Raises:
        sqlite3.Error: ``database`` or the main file cannot be used.
    """
    left = Left()
    before = _count(database)
    runs = root / "runs"
    for file in sorted(runs.glob("*/rank_*.db")):
        if file.resolve() == own.resolve() or _merged(file):
            continue
        try:
            with contextlib.closing(_open(file)) as source, _any_bytes(source):
                rows = [row for row in source.execute(*_of(f"SELECT {_COLUMNS} FROM responses", tasks)) if _utf8(row)]
        except sqlite3.Error:
            left.unreadable.append(file)
            continue
        database.executemany(
            f"INSERT INTO responses ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (cache_key) DO UPDATE SET "
            "response = excluded.response, created_at = excluded.created_at WHERE excluded.created_at > created_at",
            rows,
        )
        if rows:
            left.files.append(file)
    database.commit()
    _give_way(database, own, [root / "cache.db"], tasks)  # of this run's own as well: a job may use its folder again
    left.replies = max(0, _count(database) - before)
    return left


def give_way(main: Path, files: Collection[Path], tasks: Collection[str]) -> None:
    """Delete from the main file what a run's ``files`` hold a newer reply to: the harness's merge keeps the older one.

    Raises:
        sqlite3.Error: it cannot be done.
    """
    if main.is_file():
        with contextlib.closing(_open(main)) as database:
            _give_way(database, main, files, tasks)


def _give_way(database: sqlite3.Connection, own: Path, files: Collection[Path], tasks: Collection[str]) -> None:
    """Delete from an open ``database`` what one of ``files`` holds a newer reply to."""
    for file in (file for file in files if file.is_file() and file != own):
        database.execute("ATTACH ? AS other", (str(file),))
        try:
            statement, names = _of("DELETE FROM responses", tasks)
            newer = "newer.cache_key = responses.cache_key AND newer.created_at > responses.created_at"
            database.execute(f"{statement} AND EXISTS (SELECT 1 FROM other.responses AS newer WHERE {newer})", names)
            database.commit()
        finally:
            database.execute("DETACH other")


def clear(files: Collection[Path], tasks: Collection[str], keep_folders: bool = False) -> None:
    """Remove from killed runs' files what is ours and merged by now; the whole file where nothing else is in it.

    A file that a process has open stays as it is: only the last one that has it open can end sqlite's WAL mode.

    Args:
        files: of ``Left``.
        tasks: names of our tasks.
        keep_folders: for a network folder, where the harness writes to a local disk and copies: a run that goes on does
            not show, and copies again into its folder if that is still there.
    """
    for file in files:
        with contextlib.suppress(sqlite3.Error, OSError):
            with contextlib.closing(_open(file, timeout=0)) as database:
                if database.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                    continue
                database.execute(*_of("DELETE FROM responses", tasks))
                database.commit()
                others = database.execute("SELECT EXISTS (SELECT 1 FROM responses)").fetchone()[0]
            if not others:
                _remove(file, keep_folders)


def weights_before(main: Path, model: str) -> str:
    """What was noted of the weights of ``model`` when the main file was last merged; "" where nothing was."""
    if not main.is_file():
        return ""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_open(main)) as database:
        row = database.execute("SELECT value FROM meta WHERE key = ?", (_note_of(model),)).fetchone()
        return str(row[0]) if row else ""
    return ""


def note_weights(database: sqlite3.Connection, model: str, weights: str) -> None:
    """Note them in a run's database; the harness's merge carries the note on into the main file."""
    database.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_note_of(model), weights))
    database.commit()


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM responses").fetchone()[0])


def _note_of(model: str) -> str:
    return f"medq_weights {model}"


def _of(statement: str, tasks: Collection[str]) -> tuple[str, tuple[str, ...]]:
    return f"{statement} WHERE task_name IN ({', '.join('?' * len(tasks))})", tuple(tasks)


def _open(file: Path, timeout: float = 30) -> sqlite3.Connection:
    """Open a file that is there: a plain ``connect`` would make the one that another rank has just removed."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", timeout=timeout, uri=True)


@contextlib.contextmanager
def _any_bytes(database: sqlite3.Connection) -> Iterator[None]:
    """Text that is no UTF-8 (a damaged file) is read as half surrogates, where sqlite3 would end the whole search."""
    usual = database.text_factory
    database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        database.text_factory = usual


def _fault(stored: Any) -> str:
    from medq_tasks.answers import failure

    try:
        reply = json.loads(stored)
    except (ValueError, TypeError, RecursionError):
        return FAILED if isinstance(stored, str) and failure(stored) is not None else UNREADABLE
    if not _utf8((stored,)):
        return UNREADABLE
    first = reply[0] if isinstance(reply, list) and reply else reply  # of several texts the first one is scored
    return FAILED if isinstance(first, str) and failure(first) is not None else ""


def _utf8(row: Collection[Any]) -> bool:
    try:
        for cell in row:
            str(cell).encode()
    except UnicodeEncodeError:
        return False
    return True


def _merged(file: Path) -> bool:
    """Whether the harness has moved everything in this file to its main one (a later run may have used it again)."""
    mark = file.with_name(".merged")
    parts = [part for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
    return mark.exists() and all(part.stat().st_mtime <= mark.stat().st_mtime for part in parts)


def _remove(file: Path, keep_folder: bool) -> None:
    beside = [file.with_name(file.name + ending) for ending in _BESIDE]
    for one in (file, *beside, file.with_suffix(".audit.jsonl")):
        one.unlink(missing_ok=True)
    if not (keep_folder or any(file.parent.glob("rank_*.db"))):
        for mark in (".ready", ".merged"):
            file.with_name(mark).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else is in it
            file.parent.rmdir()
