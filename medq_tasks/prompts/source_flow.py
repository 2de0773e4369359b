"""What happens to a variable in a function of Python source, read as data: every step, so that none is missed.

A text that is taken out of code is what a model is asked in only if nothing else touches it on its way. A reader that
took the first assignment it meets would be content with ``prompt = prompt.replace(...)`` two lines below it, and record
words that were never asked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Step:
    """One binding of a variable: ``=``, ``+=``, or ``?`` for any other; the statements that it stands under."""

    does: str
    value: ast.expr | None = None
    under: tuple[ast.stmt, ...] = ()

    def is_plain(self, does: str = "=") -> bool:
        """Whether it always happens, once."""
        return self.does == does and not self.under


def method(tree: ast.Module, owner: str, name: str) -> ast.FunctionDef | None:
    """The only method of that name of the only class of that name; None where code may put another in its place."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner]
    found = [node for one in classes for node in one.body if isinstance(node, ast.FunctionDef) and node.name == name]
    replaced = any(isinstance(n, ast.Attribute) and n.attr == name and _stores(n) for n in ast.walk(tree))
    if len(classes) != 1 or len(found) != 1 or found[0].decorator_list or replaced:
        return None
    return found[0]


def steps(function: ast.AST, name: str) -> list[Step]:
    """Every binding of a variable, in the order of the source; within another function as well, as ``?``."""
    found = [step for node, under in _statements(function) for step in _steps_of(node, name, under)]
    bound = sum(1 for node in _outside_comprehensions(function) if _binds(node, name))
    return found if len(found) == bound else [*found, Step("?")]


def uses(function: ast.AST, name: str) -> int:
    """How often a variable is read."""
    return sum(isinstance(n, ast.Name) and n.id == name and not _stores(n) for n in ast.walk(function))


def entries(node: ast.AST, key: str) -> list[Step]:
    """Every binding of an entry of that name (``data["name"] = ...``)."""
    found: list[Step] = []
    for statement, under in _statements(node):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if (
                isinstance(target, ast.Subscript)
                and isinstance(target.slice, ast.Constant)
                and target.slice.value == key
            ):
                does = "=" if isinstance(statement, ast.Assign) and len(targets) == 1 else "?"
                found.append(Step(does, getattr(statement, "value", None), under))
    return found


def filled(function: ast.AST, name: str) -> list[tuple[ast.expr, ast.expr | None]]:
    """What is put into the entries of a variable, as (key, value); None for the value of any step but ``=``."""
    values = {
        node.targets[0]: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and len(node.targets) == 1
    }
    return [
        (node.slice, values.get(node))
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and _stores(node) and _is(node.value, name)
    ]


def sent(function: ast.FunctionDef, messages: str = "msgs") -> str | None:
    """The variable that is sent as the only text, last (``msgs.append(dict(type="text", value=NAME))``, always).

    None where it may be another: all that is returned must be that list, to which things are but added.
    """
    own = list(_statements(function))
    returned = [node.value for node, _ in own if isinstance(node, ast.Return)]
    texts = [node for node in ast.walk(function) if isinstance(node, ast.Constant) and node.value == "text"]
    added = [node for node, under in own if not under and _adds_text(node, messages)]
    touched = [n for n in ast.walk(function) if isinstance(n, ast.Attribute | ast.Subscript) and _root(n) == messages]
    plain = all(isinstance(node, ast.Attribute) and node.attr in ("append", "extend") for node in touched)
    if len(texts) != 1 or len(added) != 1 or not plain or not returned:
        return None
    if not all(isinstance(one, ast.Name) and one.id == messages for one in returned):
        return None
    last = max(node.lineno for node in touched) <= added[0].lineno
    value = _keywords(added[0])["value"]
    return value.id if isinstance(value, ast.Name) and last else None


def _adds_text(node: ast.stmt, messages: str) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    adds = isinstance(call, ast.Call) and ast.unparse(call.func) == f"{messages}.append" and len(call.args) == 1
    return adds and set(_keywords(node)) == {"type", "value"}


def _keywords(node: ast.AST) -> dict[str, ast.expr]:
    return {item.arg: item.value for item in ast.walk(node) if isinstance(item, ast.keyword) and item.arg}


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _statements(node: ast.AST, under: tuple[ast.stmt, ...] = ()) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
    """The simple statements of a function, each with the compound ones around it; without those of inner functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _COMPOUND):
            yield from _statements(child, (*under, child))
        elif isinstance(child, ast.ExceptHandler | ast.match_case) or (
            isinstance(child, ast.FunctionDef | ast.ClassDef) and isinstance(node, ast.Module | ast.ClassDef)
        ):
            yield from _statements(child, under)
        elif isinstance(child, ast.stmt) and not isinstance(child, _INNER):
            yield child, under


def _steps_of(node: ast.stmt, name: str, under: tuple[ast.stmt, ...]) -> Iterator[Step]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    if isinstance(node, ast.Assign | ast.AnnAssign) and len(targets) == 1 and _is(targets[0], name) and node.value:
        yield Step("=", node.value, under)
    elif isinstance(node, ast.AugAssign) and _is(node.target, name):
        yield Step("+=" if isinstance(node.op, ast.Add) else "?", node.value, under)


def _outside_comprehensions(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but the targets of comprehensions, which are variables of their own."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, ast.comprehension):
            yield from _outside_comprehensions(child.iter)
            for test in child.ifs:
                yield from _outside_comprehensions(test)
        else:
            yield from _outside_comprehensions(child)


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.alias):
        return (node.asname or node.name) == name
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
        return node.name == name
    return isinstance(node, ast.Name) and _stores(node) and node.id == name


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _stores(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)
