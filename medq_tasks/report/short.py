"""Names of runs as short as they can be told apart: on a page they stand in every sentence and beside every number."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BACKEND = re.compile(r" \([^()]*\)(?= · |$)")


def short_names(labels: Sequence[str]) -> list[str]:
    """``labels`` (see ``runs.run.labels``) without the backend, where they stay distinct without it."""
    bare = [_BACKEND.sub("", label, count=1) for label in labels]
    return bare if len(set(bare)) == len(set(labels)) and all(bare) else list(labels)


def renamed(text: str, label: str, name: str) -> str:
    """``text``, which begins with the run's label, with its name there."""
    return name + text.removeprefix(label) if text.startswith(label) else text
