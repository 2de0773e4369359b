"""One process at a time, on one machine or on a folder that several machines share."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medq_tasks.errors import DataError, Fault

log = logging.getLogger("medq_tasks")
_FIRST_WAIT = 10.0  # seconds before the user is told what is being waited for
_LONGEST_WAIT = 1800.0  # preparing the largest official table takes seconds; nobody waits longer than this for it


@contextmanager
def one_at_a_time(path: Path, what: str) -> Iterator[bool]:
    """Hold the lock file while the block runs. A process that dies gives it back.

    Yields:
        Whether the lock is held. Some network file systems have no locks: then the block runs without one (its
        writes are atomic, so the worst case is work done twice), and must not tidy up after others.

    Raises:
        DataError: another process has held it for half an hour.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        held = _acquire(lock, what)
    except Timeout:
        problem = f"another process has been preparing {what} for {_LONGEST_WAIT / 60:.0f} minutes"
        raise DataError([Fault(str(path), None, problem, "End that process, or set another MEDQ_CACHE_DIR.")]) from None
    try:
        yield held
    finally:
        if held:
            lock.release()


def _acquire(lock: object, what: str) -> bool:
    from filelock import Timeout

    try:
        try:
            lock.acquire(timeout=_FIRST_WAIT)  # type: ignore[attr-defined]
        except Timeout:
            log.warning("medq-tasks: waiting for another process that is preparing %s", what)
            lock.acquire(timeout=_LONGEST_WAIT)  # type: ignore[attr-defined]
    except (NotImplementedError, OSError) as error:
        if isinstance(error, (Timeout, PermissionError)):
            raise
        log.warning("medq-tasks: no file locks in this cache folder (%s); preparing without one", error)
        return False
    return True
