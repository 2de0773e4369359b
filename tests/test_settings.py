from pathlib import Path

import pytest

from medq_tasks.errors import JudgeError, SettingsError
from medq_tasks.settings import JudgeSettings, ReaderSettings, Settings, check_prompts


def test_defaults():
    settings = Settings.from_env({})
    assert settings.data_dir is None
    assert settings.judge.model == ""  # nobody pays for a judge that was not named
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


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "1e3", "+3", "\u00b2", "9" * 5000])
def test_concurrency_must_be_a_positive_whole_number(value):
    with pytest.raises(SettingsError, match="MEDQ_JUDGE_CONCURRENCY"):
        Settings.from_env({"MEDQ_JUDGE_CONCURRENCY": value})


def test_pictures_in_w_and_b_may_be_none():
    assert Settings.from_env({}).wandb_pictures == 64
    assert Settings.from_env({"MEDQ_WANDB_PICTURES": "0"}).wandb_pictures == 0
    with pytest.raises(SettingsError, match="MEDQ_WANDB_PICTURES='-1'"):
        Settings.from_env({"MEDQ_WANDB_PICTURES": "-1"})


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u3000"])
def test_blanks_in_every_variable_count_as_not_set(blank):
    names = ("DATA_DIR", "CACHE_DIR", "JUDGE_MODEL", "JUDGE_BASE_URL", "JUDGE_API_KEY", "JUDGE_CONCURRENCY")
    blanks = {f"MEDQ_{name}": blank for name in (*names, "JUDGE_PROMPTS", "ASK_ANEW")}
    assert Settings.from_env(blanks) == Settings.from_env({})


@pytest.mark.parametrize("name", ["MEDQ_DATA_DIR", "MEDQ_CACHE_DIR", "MEDQ_JUDGE_PROMPTS"])
def test_a_home_that_is_not_there_is_named(name):
    with pytest.raises(SettingsError, match=f"{name}='~no-such-user/x' starts at a home folder that is not there"):
        Settings.from_env({name: "~no-such-user/x"})


def test_the_key_is_never_shown():
    assert "sk-secret" not in repr(Settings.from_env({"MEDQ_JUDGE_API_KEY": "sk-secret"}))


def test_every_setting_has_its_variable():
    values = {
        "MEDQ_DATA_DIR": "data",
        "MEDQ_CACHE_DIR": "cache",
        "MEDQ_JUDGE_MODEL": "own",
        "MEDQ_JUDGE_BASE_URL": "http://127.0.0.1/v1",
        "MEDQ_JUDGE_API_KEY": "sk",
        "MEDQ_JUDGE_CONCURRENCY": "1",  # the least
        "MEDQ_JUDGE_PROMPTS": "prompts.yaml",
        "MEDQ_ASK_ANEW": "1",
        "MEDQ_KEEP_RUNS": "0",
        "MEDQ_READER_MODEL": "reader",
        "MEDQ_READER_COUNTS": "1",
        "MEDQ_PROMPTS": "words.yaml",
        "MEDQ_JUDGE_MAX_TOKENS": "48",
        "MEDQ_JUDGE_TIMEOUT": "2.5",
        "MEDQ_JUDGE_EXTRA_BODY": '{"seed": 1, "grammar": "g"}',
        "MEDQ_JUDGE_REPLIES_OF": "http://old/v1",
        "MEDQ_WANDB_PICTURES": "7",
    }
    extra = '{"grammar": "g", "seed": 1}'  # sorted: another order is the same body
    judge = JudgeSettings("own", "http://127.0.0.1/v1", "sk", 1, Path("prompts.yaml"), 48, 2.5, extra, "http://old/v1")
    assert Settings.from_env(values) == Settings(
        Path("data"), Path("cache"), judge, "words.yaml", ReaderSettings("reader", True), True, 7, False
    )


BODIES = {
    "grammar=x": "is no JSON",
    "{": "is no JSON",
    '{"a": NaN}': "NaN is no JSON value",
    '{"a": 1e999}': "is no JSON",
    '{"a": "\\ud800"}': "is no JSON",
    "[1]": "is a JSON list, not an object",
    "null": "is a JSON NoneType, not an object",
    '{"model": "x"}': "sets 'model': the judge is named by MEDQ_JUDGE_MODEL",
    '{"messages": []}': "sets 'messages'",
    '{"stream": true}': "sets 'stream': replies are read whole",
    '{"n": 2}': "sets 'n': one reply is read",
}


