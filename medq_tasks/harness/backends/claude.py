"""``--model claude``: stock, every picture goes as JPEG quality 85, and the media type is fixed to that."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from lmms_eval.models.simple.claude import Claude
from loguru import logger
from PIL import Image

from medq_tasks.harness.backends import exact, standing_on
from medq_tasks.harness.shape import require
from medq_tasks.pixels import CLAUDE_PNG_BYTES, ExactImage

MAX_PNG_BYTES = CLAUDE_PNG_BYTES
# The harness's own limits for this backend.
_DEFAULT_TOKENS, _MOST_TOKENS = 1024, 4096
_RETRIES = 5
_SHRINK = 0.9


_INSTANCE = "lmms_eval.api.instance"
_USAGE = "lmms_eval.models.model_utils.usage_metrics"
_LOGGED = ("model_name", "task_name", "input_tokens", "output_tokens", "reasoning_tokens", "source")


def _stock() -> None:
    require(Claude, "generate_until", "requests", how="by position", calls=["task_dict"])
    require(Claude, "__init__", "model_version", "system_prompt")
    require(_INSTANCE, "GenerationResult", "text", "token_counts", how="by keyword")
    require(_INSTANCE, "TokenCounts", "input_tokens", "output_tokens", how="by keyword")
    require(_USAGE, "is_budget_exceeded", how="by keyword")
    require(_USAGE, "log_usage", *_LOGGED, how="by keyword")


@standing_on(_stock)
class ExactClaude(Claude):  # type: ignore[misc]
    """The harness's backend; tasks that ask for exact pictures are sent as PNG, all others go the harness's way."""

    def generate_until(self, requests: Sequence[Any]) -> list[Any]:
        """One reply per request, in order."""
        exact = [wants_exact_pictures(request) for request in requests]
        others = iter(self._usual([request for request, ours in zip(requests, exact, strict=True) if not ours]))
        if not any(exact):
            return list(others)
        import anthropic

        client = anthropic.Anthropic(max_retries=_RETRIES)
        return [
            self._ask(client, *request.args) if ours else next(others)
            for request, ours in zip(requests, exact, strict=True)
        ]

    def _usual(self, requests: list[Any]) -> list[Any]:
        return super().generate_until(requests) if requests else []

    def _ask(
        self, client: Any, prompt: str, settings: dict[str, Any], doc_to_visual: Any, doc_id: int, task: str, split: str
    ) -> Any:
        from lmms_eval.api.instance import GenerationResult, TokenCounts  # not above: looked at first
        from lmms_eval.models.model_utils.usage_metrics import is_budget_exceeded, log_usage

        if is_budget_exceeded():
            return GenerationResult(text="[LMMS_EVAL_BUDGET_EXCEEDED]")
        pictures = doc_to_visual(self.task_dict[task][split][doc_id])
        content = [*map(picture_block, pictures), {"type": "text", "text": prompt}]
        try:
            message = client.messages.create(
                model=self.model_version,
                max_tokens=min(settings.get("max_new_tokens", _DEFAULT_TOKENS), _MOST_TOKENS),
                messages=[{"role": "user", "content": content}],
                extra_body=self._extras(settings),
            )
        except Exception as error:  # whatever the client raises is this one request's failure, not the run's
            logger.error(f"Request for {task}, item {doc_id}, failed: {error}")
            return GenerationResult(text=f"[LMMS_EVAL_REQUEST_FAILED after {_RETRIES} retries] {error}"[:300])
        text = "".join(part.text for part in message.content if part.type == "text")
        used = TokenCounts(input_tokens=message.usage.input_tokens, output_tokens=message.usage.output_tokens)
        log_usage(
            model_name=self.model_version,
            task_name=task,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            reasoning_tokens=0,
            source="model",
        )
        return GenerationResult(text=text, token_counts=used)

    def _extras(self, settings: dict[str, Any]) -> dict[str, Any]:
        """As the request's body: release 2 of the client has no ``temperature`` argument any more."""
        system = {"system": self.system_prompt} if self.system_prompt else {}
        return {"temperature": settings.get("temperature", 0), **system}


def wants_exact_pictures(request: Any) -> bool:
    """Whether the request's task has ``image_transport: png`` for this model (other tasks have no such setting)."""
    return exact(getattr(request.args[2], "__self__", None))


def picture_block(picture: Image.Image) -> dict[str, Any]:
    """A picture as the Messages API takes it: PNG, and no longer than the API allows."""
    data = ExactImage.of(picture).to_png()
    size = picture.size
    while len(data) > MAX_PNG_BYTES:
        size = (int(size[0] * _SHRINK), int(size[1] * _SHRINK))
        data = ExactImage.of(picture.resize(size, Image.Resampling.LANCZOS)).to_png()
    if size != picture.size:
        logger.warning(f"A picture was resized from {picture.size} to {size}: as PNG it exceeds this API's 5 MB.")
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(data).decode("ascii")}
    return {"type": "image", "source": source}
