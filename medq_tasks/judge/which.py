"""Which judge is meant. There is no default: a judge is part of the number, and a provider's alias changes or ends."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from medq_tasks.errors import JudgeError
from medq_tasks.judge.reach import listing, models_in_words
from medq_tasks.settings import JudgeSettings

_SET = "Set MEDQ_JUDGE_MODEL"


def named(settings: JudgeSettings) -> JudgeSettings:
    """The settings with a model: the one that was named, else the only one that the judge's own server lists.

    Asks the server (once) where no model is named.

    Raises:
        JudgeError: no judge is configured, or nothing says which model is meant; the message says what to set.
    """
    settings.require()
    if settings.model:
        return settings
    if settings.base_url is None:
        raise JudgeError(
            f"no judge model is named, and there is no default: a judge is part of the number. {_SET}, and "
            "MEDQ_JUDGE_BASE_URL for a server of your own."
        )
    return dataclasses.replace(settings, model=_only_model(settings))


@functools.lru_cache(maxsize=8)  # what cannot be told is not kept: the server may be starting
def _only_model(settings: JudgeSettings) -> str:
    models: Sequence[str] | str = listing(settings)
    if isinstance(models, str):
        raise JudgeError(f"no judge model is named, and its server does not say which it has ({models}). {_SET}.")
    if len(models) == 1:
        return models[0]
    listed = f"to one of {models_in_words(models)}" if models else "or load a model into the server"
    raise JudgeError(f"no judge model is named, and its server lists {len(models)}. {_SET} {listed}.")
