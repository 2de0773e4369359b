"""The judge's prompts of the reference implementation, out of a checkout, as data: nothing of it is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from medq_tasks.errors import JudgeError
from medq_tasks.prompts import source_flow as flow
from medq_tasks.prompts.python_source import SourceError, find, parse, plain
from medq_tasks.records import AXES

# VLMEvalKit: the file, and the name its prompts are assigned to. The second file takes two of its prompts from the
# first by subscript.
_FILES = {
    "no_reference": ("vlmeval/dataset/medqbench_caption.py", "PROMPT_TEMPLATES"),
    "comparison": ("vlmeval/dataset/medqbench_paired_description.py", "PAIRED_PROMPT_TEMPLATES"),
}
_READING = ("get", "items", "keys", "values")


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
    value = _only_dict(tree, name, known)
    if value is None:
        raise JudgeError(
            f"{path}: {name} is not one dict literal that nothing changes, and is not run. Use another revision of "
            "VLMEvalKit."
        )
    texts: list[tuple[str, str]] = []
    for key, item in zip(value.keys, value.values, strict=True):
        left, right = plain(key), plain(item, known)
        if left is None or right is None:
            raise JudgeError(
                f"{path}, line {item.lineno}: a prompt is not a plain text and is not evaluated. Use another revision."
            )
        texts.append((left, right))
    return dict(texts)


def _only_dict(tree: ast.Module, name: str, known: Iterable[str]) -> ast.Dict | None:
    """What the name is bound to, once; None where anything in the file could change it, or what it takes over."""
    steps = flow.steps(tree, name)
    imported = [step for other in known for step in flow.steps(tree, other) if step.does != "?"]
    if len(steps) != 1 or not steps[0].is_plain() or imported or any(_changed(tree, one) for one in (name, *known)):
        return None
    return steps[0].value if isinstance(steps[0].value, ast.Dict) else None


def _changed(tree: ast.Module, name: str) -> bool:
    methods = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == name)
    return bool(flow.filled(tree, name)) or any(node.attr not in _READING for node in methods)
