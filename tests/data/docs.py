"""Rows of a prepared table as the harness hands them over."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def png(color: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (6, 4), color).save(file, "PNG")
    return file.getvalue()


def doc(kind: str = "perception", **changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "row": 4,
        "id": "17",
        "table": "0123456789abcdef",
        "kind": kind,
        "question": "Is there noise?",
        "letters": ["A", "B"],
        "options": ["Yes", "No"],
        "answer": "B",
        "reference": "",
        "question_type": "yes_or_no",
        "modality": "ct",
        "severity": "none",
        "scope": "",
        "grain": "",
        "degradation": "",
        "source": "",
        "inferred": ["question_type"],
        "sizes": ["6x4"],
        "pictures": ["aaaa"],
        "image_1": {"bytes": png((200, 10, 10)), "path": None},
    }
    if kind != "perception":
        base |= {"letters": [], "options": [], "answer": "", "question": "", "question_type": "", "inferred": []}
        base |= {"reference": "Sharp and clean. The quality is good."}
    if kind == "comparison":
        base |= {"reference": "The second image is noisier. The first image has the higher quality."}
        base |= {"sizes": ["6x4", "6x4"], "pictures": ["aaaa", "bbbb"]}
        base |= {"image_2": {"bytes": png((10, 200, 10)), "path": None}}
    return {**base, **changes}
