"""Which model families a name belongs to: a judge may favour the texts of its own."""

from __future__ import annotations

import re

# By maker: words with which the parts of a model's name begin.
_MAKERS = {
    "openai": ("gpt", "o1", "o3", "o4", "chatgpt"),
    "anthropic": ("claude",),
    "google": ("gemini", "gemma", "medgemma", "paligemma"),
    "qwen": ("qwen", "qwq", "qvq", "lingshu"),
    "meta": ("llama",),
    "mistral": ("mistral", "mixtral", "pixtral", "ministral", "magistral"),
    "deepseek": ("deepseek",),
    "internvl": ("internvl", "internlm"),
    "zhipu": ("glm", "chatglm", "cogvlm"),
    "microsoft": ("phi",),
    "xai": ("grok",),
    "huggingface": ("smolvlm", "smollm", "idefics"),
    "moonshot": ("kimi",),
}


def makers_of(name: str) -> frozenset[str]:
    """The makers whose models a name names; empty where it names none that is known."""
    parts = re.findall(r"[a-z]+\d*", name.lower())
    return frozenset(maker for maker, words in _MAKERS.items() if any(part.startswith(words) for part in parts))
