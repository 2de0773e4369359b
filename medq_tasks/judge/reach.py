"""Whether the judge can be asked from this machine: one question to its server, which costs nothing."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks.judge.address import client_arguments, has_path, is_classic_azure, request_headers, with_version
from medq_tasks.judge.client import secrets_of
from medq_tasks.judge.refusal import parsed, read_refusal, unreached
from medq_tasks.judge.response import Response, response_of
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.secrets import scrub_message
from medq_tasks.wording.escape import plain

PATIENCE = 5.0  # seconds
_SHOWN = 5  # models named in a cure
_NAME = 60  # characters of such a name
_LONGEST = 300  # characters of what the server said


@dataclass(frozen=True)
class Reach:
    """What the server said, and what to do about it ("" when it answers and lists the model).

    ``client``: whether it could be asked at all.
    """

    said: str
    cure: str = ""
    client: bool = True


def reach(settings: JudgeSettings, setting: str = "MEDQ_JUDGE_MODEL") -> Reach:
    """Ask the judge's server for its list of models, and whether it has the one that is named. Never raises.

    ``setting``: where the model is named, for the cure.
    """
    if is_classic_azure(settings.base_url):
        return Reach("a deployment of Azure's classic form, which lists no models: not asked")
    models = _ask(settings)
    if isinstance(models, Reach):
        return models
    if settings.model in models or (not settings.model and len(models) == 1):
        return Reach("reachable")
    cure = f"set {setting} to one of {models_in_words(models)}" if models else "load a model into the server"
    lacks = "it does not list this model" if settings.model else "no model is named"
    return Reach(f"reachable, but {lacks} ({len(models)} listed)", cure)


def listing(settings: JudgeSettings) -> list[str] | str:
    """The models that the judge's server lists, or why it lists none. Never raises."""
    models = _ask(settings)
    return models.said if isinstance(models, Reach) else models


def models_in_words(models: Sequence[str]) -> str:
    """The first few models of a list, for a message."""
    return ", ".join(plain(model, _NAME) for model in models[:_SHOWN]) + (", ..." if len(models) > _SHOWN else "")


def _ask(settings: JudgeSettings) -> list[str] | Reach:
    try:
        import openai

        client = openai.OpenAI(**client_arguments(settings), timeout=PATIENCE, max_retries=0)
    except Exception as error:  # of a broken installation, or of a proxy that cannot be used
        said = _clean(f"no client can be made ({type(error).__name__}: {error})", settings)
        return Reach(said, "medq info --check", client=False)
    models: list[str] | None = None
    try:
        headers = request_headers(settings)
        seen = _list(client, headers)
        if seen.status in (404, 405) and not has_path(settings.base_url):
            client.base_url = with_version(client.base_url)
            seen = _list(client, headers)
        models = _listed(seen) if seen.status == 200 else None
    except openai.OpenAIError as error:
        why = unreached(error)[0] or f"nothing within {PATIENCE:g} s"
        return Reach(_clean(f"not reachable: {why}", settings), _start_it())
    except Exception as error:  # a server that speaks another language: the package hands the parser's error through
        return Reach(_clean(f"no list of models ({type(error).__name__}: {error})", settings), _cure(404))
    if models is None:
        said = _clean(f"the server answers, but with {read_refusal(seen).said}", settings)
        return Reach(said, _cure(404 if seen.status == 200 else seen.status))
    return models


def _list(client: Any, headers: Mapping[str, Any]) -> Response:
    import openai

    try:
        return response_of(client.models.with_raw_response.list(extra_headers=headers).http_response)
    except openai.APIStatusError as error:
        return response_of(error.response)


def _listed(seen: Response) -> list[str] | None:
    """The models of a list; None where the answer is none: a page, JSON of another kind."""
    data = parsed(seen.text)
    rows = data.get("data") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        return None
    ids = [row.get("id") for row in rows if isinstance(row, Mapping)]
    return list(dict.fromkeys(name for name in ids if isinstance(name, str) and name.strip()))


def _clean(text: str, settings: JudgeSettings) -> str:
    """In one line without keys; cut last, since half a key is not recognised."""
    return plain(scrub_message(text, secrets_of(settings))[: 10 * _LONGEST], None)[:_LONGEST]


def _start_it() -> str:
    cure = "start it, or correct MEDQ_JUDGE_BASE_URL; on a node without internet: --predict_only, then medq judge"
    proxies = [f"{scheme}_proxy".upper() for scheme in sorted(urllib.request.getproxies()) if scheme != "no"]
    if proxies:  # which of them is asked depends on the address; the client's error does not name it
        cure = f"correct or unset {' and '.join(proxies)}, or name the server in NO_PROXY; else {cure}"
    return cure


def cure_of(status: int) -> str:
    """What to do about a status that is about the key or its account; "" for any other."""
    if status in (401, 403):
        return "set MEDQ_JUDGE_API_KEY to a key that this server takes"
    if status in (402, 429):
        return "see to the account's credit or quota at the judge's provider, or name another judge"
    return "correct the proxy's user and password" if status == 407 else ""


def _cure(status: int) -> str:
    if cure_of(status):
        return cure_of(status)
    if status == 404:
        return "correct MEDQ_JUDGE_BASE_URL (most servers want /v1 at its end)"
    return "see what the server's own log says"
