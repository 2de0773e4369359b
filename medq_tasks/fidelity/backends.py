"""Which backends can be looked into on this machine, and with what arguments."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from medq_tasks.errors import MedqError
from medq_tasks.fidelity import tiny


class CannotInspect(MedqError):
    """This backend's input path cannot be watched here; the message says why."""


# Tiny checkpoints for local backends when the user names none.
_TINY: dict[str, Callable[[Path], Path]] = {
    "qwen2_vl": tiny.build_tiny_qwen2_vl,
    "qwen2_5_vl": tiny.build_tiny_qwen2_5_vl,
    "llava_hf": tiny.build_tiny_llava,
}
# API backends that the recorder can stand in for: the arguments that point them at it.
_RECORDED = {
    "openai": "model=recorder,base_url={url}/v1,api_key=none",
    "openai_compatible": "model=recorder,base_url={url}/v1,api_key=none",
    "openai_compatible_chat": "model=recorder,base_url={url}/v1,api_key=none",
    "async_openai": "model=recorder,base_url={url}/v1,api_key=none,num_cpus=1",
    "async_openai_compatible": "model=recorder,base_url={url}/v1,api_key=none,num_cpus=1",
    "async_openai_compatible_chat": "model=recorder,base_url={url}/v1,api_key=none,num_cpus=1",
    "claude": "model_version=recorder",
}
# Backends that would send the pictures out of this machine, or that hand them to another process.
_ELSEWHERE = {
    **dict.fromkeys(
        ("gemini", "gemini_api", "gpt4v", "reka", "qwen_vl_api", "batch_gpt4", "srt_api", "cosmos_wm"),
        "it talks to an address of its own, which a recording server cannot stand in for",
    ),
    **dict.fromkeys(
        ("litellm", "litellm_chat", "litellm_compatible"), "LiteLLM chooses the address by the model's name"
    ),
    **dict.fromkeys(
        ("vllm", "vllm_generate", "sglang", "llava_sglang", "aero_realtime_vllm"),
        "it hands the pictures to an engine that needs its own process and a GPU",
    ),
}


def is_recorded(model: str) -> bool:
    """Whether the recording server stands in for this backend's API."""
    return model in _RECORDED


def check(model: str, model_args: str | None) -> None:
    """Raise unless there is such a backend and it can be built and watched here, as far as its name tells.

    Raises:
        CannotInspect: lmms-eval does not know it, it cannot be watched here, or it needs a checkpoint that only the
            user can name.
    """
    from lmms_eval.models import list_available_models

    if model not in list_available_models(include_aliases=True):
        raise CannotInspect(f"lmms-eval knows no model {model!r}. `lmms-eval models` lists those it knows.")
    if model in _ELSEWHERE:
        raise CannotInspect(f"{model} cannot be inspected here: {_ELSEWHERE[model]}.")
    if not (model_args or model in _RECORDED or model in _TINY):
        raise CannotInspect(
            f"{model} cannot be inspected without a checkpoint: name one, "
            "as in --model_args pretrained=FOLDER,device=cpu."
        )


def arguments(model: str, model_args: str | None, url: str, scratch: Path) -> str:
    """The ``--model_args`` for a backend that passed ``check``: the user's, a tiny checkpoint's, or the recorder's."""
    if model in _RECORDED:
        # The user's own come first and may not name another address: test pictures stay on this machine.
        given = [part for part in (model_args or "").split(",") if part and not _names_address(part)]
        return ",".join([*given, *_RECORDED[model].format(url=url).split(",")])
    return model_args or f"pretrained={_TINY[model](scratch / model)},device=cpu,device_map=cpu"


def _names_address(part: str) -> bool:
    return part.partition("=")[0].strip() in (
        "base_url",
        "api_key",
        "model",
        "model_version",
        "num_cpus",
        "azure_openai",
    )


@contextmanager
def environment(url: str) -> Iterator[None]:
    """The environment variables that lead API clients to the recorder, for the time of the block."""
    wanted = {
        "OPENAI_API_BASE": f"{url}/v1",
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_KEY": "none",
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "none",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
