"""How the openai package is told where the judge is: addresses as people paste them, Azure's classic ones included."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from medq_tasks.settings import JudgeSettings

_ENDPOINT = "/chat/completions"  # what the package adds itself
_DEPLOYMENTS = "/openai/deployments/"  # .../openai/deployments/NAME?api-version=2024-10-21


def client_arguments(settings: JudgeSettings) -> dict[str, Any]:
    """Arguments of ``openai.OpenAI``: address, query of every request, and how the key is handed over.

    Left to itself the package appends its path behind a query. A deployment of Azure's classic form takes the key as
    ``api-key`` and refuses a bearer that is one; no redirect of such a one is followed, as ``api-key`` would go along.
    """
    key = settings.api_key or "none"  # the package insists on one, a local server ignores it
    if settings.base_url is None:
        return {"api_key": key}
    address = urlsplit(settings.base_url)
    path = address.path.rstrip("/").removesuffix(_ENDPOINT)
    arguments = {
        "api_key": key,
        "base_url": urlunsplit((address.scheme, address.netloc.rpartition("@")[2], path, "", "")),
        "default_query": dict(parse_qsl(address.query, keep_blank_values=True)),
    }
    if is_classic_azure(settings.base_url):
        arguments["default_headers"] = {"api-key": key}
    return arguments


def request_headers(settings: JudgeSettings) -> dict[str, Any]:
    """Headers of every request beside those.

    The package's bearer is left out where it would be refused. User and password of an address go as such, where no
    key goes: the transport refuses both at once.
    """
    import openai

    if is_classic_azure(settings.base_url):
        return {"Authorization": openai.Omit()}
    user = urlsplit(settings.base_url or "").netloc.rpartition("@")[0]
    if user and not settings.api_key:
        return {"Authorization": f"Basic {base64.b64encode(unquote(user).encode()).decode()}"}
    return {}


def is_classic_azure(base_url: str | None) -> bool:
    """Whether the address is that of one deployment: it names the model, and lists none."""
    return _DEPLOYMENTS in (base_url or "")


def has_path(base_url: str | None) -> bool:
    """Whether an address has a path; most servers want /v1. The package's own address has one."""
    return base_url is None or bool(urlsplit(base_url).path.strip("/"))


def with_version(base_url: object) -> str:
    """An address without a path, with /v1: ``str`` of it may end in a slash or not, and "hostv1" is another host."""
    return f"{str(base_url).rstrip('/')}/v1"
