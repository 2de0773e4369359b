"""What a model gets to see: the pictures and the words, the same for simple and for chat backends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from medq_tasks import pixels
from medq_tasks.data.doc import Doc, image_bytes, options_of
from medq_tasks.harness.model_words import asked, checked
from medq_tasks.records import SHAPES
from medq_tasks.transports import transport_of

Words = Mapping[str, Any]


def doc_to_text(doc: Doc, lmms_eval_specific_kwargs: Words | None = None) -> str:
    """The whole prompt of an item.

    Raises:
        HarnessStop: the YAML's words cannot be used. The harness asks for one prompt when it builds a task, so this is
            told before anything is generated.
    """
    words, _ = asked(doc["kind"], lmms_eval_specific_kwargs)
    return words.ask(doc["question"], options_of(doc) if SHAPES[doc["kind"]] == "choice" else {})


def doc_to_visual(doc: Doc, lmms_eval_specific_kwargs: Words | None = None) -> list[Image.Image]:
    """The item's pictures in order, decoded to RGB, dressed for the backend as the YAML says."""
    transport = transport_of(checked(lmms_eval_specific_kwargs).get("image_transport"))
    return [pixels.hand_over(pixels.decode(data), transport) for data in image_bytes(doc)]


def doc_to_messages(doc: Doc, lmms_eval_specific_kwargs: Words | None = None) -> list[dict[str, Any]]:
    """One user turn: all pictures, then the text, as a simple backend would arrange them."""
    content: list[dict[str, Any]] = [
        {"type": "image", "url": image} for image in doc_to_visual(doc, lmms_eval_specific_kwargs)
    ]
    content.append({"type": "text", "text": doc_to_text(doc, lmms_eval_specific_kwargs)})
    return [{"role": "user", "content": content}]
