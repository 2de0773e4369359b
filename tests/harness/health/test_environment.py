"""Each variable by itself: what is told, and what looks alike and is fine."""

import re
from pathlib import Path

import pytest

from medq_tasks.harness.health import environment
from medq_tasks.harness.health.environment import EXAMPLES, connection_traps, judge_traps, setting_names, setting_traps

ROOT = Path(__file__).parents[3]


def told(look, **environ):
    return [str(trap) for trap in look(environ)]


def one(look, **environ):
    (line,) = told(look, **environ)
    assert "\n" not in line
    return line


@pytest.mark.parametrize("value", ["JPEG", "jpeg", "WEBP", "JPG", "", " PNG"])
def test_pictures_that_are_not_png_are_told(value):
    line = one(setting_traps, LMMS_IMAGE_ENCODE_FORMAT=value)
    assert line.startswith("falsifies a run: LMMS_IMAGE_ENCODE_FORMAT=")
    assert line.endswith("Cure: unset LMMS_IMAGE_ENCODE_FORMAT")


@pytest.mark.parametrize("environ", [{}, {"LMMS_IMAGE_ENCODE_FORMAT": "png"}, {"LMMS_IMAGE_JPEG_QUALITY": "10"}])
def test_png_pictures_are_fine(environ):
    # The quality alone does nothing: the harness reads it for JPEG and WEBP only.
    assert told(setting_traps, **environ) == []


def test_a_misspelt_setting_is_told_with_the_nearest():
    assert "MEDQ_DATADIR is set and is no setting" in one(setting_traps, MEDQ_DATADIR="/data")
    assert one(setting_traps, MEDQ_DATADIR="/data").endswith("rename it to MEDQ_DATA_DIR")
    assert one(setting_traps, medq_data_dir="/data").endswith("rename it to MEDQ_DATA_DIR")
    assert "MEDQ_CACHE_DIR, MEDQ_DATA_DIR" in one(setting_traps, MEDQ_TEMPERATURE="1")


def test_a_second_reader_that_counts_and_is_not_named_is_told():
    line = one(setting_traps, MEDQ_READER_COUNTS="1")
    assert "MEDQ_READER_COUNTS=1 without MEDQ_READER_MODEL" in line
    assert "it has no effect" in line
    assert told(setting_traps, MEDQ_READER_COUNTS="1", MEDQ_READER_MODEL="m") == []
    assert told(setting_traps, MEDQ_READER_COUNTS="0") == []


def test_known_names_are_those_that_the_settings_ask_for():
    assert {"MEDQ_DATA_DIR", "MEDQ_CACHE_DIR", "MEDQ_JUDGE_PROMPTS", "MEDQ_JUDGE_CONCURRENCY"} <= setting_names()
    assert told(setting_traps, **dict.fromkeys(setting_names(), "x")) == []
    assert not [name for name in setting_names() if not name.startswith("MEDQ_")]


def test_variables_of_the_ready_ci_files_are_no_misspelt_settings():
    files = [file.read_text(encoding="utf-8") for file in (ROOT / "examples").iterdir() if file.is_file()]
    used = {name for text in files for name in re.findall(r"\bMEDQ_[A-Z_]*[A-Z]\b", text)}
    assert used - setting_names() == EXAMPLES


@pytest.mark.parametrize(
    ("environ", "judge"),
    [({}, "which stays unset"), ({"OPENAI_API_KEY": "sk-x"}, "which asks the openai package's own address")],
)
def test_an_address_that_only_the_model_reads_is_told(environ, judge):
    line = one(judge_traps, OPENAI_API_BASE="http://127.0.0.1:8000/v1", **environ)
    assert judge in line
    assert "MEDQ_JUDGE_BASE_URL" in line


@pytest.mark.parametrize("name", ["MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL", "MEDQ_JUDGE_API_KEY"])
def test_an_address_of_the_model_beside_a_judge_of_its_own_is_fine(name):
    assert told(judge_traps, OPENAI_API_BASE="http://127.0.0.1:8000/v1", **{name: "http://judge/v1"}) == []


@pytest.mark.parametrize("name", ["MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY"])
def test_an_empty_key_is_no_judge(name):
    assert f"{name} is set to nothing" in one(judge_traps, **{name: " "})
    assert told(judge_traps, **{name: "", "OPENAI_BASE_URL": "http://127.0.0.1/v1"}) == []


def test_an_empty_key_beside_another_key_is_fine():
    assert told(judge_traps, MEDQ_JUDGE_API_KEY="", OPENAI_API_KEY="sk-x") == []


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("sk-abc\n", "a line break"),
        ("sk-abc def", "a blank"),
        ("Bearer sk-abc", "a blank"),
        ("sk-\x07abc", "control character"),
        ('"sk-abc"', "quotation marks"),
        ("'sk-abc'", "quotation marks"),
        ("“sk-abc”", "no header can carry"),
        ("sk–abc", "no header can carry"),
        ("$OPENAI_KEY", "placeholder"),
        ("<your key>", "a blank"),
        ("<key>", "placeholder"),
        ("sk-...", "placeholder"),
    ],
)
def test_a_key_that_cannot_work_is_told_and_never_shown(key, problem):
    line = one(connection_traps, OPENAI_API_KEY=key)
    assert problem in line
    assert key.strip() not in line


