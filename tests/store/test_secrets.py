from __future__ import annotations

from medq_tasks.store.secrets import scrub
from tests.cases import check_all

SECRETS = ("own-server-key", "four", "abc")

TEXTS = {
    "the key in force, whatever its form": ("key own-server-key.", "key ***."),
    "as short as a key may be": ("four", "***"),
    "too short to be one: it would take words apart": ("abc", "abc"),
    "another's key": ("see sk-proj-0123456789, or hf_abcdef", "see ***, or ***"),
    "a key with its middle masked": ("Incorrect API key provided: sk-12****89.", "Incorrect API key provided: ***"),
    "five characters are no key": ("pk_12345", "pk_12345"),
    "a token": ("authorization: bearer abc.DEF/1=", "authorization: Bearer ***"),
    "a password in an address": ("http://me:pass@host/v1 failed", "http://host/v1 failed"),
    "a path with an at sign": ("http://host/a@b", "http://host/a@b"),
    "prose": ("task-oriented, risk-averse; the bearer is noisy", "task-oriented, risk-averse; the bearer is noisy"),
}  # fmt: skip


def test_keys_are_replaced_and_other_words_are_not():
    def check(case: tuple[str, str]) -> None:
        assert scrub(case[0], SECRETS) == case[1]

    check_all(TEXTS, check)
