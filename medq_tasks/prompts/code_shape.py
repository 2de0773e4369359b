"""The shape of Python code around its texts, as a hash: which revision of the reference implementation is at hand.

A text that is read out of code is what a model is asked in only if all code on its way is the code that was looked at
once. A list of suspicious changes would never be whole (``line = reword(line)``, a branch turned round, a wrapped
method); so whatever is not of a known shape is refused. Of a shape are the named methods, statement by statement, the
class around them and the module's own statements. Texts, comments, docstrings, prints and asserts are not, nor is what
other functions and classes hold.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from medq_tasks.prompts.python_source import Hole, pieces

# Of VLMEvalKit from ca9a644d, where MedQ-Bench came to it, to e8e78f05: by what is read and, where that changed, by
# revision (tools/record_shapes.py).
KNOWN = frozenset(
    (
        *("fe946d17a0fcb38c", "33fe65301077b575"),  # MedqbenchMCQDataset at ca9a644d, and from 401916c0
        *("fe16fcb5411b319a", "1c4ced61b4935c0b"),  # MedqbenchCaptionDataset
        *("19c1ceecc00aba5d", "1783c05a851fd3c9"),  # MedqbenchPairedDescriptionDataset
        *("f898a351f3a27325", "b1acf9d1d4643985"),  # MedQBench_Caption_Scorer
        *("fd7832271c25cf65", "ff14db7f682a00a0"),  # MedQBench_PairedDescription_Scorer
        *(
            "db28e695a5572f22",
            "027fdce29b491afc",
            "94141a3149bad914",
        ),  # Qwen2VLPromptMixin from e585f9b1
    )
)
_Node = TypeVar("_Node")
_LEFT_OUT = ("ctx", "kind", "type_comment", "type_params", "simple", "lineno")


def shape_of(tree: ast.Module, owner: str, methods: Sequence[str]) -> str:
    """16 hex digits over the code of ``methods`` of the class ``owner``, and of what could change them in the file."""
    told = repr([owner, [_top(statement, owner, methods) for statement in _said(tree.body)]])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_known(tree: ast.Module, owner: str, methods: Sequence[str]) -> bool:
    """Whether the class is there, in the shape of a revision which was looked at."""
    there = any(isinstance(node, ast.ClassDef) and node.name == owner for node in tree.body)
    return there and shape_of(tree, owner, methods) in KNOWN


def _top(statement: ast.stmt, owner: str, methods: Sequence[str]) -> object:
    if isinstance(statement, ast.ClassDef) and statement.name == owner:
        around = [_form(part) for part in (*statement.bases, *statement.keywords, *statement.decorator_list)]
        return [around, [_member(one, methods) for one in _said(statement.body)]]
    return _member(statement, ())


def _member(statement: ast.stmt, methods: Sequence[str]) -> object:
    """A statement; of a function or class that is not asked for its name alone."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and statement.name not in methods:
        return type(statement).__name__, statement.name, [_form(one) for one in statement.decorator_list]
    return _form(statement)


def _form(node: object) -> object:
    """A tree as nested tuples, alike in every version of Python; texts that are words are left out."""
    if isinstance(node, ast.AST):
        words = _words_of(node)
        fields = ((name, value) for name, value in ast.iter_fields(node) if name not in _LEFT_OUT)
        formed = ((name, words.get(name) or _form(value)) for name, value in fields)
        return type(node).__name__, [(name, form) for name, form in formed if form not in (None, [])]
    if isinstance(node, list):
        return [_form(one) for one in _said(node)]
    return node if node is None else repr(node)


def _words_of(node: ast.AST) -> Mapping[str, object]:
    """The fields of a node that hold nothing but words: as the variables that stand in them."""
    places = {ast.Assign: ("value",), ast.AnnAssign: ("value",), ast.AugAssign: ("value",), ast.ListComp: ("elt",)}
    found = {name: _holes(getattr(node, name)) for name in places.get(type(node), ())}
    if isinstance(node, ast.Dict):
        found["values"] = [_holes(value) or _form(value) for value in node.values]
    return {name: form for name, form in found.items() if form}


def _holes(node: ast.expr | None) -> object:
    parts = pieces(node)
    return None if parts is None else ("words", [part.name if isinstance(part, Hole) else "" for part in parts])


def _said(body: Sequence[_Node]) -> Iterator[_Node]:
    """Without what changes nothing: docstrings, prints, asserts."""
    for one in body:
        value = one.value if isinstance(one, ast.Expr) else None
        printed = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
        if not isinstance(value, ast.Constant) and not printed and not isinstance(one, ast.Assert | ast.Pass):
            yield one
