"""The folder of the embedded sample set: built whole or not at all, once per version of what it is made from.

The samples themselves are made by a stand-in; ``tests/samples`` has the real ones.
"""

import errno
import os
import stat
from importlib import metadata
from types import SimpleNamespace

import pytest

from medq_tasks import demo
from medq_tasks.demo import sample_folder as module
from medq_tasks.demo.sample_folder import sample_folder


@pytest.fixture
def built(monkeypatch):
    """The folders in which samples were made, in order."""
    folders = []

    def build(folder):
        folders.append(folder)
        (folder / "table.tsv").write_text("samples")

    monkeypatch.setattr(demo, "samples", SimpleNamespace(build=build), raising=False)
    return folders


def test_built_aside_once_and_open_to_others(tmp_path, built):
    folder = sample_folder(tmp_path)
    assert sample_folder(tmp_path) == folder
    assert [one.parent for one in built] == [folder.parent]
    assert built[0].name.startswith(f".making-{folder.name}-")
    assert os.listdir(folder.parent) == [folder.name]
    assert (folder / "table.tsv").read_text() == "samples"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755  # tempfile's own 0o700 shuts out whoever shares the cache


def test_what_a_killed_process_left_is_cleared_away(tmp_path, built):
    name = module._recipe()
    for left in (f".making-{name}-dead", ".making-0123456789abcdef-other"):
        (tmp_path / "samples" / left).mkdir(parents=True)
    sample_folder(tmp_path)
    assert sorted(os.listdir(tmp_path / "samples")) == [".making-0123456789abcdef-other", name]


def test_without_locks_nothing_of_others_is_cleared_away(tmp_path, built, monkeypatch):
    def refuse(*_, **__):
        raise NotImplementedError("no flock here")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    making = tmp_path / "samples" / f".making-{module._recipe()}-alive"
    making.mkdir(parents=True)
    assert (sample_folder(tmp_path) / "table.tsv").exists()
    assert making.exists()


def test_what_was_built_while_this_process_waited_is_taken(tmp_path, built, monkeypatch):
    folder = tmp_path / "samples" / module._recipe()
    monkeypatch.setattr("filelock.FileLock.acquire", lambda *_, **__: folder.mkdir(parents=True))
    assert sample_folder(tmp_path) == folder
    assert built == []


def refused_rename(monkeypatch, before=lambda target: None):
    def refuse(_, target):
        before(target)
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    monkeypatch.setattr("pathlib.Path.rename", refuse)


def test_a_folder_that_another_process_finished_first_is_taken(tmp_path, built, monkeypatch):
    refused_rename(monkeypatch, before=lambda target: target.mkdir())
    folder = sample_folder(tmp_path)
    assert os.listdir(tmp_path / "samples") == [folder.name]


def test_a_folder_that_cannot_get_its_name_is_an_error(tmp_path, built, monkeypatch):
    refused_rename(monkeypatch)
    with pytest.raises(OSError, match="not empty"):
        sample_folder(tmp_path)
    assert os.listdir(tmp_path / "samples") == []


def test_another_version_of_the_code_or_of_a_maker_is_another_folder(tmp_path, monkeypatch):
    (tmp_path / "samples" / "parts").mkdir(parents=True)
    for name in ("build.py", "parts/noise.py", "notes.txt"):
        (tmp_path / "samples" / name).write_text("one")
    installed = {"numpy": "1.0", "pillow": "2.0"}

    def version(package):
        if package not in installed:
            raise metadata.PackageNotFoundError(package)
        return installed[package]

    monkeypatch.setattr(module, "__file__", str(tmp_path / "sample_folder.py"))
    monkeypatch.setattr(metadata, "version", version)
    names = [module._recipe()]
    (tmp_path / "samples" / "notes.txt").write_text("two")
    (tmp_path / "metrics.py").write_text("of no account")
    assert module._recipe() == names[0]
    (tmp_path / "samples" / "parts" / "noise.py").write_text("two")
    names.append(module._recipe())
    installed["pillow"] = "2.1"
    names.append(module._recipe())
    del installed["pillow"]
    names.append(module._recipe())
    assert len(set(names)) == 4
    assert all(len(name) == 16 for name in names)
