"""The per-model settings of a task's YAML: empty ones mean the default, and what cannot be meant is told in one line.

``lmms_eval_specific_kwargs`` holds a block per model, found by the name after ``--model``, and one named ``default``.
The harness hands our hooks the model's block, or, where the model has none, the whole mapping with the default block's
keys written into it; values reach us as YAML read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medq_tasks import prompts
from medq_tasks.data.special_tokens import refusal
from medq_tasks.errors import HarnessStop, SettingsError
from medq_tasks.transports import transport_of

KEYS = ("pre_prompt", "post_prompt", "image_transport")
_BLOCK = "lmms_eval_specific_kwargs"


def checked(words: object) -> Mapping[str, Any]:
    """The words that a hook was handed, if they can be used.

    Raises:
        HarnessStop: they cannot; the message names the key and the cure.
    """
    if words is None:
        return {}
    try:
        return _checked(words, "a model's block")
    except SettingsError as error:
        raise HarnessStop(f"{_BLOCK}: {error}") from error


def _checked(words: object, place: str) -> Mapping[str, Any]:
    if not isinstance(words, Mapping):
        raise SettingsError(f"{place} is {words!r}, not a mapping. Write it as {{image_transport: png}}.")
    for key, value in words.items():
        if key not in KEYS and not isinstance(value, Mapping):  # a mapping is another model's block
            raise SettingsError(f"{place} has {key!r}, which means nothing here. Known are {', '.join(KEYS)}.")
    around = prompts.surround("perception", "", words)
    transport_of(words.get("image_transport"))
    if "<" in around or "[" in around:
        for key in KEYS[:2]:
            problem = refusal(key, str(words.get(key) or ""))
            if problem:
                raise SettingsError(f"{problem}. Take it out: backends put their own marks where the pictures go.")
    return words
