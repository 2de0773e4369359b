"""Keys of the ledger, and replies that 0.1.0 kept under keys of its own: it did not note the server that gave them."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence

from medq_tasks.judge.rubric import REMINDERS
from medq_tasks.store.files import write_new
from medq_tasks.store.ledger import Ledger


def keys_of(shapes: Sequence[object], *server: str) -> tuple[str, ...]:
    """One key per attempt at the question that ``shapes`` make; without a server, the key of 0.1.0."""
    parts = json.dumps([*shapes, *server], sort_keys=True).encode()
    return tuple(
        hashlib.sha256(parts + json.dumps([attempt, reminder]).encode()).hexdigest()
        for attempt, reminder in enumerate(REMINDERS, 1)
    )


class Earlier:
    """The replies of 0.1.0 in a ledger's folder. They answer one server: the first to come upon one of them.

    So nobody pays twice for an upgrade, and no server gets another one's scores twice over. Which it is stands in
    ``server-of-0.1.0.txt``. Where that can be neither read nor written, they answer nobody.
    """

    def __init__(self, ledger: Ledger, server: str) -> None:
        self._ledger = ledger
        self._server = server
        self._owner: str | None = None  # not asked before a reply of 0.1.0 is met: most folders hold none
        self._path = ledger.folder / "server-of-0.1.0.txt"
        self.ours = 0  # replies that answer here
        self.others = 0  # replies that would, and are another server's

    def find(self, keys: Sequence[str], shapes: Sequence[object]) -> None:
        """Let ``keys`` be answered by what 0.1.0 kept for the same question, if that is this server's."""
        if not len(self._ledger):
            return
        answered = any(self._ledger.get(key) is not None for key in keys)  # by this server itself: nothing to tell
        for key, old in zip(keys, keys_of(shapes), strict=True):
            if self._ledger.get(old) is None or self._ledger.get(key) is not None:
                continue
            if self._owner is None:
                self._owner = self._claimed()
            if self._owner == self._server:
                self.ours += self._ledger.answer_also(key, old)
            elif not answered:
                self.others += 1

    @property
    def said(self) -> str:
        """What there is to say of them, in a sentence; "" where none was met."""
        if self.ours:
            return f"{self.ours} replies of 0.1.0, which did not note the server, are taken as this server's."
        if self.others:
            whose = f"taken as those of {self._owner}" if self._owner else "nobody's, as it cannot be written down"
            return (
                f"{self.others} replies of 0.1.0, which did not note the server, are {whose}: this one is asked anew "
                f"({self._path} names the server that gets them)."
            )
        return ""

    def _claimed(self) -> str:
        with contextlib.suppress(OSError):  # a folder that is read only may name one all the same
            write_new(self._path, self._server + "\n")
        try:
            return self._path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return ""