@pytest.mark.parametrize("key", ["sk-proj-abc_DEF-123", "none", "EMPTY", "hf_abc.def", "token=abc/def+ghi=="])
def test_keys_of_usual_forms_are_fine(key):
    assert told(connection_traps, OPENAI_API_KEY=key) == []


def test_the_judges_key_is_read_without_the_blanks_around_it():
    assert told(connection_traps, MEDQ_JUDGE_API_KEY=" sk-abc\n") == []
    assert "MEDQ_JUDGE_API_KEY (not shown)" in one(connection_traps, MEDQ_JUDGE_API_KEY="sk-abc def")


@pytest.mark.parametrize("name", ["MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE"])
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("127.0.0.1:8000/v1", "no http or https address"),
        ("localhost:8000/v1", "no http or https address"),
        ("api.example.org", "no http or https address"),
        ("ftp://host/v1", "no http or https address"),
        ("http:///v1", "no http or https address"),
        ("http://host:port/v1", "no http or https address"),
        ("http://[::1/v1", "no http or https address"),
        ("https://host/v1/chat/completions", "endpoint"),
        ("https://host/v1/chat/completions/", "endpoint"),
        ("'https://host/v1'", "quotation mark"),
        ("https://host /v1", "blank"),
    ],
)
def test_an_address_that_cannot_work_is_told(name, url, problem):
    assert problem in one(connection_traps, **{name: url})


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "http://127.0.0.1:8000/v1/", "http://[::1]:8000", ""])
def test_addresses_of_usual_forms_are_fine(url):
    assert told(connection_traps, MEDQ_JUDGE_BASE_URL=url) == []


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("url", ["ftp://host:1", "http://host:port", "http://", "socks4://host:1", "http://ho st:1"])
def test_a_proxy_that_no_client_takes_stops(name, url):
    line = one(connection_traps, **{name: url})
    assert line.startswith(f"stops a run: {name}={url}")


def test_the_password_of_a_proxy_is_not_shown():
    assert "secret" not in one(connection_traps, HTTPS_PROXY="ftp://me:secret@host:1")


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1080", "socks5h://host:1080"])
def test_a_socks_proxy_needs_its_package(url, monkeypatch):
    monkeypatch.setattr(environment, "importable", lambda module: module != "socksio")
    assert "pip install socksio" in one(connection_traps, ALL_PROXY=url)
    monkeypatch.setattr(environment, "importable", lambda module: True)
    assert told(connection_traps, ALL_PROXY=url) == []


@pytest.mark.parametrize("url", ["http://proxy:3128", "proxy:3128", "https://me:pw@proxy:3128", ""])
def test_proxies_of_usual_forms_are_fine(url):
    assert told(connection_traps, HTTPS_PROXY=url) == []


def test_small_letters_win_even_empty_as_urllib_reads_them():
    assert told(connection_traps, HTTPS_PROXY="ftp://host:1", https_proxy="") == []
    assert "https_proxy=ftp" in one(connection_traps, HTTPS_PROXY="http://host:1", https_proxy="ftp://host:1")


LOCAL = {"MEDQ_JUDGE_BASE_URL": "http://127.0.0.1:8000/v1", "HTTP_PROXY": "http://proxy:3128"}


@pytest.mark.parametrize("listed", ["", "localhost", "127.0.0.0/8", "10.0.0.1,example.org"])
def test_a_local_server_behind_a_proxy_is_told(listed):
    # httpx compares a network like 127.0.0.0/8 as if it were a name.
    line = one(connection_traps, **LOCAL, NO_PROXY=listed)
    assert "go through HTTP_PROXY" in line
    assert "NO_PROXY=127.0.0.1" in line


@pytest.mark.parametrize("listed", ["127.0.0.1", "example.org, 127.0.0.1", "127.0.0.1:8000", "*"])
def test_a_local_server_past_the_proxy_is_fine(listed):
    assert told(connection_traps, **LOCAL, NO_PROXY=listed) == []


def test_a_proxy_for_another_scheme_or_a_server_elsewhere_is_fine():
    assert told(connection_traps, MEDQ_JUDGE_BASE_URL="http://127.0.0.1/v1", HTTPS_PROXY="http://proxy:1") == []
    assert told(connection_traps, MEDQ_JUDGE_BASE_URL="http://judge.example/v1", HTTP_PROXY="http://proxy:1") == []


@pytest.mark.parametrize("host", ["localhost", "[::1]", "127.1.2.3"])
def test_all_names_of_this_machine_are_local(host):
    assert "ALL_PROXY" in one(connection_traps, OPENAI_API_BASE=f"http://{host}:1/v1", ALL_PROXY="http://proxy:1")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there_stop(name, tmp_path):
    assert one(connection_traps, **{name: str(tmp_path / "gone.pem")}).startswith(f"stops a run: {name}=")
    assert told(connection_traps, **{name: str(tmp_path)}) == []
    assert told(connection_traps, **{name: ""}) == []
