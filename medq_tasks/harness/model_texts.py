"""Texts among a model's own arguments: what ``--model_args system_prompt=...`` adds to every question.

The backends that take such a text keep it under the argument's name and put it before or behind the question. A chat
class may inherit the argument from a simple one and never look at it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any

# So the constructors of lmms-eval 0.7 to 0.7.3 call them. A chat template, or whether it lets a model think, is none:
# that is the model's own.
_NAMES = ("system_prompt", "reasoning_prompt")


def own_texts(model: Any) -> dict[str, str]:
    """By argument, the texts that a user gave this model in place of its default ones ("": none at all)."""
    found: dict[str, str] = {}
    for name in _NAMES:
        usual = _default(type(model), name)
        text = getattr(model, name, None)
        if usual is not inspect.Parameter.empty and (text or "") != (usual or ""):
            found[name] = str(text or "")
    return found


def asked_with(model: Any, name: str) -> bool:
    """Whether what answers questions looks at the model's argument of this name."""
    return name in _looked_at(type(model), "generate_until", set())


def _default(kind: type, name: str) -> Any:
    """What a constructor takes for the argument where none is given; ``empty`` where there is no such argument."""
    for one in kind.__mro__:  # a subclass may hand all its arguments on
        made = vars(one).get("__init__")
        if inspect.isfunction(made) and name in inspect.signature(made).parameters:
            return inspect.signature(made).parameters[name].default
    return inspect.Parameter.empty


def _looked_at(kind: type, method: str, seen: set[str]) -> set[str]:
    """Names that a method uses, and the methods of the same class that it calls."""
    seen.add(method)
    names: set[str] = set()
    for one in kind.__mro__:
        code = getattr(inspect.unwrap(vars(one).get(method, len)), "__code__", None)
        if code is not None:
            names |= set(_names(code))
            if "super" not in names:
                break
    for name in [name for name in names if name not in seen and callable(getattr(kind, name, None))]:
        names |= _looked_at(kind, name, seen)
    return names


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
