"""``--model qwen_vl_api``: the DashScope client uploads a file and goes by its name."""

from __future__ import annotations

import tempfile
from typing import Any

from lmms_eval.models.simple.qwen_vl_api import Qwen_VL_API

from medq_tasks.harness.backends import standing_on
from medq_tasks.harness.shape import require
from medq_tasks.pixels import ExactImage


def _stock() -> None:
    require(Qwen_VL_API, "save_image_to_temp_file", "image", how="by position")
    require(Qwen_VL_API, "generate_until", calls=["save_image_to_temp_file"])


@standing_on(_stock)
class ExactQwenVlApi(Qwen_VL_API):  # type: ignore[misc]
    """The harness's backend with a ``.png`` file for a picture that is to arrive exactly."""

    def save_image_to_temp_file(self, image: Any) -> Any:
        """An open temporary file with the picture; deleted when closed."""
        if not isinstance(image, ExactImage):
            return super().save_image_to_temp_file(image)
        file = tempfile.NamedTemporaryFile(suffix=".png")  # noqa: SIM115  (the harness closes it)
        image.save(file.name)
        return file
