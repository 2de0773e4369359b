"""The whole baseline as one function: prompt and pictures in, reply out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medq_tasks.demo.baseline.decide import choose, neutral
from medq_tasks.demo.baseline.describe import compare, describe
from medq_tasks.demo.baseline.quality_measures import Measures, measure
from medq_tasks.demo.baseline.question import Question, read_question


def reply(prompt: str, visuals: Sequence[object]) -> str:
    """Answer a prompt about some pictures (PIL images of any mode and size).

    Never raises for what it is given: without a picture that can be measured it says so, and gives the most neutral
    answer that the prompt allows.
    """
    pictures = [visual for visual in visuals if isinstance(visual, Image.Image)]
    question = read_question(prompt, len(pictures))
    if not pictures:
        return _refusal(question)
    if question.kind == "describe":
        return describe(_measured(pictures[0]), question.modality)
    if question.kind == "compare":
        return compare(_measured(pictures[0]), _measured(pictures[1]), question.modality)
    return choose(question, _measured(pictures[0]))


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """8 bit RGB pixels (height, width, 3). Transparent parts become white; deep grey is scaled to its own range."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        deep = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
        low, high = deep.min(), deep.max()
        # A plain convert would turn nearly everything white.
        grey = (deep - low) / (high - low) * 255.0 if high > low else np.zeros_like(deep)
        return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    if "A" in image.getbands() or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, "white")
        image = Image.alpha_composite(white, with_alpha)
    return np.asarray(image.convert("RGB"))


def _measured(image: Image.Image) -> Measures:
    return measure(to_rgb(image))


def _refusal(question: Question) -> str:
    said = "I was given no picture that can be measured, so I cannot judge its quality."
    return f"{said} The most neutral option follows.\nAnswer: {neutral(question)}" if question.options else said
