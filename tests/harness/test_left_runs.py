"""What killed runs left in the store: taken over once, for our tasks, and cleared away when nobody needs it."""

import os
import sqlite3
import subprocess
import sys
import time

import pytest

from medq_tasks.harness import left_runs
from medq_tasks.harness.resume import COLUMNS


def database(path, *rows):
    """A store's database with (key, task, reply) rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(path)
    made.execute(f"CREATE TABLE responses ({COLUMNS.replace('cache_key', 'cache_key PRIMARY KEY')})")
    made.executemany("INSERT INTO responses VALUES (?, 'generate_until', ?, 0, 0, '{}', ?, 0)", rows)
    made.commit()
    return made


def test_what_interrupted_runs_left_is_taken_over_for_our_tasks_only(tmp_path):
    database(tmp_path / "killed" / "rank_0.db", ("a", "ours", "A"), ("x", "other", "X")).close()
    database(tmp_path / "killed" / "rank_1.db", ("b", "ours", "B")).close()
    database(tmp_path / "done" / "rank_0.db", ("d", "ours", "D")).close()
    (tmp_path / "done" / ".merged").touch()
    for file in (tmp_path / "done").iterdir():
        os.utime(file, (9, 9))  # within one tick of the clock
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "rank_0.db").write_bytes(b"no database" * 99)
    own = database(tmp_path / "now" / "rank_0.db", ("a", "ours", "newer"))
    taken = left_runs.adopt(own, tmp_path, tmp_path / "now" / "rank_0.db", {"ours"})
    assert taken == 1
    assert dict(own.execute("SELECT cache_key, response FROM responses")) == {"a": "newer", "b": "B"}


@pytest.mark.parametrize("written", ["rank_0.db", "rank_0.db-wal"])  # the log beside it, until the file is closed
def test_a_job_that_used_a_merged_folder_again_and_was_killed_is_taken_over(tmp_path, written):
    mark = tmp_path / "job" / ".merged"
    database(tmp_path / "job" / "rank_0.db", ("a", "ours", "A")).close()
    mark.touch()
    os.utime(tmp_path / "job" / "rank_0.db", (8, 8))
    os.utime(mark, (9, 9))
    (tmp_path / "job" / written).touch()
    own = database(tmp_path / "now" / "rank_0.db")
    assert left_runs.adopt(own, tmp_path, tmp_path / "now" / "rank_0.db", {"ours"}) == 1


def old(folder):
    """As of a run that has written nothing for two days."""
    for file in folder.iterdir():
        os.utime(file, (time.time() - 2 * 86400,) * 2)


def taken(tmp_path, run):
    own = database(tmp_path / run / "rank_0.db")
    return left_runs.adopt(own, tmp_path, tmp_path / run / "rank_0.db", {"ours"})


def test_a_killed_run_is_taken_over_once_and_then_removed(tmp_path):
    database(tmp_path / "killed" / "rank_0.db", ("a", "ours", "A")).close()
    old(tmp_path / "killed")
    assert taken(tmp_path, "b") == 1
    assert (tmp_path / "killed").exists()  # until what was taken over has been seen to be there
    assert taken(tmp_path, "c") == 1  # from b, which has not ended
    assert not (tmp_path / "killed").exists()


def test_replies_to_other_tasks_are_not_removed(tmp_path):
    database(tmp_path / "killed" / "rank_0.db", ("a", "ours", "A"), ("x", "other", "X")).close()
    old(tmp_path / "killed")
    for run in "bcd":
        taken(tmp_path, run)
    assert (tmp_path / "killed" / "rank_0.db").exists()


def test_a_run_that_wrote_a_while_ago_may_live(tmp_path):
    database(tmp_path / "quiet" / "rank_0.db", ("a", "ours", "A")).close()
    assert [taken(tmp_path, run) for run in "bc"] == [1, 1]
    assert not (tmp_path / "quiet" / left_runs._MARK).exists()


def test_a_folder_that_was_written_to_again_is_read_again(tmp_path):
    database(tmp_path / "killed" / "rank_0.db", ("a", "ours", "A")).close()
    old(tmp_path / "killed")
    taken(tmp_path, "b")
    with sqlite3.connect(tmp_path / "killed" / "rank_0.db") as again:
        again.execute("INSERT INTO responses VALUES ('z', 'generate_until', 'ours', 0, 0, '{}', 'Z', 0)")
    again.close()
    assert taken(tmp_path, "c") == 2


@pytest.mark.parametrize("killed", [False, True])
def test_a_living_run_is_known_by_its_lock_and_a_dead_one_too(tmp_path, killed):
    database(tmp_path / "run" / "rank_0.db", ("a", "ours", "A")).close()
    code = (
        "import sys, pathlib; from medq_tasks.harness.left_runs import running\n"
        "held = running(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "run" / "rank_0.running")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        if killed:
            other.kill()
            other.wait()
        taken(tmp_path, "b")
        taken(tmp_path, "c")
        assert (tmp_path / "run").exists() is not killed
        other.kill()
