"""What a function of the user's own is made of, so that its words can be told from others by a hash.

Its own lines are not enough: the words mostly stand in a constant beside it, in a function that it wraps or calls, or
in an argument that was bound to it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

_OURS = str(Path(__file__).with_name("inputs.py"))  # not imported: it brings numpy and Pillow


def is_ours(function: object) -> bool:
    """Whether it is this package's own, not one that says so because it wraps ours."""
    code = getattr(function, "__code__", None)
    wrapped = hasattr(function, "__wrapped__")
    return isinstance(code, CodeType) and code.co_filename == _OURS and not wrapped


def digest(made_of: Sequence[object]) -> str:
    """16 hex digits over all that can be known of functions and values: the files of the functions and of those beside
    them that they use, and the plain values (texts, numbers, lists of these) that they take from elsewhere."""
    seen: set[int] = set()
    found = "\0".join(part for thing in made_of for part in _parts(thing, seen))
    return hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _parts(thing: Any, seen: set[int]) -> Iterator[str]:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, functools.partial):
        for value in (thing.func, *thing.args, *thing.keywords.values()):
            yield from _parts(value, seen)
    elif isinstance(thing, FunctionType):
        yield from _of_function(thing, seen)
    elif isinstance(called := vars(type(thing)).get("__call__"), FunctionType):
        yield from _parts(called, seen)
        yield _value(getattr(thing, "__dict__", None))
    elif (inner := getattr(thing, "__func__", None)) is not None:  # a method
        yield from _parts(inner, seen)
    else:
        yield _value(thing)


def _of_function(function: FunctionType, seen: set[int]) -> Iterator[str]:
    code = function.__code__
    yield _text_of(code)
    cells = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
    taken = [function.__globals__[name] for name in sorted(_names(code)) if name in function.__globals__]
    for value in (*cells, *taken, function.__defaults__, function.__kwdefaults__, getattr(function, "__wrapped__", 0)):
        beside = not isinstance(value, FunctionType) or _beside(value.__code__, code)
        yield from _parts(value, seen) if beside else [value.__qualname__]


def _text_of(code: CodeType) -> str:
    try:
        return Path(code.co_filename).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):  # made at run time
        return code.co_code.hex() + _value([item for item in code.co_consts if not isinstance(item, CodeType)])


def _beside(code: CodeType, first: CodeType) -> bool:
    """Whether it lies in the same folder, and is not a library's."""
    return Path(code.co_filename).parent == Path(first.co_filename).parent


def _names(code: CodeType) -> set[str]:
    inner = (item for item in code.co_consts if isinstance(item, CodeType))
    return set(code.co_names).union(*(_names(item) for item in inner))


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:  # not yet assigned
        return False


def _value(value: object) -> str:
    """A plain value as text; of anything else only its type, since its text may hold an address."""
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return type(value).__qualname__
