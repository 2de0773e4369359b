"""The shape of a file of Python code around its words, as a hash: which revision of the reference implementation it is.

A text that is read out of code is what a model is asked in only if all code on its way is the code that was looked at
once. A list of suspicious changes would never be whole (``line = reword(line)``, a branch turned round, a wrapped
method, an ``__init__``); so whatever is not of a known shape is refused. Only comments, docstrings, prints of plain
values, and the words themselves are not of the shape.
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
    "medqbench_caption.py": frozenset(("0a875ab054f6d236", "2512c2beded0d65a")),
    "medqbench_paired_description.py": frozenset(("3eed65893d00c927", "cdd98b70a76860d8")),
    "prompt.py": frozenset(("c9dba46a6490f9c3", "0a02222e9802f30c", "7fe9ad320e47d570")),
}
# What words are assigned to, or the key of such an entry.
_WORDS = frozenset(
    (
        *("prompt", "option_text", "options_prompt", "MCQ_CN_PROMPT", "MCQ_EN_PROMPT", "question"),
        *("PROMPT_TEMPLATES", "PAIRED_PROMPT_TEMPLATES"),
    )
)
_Node = TypeVar("_Node")
# What a print may hold and change nothing.
_PLAIN = (ast.Expr, ast.Name, ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Attribute, ast.Load)
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
    if isinstance(node, ast.Call):
        return ("args",) if isinstance(node.func, ast.Attribute) and node.func.attr == "join" else ()
    return ("values",) if isinstance(node, ast.Dict) else ("elt",)


def _said(body: Sequence[_Node]) -> Iterator[_Node]:
    """Without what changes nothing: docstrings, and prints of plain values."""
    for one in body:
        value = one.value if isinstance(one, ast.Expr) else None
        printed = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
        plain = all(isinstance(node, _PLAIN) for node in _inner(one) if node is not value)
        if not isinstance(value, ast.Constant) and not (printed and plain):
            yield one


def _inner(node: object) -> Iterator[ast.AST]:
    return ast.walk(node) if isinstance(node, ast.AST) else iter(())
