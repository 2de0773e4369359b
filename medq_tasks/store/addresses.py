"""Addresses of servers: as they are shown, and as they tell one server from another. Neither holds a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote

OPENAI = "https://api.openai.com/v1"  # where the openai package goes when it is told nothing
_PORTS = {"http": "80", "https": "443"}
# The last word of a name whose value is a secret: api_key, HF_TOKEN, subscription-key, sig.
_SECRET_WORDS = re.compile(
    "key|apikey|token|secret|password|passwd|pwd|pass|sig|signature|auth|authorization|code|credentials?", re.I
)


def names_a_secret(name: str) -> bool:
    """Whether a setting, an argument or a part of a query of this name holds a secret, by its last word."""
    return bool(_SECRET_WORDS.fullmatch(re.split(r"[-_.]", name)[-1]))


def secrets_in(address: str) -> Iterator[str]:
    """The secrets in an address, as they stand there and decoded: userinfo, password, values of query keys."""
    _, userinfo, _, query = _split(address)
    user, _, password = userinfo.partition(":")
    found = [userinfo, password or user]
    for name, value in parse_qsl(query):
        found += [value] if names_a_secret(name) else secrets_in(value) if "://" in value else []
    for secret in filter(None, found):
        yield secret
        yield from {unquote(secret), quote(secret, safe="")} - {secret}


def without_secrets(address: str) -> str:
    """The address as it may be shown: without userinfo and fragment, and without the query's secrets."""
    scheme, _, rest, query = _split(address)
    parts = (part.partition("=") for part in query.split("&") if part)
    kept = [
        name + mark + (quote(without_secrets(unquote(value)), safe="/:") if "://" in unquote(value) else value)
        for name, mark, value in parts
        if not names_a_secret(unquote(name))
    ]
    return (f"{scheme}://" if scheme else "") + rest + (f"?{'&'.join(kept)}" if kept else "")


def server_of(address: str | None) -> str:
    """Which server an address leads to: two spellings of one address are one server.

    Case of scheme and host, the scheme's own port, slashes at the end, the order of a query and every secret do not
    count; an address without a path is that with /v1, where the judge is then asked, too.
    Names are not resolved: ``localhost`` and ``127.0.0.1`` are two servers, for nobody can know where another
    machine's names lead.

    Args:
        address: a base URL; None or "" for the openai package's own.
    """
    scheme, _, rest, query = _split(without_secrets(address or OPENAI))
    host, slash, path = rest.partition("/")
    scheme, host = scheme.lower(), host.lower()
    name, colon, port = host.rpartition(":")
    if colon and not port.endswith("]") and port in ("", _PORTS.get(scheme)):
        host = name
    place = host.rstrip(".") + ((slash + path).rstrip("/") or ("/v1" if scheme else ""))
    return (f"{scheme}://" if scheme else "") + place + (f"?{'&'.join(sorted(query.split('&')))}" if query else "")


def _split(address: str) -> tuple[str, str, str, str]:
    """Scheme, userinfo, host with port and path, query. Never raises: a mistyped address holds a password too."""
    head, mark, rest = address.strip().partition("://")
    scheme, rest = (head, rest) if mark else ("", head.removeprefix("//"))
    rest = rest.partition("#")[0] if "@" not in rest.partition("#")[2] else rest
    userinfo = ""
    host = rest.split("/")[0].split("?")[0]
    if "@" in host or (":" in host and "@" in rest and not host.rpartition(":")[2].isdecimal()):
        # Through the last "@": a password that holds "@", "/" or "#" unquoted would stay in part.
        userinfo, _, rest = rest.rpartition("@")
    place, _, query = rest.partition("?")
    return scheme, userinfo, place, query
