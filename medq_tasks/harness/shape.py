"""Whether lmms-eval is shaped as a change of ours to it expects.

A change that does not fit is not made, so that other people's tasks go on as they are, and ``plugin`` says so as soon
as a task of ours is asked for. Every start of lmms-eval imports this module: nothing heavy above.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Collection, Iterator
from inspect import Parameter
from types import CodeType
from typing import Any, Literal

How = Literal["as given", "by keyword", "by position"]

_BY_KEYWORD = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_ANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class Unlike(Exception):
    """The harness has another shape; the text names what is not as expected, without a full stop."""


def require(
    owner: Any, name: str, *parameters: str, how: How = "as given", calls: Collection[str] = ()
) -> Callable[..., Any]:
    """The callable ``name`` of ``owner``.

    Args:
        owner: a module, the name of one, or a class.
        name: of the attribute.
        parameters: names that it must take.
        how: ``as given``: we hand on what we got, and only look for these. ``by keyword``: we pass these and nothing
            else, by name. ``by position``: it passes, or gets, these first, in this order, and needs nothing else.
        calls: names that its code must use: what we put in their place is else never reached.

    Raises:
        Unlike: it is gone, cannot be called, or takes or does something else.
    """
    owner = _module(owner) if isinstance(owner, str) else owner
    place = f"{_name_of(owner)}.{name}"
    found = getattr(owner, name, None)
    if found is None:
        raise Unlike(f"there is no {place}")
    if not callable(found):
        raise Unlike(f"{place} is a {type(found).__name__} and cannot be called")
    _check_parameters(found, place, parameters, how)
    used = set(_used(getattr(inspect.unwrap(found), "__code__", None))) if calls else set()
    unused = [word for word in calls if word not in used]
    if unused:
        raise Unlike(f"{place} does not use {', '.join(unused)}")
    return found  # type: ignore[no-any-return]


def misfit(check: Callable[[], object]) -> str:
    """What ``check``, which looks at or changes the harness, finds unlike; "" when nothing. Never raises."""
    try:
        check()
    except Unlike as error:
        return str(error)
    except Exception as error:  # a shape that nobody has thought of
        return f"lmms-eval is not as expected ({type(error).__name__}: {error})"
    return ""


def _check_parameters(found: Callable[..., Any], place: str, names: Collection[str], how: How) -> None:
    try:
        known = inspect.signature(found).parameters
    except (TypeError, ValueError):
        if names:
            raise Unlike(f"the parameters of {place} cannot be read") from None
        return
    lacking = [name for name in names if name not in known or known[name].kind in _ANY]
    if lacking:
        raise Unlike(f"{place} takes no {', '.join(lacking)}")
    if how == "as given":
        return
    kinds = _BY_KEYWORD if how == "by keyword" else _BY_POSITION
    for name in names:
        if known[name].kind not in kinds:
            raise Unlike(f"{place} does not take {name} {how}")
    ours = [name for name in known if name != "self"]
    if how == "by position" and ours[: len(names)] != list(names):
        raise Unlike(f"{place} takes {', '.join(ours)} in another order than {', '.join(names)}")
    needs = [
        name for name in ours if name not in names and known[name].default is Parameter.empty and not _open(known[name])
    ]
    if needs:
        raise Unlike(f"{place} needs {', '.join(needs)} as well")


def _used(code: object) -> Iterator[str]:
    """Global names and attributes, also those of functions and comprehensions inside."""
    if isinstance(code, CodeType):
        yield from code.co_names
        for part in code.co_consts:
            yield from _used(part)


def _open(parameter: Parameter) -> bool:
    return parameter.kind in _ANY


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unlike(f"{name} cannot be imported ({error})") from error


def _name_of(owner: Any) -> str:
    module, name = getattr(owner, "__module__", ""), getattr(owner, "__qualname__", None)
    return f"{module}.{name}" if name else str(getattr(owner, "__name__", type(owner).__name__))
