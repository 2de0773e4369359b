from pathlib import Path

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.settings import Settings


def test_defaults():
    settings = Settings.from_env({})
    assert settings.data_dir is None
    assert settings.judge.model == "gpt-4o"
    assert settings.judge.concurrency == 32
    assert not settings.judge.configured


def test_own_names_win_over_the_openai_packages_names():
    settings = Settings.from_env(
        {
            "MEDQ_JUDGE_BASE_URL": "http://127.0.0.1:1/v1",
            "OPENAI_BASE_URL": "http://127.0.0.1:2/v1",
            "OPENAI_API_KEY": "other",
        }
    )
    assert settings.judge.base_url == "http://127.0.0.1:1/v1"
    assert settings.judge.api_key == "other"


@pytest.mark.parametrize("name", ["MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY", "MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL"])
def test_a_key_or_a_server_makes_a_judge(name):
    assert Settings.from_env({name: "x"}).judge.configured


def test_empty_counts_as_not_set():
    assert Settings.from_env({"MEDQ_DATA_DIR": " ", "MEDQ_JUDGE_MODEL": ""}) == Settings.from_env({})


def test_paths_may_start_at_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    assert Settings.from_env({"MEDQ_DATA_DIR": "~/medq"}).data_dir == Path("/home/someone/medq")


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_concurrency_must_be_a_positive_whole_number(value):
    with pytest.raises(SettingsError, match="MEDQ_JUDGE_CONCURRENCY"):
        Settings.from_env({"MEDQ_JUDGE_CONCURRENCY": value})


def test_the_key_is_never_shown():
    assert "sk-secret" not in repr(Settings.from_env({"MEDQ_JUDGE_API_KEY": "sk-secret"}))
