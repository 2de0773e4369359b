"""``--model reka``: stock, it sends PNG and says JPEG."""

from __future__ import annotations

from typing import Any

from lmms_eval.models.simple.reka import Reka

from medq_tasks.harness.backends import standing_on
from medq_tasks.harness.shape import require
from medq_tasks.pixels import ExactImage


def _stock() -> None:
    require(Reka, "encode_image", "image", how="by position")
    require(Reka, "generate_until", calls=["encode_image"])


@standing_on(_stock)
class ExactReka(Reka):  # type: ignore[misc]
    """The harness's backend with the right media type on our pictures."""

    def encode_image(self, image: Any) -> Any:
        """Data URL of a picture, or a list of them for a list."""
        pictures = image if isinstance(image, list) else [image]
        if not all(isinstance(picture, ExactImage) for picture in pictures):
            return super().encode_image(image)
        urls = [picture.data_url() for picture in pictures]
        return urls if isinstance(image, list) else urls[0]
