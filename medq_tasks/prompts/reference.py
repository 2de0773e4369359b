"""The words of the reference implementation, read out of a checkout of it (``python_source``: nothing is run).

VLMEvalKit puts a prompt together in code: a text with places for the question and the option lines
(``MedqbenchMCQDataset.build_prompt``), and an instruction for tables without questions, which is asked bare. Some of
its models put multiple-choice questions in words of their own instead (``Qwen2VLPromptMixin._build_mcq_prompt``).
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from medq_tasks.errors import SettingsError
from medq_tasks.prompts.python_source import Hole, Piece, SourceError, assigned, find, parse, pieces, plain
from medq_tasks.prompts.words import ChoiceWords, TextWords, Words
from medq_tasks.records import SHAPES, Kind

_Found = TypeVar("_Found")
_Maker = Callable[[ast.Module], Words | None]

NAME = "reference"
_FILES: dict[Kind, str] = {
    "perception": "vlmeval/dataset/medqbench_mcq.py",
    "no_reference": "vlmeval/dataset/medqbench_caption.py",
    "comparison": "vlmeval/dataset/medqbench_paired_description.py",
}
REWORDINGS = {"qwen2_vl": "vlmeval/vlm/qwen2_vl/prompt.py"}


def read(folder: Path, kind: Kind, model: str = "") -> Words:
    """The words that the reference implementation asks a kind of item in.

    Args:
        folder: root of the checkout, or the folder that holds the file.
        kind: of the task.
        model: "" for the benchmark's own words, or a name in ``REWORDINGS``; texts are not reworded there.

    Raises:
        SettingsError: a file is missing or of another shape than expected, or no such rewording is known.
    """
    if model and model not in REWORDINGS:
        raise SettingsError(f"{folder}#{model}: no rewording of that name is known, only {', '.join(REWORDINGS)}.")
    choice = SHAPES[kind] == "choice"
    file = REWORDINGS[model] if choice and model else _FILES[kind]
    make: _Maker = (_reworded if model else _choice) if choice else _text
    try:
        path = find(folder, file, "MEDQ_PROMPTS")
        status = path.stat()
        words = _made(path, make, status.st_mtime_ns, status.st_size)
    except SourceError as error:
        raise SettingsError(str(error)) from error
    if words is None:
        raise SettingsError(f"{path}: its prompt is not put together as expected, and not run. Use another revision.")
    return words


@functools.lru_cache(maxsize=8)
def _made(path: Path, make: _Maker, _changed: int, _size: int) -> Words | None:
    """Kept as long as the file is the same: each item of a run asks for its words."""
    return make(parse(path))


def _choice(tree: ast.Module) -> Words | None:
    """``prompt`` is a text with places for ``question`` and ``option_text``, these lines joined by line breaks."""
    asked = _around(assigned(tree, "prompt"), "question")
    options = _around_hole(asked[1], "option_text") if asked else None
    line = _first(_line(_joined_lines(node)) for node in assigned(tree, "option_text"))
    if asked is None or options is None or line is None:
        return None
    before, heading, closing = _flat(asked[0]), _flat(options[0]), _flat(options[1])
    if before is None or heading is None or closing is None:
        return None
    return ChoiceWords(before, "", heading, line, closing, as_written=True)


def _reworded(tree: ast.Module) -> Words | None:
    """``prompt`` grows by the question's line, by ``options_prompt`` with a line per option, by a closing text."""
    method = _first(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "_build_mcq_prompt")
    asked = _around(assigned(method, "prompt"), "question") if method else None
    if method is None or asked is None:
        return None
    grown = [pieces(node) for node in assigned(method, "options_prompt")]
    heading, line = _first(map(_flat, grown)), _first(map(_line, grown))
    closing, chinese = (_first(map(plain, assigned(method, f"MCQ_{name}_PROMPT"))) for name in ("EN", "CN"))
    before, after = _flat(asked[0]), _flat(asked[1])
    if before is None or after is None or heading is None or closing is None or not (line or "").endswith("\n"):
        return None
    last, last_if_chinese = ("\n" + text.rstrip() if text else "" for text in (closing, chinese))
    return ChoiceWords("", before, after + heading, (line or "")[:-1], last, last_if_chinese, as_written=True)


def _text(tree: ast.Module) -> Words | None:
    """``data["question"]`` is one text for every row."""
    found = (plain(node.elt) for node in assigned(tree, "question") if isinstance(node, ast.ListComp))
    instruction = next((text for text in found if text), None)
    return None if instruction is None else TextWords("", instruction, "", as_written=True)


def _first(found: Iterable[_Found | None]) -> _Found | None:
    return next((one for one in found if one is not None), None)


def _around(nodes: Iterable[ast.expr], name: str) -> tuple[list[Piece], list[Piece]] | None:
    """What stands before and after the variable in the first of these texts that holds it."""
    return _first(_around_hole(pieces(node), name) for node in nodes)


def _around_hole(parts: list[Piece] | None, name: str) -> tuple[list[Piece], list[Piece]] | None:
    """What stands before and after the only hole of that name."""
    if not parts or parts.count(Hole(name)) != 1:
        return None
    place = parts.index(Hole(name))
    return parts[:place], parts[place + 1 :]


def _flat(parts: list[Piece] | None) -> str | None:
    """The text of pieces without holes; None where there are holes, or no pieces."""
    if parts is None or any(isinstance(piece, Hole) for piece in parts):
        return None
    return "".join(map(str, parts))


def _joined_lines(node: ast.expr) -> list[Piece] | None:
    """The line in ``"\\n".join([line for ... in ...])``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join"):
        return None
    inner = node.args[0] if len(node.args) == 1 else None
    if plain(node.func.value) != "\n" or not isinstance(inner, ast.ListComp | ast.GeneratorExp):
        return None
    return pieces(inner.elt)


def _line(parts: list[Piece] | None) -> str | None:
    """A line with two holes as an ``option_line``: the first is the letter, the second the text."""
    if parts is None or sum(isinstance(piece, Hole) for piece in parts) != 2:
        return None
    names = iter(("{letter}", "{text}"))
    return "".join(next(names) if isinstance(p, Hole) else p.replace("{", "{{").replace("}", "}}") for p in parts)
