"""The shape of a file of Python code around its words, as a hash: which revision of the reference implementation it is.

A text that is read out of code is what a model is asked in only if all code on its way is the code that was looked at
once. A list of suspicious changes would never be whole (``line = reword(line)``, a branch turned round, a wrapped
method, an ``__init__``); so whatever is not of a known shape is refused. Only comments, docstrings, bare prints and
asserts, and the words themselves are not of the shape.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from medq_tasks.prompts.python_source import Hole, pieces

# Of VLMEvalKit from ca9a644d, where MedQ-Bench came to it, to e8e78f05, by file (tools/record_shapes.py).
KNOWN: Mapping[str, frozenset[str]] = {
    "medqbench_mcq.py": frozenset(("fd95c841e0a14f2f", "d7a8a26083fb8246")),
    "medqbench_caption.py": frozenset(("05b07e123096e319", "5263a38592234f99")),
    "medqbench_paired_description.py": frozenset(("f00d401e65023a02", "a08497cd158fd326")),
    "prompt.py": frozenset(("989a6b7684e00cd5", "d10487052b412c89", "f90b01f6bf31395c")),
}
# What words are assigned to, or the key of such an entry.
_WORDS = frozenset(
    (
        *("prompt", "option_text", "options_prompt", "MCQ_CN_PROMPT", "MCQ_EN_PROMPT", "question"),
        *("PROMPT_TEMPLATES", "PAIRED_PROMPT_TEMPLATES"),
    )
)
_Node = TypeVar("_Node")
_LEFT_OUT = ("ctx", "kind", "type_comment", "type_params", "simple")


def shape_of(tree: ast.Module) -> str:
    """16 hex digits over the code of a file, alike in every version of Python."""
    return hashlib.sha256(ascii(_form(tree)).encode("ascii")).hexdigest()[:16]


def is_known(tree: ast.Module, file: str) -> bool:
    """Whether a file of that name has the shape of a revision which was looked at."""
    return shape_of(tree) in KNOWN.get(file, ())


def _form(node: object, words: bool = False) -> object:
    """A tree as nested tuples. ``words``: in what is assigned to a name of ``_WORDS``, whose texts are left out."""
    if words and isinstance(node, ast.expr) and (parts := pieces(node)) is not None:
        return "words", [part.name if isinstance(part, Hole) else "" for part in parts]
    if isinstance(node, ast.AST):
        inner = words and isinstance(node, ast.ListComp | ast.GeneratorExp | ast.Dict | ast.Call)
        inside = _inside(node) if inner or isinstance(node, ast.Assign | ast.AugAssign) else ()
        fields = ((name, value) for name, value in ast.iter_fields(node) if name not in _LEFT_OUT)
        formed = [(name, _form(value, name in inside)) for name, value in fields]
        return type(node).__name__, [(name, form) for name, form in formed if form not in (None, [])]
    if isinstance(node, list):
        return [_form(one, words) for one in _said(node)]
    return node if node is None else ascii(node)


def _inside(node: ast.AST) -> Sequence[str]:
    """The fields of a node that hold words: of a comprehension each line, of a dict the values, of a join its list."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = target.slice if isinstance(target, ast.Subscript) else target
        said = name.value if isinstance(name, ast.Constant) else name.id if isinstance(name, ast.Name) else ""
        return ("value",) if said in _WORDS else ()
    return {ast.Dict: ("values",), ast.Call: ("args",)}.get(type(node), ("elt",))


def _said(body: Sequence[_Node]) -> Iterator[_Node]:
    """Without what changes nothing: docstrings, and prints and asserts that call nothing and bind nothing."""
    for one in body:
        value = one.value if isinstance(one, ast.Expr) else None
        printed = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
        looks = printed or isinstance(one, ast.Assert)
        acts = (isinstance(n, ast.Call | ast.NamedExpr) and n is not value for n in _inner(one))
        if not isinstance(value, ast.Constant) and (not looks or any(acts)):
            yield one


def _inner(node: object) -> Iterator[ast.AST]:
    return ast.walk(node) if isinstance(node, ast.AST) else iter(())
