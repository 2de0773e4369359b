"""A reply with half a surrogate pair does not end the harness's sample log.

lmms-eval 0.7 writes results and samples as JSON with everything but ASCII left as it is, in UTF-8, which does not hold
half a pair: the log ends before the first such reply, and "Could not save sample results" is all that is said.
"""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

MODULE = "lmms_eval.loggers.evaluation_tracker"


class _Json(ModuleType):
    """The module ``json`` but for ``dumps``, which writes ASCII where the text could not be written otherwise."""

    def __getattr__(self, name: str) -> Any:
        return getattr(json, name)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        text = json.dumps(value, **options)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return json.dumps(value, **{**options, "ensure_ascii": True})
        return text


def keep_half_characters(module: ModuleType) -> None:
    """Give the module that writes the log (``MODULE``) another ``json``; a second call does nothing.

    Raises:
        TypeError: it writes with something else.
    """
    writer = getattr(module, "json", None)
    if isinstance(writer, _Json):
        return
    if writer is not json:
        raise TypeError(f"{module.__name__} does not write with json, so half a character may end the sample log")
    module.json = _Json("json")  # type: ignore[attr-defined]
