"""Rows of our tasks in the store's files: which are no replies, what killed runs left, which of two counts."""

import contextlib
import json
import os
import sqlite3

import pytest

from medq_tasks.harness import store_rows
from medq_tasks.harness.store_rows import FAILED, UNREADABLE, adopt, clear, forget, give_way

FAILURE = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Error code: 500"


def database(path, *rows):
    """A store's database with (key, task, reply, seconds) rows, in the form of lmms-eval 0.7.3."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(path)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute(f"CREATE TABLE responses ({store_rows._COLUMNS.replace('cache_key', 'cache_key PRIMARY KEY')})")
    made.execute("CREATE TABLE meta (key PRIMARY KEY, value)")
    made.executemany("INSERT INTO responses VALUES (?, 'generate_until', ?, 0, 0, '{}', ?, ?)", rows)
    made.commit()
    return made


def replies(made):
    return dict(made.execute("SELECT cache_key, response FROM responses"))


def killed(root, run, *rows):
    """The file of a run that was killed below ``root``."""
    file = root / "runs" / run / "rank_0.db"
    database(file, *rows).close()
    file.with_name("rank_0.audit.jsonl").touch()
    return file


@pytest.fixture
def own(tmp_path):
    made = database(tmp_path / "runs" / "now" / "rank_0.db")
    yield made
    made.close()


def taken(tmp_path, own, *tasks):
    return adopt(own, tmp_path, tmp_path / "runs" / "now" / "rank_0.db", tasks or {"ours"})


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (json.dumps("B"), None),
        (json.dumps("\ud800"), None),
        (json.dumps(["B", FAILURE]), None),  # the first of several texts is scored
        (json.dumps(FAILURE), FAILED),
        (json.dumps([FAILURE, "B"]), FAILED),
        (FAILURE, FAILED),
        ('"and/or', UNREADABLE),
        (b'\xff"', UNREADABLE),
        ("", UNREADABLE),
    ],
)
def test_what_is_no_reply_is_forgotten(tmp_path, stored, why):
    made = database(tmp_path / "cache.db", ("k", "ours", stored, 0), ("x", "other", stored, 0))
    assert dict(forget(made, {"ours"})) == ({why: 1} if why else {})
    assert set(replies(made)) == ({"x"} if why else {"k", "x"})
    made.close()


def test_text_that_is_no_utf_8_does_not_end_the_search(tmp_path):
    made = database(tmp_path / "cache.db", ("k", "ours", "x", 0), ("b", "ours", json.dumps("B"), 0))
    made.execute("UPDATE responses SET response = CAST(x'22ff22' AS TEXT) WHERE cache_key = 'k'")
    assert dict(forget(made, {"ours"})) == {UNREADABLE: 1}
    assert replies(made) == {"b": '"B"'}
    made.close()


def test_what_killed_runs_left_is_taken_over_for_our_tasks_only(tmp_path, own):
    one = killed(tmp_path, "one", ("a", "ours", '"A"', 0), ("x", "other", '"X"', 0))
    two = killed(tmp_path, "two", ("b", "ours", '"B"', 0))
    done = killed(tmp_path, "done", ("d", "ours", '"D"', 0))
    done.with_name(".merged").touch()
    for file in done.parent.iterdir():
        os.utime(file, (9, 9))  # within one tick of the clock
    broken = tmp_path / "runs" / "broken" / "rank_0.db"
    broken.parent.mkdir()
    broken.write_bytes(b"no database" * 99)
    left = taken(tmp_path, own)
    assert (left.replies, left.files, left.unreadable) == (2, [one, two], [broken])
    assert replies(own) == {"a": '"A"', "b": '"B"'}


@pytest.mark.parametrize("written", ["rank_0.db", "rank_0.db-wal"])  # the log beside it, until the file is closed
def test_a_job_that_used_a_merged_folder_again_and_was_killed_is_taken_over(tmp_path, own, written):
    file = killed(tmp_path, "job", ("a", "ours", '"A"', 0))
    file.with_name(".merged").touch()
    os.utime(file, (8, 8))
    os.utime(file.with_name(".merged"), (9, 9))
    file.with_name(written).touch()
    assert taken(tmp_path, own).replies == 1


@pytest.mark.parametrize(("first", "second"), [("aa", "zz"), ("zz", "aa")])
def test_of_two_replies_to_one_key_the_newest_counts_wherever_its_folder_stands(tmp_path, own, first, second):
    killed(tmp_path, first, ("k", "ours", '"old"', 1))
    killed(tmp_path, second, ("k", "ours", '"new"', 2))
    assert taken(tmp_path, own).replies == 1
    assert replies(own) == {"k": '"new"'}


@pytest.mark.parametrize(("seconds", "taken_over"), [(1, 0), (3, 1)])
def test_a_killed_run_s_reply_is_taken_over_only_where_it_is_newer_than_the_main_file_s(
    tmp_path, own, seconds, taken_over
):
    killed(tmp_path, "killed", ("k", "ours", '"killed"', seconds))
    database(tmp_path / "cache.db", ("k", "ours", '"main"', 2)).close()
    assert taken(tmp_path, own).replies == taken_over


def test_what_a_job_left_in_its_own_folder_gives_way_to_a_newer_reply_of_the_main_file(tmp_path):
    own = database(tmp_path / "runs" / "now" / "rank_0.db", ("k", "ours", '"job"', 1), ("l", "ours", '"job"', 3))
    database(tmp_path / "cache.db", ("k", "ours", '"main"', 2), ("l", "ours", '"main"', 2)).close()
    assert taken(tmp_path, own).replies == 0
    assert replies(own) == {"l": '"job"'}
    own.close()


def test_the_main_file_gives_way_to_newer_replies_of_our_tasks(tmp_path):
    main = tmp_path / "cache.db"
    rows = [("older", "ours"), ("newer", "ours"), ("alone", "ours"), ("other", "other")]
    database(main, *[(key, task, '"main"', 2) for key, task in rows]).close()
    run = killed(
        tmp_path, "run", ("older", "ours", '"r"', 1), ("newer", "ours", '"r"', 3), ("other", "other", '"r"', 3)
    )
    give_way(main, [run], {"ours"})
    give_way(tmp_path / "none.db", [run], {"ours"})  # before the first run has ended well
    assert not (tmp_path / "none.db").exists()
    with contextlib.closing(sqlite3.connect(main)) as made:
        assert set(replies(made)) == {"older", "alone", "other"}


def test_what_was_merged_is_cleared_away_with_its_folder(tmp_path):
    file = killed(tmp_path, "killed", ("a", "ours", '"A"', 0))
    file.with_name(".ready").touch()
    clear([file], {"ours"})
    assert not file.parent.exists()


def test_replies_to_other_tasks_stay(tmp_path):
    file = killed(tmp_path, "killed", ("a", "ours", '"A"', 0), ("x", "other", '"X"', 0))
    clear([file], {"ours"})
    with contextlib.closing(sqlite3.connect(file)) as made:
        assert replies(made) == {"x": '"X"'}


def test_a_run_that_goes_on_keeps_its_file(tmp_path):
    file = killed(tmp_path, "running", ("a", "ours", '"A"', 0))
    with contextlib.closing(sqlite3.connect(file)) as running:
        assert replies(running) == {"a": '"A"'}
        clear([file], {"ours"})
        assert replies(running) == {"a": '"A"'}
    clear([file], {"ours"})
    assert not file.parent.exists()


def test_a_folder_that_a_run_may_copy_into_again_stays(tmp_path):
    file = killed(tmp_path, "remote", ("a", "ours", '"A"', 0))
    clear([file], {"ours"}, keep_folders=True)
    assert file.parent.is_dir()
    assert not file.exists()


def test_a_folder_with_something_else_in_it_stays(tmp_path):
    file = killed(tmp_path, "killed", ("a", "ours", '"A"', 0))
    file.with_name("notes.txt").touch()
    clear([file], {"ours"})
    assert [one.name for one in file.parent.iterdir()] == ["notes.txt"]


def test_a_file_that_is_gone_is_not_made_again(tmp_path):
    clear([tmp_path / "gone.db"], {"ours"})
    assert list(tmp_path.iterdir()) == []


def test_what_is_noted_of_the_weights_is_found_by_model(tmp_path):
    assert store_rows.weights_before(tmp_path / "cache.db", "m") == ""
    made = database(tmp_path / "cache.db")
    store_rows.note_weights(made, "m", "one")
    store_rows.note_weights(made, "m", "two")
    made.close()
    assert store_rows.weights_before(tmp_path / "cache.db", "m") == "two"
    assert store_rows.weights_before(tmp_path / "cache.db", "other") == ""
