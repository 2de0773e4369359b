"""``medq info``: every setting is listed, the key is not."""

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app, facts
from medq_tasks.plugin import task_folder
from medq_tasks.settings import Settings
from tests.judge.server import FakeServer


def said(*words):
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def test_the_path_is_printed_alone():
    assert said("tasks-path") == f"{task_folder()}\n"


def test_settings_in_force_and_never_the_key(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDQ_JUDGE_API_KEY", "sk-secret")
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "some-judge")
    output = said("info", "--no-probe")
    assert "sk-secret" not in output
    assert "some-judge" in output
    for name in ("MEDQ_DATA_DIR", "MEDQ_CACHE_DIR", "MEDQ_JUDGE_BASE_URL", "MEDQ_JUDGE_CONCURRENCY"):
        assert name in output


def test_missing_files_are_named(monkeypatch, tmp_path):
    (tmp_path / "medqbench_QA_test.tsv").touch()
    told = facts.data(Settings.from_env({"MEDQ_DATA_DIR": str(tmp_path)}))
    assert told["files found"] == "medqbench_QA_test.tsv"
    assert "medqbench_paired_description_dev.tsv" in told["files missing"]


@pytest.mark.parametrize(("model", "told"), [("here", "reachable"), ("elsewhere", "does not list this model")])
def test_the_judge_is_asked_whether_it_is_there(model, told, monkeypatch):
    def answer(ask):
        from tests.judge.server import Answer

        return Answer(raw=b'{"object": "list", "data": [{"id": "here", "object": "model"}]}')

    with FakeServer(answer) as server:
        env = {"MEDQ_JUDGE_BASE_URL": server.base_url, "MEDQ_JUDGE_MODEL": model}
        assert told in facts.judge(Settings.from_env(env), probe=True)["judge"]


def test_a_judge_that_is_down_is_told_within_seconds():
    env = {"MEDQ_JUDGE_BASE_URL": "http://127.0.0.1:9/v1"}
    assert "not reachable" in facts.judge(Settings.from_env(env), probe=True)["judge"]


def test_no_judge_is_told_with_the_cure():
    assert "MEDQ_JUDGE_API_KEY" in facts.judge(Settings.from_env({}), probe=True)["judge"]
