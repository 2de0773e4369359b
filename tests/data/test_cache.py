"""When a table is made, when it is found again, and what happens when several make it or one dies."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import datasets
import pytest
from PIL import Image

from medq_tasks import demo
from medq_tasks.data import find_table, open_table, prepare
from medq_tasks.data.parse import parse
from medq_tasks.errors import DataError
from medq_tasks.settings import Settings
from tests.data.factory import (
    cell,
    encode,
    no_reference_rows,
    perception_rows,
    png,
    write_official,
    write_tsv,
)
from tests.data.tables import images, prepared, settings


def test_a_second_call_reads_nothing_again(tmp_path, monkeypatch):
    table = prepared(tmp_path, "perception", perception_rows(3))
    monkeypatch.setattr("medq_tasks.data.preparing.parse", lambda *_: pytest.fail("read again"))
    assert prepare("perception", "test", settings(tmp_path)) == table
    source = tmp_path / "data" / "medqbench_QA_test.tsv"
    os.utime(source)  # touched, or copied anew: recognised by its content
    assert prepare("perception", "test", settings(tmp_path)) == table
    monkeypatch.setattr("medq_tasks.data.cache._sha256", lambda _: pytest.fail("hashed again"))
    assert prepare("perception", "test", settings(tmp_path)) == table


def test_a_table_that_older_checks_let_pass_is_checked_once_more(tmp_path, monkeypatch):
    monkeypatch.setattr("medq_tasks.data.cache.CHECKS_VERSION", "0")
    old = prepared(tmp_path, "perception", perception_rows(3))
    monkeypatch.undo()
    read = []
    monkeypatch.setattr("medq_tasks.data.preparing.parse", lambda *given: read.append(given) or parse(*given))
    assert prepare("perception", "test", settings(tmp_path)) == old  # the same fingerprint: runs on it stay comparable
    assert prepare("perception", "test", settings(tmp_path)) == old
    assert len(read) == 1


def test_what_only_older_checks_let_pass_is_refused_now(tmp_path, monkeypatch):
    rows = perception_rows(3)
    rows[1]["image"] = cell(encode(Image.new("L", (65_501, 1))))
    monkeypatch.setattr("medq_tasks.data.cache.CHECKS_VERSION", "0")
    monkeypatch.setattr("medq_tasks.pixels.decoding.MAX_SIDE", 70_000)  # as it was: no such limit
    prepared(tmp_path, "perception", rows)
    monkeypatch.undo()
    with pytest.raises(DataError, match="a side longer than the 65,500"):
        prepare("perception", "test", settings(tmp_path))


def test_picture_files_are_known_again_too(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    rows = [{"index": str(n), "image_path": f"{n}.png", "description": "Good."} for n in (1, 2)]
    write_tsv(folder, "no_reference", rows)
    for n in (1, 2):
        (folder / f"{n}.png").write_bytes(png(n))
    table = prepare("no_reference", "test", settings(tmp_path))
    monkeypatch.setattr("medq_tasks.data.preparing.parse", lambda *_: pytest.fail("read again"))
    assert prepare("no_reference", "test", settings(tmp_path)) == table
    os.utime(folder / "2.png")  # recognised by its content, and noted with its new times
    assert prepare("no_reference", "test", settings(tmp_path)) == table
    os.utime(folder / "1.png")  # the note made just now holds the content of both
    assert prepare("no_reference", "test", settings(tmp_path)) == table
    monkeypatch.setattr("medq_tasks.data.cache._sha256", lambda _: pytest.fail("hashed again"))
    assert prepare("no_reference", "test", settings(tmp_path)) == table


def test_a_changed_source_gives_another_table_and_the_old_one_stays(tmp_path):
    old = prepared(tmp_path, "perception", perception_rows(3))
    rows = perception_rows(3)
    rows[1]["image"] = cell(png(99))
    new = prepared(tmp_path, "perception", rows)
    assert new.fingerprint != old.fingerprint
    assert images(new)[1] == (png(99),)
    assert images(old)[1] == (png(1),)
    assert find_table(old.fingerprint[:16], settings(tmp_path)).path == old.path
    assert prepared(tmp_path, "perception", perception_rows(3)).path == old.path


def test_a_change_of_equal_size_with_the_old_times_is_seen(tmp_path):
    old = prepared(tmp_path, "perception", perception_rows(3))
    source = tmp_path / "data" / "medqbench_QA_test.tsv"
    times = source.stat()
    source.write_bytes(source.read_bytes().replace(b"What is the main", b"What is the MAIN"))
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert prepare("perception", "test", settings(tmp_path)).fingerprint != old.fingerprint


def test_equal_content_elsewhere_is_the_same_table(tmp_path):
    first = prepared(tmp_path, "perception", perception_rows(3))
    write_tsv(tmp_path / "copy", "perception", perception_rows(3))
    other = Settings.from_env({"MEDQ_DATA_DIR": str(tmp_path / "copy"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")})
    second = prepare("perception", "test", other)
    assert (second.path, second.fingerprint) == (first.path, first.fingerprint)
    assert second.source == str(tmp_path / "copy" / "medqbench_QA_test.tsv")


def test_kind_and_split_are_part_of_the_fingerprint(tmp_path):
    write_tsv(tmp_path / "data", "no_reference", no_reference_rows(2), "test")
    write_tsv(tmp_path / "data", "no_reference", no_reference_rows(2), "dev")
    found = [prepare("no_reference", split, settings(tmp_path)) for split in ("test", "dev")]
    assert found[0].fingerprint != found[1].fingerprint
    assert list(datasets.load_from_disk(str(found[1].path))) == ["dev"]


@pytest.mark.parametrize("fingerprint", ["", "abc", "*" * 16, "../" * 6, "0" * 16])
def test_find_table_finds_nothing_for_what_is_no_fingerprint(tmp_path, fingerprint):
    prepared(tmp_path, "perception", perception_rows(1))
    assert find_table(fingerprint, settings(tmp_path)) is None


def test_a_table_that_lost_a_file_is_made_again(tmp_path):
    table = prepared(tmp_path, "perception", perception_rows(3))
    arrow = next(table.path.glob("test/*.arrow"))
    arrow.write_bytes(arrow.read_bytes()[:-500])
    assert find_table(table.fingerprint, settings(tmp_path)) is None
    assert prepare("perception", "test", settings(tmp_path)) == table
    assert images(table) == [(png(row),) for row in range(3)]
    arrow.unlink()
    assert images(prepare("perception", "test", settings(tmp_path)))[2] == (png(2),)


@pytest.mark.parametrize("name", ["dataset_dict.json", "test/dataset_info.json", "test/state.json"])
@pytest.mark.parametrize("left", [b"", b'{"spl', b"\0\0\0\0"])
def test_a_torn_file_of_a_table_is_noticed_and_made_again(tmp_path, name, left):
    table = prepared(tmp_path, "perception", perception_rows(2))
    (table.path / name).write_bytes(left)
    assert prepare("perception", "test", settings(tmp_path)) == table
    assert datasets.load_from_disk(str(table.path))["test"][1]["id"] == "1"


@pytest.mark.parametrize("zeros", [slice(0, 8), slice(-8, None)])
def test_zeros_of_a_machine_that_stopped_are_noticed(tmp_path, zeros):
    table = prepared(tmp_path, "perception", perception_rows(2))
    arrow = next(table.path.glob("test/*.arrow"))
    content = bytearray(arrow.read_bytes())
    content[zeros] = bytes(8)
    arrow.write_bytes(content)
    assert find_table(table.fingerprint, settings(tmp_path)) is None
    assert images(prepare("perception", "test", settings(tmp_path))) == [(png(0),), (png(1),)]


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("medq_tasks.data.preparing.write", full)
    with pytest.raises(DataError, match="No space left"):
        prepared(tmp_path, "perception", perception_rows(2))
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.suffix != ".lock"] == []
    assert os.listdir(tmp_path / "cache" / "tables") == []


def test_a_table_that_another_process_finished_first_is_taken(tmp_path, monkeypatch):
    """On a folder without locks two processes may make the same table; the second one's rename is refused."""

    def beaten(folder, target):
        shutil.copytree(folder, target)
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    monkeypatch.setattr("pathlib.Path.rename", beaten)
    table = prepared(tmp_path, "perception", perception_rows(2))
    assert images(table) == [(png(0),), (png(1),)]
    assert os.listdir(tmp_path / "cache" / "tables") == [table.path.name]


