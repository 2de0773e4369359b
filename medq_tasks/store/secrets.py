"""Keys stay out of files, logs and error texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The form of OpenAI's and most other keys. Servers repeat a rejected key in their error text, often with its middle
# masked, so knowing our own key is not enough.
_KEY_LIKE = re.compile(r"\b(?:sk|pk|hf|gsk|xai|AIza|rk|or)[-_][A-Za-z0-9*_.-]{6,}")
_BEARER = re.compile(r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{6,}")
_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with every given secret, and whatever looks like a key, replaced by ``***``."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return _USERINFO.sub("", _BEARER.sub("Bearer ***", _KEY_LIKE.sub("***", text)))
