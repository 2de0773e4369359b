"""A chat completion, read: the judge's text, and whether it is the whole of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from medq_tasks.judge.refusal import parsed
from medq_tasks.judge.response import Response
from medq_tasks.records import Usage

# Why a text ended before its end, by what the word holds: OpenAI, vLLM and llama.cpp say "length", Anthropic
# "max_tokens", Gemini "MAX_TOKENS" and "SAFETY", Mistral "model_length", DeepSeek "insufficient_system_resource".
# A word that none of these is in ("stop", "end_turn", one not heard of yet) says that the text is whole.
_CUT: Mapping[str, str] = {
    **dict.fromkeys(("length", "token", "limit"), "the judge's reply was cut off at its token limit"),
    **dict.fromkeys(
        ("filter", "guardrail", "safety", "recitation", "prohibited", "blocklist", "sensitive", "spii"),
        "the judge's reply was withheld by a filter",
    ),
    "refus": "the judge refused to reply",
    **dict.fromkeys(("tool", "function"), "the judge called a tool in place of a reply"),
    **dict.fromkeys(
        ("error", "abort", "cancel", "insufficient", "pause", "malformed"), "the judge's reply was broken off"
    ),
}
_THOUGHT = ("reasoning_content", "reasoning", "thinking")  # where servers put a model's thinking
_MOST_TOKENS = 10**9  # a count above it is no count
_WHOLE = ("stop", "eos_token", "end_turn", "stop_sequence", "stop_token", "eos")


@dataclass(frozen=True)
class Reply:
    """The judge's text ("" when it sent none), why it ended, and as whom the server answered ("" when it said none).

    ``thought``: it sent what it thought, apart from its text. ``usage``: what the reply has cost.
    """

    text: str
    finish: str = ""
    model: str = ""
    thought: bool = False
    usage: Usage = field(default_factory=Usage)

    @property
    def problem(self) -> str:
        """Why no score may be read in it; "" for a whole text."""
        cut = cut_off(self.finish)
        if cut or self.text.strip():
            return cut
        lacks = "the judge sent its thinking alone, and no text" if self.thought else "the judge sent no text"
        return lacks + (f" (finish_reason: {self.finish})" if self.finish not in ("", "stop") else "")


def cut_off(finish: str) -> str:
    """What happened to a text that ended for this reason; "" when it is whole, or when no reason is known."""
    word = finish.lower()
    told = "" if word in _WHOLE else next((told for part, told in _CUT.items() if part in word), "")
    return f"{told} (finish_reason: {finish})" if told else ""


def read_reply(response: Response) -> Reply | None:
    """The reply in a response, or None when it holds none: a page, a stream, an error, JSON of another kind."""
    data = parsed(response.text)
    choices = data.get("choices") if isinstance(data, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message", choice.get("text")) if isinstance(choice, Mapping) else None
    message = {"content": message} if isinstance(message, str) else message  # as of a plain completion
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping):
        return None
    content, refusal = _text(message.get("content")), message.get("refusal")
    if not content and isinstance(refusal, str) and refusal:
        return Reply(refusal, "refusal", _model_of(data), usage=_usage(data))
    thought = not content.strip() and any(message.get(name) for name in _THOUGHT)
    return Reply(content, _finish_of(choice), _model_of(data), thought, _usage(data))


def _model_of(data: Any) -> str:
    """An alias is answered under the name of what stands behind it ("gpt-4o" by "gpt-4o-2024-08-06")."""
    name = data.get("model")
    return name if isinstance(name, str) else ""


def _text(content: Any) -> str:
    """The text of a message: as it is, or of its parts (Mistral and some gateways; their thinking is none of it)."""
    if isinstance(content, Mapping):
        content = [content]
    if isinstance(content, list):
        return "".join(part if isinstance(part, str) else _part(part) for part in content)
    return content if isinstance(content, str) else ""


def _part(part: Any) -> str:
    if not isinstance(part, Mapping) or str(part.get("type") or "text").lower() not in ("text", "output_text"):
        return ""
    text = part.get("text")
    return str(text.get("value") or "") if isinstance(text, Mapping) else text if isinstance(text, str) else ""


def _usage(data: Any) -> Usage:
    """The tokens that a server has counted, under OpenAI's names or Anthropic's."""
    said = data.get("usage")
    if not isinstance(said, Mapping):
        return Usage()
    prompt = _count(said, "prompt_tokens", "input_tokens")
    completion = _count(said, "completion_tokens", "output_tokens")
    counted = prompt is not None and completion is not None
    prompt, completion = prompt or 0, completion or 0
    # Some servers leave thinking out of the completion's tokens, and in the total.
    completion = max(completion, (_count(said, "total_tokens") or 0) - prompt)
    cached = _count(said.get("prompt_tokens_details"), "cached_tokens") or _count(
        said, "prompt_cache_hit_tokens", "cache_read_input_tokens"
    )
    reasoning = _count(said.get("completion_tokens_details"), "reasoning_tokens")
    return Usage(0, int(counted), prompt, completion, cached or 0, reasoning or 0)


def _count(said: Any, *names: str) -> int | None:
    """The first of the numbers that is one, also as a float or a text; None where none is."""
    for value in (said.get(name) for name in names) if isinstance(said, Mapping) else ():
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1
        except ValueError:
            continue
        if 0 <= number < _MOST_TOKENS and number == int(number):
            return int(number)
    return None


def _finish_of(choice: Mapping[str, Any]) -> str:
    # Some servers have Anthropic's name for it. vLLM has both; its stop_reason is the stop word that was met.
    word = choice.get("finish_reason") or choice.get("stop_reason")
    word = word.get("type") if isinstance(word, Mapping) else word  # SGLang's own form
    return word[:100] if isinstance(word, str) else ""
