"""``--model cosmos_wm``: the reasoner's OpenAI-compatible API takes data URLs."""

from __future__ import annotations

from typing import Any

from lmms_eval.models.simple.cosmos_wm import CosmosWorldModel

from medq_tasks.harness.backends import standing_on
from medq_tasks.harness.shape import require
from medq_tasks.pixels import ExactImage


def _stock() -> None:
    require(CosmosWorldModel, "_visual_to_openai_content", "visual", how="by position")
    require(CosmosWorldModel, "_vllm_omni_reason", calls=["_visual_to_openai_content"])


@standing_on(_stock)
class ExactCosmos(CosmosWorldModel):  # type: ignore[misc]
    """The harness's backend with a PNG data URL for a picture that is to arrive exactly."""

    def _visual_to_openai_content(self, visual: Any) -> dict[str, Any] | None:
        if not isinstance(visual, ExactImage):
            content: dict[str, Any] | None = super()._visual_to_openai_content(visual)
            return content
        return {"type": "image_url", "image_url": {"url": visual.data_url()}}
