"""Texts out of Python source, read as data: nothing of it is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.errors import MedqError


class SourceError(MedqError):
    """The source is not there, cannot be read, or is not of the shape that is looked for."""


@dataclass(frozen=True)
class Hole:
    """Where a text takes in the value of a variable."""

    name: str


Piece = str | Hole


def find(folder: Path, file: str, wanted_by: str) -> Path:
    """A file of a VLMEvalKit checkout, by its path in there; ``folder`` is the root, or the folder that holds it.

    Raises:
        SourceError: there is no such file.
    """
    for path in (folder / file, folder / Path(file).name):
        if path.is_file():
            return path
    raise SourceError(
        f"{folder}: no {file} in it. {wanted_by} needs the root of a VLMEvalKit checkout (one of October 2025 or "
        "later), or a YAML file."
    )


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file.

    Raises:
        SourceError: it cannot be read, or is no Python.
    """
    try:
        return ast.parse(path.read_bytes(), filename=str(path))  # bytes: they may name their encoding
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SourceError(f"{path}: cannot be read as Python source ({error}).") from error


def pieces(node: ast.expr | None, known: Mapping[str, Mapping[str, str]] | None = None) -> list[Piece] | None:
    """A text as texts and holes; None where it is anything but that.

    Args:
        node: what is assigned: texts, f-texts with plain names in them, sums of these, or an entry of ``known``.
        known: dicts of texts read before, by their name there.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]  # implicitly concatenated strings arrive as one constant
    if isinstance(node, ast.JoinedStr):
        return _joined([_hole(part) if isinstance(part, ast.FormattedValue) else pieces(part) for part in node.values])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([pieces(node.left, known), pieces(node.right, known)])
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        entry = (known or {}).get(node.value.id, {}).get(plain(node.slice) or "")
        return None if entry is None else [entry]
    return None


def plain(node: ast.expr | None, known: Mapping[str, Mapping[str, str]] | None = None) -> str | None:
    """A text without holes; None where it is none."""
    found = pieces(node, known)
    if found is None or any(isinstance(piece, Hole) for piece in found):
        return None
    return "".join(map(str, found))


def _hole(part: ast.FormattedValue) -> list[Piece] | None:
    simple = isinstance(part.value, ast.Name) and part.conversion == -1 and part.format_spec is None
    return [Hole(part.value.id)] if simple and isinstance(part.value, ast.Name) else None


def _joined(parts: Sequence[list[Piece] | None]) -> list[Piece] | None:
    """One list, neighbouring texts as one; None where a part is none."""
    found: list[Piece] = []
    for part in parts:
        if part is None:
            return None
        for piece in part:
            if isinstance(piece, str) and found and isinstance(found[-1], str):
                found[-1] += piece
            else:
                found.append(piece)
    return found
