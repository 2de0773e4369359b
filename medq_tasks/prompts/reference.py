"""The words of the reference implementation, read out of a checkout of it (``python_source``: nothing is run).

VLMEvalKit puts a prompt together in code: a text with places for the question and the option lines
(``MedqbenchMCQDataset.build_prompt``), and an instruction for tables without questions, which is asked bare. Some of
its models put multiple-choice questions in words of their own instead (``Qwen2VLPromptMixin._build_mcq_prompt``).
"""

from __future__ import annotations

import functools
from pathlib import Path

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import code_shape
from medq_tasks.prompts.python_source import SourceError, find, parse
from medq_tasks.prompts.reference_code import Maker, choice_words, reworded, text_words
from medq_tasks.prompts.words import Words, parts, unusable
from medq_tasks.records import SHAPES, Kind

NAME = "reference"
FILES: dict[Kind, str] = {
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
    file = REWORDINGS[model] if choice and model else FILES[kind]
    make: Maker = (reworded if model else choice_words) if choice else text_words
    try:
        path = find(folder, file, "MEDQ_PROMPTS")
        status = path.stat()
        words = _made(path, make, status.st_mtime_ns, status.st_size)
    except SourceError as error:
        raise SettingsError(str(error)) from error
    if words is not None and any(map(unusable, parts(words).values())):
        raise SettingsError(f"{path}: its words hold a NUL or half a character. Use an unchanged file of a revision.")
    if words is None:
        raise SettingsError(
            f"{path}: its code is not that of a revision known here (VLMEvalKit from ca9a644d to e8e78f05), so what it "
            "would ask is not known: it is not run. Use one of these, or a YAML file of its words."
        )
    return words


@functools.lru_cache(maxsize=8)
def _made(path: Path, make: Maker, _changed: int, _size: int) -> Words | None:
    """Kept as long as the file is the same: each item of a run asks for its words."""
    tree = parse(path)
    return make(tree) if code_shape.is_known(tree, path.name) else None
