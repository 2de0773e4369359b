"""Words out of the reference implementation's code, which is read and never run.

For files whose shape is known (``code_shape``): what stands where is then known as well, and only the words are taken.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from medq_tasks.prompts.python_source import Hole, Piece, pieces, plain
from medq_tasks.prompts.words import ChoiceWords, TextWords, Words

_Node = TypeVar("_Node", bound=ast.AST)
Maker = Callable[[ast.Module], Words | None]
_CHOICES, _REWORDED = "MedqbenchMCQDataset", "Qwen2VLPromptMixin"
_TEXTS = ("MedqbenchCaptionDataset", "MedqbenchPairedDescriptionDataset")


def choice_words(tree: ast.Module) -> Words | None:
    """``prompt`` is one text with places for ``question`` and ``option_text``, which joins a line per option."""
    method = _method(tree, _CHOICES, "build_prompt")
    texts = _cut(pieces(_first(method, "prompt")), "question", "option_text")
    joined = _first(method, "option_text")
    inner = joined.args[0] if isinstance(joined, ast.Call) and joined.args else None
    line = _option_line(inner.generators[0].target, inner.elt) if isinstance(inner, ast.ListComp) else None
    if texts is None or line is None:
        return None
    return ChoiceWords(texts[0], "", texts[1], line, texts[2], as_written=True)


def text_words(tree: ast.Module) -> Words | None:
    """``data["question"]`` is one text for every row of a table without questions, and is asked as it stands."""
    lists = (node for owner in _TEXTS for node in _nodes(tree, owner, "load_data", ast.ListComp))
    instruction = next((plain(node.elt) for node in lists), None)
    return TextWords("", instruction, "", as_written=True) if instruction else None


def reworded(tree: ast.Module) -> Words | None:
    """``prompt`` grows by the question's line, by ``options_prompt`` with a line per option, by a closing text."""
    owner, method = _REWORDED, _method(tree, _REWORDED, "_build_mcq_prompt")
    grown = [pieces(node.value) for node in _nodes(tree, owner, "_build_mcq_prompt", ast.AugAssign)]
    around = next((cut for parts in grown if (cut := _cut(parts, "question"))), None)
    start, heading = plain(_first(method, "prompt")), plain(_first(method, "options_prompt"))
    loop = next(_nodes(tree, owner, "_build_mcq_prompt", ast.For), None)
    added = loop.body[0] if loop is not None else None
    line = _option_line(loop.target, added.value) if loop is not None and isinstance(added, ast.AugAssign) else None
    closing, chinese = (plain(_first(method, f"MCQ_{name}_PROMPT")) for name in ("EN", "CN"))
    if around is None or start is None or heading is None or not line or not line.endswith("\n"):
        return None
    if not (closing or "").strip() or not (chinese or "").strip():  # without one, theirs would end otherwise
        return None
    last, last_if_chinese = ("\n" + str(text).rstrip() for text in (closing, chinese))
    return ChoiceWords(start, around[0], around[1] + heading, line[:-1], last, last_if_chinese, as_written=True)


def _method(tree: ast.Module, owner: str, name: str) -> ast.FunctionDef | None:
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner)
    methods = (node for one in classes for node in one.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return next(methods, None)


def _nodes(tree: ast.Module, owner: str, method: str, kind: type[_Node]) -> Iterator[_Node]:
    found = _method(tree, owner, method)
    return (node for node in ast.walk(found) if isinstance(node, kind)) if found else iter(())


def _first(method: ast.FunctionDef | None, name: str) -> ast.expr | None:
    """What a variable of a method is bound to first."""
    bound = (node for node in (method.body if method else ()) if isinstance(node, ast.Assign))
    return next((n.value for n in bound if isinstance(n.targets[0], ast.Name) and n.targets[0].id == name), None)


def _option_line(target: ast.expr, line: ast.expr | None) -> str | None:
    """A line of the two variables of a loop over letters and texts, as an ``option_line``: bound by their names."""
    names = [one.id for one in target.elts if isinstance(one, ast.Name)] if isinstance(target, ast.Tuple) else []
    parts = pieces(line)
    if len(names) != 2 or parts is None:
        return None
    places = dict(zip(names, ("{letter}", "{text}"), strict=True))
    if sorted(piece.name for piece in parts if isinstance(piece, Hole)) != sorted(places):
        return None
    return "".join(places[p.name] if isinstance(p, Hole) else p.replace("{", "{{").replace("}", "}}") for p in parts)


def _cut(parts: Sequence[Piece] | None, *holes: str) -> list[str] | None:
    """The texts around the holes, which must be these, once each, in this order."""
    if parts is None or tuple(piece.name for piece in parts if isinstance(piece, Hole)) != holes:
        return None
    texts = [""]
    for piece in parts:
        if isinstance(piece, Hole):
            texts.append("")
        else:
            texts[-1] += piece
    return texts