def test_a_table_that_cannot_get_its_name_is_an_error(tmp_path, monkeypatch):
    def refuse(folder, target):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr("pathlib.Path.rename", refuse)
    with pytest.raises(DataError, match=r"cannot be written \(Disk quota exceeded\)"):
        prepared(tmp_path, "perception", perception_rows(2))
    assert os.listdir(tmp_path / "cache" / "tables") == []
    assert not (tmp_path / "cache" / "sources").exists()


def test_a_file_that_changes_under_the_reader(tmp_path, monkeypatch):
    source = write_tsv(tmp_path / "data", "perception", perception_rows(3))
    from medq_tasks.data import preparing

    def slow(*arguments):
        parsed = preparing_parse(*arguments)
        source.write_bytes(source.read_bytes() + b"\n")
        return parsed

    preparing_parse = preparing.parse
    monkeypatch.setattr(preparing, "parse", slow)
    with pytest.raises(DataError, match="changed while it was read"):
        prepare("perception", "test", settings(tmp_path))


@pytest.mark.parametrize("what", ["replaced", "removed"])
@pytest.mark.parametrize("moment", ["while the table is read", "before it is noted"])
def test_a_picture_that_changes_under_the_reader(tmp_path, monkeypatch, what, moment):
    from medq_tasks.data import preparing

    picture = tmp_path / "data" / "x.png"
    write_tsv(picture.parent, "no_reference", [{"index": "1", "image_path": "x.png", "description": "Good."}])
    picture.write_bytes(png(1))
    name = "parse" if moment.startswith("while") else "write"
    real = getattr(preparing, name)

    def slow(*arguments):
        done = real(*arguments)
        picture.unlink()
        if what == "replaced":
            picture.write_bytes(png(2))
        return done

    monkeypatch.setattr(preparing, name, slow)
    if name == "parse":
        with pytest.raises(DataError, match=r"x\.png: the file changed while it was read\. Run it again"):
            prepare("no_reference", "test", settings(tmp_path))
    else:  # the old picture is in the table, and the note says so: the next call looks again
        assert images(prepare("no_reference", "test", settings(tmp_path))) == [(png(1),)]
    monkeypatch.undo()
    picture.write_bytes(png(2))
    assert images(prepare("no_reference", "test", settings(tmp_path))) == [(png(2),)]