@pytest.mark.parametrize("body", BODIES)
def test_an_extra_body_is_an_object_that_leaves_the_question_alone(body):
    with pytest.raises(SettingsError) as error:
        Settings.from_env({"MEDQ_JUDGE_EXTRA_BODY": body})
    assert BODIES[body] in str(error.value)
    assert "\n" not in str(error.value)


def test_two_limits_are_one_too_many():
    for name in ("max_tokens", "max_completion_tokens"):
        with pytest.raises(SettingsError, match="one limit is enough"):
            Settings.from_env({"MEDQ_JUDGE_EXTRA_BODY": f'{{"{name}": 9}}', "MEDQ_JUDGE_MAX_TOKENS": "9"})


@pytest.mark.parametrize("value", ["0", "-5", "nan", "inf", "1e9", "two", "1:00"])
def test_a_timeout_is_a_number_of_seconds(value):
    with pytest.raises(SettingsError, match=r"MEDQ_JUDGE_TIMEOUT=.* is not a number of seconds"):
        Settings.from_env({"MEDQ_JUDGE_TIMEOUT": value})


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "none"])
def test_a_limit_is_a_whole_number(value):
    with pytest.raises(SettingsError, match=r"_MAX_TOKENS=.* whole number of at least 1\. Unset it for no lim"):
        Settings.from_env({"MEDQ_JUDGE_MAX_TOKENS": value})


ODD_KEYS = {
    "\u201csk-abc\u201d": "U+201C (left double quotation mark)",
    "sk-\u0430bc": "U+0430 (cyrillic small letter a)",
    "sk abc": "U+0020 (space)",
    "sk-a\nbc": "U+000A (a control character)",
}


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_that_no_header_can_hold_is_refused_before_it_is_sent(key):
    for name in ("MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY"):
        judge = Settings.from_env({name: key}).judge  # a run without a judge goes on
        with pytest.raises(JudgeError) as error:
            judge.require()
        assert f"{name} holds {ODD_KEYS[key]}" in str(error.value)
        assert "abc" not in str(error.value)


def test_a_key_does_not_go_elsewhere_than_was_meant():
    elsewhere = {"OPENAI_API_KEY": "sk", "OPENAI_API_BASE": "http://127.0.0.1:9/v1"}
    with pytest.raises(JudgeError, match=r"OPENAI_API_KEY would go to api\.openai\.com"):
        Settings.from_env(elsewhere).judge.require()
    for name in ("MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL"):
        Settings.from_env({**elsewhere, name: "http://127.0.0.1:8/v1"}).judge.require()
    assert not Settings.from_env({"OPENAI_API_BASE": "http://x"}).judge.configured  # it is not read


@pytest.mark.parametrize(("value", "on"), [("0", False), ("1", True), (" ", False)])
def test_a_switch_is_on_or_off(value, on):
    assert Settings.from_env({"MEDQ_ASK_ANEW": value}).ask_anew is on


@pytest.mark.parametrize(("value", "on"), [("0", False), ("1", True), (" ", True)])
def test_runs_are_kept_unless_that_is_switched_off(value, on):
    assert Settings.from_env({"MEDQ_KEEP_RUNS": value}).keep_runs is on


def test_a_second_reader_is_not_called_as_the_rules_are():
    with pytest.raises(SettingsError, match="MEDQ_READER_MODEL=rules is what records call the rules themselves"):
        Settings.from_env({"MEDQ_READER_MODEL": " rules "})


def test_a_switch_is_nothing_else():
    with pytest.raises(SettingsError, match="MEDQ_ASK_ANEW='yes' is neither"):
        Settings.from_env({"MEDQ_ASK_ANEW": "yes"})


def test_a_judge_may_be_required():
    JudgeSettings(api_key="sk").require()
    with pytest.raises(JudgeError, match="Set MEDQ_JUDGE_API_KEY or OPENAI_API_KEY, or give --base-url"):
        JudgeSettings().require()


def test_prompts_are_a_file_a_folder_or_built_in(tmp_path):
    (tmp_path / "axes.yaml").write_text("")
    for path in (None, tmp_path, tmp_path / "axes.yaml"):
        check_prompts(path)
    with pytest.raises(JudgeError, match=r"none\.yaml: no such file or folder"):
        check_prompts(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "address", ["/v1", "127.0.0.1:8000/v1", "http:///v1", "ftp://x/v1", "localhost", "http://[::1/v1", "http://x:y/v1"]
)
def test_an_address_names_a_host(address):
    with pytest.raises(JudgeError, match="MEDQ_JUDGE_BASE_URL is no address of a server"):
        Settings.from_env({"MEDQ_JUDGE_BASE_URL": address}).judge.require()
