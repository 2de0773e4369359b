"""Every judge reply on disk the moment it arrives, so that no call is paid twice and a kill loses nothing.

Form: append-only JSON lines, one file per process that writes at a time, merged on reading. The alternatives lose here:
cache folders are often on NFS, where sqlite's WAL mode is not safe and one shared append file can interleave; a file of
one's own needs neither. One ``write`` per reply survives ``kill -9`` (the kernel has the bytes; only a power cut
could take the last ones), and a line torn by a full disk is skipped by every reader.

Two runs at once share work through byte-range locks on one small file: a key being asked is a locked byte. The system
frees such locks when a process dies, so nothing goes stale, and they reach across nodes on NFS. Where a file system has
no locks, the only loss is that two simultaneous runs may ask the same thing.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)
_SLOTS = 1024  # bytes 0 .. 1023 of the lock file: which ledger files are in use; the bytes after them: keys being asked


@dataclass(frozen=True)
class KeptReply:
    """One reply of the judge. Scores are not stored: they are read from the reply, so a better reader reads it anew."""

    reply: str
    attempt: int = 1
    dropped: tuple[str, ...] = ()  # request parameters that this server refused
    finish: str = ""  # why the judge stopped, in its server's word; "" where it said none, and in lines before 0.2


class Ledger:
    """The replies in one folder: those of this process and of all others, past and present. Thread-safe."""

    def __init__(self, folder: Path, clean: Callable[[str], str] = str) -> None:
        """Open the folder.

        Args:
            folder: made where it is missing.
            clean: what a reply goes through before it is kept. A judge's loses its keys there; a reply of the model
                that is evaluated is kept as it is, or "and/or-motion_blur" would come back as "and/***".
        """
        self.folder = folder
        self._clean = clean
        self._entries: dict[str, KeptReply] = {}
        self._read: dict[str, int] = {}  # file name -> bytes merged
        self._own: str | None = None
        self._file: int | None = None
        self._locks: int | None = None
        self._mutex = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._locks = os.open(folder / "locks", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            _log.warning("%s cannot be written (%s): judge replies are kept in memory only.", folder, error)
        self.refresh()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> KeptReply | None:
        """The reply stored under ``key``, if this process has seen it (see ``refresh``)."""
        return self._entries.get(key)

    def refresh(self) -> None:
        """Merge what other processes have written since the last time."""
        with self._mutex:
            try:
                files = [(file.name, file.stat().st_size) for file in os.scandir(self.folder)]
            except OSError:
                return
            for name, size in files:
                if name.endswith(".jsonl") and name != self._own and size > self._read.get(name, 0):
                    self._merge(name)

    def put(self, key: str, entry: KeptReply) -> None:
        """Store a reply; on return it is out of this process's hands."""
        stored = KeptReply(self._clean(entry.reply), entry.attempt, entry.dropped, entry.finish)
        line = {"key": key, "reply": stored.reply, "attempt": stored.attempt, "time": round(time.time(), 3)}
        if stored.dropped:
            line["dropped"] = list(stored.dropped)
        if stored.finish:
            line["finish"] = stored.finish
        # ASCII JSON: a reply with U+2028 or half a surrogate pair is still one line of valid UTF-8.
        data = json.dumps(line).encode("ascii") + b"\n"
        with self._mutex:
            self._entries[key] = stored
            try:
                self._append(data)
            except OSError as error:
                _log.warning("%s: a judge reply could not be stored (%s).", self.folder, error)

    def claim(self, key: str) -> bool:
        """Whether this process may ask for ``key`` now; False while another one is asking for the same."""
        return self._lock(_SLOTS + int(key[:14], 16))

    def release(self, key: str) -> None:
        """Give a claim back (after ``put``, or after giving up)."""
        if fcntl is not None and self._locks is not None:
            with contextlib.suppress(OSError):
                fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, _SLOTS + int(key[:14], 16))

    def close(self) -> None:
        """Flush to the disk and close. The ledger can still be read from memory afterwards."""
        with self._mutex:
            for handle in (self._file, self._locks):
                if handle is not None:
                    with contextlib.suppress(OSError):
                        os.fsync(handle)
                    os.close(handle)
            self._file = self._locks = self._own = None

    def _lock(self, byte: int) -> bool:
        if fcntl is None or self._locks is None:
            return True
        try:
            fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:  # a file system without locks
            return True
        return True

    def _append(self, data: bytes) -> None:
        if self._locks is None:
            return  # told at the start
        if self._file is None:
            self._file = self._open()
        while data:
            data = data[os.write(self._file, data) :]

    def _open(self) -> int:
        """Open this process's own file: one that a process now gone has left, else a new one."""
        name = f"replies-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}.jsonl"
        if fcntl is not None:
            free = next((slot for slot in range(_SLOTS) if self._lock(slot)), None)
            name = name if free is None else f"replies-{free:04d}.jsonl"
        path = self.folder / name
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(handle).st_size
        if size > self._read.get(name, 0):
            self._merge(name)  # nobody else appends to it from here on
        if size and os.pread(handle, 1, size - 1) != b"\n":
            os.write(handle, b"\n")  # ends a line that was torn when its writer died
        self._own = name
        return handle

    def _merge(self, name: str) -> None:
        try:
            with open(self.folder / name, "rb") as file:
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
            dropped, finish = tuple(data.get("dropped", ())), str(data.get("finish", ""))
            entry = KeptReply(str(data["reply"]), int(data.get("attempt", 1)), dropped, finish)
            self._entries[str(data["key"])] = entry
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # empty, torn, or not ours
