"""Who holds a lock, how long another one waits, and what is said where there are no locks."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from medq_tasks.errors import DataError
from medq_tasks.store.locks import one_at_a_time


def free(path: Path) -> bool:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


@pytest.fixture
def outcomes(monkeypatch):
    """What each attempt to take a lock comes to: the test appends errors, or None.

    Gives the seconds waited for, and "given back" for each release that does not come from the garbage collector.
    """
    told: list[Exception | None] = []
    waits: list[float | str] = []

    def acquire(lock, timeout):
        waits.append(timeout)
        if error := told.pop(0):
            raise error

    monkeypatch.setattr(FileLock, "acquire", acquire)
    monkeypatch.setattr(FileLock, "release", lambda _, force=False: force or waits.append("given back"))
    return told, waits


def test_the_lock_is_held_while_the_block_runs_and_not_after_it(tmp_path):
    path = tmp_path / "new" / "folder" / "a.lock"
    with one_at_a_time(path, "a table") as held:
        assert held is True
        assert not free(path)
    assert free(path)
    with pytest.raises(ValueError, match="in the block"), one_at_a_time(path, "a table"):
        raise ValueError("in the block")
    assert free(path)


def test_a_held_lock_is_waited_for_and_the_user_is_told(tmp_path, outcomes, caplog):
    told, waits = outcomes
    told += [Timeout("a.lock"), None]
    with one_at_a_time(tmp_path / "a.lock", "a table") as held:
        assert held is True
    assert waits == [10, 1800, "given back"]
    assert caplog.messages == ["medq-tasks: waiting for another process that is preparing a table"]


def test_a_lock_held_for_half_an_hour_is_an_error_with_a_cure(tmp_path, outcomes):
    told, _ = outcomes
    told += [Timeout("a.lock"), Timeout("a.lock")]
    with (
        pytest.raises(DataError, match="has been preparing a table for 30 minutes") as error,
        one_at_a_time(tmp_path / "a.lock", "a table"),
    ):
        pytest.fail("two at a time")
    (fault,) = error.value.faults
    assert (fault.file, "MEDQ_CACHE_DIR" in fault.cure) == (str(tmp_path / "a.lock"), True)


@pytest.mark.parametrize("error", [NotImplementedError("no flock"), OSError(errno.ENOLCK, "No locks available")])
def test_a_file_system_without_locks_is_told_and_nothing_is_held(tmp_path, outcomes, caplog, error):
    told, waits = outcomes
    told.append(error)
    with one_at_a_time(tmp_path / "a.lock", "a table") as held:
        assert held is False
    assert waits == [10]
    (message,) = caplog.messages
    assert f"no file locks in this cache folder ({error})" in message


def test_a_folder_that_may_not_be_written_is_no_folder_without_locks(tmp_path, outcomes):
    told, _ = outcomes
    told.append(PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(PermissionError), one_at_a_time(tmp_path / "a.lock", "a table"):
        pytest.fail("not locked")
