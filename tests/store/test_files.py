"""Files written whole: the old content or the new, with the mode that the user's umask gives."""

from __future__ import annotations

import errno
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from medq_tasks.store.files import write_new, write_whole


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Files of 0o666 & ~0o027 = 0o640: neither the common default nor what tempfile makes."""
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.fixture
def small_files() -> Iterator[None]:
    """A kernel that refuses the 101st byte of a file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_mode_of_the_umask(tmp_path: Path) -> None:
    write_whole(tmp_path / "new", b"\x00\xff")
    assert ((tmp_path / "new").read_bytes(), _mode(tmp_path / "new")) == (b"\x00\xff", 0o640)


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_an_old_file_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("a longer text than the new one")
    (tmp_path / "old").chmod(mode)
    write_whole(tmp_path / "old", "new")
    assert ((tmp_path / "old").read_bytes(), _mode(tmp_path / "old")) == (b"new", mode)


def test_text_is_utf8_and_its_lines_end_as_they_did(tmp_path: Path) -> None:
    write_whole(tmp_path / "text", "é\r\n\ud83d\n")
    assert (tmp_path / "text").read_bytes() == b"\xc3\xa9\r\n\\ud83d\n"


def test_it_is_another_file_so_that_an_open_one_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with (tmp_path / "file").open() as reader:
        write_whole(tmp_path / "file", "new")
        assert reader.read() == "old"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, small_files: None) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(OSError, match="File too large") as failed:
        write_whole(tmp_path / "file", "x" * 101)
    assert failed.value.filename == str(tmp_path / "file")
    assert ((tmp_path / "file").read_text(), os.listdir(tmp_path)) == ("old", ["file"])


def test_a_rename_that_fails_names_the_file_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(beside: Path, target: Path) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy", str(beside), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="busy") as failed:
        write_whole(tmp_path / "file", "new")
    assert str(failed.value) == f"[Errno {errno.EBUSY}] Device or resource busy: '{tmp_path / 'file'}'"
    assert os.listdir(tmp_path) == []


def test_a_write_that_is_interrupted_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file", "new")
    assert os.listdir(tmp_path) == []


def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/file")
    for text in ("new", "newer"):  # at first it points to no file
        write_whole(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "there" / "file").read_text() == text
    assert (os.listdir(tmp_path / "there"), sorted(os.listdir(tmp_path))) == (["file"], ["link", "there"])


def test_a_folder_that_does_not_exist_is_told_with_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as failed:
        write_whole(tmp_path / "missing" / "file", "new")
    assert failed.value.filename == str(tmp_path / "missing" / "file")
    assert os.listdir(tmp_path) == []


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, "new")
    assert os.listdir(tmp_path) == []


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    end = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(tmp_path / "pipe", "new")
        assert os.read(end, 10) == b"new"
    finally:
        os.close(end)
    assert (tmp_path / "pipe").is_fifo()


def test_a_name_as_long_as_a_name_can_be(tmp_path: Path) -> None:
    write_whole(tmp_path / ("x" * 255), "new")
    assert os.listdir(tmp_path) == ["x" * 255]


def test_a_pipe_by_the_name_that_a_shell_gives_it_is_written_to() -> None:
    reading, writing = os.pipe()
    write_whole(Path(f"/proc/self/fd/{writing}"), "through")
    assert os.read(reading, 100) == b"through"
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("old", [None, 0o644])
def test_a_file_made_from_a_private_one_is_private(tmp_path: Path, old: int | None) -> None:
    (tmp_path / "samples").write_text("private")
    (tmp_path / "samples").chmod(0o600)
    if old:
        (tmp_path / "judged").write_text("of 0.1.0")
        (tmp_path / "judged").chmod(old)
    write_whole(tmp_path / "judged", "new", tmp_path / "samples")
    assert _mode(tmp_path / "judged") == 0o600


def test_of_two_makers_of_one_file_the_second_finds_the_first_ones_content(tmp_path: Path) -> None:
    assert write_new(tmp_path / "one", "first\n")
    assert not write_new(tmp_path / "one", "second\n")
    assert [(path.name, path.read_text(), _mode(path)) for path in tmp_path.iterdir()] == [("one", "first\n", 0o640)]


def test_a_new_file_is_never_seen_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    link = os.link

    def look(source: Path, target: Path) -> None:
        seen.append((Path(source).read_text(), target.exists()))
        link(source, target)

    monkeypatch.setattr(os, "link", look)
    assert write_new(tmp_path / "one", "first\n")
    assert seen == [("first\n", False)]  # whole before it has its name


def test_without_hard_links_a_new_file_is_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")  # as on FAT

    monkeypatch.setattr(os, "link", none)
    assert write_new(tmp_path / "one", "first\n")
    assert not write_new(tmp_path / "one", "second\n")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["first\n"]
