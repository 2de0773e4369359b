"""Another value in an attribute of somebody else's object, for a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Within the block ``owner`` itself holds ``value`` under ``name``; afterwards what it held before, if anything:
    else its class's own comes forth again."""
    held = name in vars(owner)
    before = vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if held:
            setattr(owner, name, before)
        else:
            delattr(owner, name)
