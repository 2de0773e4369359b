from pathlib import Path

import pytest

from medq_tasks.data import PreparedTable
from medq_tasks.errors import DataError, Fault
from medq_tasks.harness import tables
from medq_tasks.harness.health.guard import ready_judge
from tests.prompts.test_choice import words_file


@pytest.fixture
def prepared(monkeypatch):
    asked = []

    def prepare(kind, split, settings):
        asked.append((kind, split))
        return PreparedTable(
            path=Path(f"/tables/{kind}-{split}"),
            fingerprint="ab" * 32,
            source="folder /official",
            rows=3,
            notes=("question type inferred in 3 of 3 rows",),
            kind=kind,
            split=split,
        )

    tables._table.cache_clear()
    monkeypatch.setattr(tables, "prepare", prepare)
    yield asked
    tables._table.cache_clear()


def test_a_name_is_a_table(prepared):
    assert tables.no_reference_dev == str(Path("/tables/no_reference-dev"))
    assert prepared == [("no_reference", "dev")]


def test_metadata_says_what_made_the_table(prepared):
    told = tables.perception_test_metadata
    assert told["table"]["fingerprint"] == "ab" * 32
    assert told["table"]["notes"] == ["question type inferred in 3 of 3 rows"]
    assert told["versions"]["medq-tasks"]


def test_path_and_metadata_prepare_once(prepared):
    assert tables.comparison_mini
    assert tables.comparison_mini_metadata
    assert prepared == [("comparison", "mini")]


@pytest.mark.parametrize("name", ["perception", "perception_train", "other_test", "perception_test_extra"])
def test_other_names_do_not_exist(name):
    with pytest.raises(AttributeError):
        getattr(tables, name)


def test_a_fault_ends_the_run_with_the_message(prepared, monkeypatch):
    def prepare(kind, split, settings):
        raise DataError([Fault("medqbench_QA_test.tsv", 3, "no answer", "Give a letter")])

    monkeypatch.setattr(tables, "prepare", prepare)
    with pytest.raises(SystemExit, match=r"medqbench_QA_test.tsv, row 3: no answer. Give a letter"):
        _ = tables.perception_test


def test_judge_prompts_that_cannot_be_used_are_told_before_anything_is_generated(prepared, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDQ_JUDGE_PROMPTS", str(tmp_path / "missing.yaml"))
    assert tables.perception_test
    with pytest.raises(SystemExit, match=r"missing\.yaml"):
        _ = tables.no_reference_test


def test_words_that_cannot_be_used_are_told_by_the_tasks_that_ask_in_them(prepared, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDQ_PROMPTS", str(words_file(tmp_path)))
    assert tables.perception_test
    with pytest.raises(SystemExit, match=r"mine\.yaml: has no words for no_reference"):
        _ = tables.no_reference_test
    monkeypatch.setenv("MEDQ_PROMPTS", "missing.yaml")
    with pytest.raises(SystemExit, match=r"medq-tasks: missing\.yaml: no such file or folder"):
        _ = tables.perception_dev
    assert prepared == [("perception", "test")]


def test_a_judge_that_cannot_be_asked_is_told_before_anything_is_generated(prepared, monkeypatch):
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ALL_PROXY", "ftp://proxy:1")
    ready_judge.cache_clear()
    assert tables.perception_test
    with pytest.raises(SystemExit, match="ALL_PROXY"):
        _ = tables.no_reference_test
    assert prepared == [("perception", "test")]
