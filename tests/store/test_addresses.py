"""Addresses: as they are shown, and as they tell servers apart."""

import pytest

from medq_tasks.store.addresses import secrets_in, server_of, without_secrets


@pytest.mark.parametrize(
    ("address", "shown", "secrets"),
    [
        ("http://h/v1", "http://h/v1", set()),
        ("http://me:p4ss@h/v1?api_key=abc&x=1#f", "http://h/v1?x=1", {"me:p4ss", "p4ss", "abc"}),
        ("//me:p4ss@h/v1", "h/v1", {"me:p4ss", "p4ss"}),
        ("me:p@ss@h/v1", "h/v1", {"me:p@ss", "p@ss"}),
        ("https://h/?to=http://me:p4ss@x/", "https://h/?to=http://x/", {"me:p4ss", "p4ss"}),
        ("https://h/?to=http%3A%2F%2Fme%3Ap4ss%40x%2F", "https://h/?to=http://x/", {"me:p4ss", "p4ss"}),
    ],
)
def test_an_address_is_shown_without_its_secrets(address, shown, secrets):
    assert without_secrets(address) == shown
    assert secrets <= set(secrets_in(address))
    assert bool(secrets) == bool(set(secrets_in(address)))


def test_two_spellings_of_one_address_are_one_server():
    same = ("http://Judge:80/v1/", "HTTP://judge/v1", "http://key@judge./v1?token=x")
    assert {server_of(one) for one in same} == {"http://judge/v1"}
    others = (
        "https://judge/v1",
        "http://judge:8000/v1",
        "http://judge/v2",
        "http://127.0.0.1/v1",
        "http://localhost/v1",
    )
    assert len({server_of(one) for one in (*others, same[0])}) == 6
    assert server_of(None) == server_of("") == "https://api.openai.com/v1"
