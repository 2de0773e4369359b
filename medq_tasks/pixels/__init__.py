"""Pictures: bytes -> RGB by one rule, and how a picture is handed to a backend (see docs/pixels.md)."""

from __future__ import annotations

from medq_tasks.pixels.decoding import decode
from medq_tasks.pixels.resizing import CLAUDE_PNG_BYTES, Limits, fitted, limits_of, summary, wire_limit_of
from medq_tasks.pixels.transport import PngImage, hand_over
from medq_tasks.transports import DEFAULT_TRANSPORT, check_transport

__all__ = [
    "CLAUDE_PNG_BYTES",
    "DEFAULT_TRANSPORT",
    "Limits",
    "PngImage",
    "check_transport",
    "decode",
    "fitted",
    "hand_over",
    "limits_of",
    "summary",
    "wire_limit_of",
]
