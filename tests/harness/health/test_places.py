"""Folders and files, with the hub answered for."""

import pytest
import yaml

from medq_tasks.data import hub, prepare
from medq_tasks.harness.health import places
from medq_tasks.harness.health.places import ROOM_FOR_A_RUN, cache_traps, place_traps
from medq_tasks.settings import Settings
from tests.data.factory import write_official
from tests.prompts.test_words import CHOICE, TEXT


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """The hub says why not; nothing of it is cached."""
    monkeypatch.setattr(hub, "trouble", lambda: "no route")
    monkeypatch.setattr(hub, "offline", lambda: False)
    monkeypatch.setattr(hub, "is_cached", lambda file: False)


def settings(tmp_path, **environ):
    return Settings.from_env({"MEDQ_CACHE_DIR": str(tmp_path / "cache"), **environ})


def told(current, probe=True):
    return [str(trap) for trap in place_traps(current, probe=probe)]


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    write_official(tmp_path / "data", perception=4, no_reference=2, comparison=2)
    return str(tmp_path / "data")


def test_data_at_hand_and_room_for_it_is_fine(tmp_path, data):
    assert told(settings(tmp_path, MEDQ_DATA_DIR=data)) == []
    assert not (tmp_path / "cache").exists()  # looking leaves nothing behind


def test_a_data_folder_that_is_none_stops(tmp_path):
    (line,) = told(settings(tmp_path, MEDQ_DATA_DIR=str(tmp_path / "gone")))
    assert line.startswith("stops a run: MEDQ_DATA_DIR=")
    assert "is no folder" in line


def test_a_data_folder_without_official_files_stops(tmp_path):
    (tmp_path / "other.tsv").touch()
    (line,) = told(settings(tmp_path, MEDQ_DATA_DIR=str(tmp_path)))
    assert "holds none of the official TSV files" in line


def test_one_table_alone_is_fine(tmp_path):
    write_official(tmp_path, splits=("test",), perception=3, no_reference=0, comparison=0)
    assert told(settings(tmp_path, MEDQ_DATA_DIR=str(tmp_path))) == []


def test_no_data_and_no_hub_stops(tmp_path):
    (line,) = told(settings(tmp_path))
    assert "cannot be downloaded (no route)" in line
    assert "MEDQ_DATA_DIR" in line


def test_a_file_that_the_hub_left_before_is_data(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "is_cached", lambda file: file == "medqbench_QA_test.tsv")
    assert told(settings(tmp_path)) == []


def test_the_hub_is_asked_only_when_servers_may_be(tmp_path, monkeypatch):
    assert told(settings(tmp_path), probe=False) == []
    monkeypatch.setattr(hub, "offline", lambda: True)  # known without asking
    assert len(told(settings(tmp_path), probe=False)) == 1


def test_a_cache_folder_that_cannot_be_written_stops(tmp_path):
    (tmp_path / "file").touch()
    (line,) = [str(trap) for trap in cache_traps(tmp_path / "file" / "cache", 0)]
    assert "cannot be written" in line
    assert "MEDQ_CACHE_DIR" in line


def test_too_little_room_stops(tmp_path, monkeypatch):
    monkeypatch.setattr(places.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 99 << 20}))
    (line,) = [str(trap) for trap in cache_traps(tmp_path / "new" / "cache", 100 << 20)]
    assert "has 99 MB of room, and 100 MB are needed" in line
    assert list(cache_traps(tmp_path, 99 << 20)) == []


def test_room_is_needed_only_for_tables_that_are_not_made_yet(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    write_official(folder, splits=("test",), perception=3, no_reference=0, comparison=0)
    size = (folder / "medqbench_QA_test.tsv").stat().st_size
    current = settings(tmp_path, MEDQ_DATA_DIR=str(folder))
    assert places._room_needed(current) == ROOM_FOR_A_RUN + int(1.5 * size)
    prepare("perception", "test", current)
    assert places._room_needed(current) == ROOM_FOR_A_RUN


@pytest.mark.parametrize("content", [None, "not: [yaml", "a: 1"])
def test_prompts_that_cannot_be_used_stop(tmp_path, data, content):
    file = tmp_path / "prompts.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    (line,) = told(settings(tmp_path, MEDQ_DATA_DIR=data, MEDQ_JUDGE_PROMPTS=str(file)))
    assert line.startswith("stops a run: the reasoning tasks do not start")
    assert "prompts.yaml" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "stops a run: tasks of perception, no_reference, comparison do not start: "),
        ("perception: 3", "stops a run: tasks of perception, no_reference, comparison do not start: "),
        (
            yaml.safe_dump({"perception": CHOICE, "comparison": TEXT}),
            "stops a run: tasks of no_reference do not start: ",
        ),
    ],
)
def test_words_that_cannot_be_asked_in_stop_the_tasks_that_would(tmp_path, data, content, said):
    file = tmp_path / "words.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    (line,) = told(settings(tmp_path, MEDQ_DATA_DIR=data, MEDQ_PROMPTS=str(file)))
    assert line.startswith(said)
    assert line.endswith("correct or unset MEDQ_PROMPTS")
