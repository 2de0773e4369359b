"""Read the reference implementation's own prompts out of a checkout, as data: nothing of it is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from medq_tasks.errors import JudgeError
from medq_tasks.records import AXES

# VLMEvalKit, vlmeval/dataset/: the file, and the name its prompts are assigned to. The second file takes two of its
# prompts from the first by subscript.
_FILES = {
    "no_reference": ("medqbench_caption.py", "PROMPT_TEMPLATES"),
    "comparison": ("medqbench_paired_description.py", "PAIRED_PROMPT_TEMPLATES"),
}


def read_reference_prompts(folder: Path) -> dict[str, dict[str, str]]:
    """The prompts by kind and axis, letter by letter.

    Args:
        folder: Root of the checkout, or the folder that holds the two files.

    Raises:
        JudgeError: a file, the dict or a prompt is missing, or a value is not a plain text.
    """
    known: dict[str, dict[str, str]] = {}
    prompts: dict[str, dict[str, str]] = {}
    for kind, (file, name) in _FILES.items():
        path = _find(folder, file)
        prompts[kind] = known[name] = _dict_literal(path, name, known)
        missing = [axis for axis in AXES if axis not in prompts[kind]]
        if missing:
            raise JudgeError(f"{path}: {name} has no prompt for {', '.join(missing)}. Use another revision.")
    return {kind: {axis: prompts[kind][axis] for axis in AXES} for kind in prompts}


def _find(folder: Path, file: str) -> Path:
    for path in (folder / "vlmeval" / "dataset" / file, folder / file):
        if path.is_file():
            return path
    raise JudgeError(
        f"{folder}: no vlmeval/dataset/{file} in it. MEDQ_JUDGE_PROMPTS needs the root of a VLMEvalKit checkout "
        "(one of October 2025 or later), or a YAML file."
    )


def _dict_literal(path: Path, name: str, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8-sig"), filename=str(path))
    except (OSError, SyntaxError, ValueError) as error:
        raise JudgeError(f"{path}: cannot be read as Python source ({error}).") from error
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Dict) and any(isinstance(item, ast.Name) and item.id == name for item in targets):
            return {
                _text(key, path, known): _text(item, path, known)
                for key, item in zip(value.keys, value.values, strict=True)
            }
    raise JudgeError(f"{path}: assigns no dict literal to {name}. Use another revision of VLMEvalKit.")


def _text(node: ast.expr | None, path: Path, known: Mapping[str, Mapping[str, str]]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value  # implicitly concatenated strings arrive as one constant
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, path, known) + _text(node.right, path, known)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        prompts, axis = known.get(node.value.id, {}), _text(node.slice, path, known)
        if axis in prompts:
            return prompts[axis]
    line = getattr(node, "lineno", "?")
    raise JudgeError(f"{path}, line {line}: a prompt is not a plain text and is not evaluated. Use another revision.")
