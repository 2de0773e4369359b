"""The judge's prompts of the reference implementation, out of a checkout, as data: nothing of it is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from medq_tasks.errors import JudgeError
from medq_tasks.prompts import code_shape
from medq_tasks.prompts.python_source import SourceError, find, parse, plain
from medq_tasks.records import AXES

# VLMEvalKit: the file, and the name its prompts are assigned to. The second file takes two of its prompts from the
# first by subscript.
FILES = {
    "no_reference": ("vlmeval/dataset/medqbench_caption.py", "PROMPT_TEMPLATES"),
    "comparison": ("vlmeval/dataset/medqbench_paired_description.py", "PAIRED_PROMPT_TEMPLATES"),
}
MARKS = ("MLLM DESC", "GOLDEN DESC")  # where the two texts go


def read_reference_prompts(folder: Path) -> dict[str, dict[str, str]]:
    """The prompts by kind and axis, letter by letter.

    Args:
        folder: Root of the checkout, or the folder that holds the two files.

    Raises:
        JudgeError: a file is missing, or its code is not known.
    """
    known: dict[str, dict[str, str]] = {}
    prompts: dict[str, dict[str, str]] = {}
    for kind, (file, name) in FILES.items():
        try:
            path = find(folder, file, "MEDQ_JUDGE_PROMPTS")
            prompts[kind] = known[name] = _prompts(parse(path), path, name, known)
        except SourceError as error:
            raise JudgeError(str(error)) from error
    return prompts


def _prompts(tree: ast.Module, path: Path, name: str, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    texts: dict[str, str | None] = {}
    if code_shape.is_known(tree, path.name):
        bound = (node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)
        value = next((node.value for node in bound if isinstance(node.value, ast.Dict)), ast.Dict([], []))
        texts = {plain(key) or "": plain(item, known) for key, item in zip(value.keys, value.values, strict=True)}
    found = {axis: text for axis in AXES if (text := texts.get(axis)) is not None}
    if len(found) < len(AXES):
        raise JudgeError(
            f"{path}: its code is not that of a revision known here (VLMEvalKit from ca9a644d to e8e78f05), so what a "
            "judge would be sent is not known: it is not run. Use one of these, or a YAML file of its prompts."
        )
    silent = [axis for axis, text in found.items() if not any(mark in text for mark in MARKS)]
    if silent:
        raise JudgeError(
            f"{path}: {', '.join(silent)} has neither {MARKS[0]} nor {MARKS[1]}: a judge would see no text."
        )
    return found