def test_a_snapshot_of_the_hub_cache_may_be_the_data_folder(tmp_path):
    """Its files are links into ``blobs`` beside it; links that lead further away are still refused."""
    blobs, folder = tmp_path / "repo" / "blobs", tmp_path / "repo" / "snapshots" / "0123"
    blobs.mkdir(parents=True)
    folder.mkdir(parents=True)
    (blobs / "a").write_bytes(png(6))
    (folder / "x.png").symlink_to("../../blobs/a")
    write_tsv(folder, "no_reference", [{"index": "1", "image_path": "x.png", "description": "Good."}])
    (tmp_path / "link").symlink_to(folder)
    for data in (folder, tmp_path / "link"):
        there = Settings.from_env({"MEDQ_DATA_DIR": str(data), "MEDQ_CACHE_DIR": str(tmp_path / f"cache-{data.name}")})
        assert images(prepare("no_reference", "test", there)) == [(png(6),)]
    (tmp_path / "secret.png").write_bytes(png(7))
    (folder / "x.png").unlink()
    (folder / "x.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(DataError, match="leads outside"):
        prepare("no_reference", "test", there)


def test_the_sample_set_is_built_once_for_its_three_tables(tmp_path, monkeypatch):
    built = []

    def build(folder):
        built.append(folder)
        write_official(folder, splits=("mini",))

    monkeypatch.setattr(demo, "samples", SimpleNamespace(build=build), raising=False)
    tables = [prepare(kind, "mini", settings(tmp_path)) for kind in ("perception", "no_reference", "comparison")]
    assert [table.rows for table in tables] == [6, 3, 2]
    assert {table.source for table in tables} == {"embedded sample set"}
    assert len(built) == 1
    assert not built[0].exists()  # it was built aside and moved into place


def test_a_shared_folder_without_locks(tmp_path, monkeypatch, caplog):
    def refuse(*_, **__):
        raise NotImplementedError("no flock here")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    others = tmp_path / "cache" / "tables" / ".making-of-another-process"
    others.mkdir(parents=True)
    table = prepared(tmp_path, "perception", perception_rows(3))
    assert images(table)[2] == (png(2),)
    assert "no file locks" in caplog.text
    assert others.exists()


def run(code, tmp_path, **popen):
    environment = {**os.environ, "MEDQ_DATA_DIR": str(tmp_path / "data"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], env=environment, stdout=subprocess.PIPE, text=True, **popen
    )


def test_eight_processes_at_once_make_one_table(tmp_path):
    write_official(tmp_path / "data", perception=60, no_reference=0, comparison=0, splits=("test",))
    code = """
        from medq_tasks.data import cache, prepare, preparing
        from medq_tasks.settings import Settings
        made, real = [], preparing._make
        preparing._make = lambda *arguments: made.append(1) or real(*arguments)
        table = prepare("perception", "test", Settings.from_env())
        print(table.fingerprint, table.path, len(made))
    """
    ranks = [run(code, tmp_path) for _ in range(8)]
    said = [rank.communicate(timeout=120)[0].split() for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0] * 8
    assert len({(fingerprint, path) for fingerprint, path, _ in said}) == 1
    assert sum(int(made) for _, _, made in said) == 1
    assert len(os.listdir(tmp_path / "cache" / "tables")) == 1


def test_a_killed_preparer_leaves_nothing_that_is_ever_read(tmp_path):
    write_official(tmp_path / "data", perception=4, no_reference=0, comparison=0, splits=("test",))
    code = """
        import sys, time
        from medq_tasks.data import preparing
        from medq_tasks.settings import Settings
        def stop(*arguments):
            real(*arguments)
            print("written", flush=True)
            time.sleep(60)
        real, preparing.write = preparing.write, stop
        preparing.prepare("perception", "test", Settings.from_env())
    """
    victim = run(code, tmp_path)
    assert victim.stdout.readline() == "written\n"
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    tables = tmp_path / "cache" / "tables"
    (left,) = os.listdir(tables)
    assert left.startswith(".making-")
    start = time.monotonic()
    table = prepare("perception", "test", settings(tmp_path))
    assert time.monotonic() - start < 60  # the lock died with its holder: a held one is waited for much longer
    assert os.listdir(tables) == [table.path.name]
    assert images(table)[3] == (png(3),)


def test_memory_does_not_grow_with_the_file(tmp_path):
    """About 10 and 60 MB of table; what the larger one needs beyond the smaller is a few buffers, not the table."""
    # VmHWM and not ru_maxrss: a child's ru_maxrss begins with what its parent, pytest, held when it was started.
    code = """
        import resource, sys
        from pathlib import Path
        from medq_tasks.data import prepare
        from medq_tasks.settings import Settings
        prepare("no_reference", "test", Settings.from_env())
        status = Path("/proc/self/status")
        if status.exists():
            print(next(int(line.split()[1]) // 1024 for line in status.open() if line.startswith("VmHWM")))
        else:
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20)
    """
    peaks = []
    picture = encode(Image.frombytes("RGB", (400, 400), random.Random(5).randbytes(400 * 400 * 3)))  # 480 kB
    source = tmp_path / "data" / "medqbench_description_test.tsv"
    source.parent.mkdir()
    for count in (16, 96):
        with source.open("w") as file:
            file.write("index\timage\tdescription\n")
            for number in range(count):  # bytes after the end mark make each one another picture
                file.write(f"{number}\t{cell(picture + bytes([number]))}\tThe quality is good.\n")
        child = run(code, tmp_path)
        peaks.append(int(child.communicate(timeout=120)[0]))
    assert source.stat().st_size > 60e6
    assert peaks[1] - peaks[0] < 40, peaks


def test_a_table_of_0_1_0_gets_the_column_that_it_lacks(tmp_path):
    """Its records would not say which items share a picture; the fingerprint stays, so that old runs compare."""
    table = prepared(tmp_path, "perception", perception_rows(3))
    info = next(table.path.glob("*/dataset_info.json"))
    facts = json.loads(info.read_text())
    del facts["features"]["pictures"]
    info.write_text(json.dumps(facts))
    again = prepare("perception", "test", settings(tmp_path))
    assert (again.path, again.fingerprint) == (table.path, table.fingerprint)
    assert "pictures" in json.loads(info.read_text())["features"]
    with open_table(again.path) as opened:
        assert len(opened.row(0)["pictures"]) == 1
