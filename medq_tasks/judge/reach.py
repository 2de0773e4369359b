"""Whether the judge can be asked from this machine: one question to its server, which costs nothing."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass

from medq_tasks.settings import JudgeSettings

PATIENCE = 5.0  # seconds
_SHOWN = 5  # models named in a cure


@dataclass(frozen=True)
class Reach:
    """What the server said, and what to do about it ("" when it answers and lists the model).

    ``client``: whether it could be asked at all.
    """

    said: str
    cure: str = ""
    client: bool = True


def reach(settings: JudgeSettings) -> Reach:
    """Ask the judge's server for its list of models. Never raises."""
    try:
        import openai

        client = openai.OpenAI(
            api_key=settings.api_key or "none", base_url=settings.base_url, timeout=PATIENCE, max_retries=0
        )
    except Exception as error:  # of a broken installation, or of a proxy that cannot be used
        return Reach(f"no client can be made ({type(error).__name__}: {error})", "medq info --check", client=False)
    try:
        models = [model.id for model in client.models.list()]
    except openai.APIStatusError as error:
        return Reach(f"the server answers, but with HTTP {error.status_code}", _cure(error.status_code))
    except openai.OpenAIError as error:
        cure = "start it, or correct MEDQ_JUDGE_BASE_URL; on a node without internet: --predict_only, then medq judge"
        proxies = [f"{scheme}_proxy".upper() for scheme in sorted(urllib.request.getproxies()) if scheme != "no"]
        if proxies:  # which of them is asked depends on the address; the client's error does not name it
            cure = f"correct or unset {' and '.join(proxies)}, or name the server in NO_PROXY; else {cure}"
        return Reach(f"not reachable ({type(error).__name__}: {error.__cause__ or error})", cure)
    except Exception as error:  # a server that speaks another language: the package hands the parser's error through
        return Reach(f"no list of models ({type(error).__name__})", _cure(404))
    if settings.model in models:
        return Reach("reachable")
    listed = ", ".join(models[:_SHOWN]) + (", ..." if len(models) > _SHOWN else "")
    cure = f"set MEDQ_JUDGE_MODEL to one of {listed}" if models else "load a model into the server"
    return Reach(f"reachable, but it does not list this model ({len(models)} listed)", cure)


def _cure(status: int) -> str:
    if status in (401, 403):
        return "set MEDQ_JUDGE_API_KEY to a key that this server takes"
    if status == 404:
        return "correct MEDQ_JUDGE_BASE_URL (most servers want /v1 at its end)"
    return "see what the server's own log says"
