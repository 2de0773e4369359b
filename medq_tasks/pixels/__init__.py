"""Pictures: bytes -> RGB by one rule, and how a picture is handed to a backend (see docs/pixels.md)."""

from __future__ import annotations

from medq_tasks.pixels.decoding import FORMATS, MAX_PIXELS, MAX_SIDE, Opened, check_size, decode, open_picture
from medq_tasks.pixels.resizing import (
    CLAUDE_PNG_BYTES,
    MOST_ELONGATED,
    REFUSE_ELONGATED,
    Limits,
    elongated,
    fitted,
    limits_of,
    summary,
    wire_limit_of,
)
from medq_tasks.pixels.transport import ExactImage, hand_over
from medq_tasks.transports import DEFAULT_TRANSPORT, check_transport

__all__ = [
    "CLAUDE_PNG_BYTES",
    "DEFAULT_TRANSPORT",
    "FORMATS",
    "Limits",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MOST_ELONGATED",
    "Opened",
    "ExactImage",
    "REFUSE_ELONGATED",
    "check_size",
    "check_transport",
    "decode",
    "elongated",
    "fitted",
    "hand_over",
    "limits_of",
    "open_picture",
    "summary",
    "wire_limit_of",
]
