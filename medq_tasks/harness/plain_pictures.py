"""Exact pictures reach a local model without being packed: what it would open again, it gets opened.

Backends that make a data URL of each picture only to open it again a few lines on (Qwen's helpers and the processors of
transformers take a picture in its place, as it is) would spend more time on packing a PNG than on all the rest. So
their packing is passed over for pictures that are to stay exact. Where a backend has another shape, it packs as
before, into a PNG: as exact, only slower, and it is said.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from medq_tasks.harness.replacing import replaced
from medq_tasks.harness.shape import misfit, require
from medq_tasks.harness.telling import tell

# Backend -> its method that packs. Not vora: its processor is code that comes with the checkpoint.
_PACKERS: Mapping[str, str] = {
    "qwen2_vl": "_encode_image_data_url",
    "qwen2_5_vl": "_encode_image_data_url",
    "gemma3": "_encode_image_data_url",
    "gemma4": "_encode_image_data_url",
    "glm4v": "_image_to_base64",
    "llama4_scout": "_image_to_base64",
}
_PACKS = "encode_image_to_data_url"


@contextlib.contextmanager
def unpacked(model: Any, backend: str) -> Iterator[None]:
    """Within the block the backend's packing returns a picture that is to stay exact as it is, in RGB.

    Args:
        model: the harness's model object.
        backend: its name there.
    """
    name = _PACKERS.get(backend)
    if name is None:
        yield
        return
    unlike = misfit(lambda: require(type(model), name, "image", how="by position", calls=[_PACKS]))
    if unlike:
        tell(f"Pictures stay exact, but {backend} packs each as a PNG, which takes longer: {unlike}")
        yield
        return
    with replaced(model, name, _passing_over(getattr(model, name))):
        yield


def _passing_over(pack: Callable[..., Any]) -> Callable[..., Any]:
    from medq_tasks import pixels  # not above: every start of lmms-eval imports this module

    @functools.wraps(pack)
    def packed(image: Any) -> Any:
        return image.plain() if isinstance(image, pixels.ExactImage) else pack(image)

    return packed
