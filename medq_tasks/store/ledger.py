"""Every judge reply on disk the moment it arrives, so that no call is paid twice and a kill loses nothing.

Form: append-only JSON lines, one file per process that writes at a time, merged on reading. The alternatives lose here:
cache folders are often on NFS, where sqlite's WAL mode is not safe and one shared append file can interleave; a file of
one's own needs neither. One ``write`` per reply survives ``kill -9`` (the kernel has the bytes; only a power cut
could take the last ones), and a line torn by a full disk is skipped by every reader. Of several replies to one key the
newest counts, by the time that stands in its line (docs/kept-on-disk.md).

Two runs at once share work through byte-range locks on one small file: a key being asked is a locked byte. The system
frees such locks when a process dies, and they reach across nodes on NFS; a process that is stopped, or whose node
hangs, keeps them, so nobody waits for one longer than ``patience``. Where a file system has no locks, the only loss is
that two simultaneous processes may ask the same thing.
"""

from __future__ import annotations

import dataclasses
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from medq_tasks.store import reply_folder
from medq_tasks.store.reply_folder import KeptReply

__all__ = ["KeptReply", "Ledger"]
_log = logging.getLogger(__name__)
PATIENCE = 600.0  # seconds; a call to the judge ends within them, retries included
_SILENCE = 10.0  # seconds of waiting before it is told


class Ledger:
    """The replies in one folder: those of this process and of all others, past and present. Thread-safe."""

    def __init__(self, folder: Path, clean: Callable[[str], str] = str, patience: float = PATIENCE) -> None:
        """Open the folder.

        Args:
            folder: made where it is missing.
            clean: what a reply goes through before it is kept. A judge's loses its keys there; a reply of the model
                that is evaluated is kept as it is, or "and/or-motion_blur" would come back as "and/***".
            patience: seconds for which a key that another one is asking is left to it.
        """
        self.folder = folder
        self._clean = clean
        self._patience = patience
        self._refused: dict[str, float] = {}  # key -> time.monotonic() when its claim was first refused
        self._told: set[str] = set()
        self._also: dict[str, str] = {}  # key -> the one of an earlier version
        self._shared = reply_folder.opened(folder)
        self._open = True

    def __len__(self) -> int:
        return len(self._shared)

    def get(self, key: str) -> KeptReply | None:
        """The reply stored under ``key``, if this process has seen it (see ``refresh``)."""
        return self._shared.get(key) or self._shared.get(self._also.get(key, ""))

    def answer_also(self, key: str, older: str) -> bool:
        """Answer ``key`` with what an earlier version kept under ``older``; whether there is such a reply."""
        if self._shared.get(key) is None and self._shared.get(older) is not None:
            self._also[key] = older
        return key in self._also

    def refresh(self) -> None:
        """Merge what other processes have written since the last time."""
        self._shared.refresh()

    def put(self, key: str, entry: KeptReply) -> None:
        """Store a reply; on return it is out of this process's hands."""
        self._shared.put(
            key, dataclasses.replace(entry, reply=self._clean(entry.reply), model=self._clean(entry.model))
        )

    def claim(self, key: str) -> bool:
        """Whether ``key`` may be asked for now; False while anybody is asking for the same, here or elsewhere.

        A claim that is refused for longer than ``patience`` is granted: who holds it is taken for stopped.
        """
        shared = self._shared
        with shared.mutex:
            if not self._open:
                return True
            free = key not in shared.claims and shared.lock(_byte(key))
            if not free and not self._expired(key):
                return False
            self._refused.pop(key, None)
            shared.claims[key] = self
            return True

    def release(self, key: str) -> None:
        """Give a claim back (after ``put``, or after giving up)."""
        with self._shared.mutex:
            if self._shared.claims.get(key) is self:
                del self._shared.claims[key]
                self._shared.unlock(_byte(key))

    def close(self) -> None:
        """Give the claims back; the last ledger of a folder flushes to the disk. It can still be read from memory."""
        if self._open:
            self._open = False
            for key in [key for key, holder in list(self._shared.claims.items()) if holder is self]:
                self.release(key)
            reply_folder.let_go(self._shared)

    def __del__(self) -> None:
        # At the interpreter's end a thread that is gone may hold the lock, and the system frees files and locks anyway.
        if getattr(self, "_open", False) and not sys.is_finalizing():
            self.close()

    def _expired(self, key: str) -> bool:
        waited = time.monotonic() - self._refused.setdefault(key, time.monotonic())
        if waited >= self._patience:
            self._tell("expired", "%s: questions that another process has been asking for %g s are asked here too (%d "
                       "now); it seems to be stopped, or its node hangs.", self._patience)  # fmt: skip
        elif waited >= _SILENCE:
            self._tell("waits", "%s: waiting for another process, at most %g s, which is asking %d of the same "
                       "questions.", self._patience)  # fmt: skip
        return waited >= self._patience

    def _tell(self, what: str, message: str, seconds: float) -> None:
        if what not in self._told:
            self._told.add(what)
            _log.warning(message, self.folder, seconds, len(self._refused))


def _byte(key: str) -> int:
    """The byte of the lock file that stands for a key (behind those that stand for files)."""
    return reply_folder.SLOTS + int(key[:14], 16)
