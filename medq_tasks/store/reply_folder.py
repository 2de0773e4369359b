"""One folder of replies as one process sees it: its files, its locks, and what stands in them.

There is one ``ReplyFolder`` per folder and process, however many ledgers are open on it (``opened``): the system's
byte-range locks belong to a process, so two of them would share a file to append to, and the first to be closed would
give back the claims of the other.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import socket
import threading
import time
import uuid
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medq_tasks.records import Usage, usage_from

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)
SLOTS = 1024  # bytes 0 .. 1023 of the lock file: which files are in use; the bytes after them: keys being asked


@dataclass(frozen=True)
class KeptReply:
    """One reply of the judge. Scores are not stored: they are read from the reply, so a better reader reads it anew."""

    reply: str
    attempt: int = 1
    dropped: tuple[str, ...] = ()  # request parameters that this server refused
    finish: str = ""  # why the judge stopped, in its server's word; "" where it said none, and in lines of 0.1.0
    model: str = ""  # what the server called itself; as above
    usage: Usage | None = None  # what it has cost; None where that is not known, and in lines of 0.1.0


class ReplyFolder:
    """See the module. Thread-safe; a fork starts with the replies and without the files, locks and claims."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mutex = threading.RLock()
        self.users = 0  # ledgers that are open
        self.claims: dict[str, object] = {}  # key -> the ledger that asks for it
        self._entries: dict[str, tuple[float, KeptReply]] = {}  # with the time when it was kept
        self._unsaved: dict[str, tuple[float, KeptReply]] = {}  # what the disk did not take
        self._read: dict[str, int] = {}  # file name -> bytes merged
        self._own: str | None = None
        self._file: int | None = None
        self._locks: int | None = None
        try:
            self._locks = os.open(path / "locks", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            _log.warning("%s cannot be written (%s): judge replies are kept in memory only.", path, error)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> KeptReply | None:
        """The newest reply under ``key`` that was read or put here."""
        found = self._entries.get(key)
        return found[1] if found else None

    def put(self, key: str, kept: KeptReply) -> None:
        """Keep a reply, in memory and on disk."""
        with self.mutex:
            # Later than what it replaces by the clock of another machine, which may be ahead of this one's.
            before = self._entries.get(key)
            when = round(max(time.time(), before[0] + 0.001 if before else 0.0), 3)
            self._entries[key] = self._unsaved[key] = when, kept
            line = {"key": key, "reply": kept.reply, "attempt": kept.attempt, "time": when}
            if kept.dropped:
                line["dropped"] = list(kept.dropped)
            line |= {name: said for name in ("finish", "model") if (said := getattr(kept, name))}
            if kept.usage:
                line["usage"] = asdict(kept.usage)
            try:
                # ASCII JSON: a reply with U+2028 or half a surrogate pair is still one line of valid UTF-8.
                if self._append(json.dumps(line).encode("ascii") + b"\n"):
                    del self._unsaved[key]
            except OSError as error:
                _log.warning("%s: a judge reply could not be stored (%s).", self.path, error)

    def refresh(self) -> None:
        """Merge what other processes have written since the last time."""
        with self.mutex, contextlib.suppress(OSError):
            files = {file.name: file.stat().st_size for file in os.scandir(self.path) if file.name.endswith(".jsonl")}
            if any(files.get(name, 0) < size for name, size in self._read.items() if name != self._own):
                self.read_anew()
                return
            for name, size in files.items():
                if name != self._own and size > self._read.get(name, 0):
                    self._merge(name)

    def read_anew(self) -> None:
        """Forget what was read and read it again: somebody has deleted a file, or a new ledger is opened."""
        with self.mutex:
            self._entries, self._read = dict(self._unsaved), {}
            with contextlib.suppress(OSError):
                for name in sorted(os.listdir(self.path)):
                    if name.endswith(".jsonl"):
                        self._merge(name)

    def lock(self, byte: int) -> bool:
        """Whether this process now holds a byte of the lock file; True where there are no locks."""
        if fcntl is None or self._locks is None:
            return True
        try:
            fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:  # a file system without locks
            return True
        return True

    def unlock(self, byte: int) -> None:
        """Give a byte back."""
        if fcntl is not None and self._locks is not None:
            with contextlib.suppress(OSError):
                fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, byte)

    def close(self) -> None:
        """Flush to the disk and close. What was read stays."""
        with self.mutex:
            for handle in (self._file, self._locks):
                if handle is not None:
                    with contextlib.suppress(OSError):
                        os.fsync(handle)
                    os.close(handle)
            self._file = self._locks = self._own = None
            self.claims.clear()

    __del__ = close  # of a ledger that nobody closed: its file is free for another process

    def forked(self) -> None:
        """In the child of a fork: the parent goes on with its file, its locks and its claims; none of them is ours."""
        self.mutex = threading.RLock()  # another thread of the parent may have held it
        self.claims.clear()
        for handle in (self._file, self._locks):
            if handle is not None:
                os.close(handle)  # frees nothing of the parent's: locks belong to a process
        had_locks, self._file, self._locks, self._own = self._locks is not None, None, None, None
        with contextlib.suppress(OSError):
            self._locks = os.open(self.path / "locks", os.O_RDWR | os.O_CREAT, 0o600) if had_locks else None

    def _append(self, data: bytes) -> bool:
        if self._locks is None:
            return False  # told at the start
        if self._file is not None and not os.fstat(self._file).st_nlink:  # somebody has deleted it
            os.close(self._file)
            self._file = None
        if self._file is None:
            self._file = self._open()
        while data:
            data = data[os.write(self._file, data) :]
        return True

    def _open(self) -> int:
        """Open this process's own file: one that a process now gone has left, else a new one."""
        name = self._own or f"replies-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}.jsonl"
        if fcntl is not None and self._own is None:
            free = next((slot for slot in range(SLOTS) if self.lock(slot)), None)
            name = name if free is None else f"replies-{free:04d}.jsonl"
        handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(handle).st_size
        if size > self._read.get(name, 0):
            self._merge(name)  # nobody else appends to it from here on
        if size and os.pread(handle, 1, size - 1) != b"\n":
            os.write(handle, b"\n")  # ends a line that was torn when its writer died
        self._own = name
        return handle

    def _merge(self, name: str) -> None:
        try:
            with open(self.path / name, "rb") as file:
                file.seek(self._read.get(name, 0))
                data = file.read()
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]  # a line still being written is left for the next time
        for line in whole.split(b"\n"):
            self._take(line)
        self._read[name] = self._read.get(name, 0) + len(whole)

    def _take(self, line: bytes) -> None:
        try:
            data: dict[str, Any] = json.loads(line)
            dropped, finish, model = (
                tuple(data.get("dropped", ())),
                str(data.get("finish", "")),
                str(data.get("model", "")),
            )
            usage = usage_from(data.get("usage"))
            kept = KeptReply(str(data["reply"]), int(data.get("attempt", 1)), dropped, finish, model, usage)
            key, when = str(data["key"]), _time(data.get("time"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return  # empty, torn, or not ours
        known = self._entries.get(key)
        # The newest, whatever the order of the files; of two at the same time the same one for every reader.
        if known is None or (when, kept.reply, kept.attempt) >= (known[0], known[1].reply, known[1].attempt):
            self._entries[key] = when, kept


def _time(said: object) -> float:
    """Seconds; 0, older than any, where the line does not say."""
    known = isinstance(said, (int, float)) and not isinstance(said, bool) and math.isfinite(said)
    return float(said) if known else 0.0  # type: ignore[arg-type]


# --- one for each folder ----------------------------------------------------------------------------------------------

_here: weakref.WeakValueDictionary[tuple[int, int], ReplyFolder] = weakref.WeakValueDictionary()
_opening = threading.RLock()


def opened(path: Path) -> ReplyFolder:
    """The process's ``ReplyFolder`` for a folder, by whatever path it is reached; made where there is none."""
    with _opening:
        with contextlib.suppress(OSError):
            path.mkdir(parents=True, exist_ok=True)
        found = _here.get(_identity(path))  # by stat: to open and close the file would give this process's locks back
        if found is None:
            found = ReplyFolder(path)
            if found._locks is not None:
                _here[_identity(path)] = found
        found.users += 1
        found.read_anew()
        return found


def let_go(folder: ReplyFolder) -> None:
    """One ledger less; the last one closes the folder."""
    with _opening, folder.mutex:
        folder.users -= 1
        if not folder.users:
            for identity in [one for one, found in _here.items() if found is folder]:
                del _here[identity]
            folder.close()


def _identity(path: Path) -> tuple[int, int]:
    """Of the lock file, which is open as long as it is in the table: its number is no other file's meanwhile."""
    try:
        found = os.stat(path / "locks")
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _in_a_child() -> None:
    global _opening
    _opening = threading.RLock()
    for folder in list(_here.values()):
        folder.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_child)
