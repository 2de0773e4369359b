"""The judge's prompts of the reference implementation, out of a checkout, as data: nothing of it is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from medq_tasks.errors import JudgeError
from medq_tasks.prompts.python_source import SourceError, assigned, find, parse, plain
from medq_tasks.records import AXES

# VLMEvalKit: the file, and the name its prompts are assigned to. The second file takes two of its prompts from the
# first by subscript.
_FILES = {
    "no_reference": ("vlmeval/dataset/medqbench_caption.py", "PROMPT_TEMPLATES"),
    "comparison": ("vlmeval/dataset/medqbench_paired_description.py", "PAIRED_PROMPT_TEMPLATES"),
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
        try:
            path = find(folder, file, "MEDQ_JUDGE_PROMPTS")
            prompts[kind] = known[name] = _dict_literal(parse(path), path, name, known)
        except SourceError as error:
            raise JudgeError(str(error)) from error
        missing = [axis for axis in AXES if axis not in prompts[kind]]
        if missing:
            raise JudgeError(f"{path}: {name} has no prompt for {', '.join(missing)}. Use another revision.")
    return {kind: {axis: prompts[kind][axis] for axis in AXES} for kind in prompts}


def _dict_literal(tree: ast.Module, path: Path, name: str, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    value = next((node for node in assigned(tree, name) if isinstance(node, ast.Dict)), None)
    if value is None:
        raise JudgeError(f"{path}: assigns no dict literal to {name}. Use another revision of VLMEvalKit.")
    texts: list[tuple[str, str]] = []
    for key, item in zip(value.keys, value.values, strict=True):
        left, right = plain(key), plain(item, known)
        if left is None or right is None:
            raise JudgeError(
                f"{path}, line {item.lineno}: a prompt is not a plain text and is not evaluated. Use another revision."
            )
        texts.append((left, right))
    return dict(texts)
