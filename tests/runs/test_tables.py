"""From a run to the table that it was made on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.data import prepare
from medq_tasks.errors import RunError
from medq_tasks.runs import tables
from medq_tasks.runs.run import TaskRun
from medq_tasks.runs.tables import open_table_of, table_folder
from medq_tasks.settings import Settings
from tests.data.factory import perception_rows, write_tsv
from tests.runs import factory


def task_on(table: str, rows: int = 3) -> TaskRun:
    records = tuple(factory.perception(number, table=table) for number in range(rows))
    return TaskRun("medq_perception", "perception", "test", "1.0", records)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Data of three rows at hand, and nothing prepared yet."""
    write_tsv(tmp_path / "data", "perception", perception_rows(3), "test")
    return replace(Settings.from_env({}), data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")


@pytest.fixture
def fingerprint(settings: Settings, tmp_path: Path) -> str:
    """Of the table that the data give; it lies in another cache."""
    return prepare("perception", "test", replace(settings, cache_dir=tmp_path / "other")).fingerprint[:16]


def test_a_table_is_prepared_from_the_data_at_hand(settings: Settings, fingerprint: str) -> None:
    table = open_table_of(task_on(fingerprint), fingerprint, settings)
    assert table is not None
    with table:
        assert len(table) == 3


def test_without_data_the_cache_alone_is_asked(
    settings: Settings, fingerprint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is downloaded for it; the sample set comes with the package and may be made."""
    asked: list[str] = []

    def prepare_nothing(kind: str, split: str, settings: Settings) -> None:
        asked.append(split)
        raise RunError("no data")

    monkeypatch.setattr(tables, "prepare", prepare_nothing)
    bare = replace(settings, data_dir=None)
    assert open_table_of(task_on(fingerprint), fingerprint, bare) is None
    assert open_table_of(replace(task_on(fingerprint), split="mini"), fingerprint, bare) is None
    assert asked == ["mini"]
    assert not bare.cache_dir.exists()
    table = open_table_of(task_on(fingerprint), fingerprint, replace(bare, cache_dir=tmp_path / "other"))
    assert table is not None
    table.close()


def test_data_that_give_another_table_are_refused_and_for_a_page_the_table_is_not_here(settings: Settings) -> None:
    with pytest.raises(RunError, match=r"made on table f{16}, but the data here give [0-9a-f]{16}\. Point MEDQ_DATA"):
        table_folder("f" * 20, "perception", "test", settings)
    assert open_table_of(task_on("f" * 16), "f" * 16, settings) is None


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_nothing_says_which_table_it_is(settings: Settings, missing: int) -> None:
    known = ["f" * 16, "perception", "test"]
    known[missing] = ""
    assert table_folder(*known, settings) is None
    assert not settings.cache_dir.exists()
