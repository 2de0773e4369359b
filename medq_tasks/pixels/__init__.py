"""Pictures: bytes -> RGB by one rule, and how a picture is handed to a backend (see docs/pixels.md)."""

from __future__ import annotations

from medq_tasks.pixels.decoding import DECODING_VERSION, decode
from medq_tasks.pixels.transport import DEFAULT_TRANSPORT, PngImage, check_transport, hand_over
from medq_tasks.pixels.verifying import PictureFacts, verify

__all__ = [
    "DECODING_VERSION",
    "DEFAULT_TRANSPORT",
    "PictureFacts",
    "PngImage",
    "check_transport",
    "decode",
    "hand_over",
    "verify",
]
