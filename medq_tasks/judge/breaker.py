"""When to stop asking: for what concerns all prompts, and never for refusals of single ones.

A run of refusals proves nothing: eight prompts that are too long may stand at the head of a table. So before the
breaker opens, a harmless prompt is asked. Only when that fails too is the server, key or model at fault.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from medq_tasks.judge.refusal import CallFailed, Trouble
from medq_tasks.wording.counts import count

_HARMLESS = "This is a test of the connection. Reply with one line: Score: 1"


def harmless(like: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """A prompt that no server has a reason to refuse, in the form of another (a system message is refused by some)."""
    return [{**message, "content": _HARMLESS} for message in like]


class Breaker:
    """Stops calls that are bound to fail: 2,832 times a wrong key, or hours of retries against a dead server."""

    def __init__(self, give_up_after: int, cool_down: float) -> None:
        # Calls in a row before a harmless prompt is asked. "Unclear" ones cost nothing and are quick, and may be a
        # server's odd word for single prompts, so there may be many.
        self._patience: dict[Trouble, int] = {
            "all prompts": 1,
            "passing": give_up_after,
            "unclear": 8 * give_up_after,
        }
        self._limit = give_up_after
        self._cool_down = cool_down
        self._in_a_row: Counter[Trouble] = Counter()
        self._until = 0.0
        self.worked = False  # whether any reply has ever come
        self.reason: str | None = None

    @property
    def open(self) -> bool:
        """True while no call should be made."""
        return self.reason is not None and time.monotonic() < self._until

    def stop(self, reason: str) -> None:
        """Open for good: nobody is to be asked."""
        self._trip(reason, float("inf"))

    def success(self) -> None:
        """A reply arrived. One that was on its way when the breaker opened does not close it again."""
        self.worked = True
        if not self.open:
            self._in_a_row.clear()
            self.reason = None

    def suspects(self, failed: CallFailed) -> bool:
        """Count a failed call; True when a harmless prompt should now tell whose fault it is."""
        if failed.trouble not in self._patience or self.open:
            return False
        self._in_a_row[failed.trouble] += 1
        return self._in_a_row[failed.trouble] >= self._patience[failed.trouble]

    def judge(self, failed: CallFailed, harmless: CallFailed | None) -> bool:
        """Open, or not, by how the harmless prompt fared after ``failed`` (None: it was answered); True when opened."""
        if harmless is None or harmless.trouble == "this prompt":
            self._in_a_row.clear()
        elif harmless.trouble == "all prompts":
            self._trip(harmless.reason, float("inf"))
        elif self._in_a_row[failed.trouble] >= self._limit:  # none, where another call was answered meanwhile
            times = self._in_a_row[failed.trouble]
            seconds = float("inf") if "unclear" in (failed.trouble, harmless.trouble) else self._cool_down
            self._trip(f"{count(times, 'call')} in a row failed, last: {failed.reason}", seconds)
        return self.open

    def _trip(self, reason: str, seconds: float) -> None:
        self.reason = reason
        self._until = time.monotonic() + seconds
        self._in_a_row.clear()
