from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from medq_tasks.store.secrets import scrub, scrub_message, without_values
from tests.cases import check_all

SECRETS = ("own-server-key", "four", "abc")

TEXTS = {
    "the key in force, whatever its form": ("key own-server-key.", "key ***."),
    "as short as a key may be": ("four", "***"),
    "too short to be one: it would take words apart": ("abc", "abc"),
    "another's key": ("see sk-proj-0123456789, or hf_abcdef", "see ***, or hf_abcdef"),
    "a key with its middle masked": ("Incorrect API key provided: sk-12****89.", "Incorrect API key provided: ***."),
    "five characters are no key": ("pk_12345", "pk_12345"),
    "a token": ("authorization: bearer abc.DEF/1=", "authorization: bearer ***"),
    "a password in an address": ("http://me:pass@host/v1 failed", "http://host/v1 failed"),
    "a path with an at sign": ("http://host/a@b", "http://host/a@b"),
    "prose": ("task-oriented, risk-averse; the bearer is noisy", "task-oriented, risk-averse; the bearer is noisy"),
}  # fmt: skip


def test_keys_are_replaced_and_other_words_are_not():
    def check(case: tuple[str, str]) -> None:
        assert scrub_message(case[0], SECRETS) == case[1]

    check_all(TEXTS, check)


@pytest.mark.parametrize(
    "text", ["and/or-motion_blur", "hf_noise_high_band", "rk_4 steps, pk-12 window", "http://x/@user"]
)
def test_a_judges_words_are_cleaned_by_the_keys_in_force_alone(text: str):
    assert scrub(text, SECRETS) == scrub_message(text, SECRETS) == text


KEY = "sk-proj-Ab3/dE6+hI9kL2nO5qR8tU1wX4zA7c"
FORMS = {
    "cut": KEY[:8],
    "its end": KEY[-8:],
    "masked": "sk-pro****A7c",
    "under JSON escapes": "".join(f"\\u{ord(letter):04x}" for letter in KEY),
    "in a URL": quote(KEY, safe=""),
    "Basic authorization": base64.b64encode(f"me:{KEY}".encode()).decode()[4:-4],
}


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_key_survives(form: str):
    assert scrub(f"<{FORMS[form]}>", [KEY]) == "<***>"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("pretrained=Qwen/Qwen2-VL-7B-Instruct,device=cpu", "pretrained=Qwen/Qwen2-VL-7B-Instruct,device=cpu"),
        ("api_key=zzabcdef1234567890,x=zzabcdef1234567890", "api_key=***,x=***"),
        ("headers=Authorization: Bearer abcdef1234567890", "headers=Authorization: Bearer ***"),
        ("extra={'password': 'pw123456789', 'n': 2}", "extra={'password': '***', 'n': 2}"),
        ("base_url=http://u:p4ssw0rd9@h/v1", "base_url=http://h/v1"),
        ("max_pixels=12845056,pad_token=<|endoftext|>", "max_pixels=12845056,pad_token=<|endoftext|>"),
    ],
)
def test_a_model_s_arguments_lose_their_secrets_wherever_they_stand(arguments, shown):
    assert without_values(arguments) == shown
