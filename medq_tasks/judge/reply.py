"""A chat completion, read: the judge's text, and whether it is the whole of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medq_tasks.judge.refusal import parsed
from medq_tasks.judge.response import Response

# Why a text ended before its end, by what the word holds: OpenAI, vLLM and llama.cpp say "length", Anthropic
# "max_tokens", Gemini "MAX_TOKENS" and "SAFETY", Mistral "model_length", DeepSeek "insufficient_system_resource".
# A word that none of these is in ("stop", "end_turn", one not heard of yet) says that the text is whole.
_CUT: Mapping[str, str] = {
    **dict.fromkeys(("length", "token", "limit"), "the judge's reply was cut off at its token limit"),
    **dict.fromkeys(
        ("filter", "safety", "recitation", "prohibited", "blocklist", "sensitive", "spii"),
        "the judge's reply was withheld by a filter",
    ),
    "refus": "the judge refused to reply",
    **dict.fromkeys(("tool", "function"), "the judge called a tool in place of a reply"),
    **dict.fromkeys(
        ("error", "abort", "cancel", "insufficient", "pause", "malformed"), "the judge's reply was broken off"
    ),
}
_WHOLE = ("stop", "eos_token", "end_turn", "stop_sequence")


@dataclass(frozen=True)
class Reply:
    """The judge's text ("" when it sent none), why it ended, and as whom the server answered ("" when it said none)."""

    text: str
    finish: str = ""
    model: str = ""

    @property
    def problem(self) -> str:
        """Why no score may be read in it; "" for a whole text."""
        cut = cut_off(self.finish)
        if cut or self.text.strip():
            return cut
        return "the judge sent no text" + (
            f" (finish_reason: {self.finish})" if self.finish not in ("", "stop") else ""
        )


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
    message = choice.get("message") if isinstance(choice, Mapping) else None
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping):
        return None
    content, refusal = _text(message.get("content")), message.get("refusal")
    if not content and isinstance(refusal, str) and refusal:
        return Reply(refusal, "refusal", _model_of(data))
    return Reply(content, _finish_of(choice), _model_of(data))


def _model_of(data: Any) -> str:
    """An alias is answered under the name of what stands behind it ("gpt-4o" by "gpt-4o-2024-08-06")."""
    name = data.get("model")
    return name if isinstance(name, str) else ""


def _text(content: Any) -> str:
    """The text of a message: as it is, or of its parts (Mistral and some gateways; their thinking is none of it)."""
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, Mapping) and part.get("type", "text") == "text"]
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def _finish_of(choice: Mapping[str, Any]) -> str:
    # Some servers have Anthropic's name for it. vLLM has both; its stop_reason is the stop word that was met.
    word = choice.get("finish_reason") or choice.get("stop_reason")
    return word[:100] if isinstance(word, str) else ""
