"""How a number was made: versions, table and code, for the result file and for the harness's cache key."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from medq_tasks import __version__
from medq_tasks.data import PreparedTable

# What can change a score: the harness, the model's libraries, the readers of pictures and tables.
PACKAGES = ("lmms_eval", "torch", "transformers", "accelerate", "datasets", "pillow", "openai", "qwen-vl-utils")
# The code that makes prompts and pixels; its hash is part of the task's configuration and so of the cache key, because
# the harness's own key knows neither the pictures nor the code of the hooks and would serve stale answers.
_ANSWER_MAKING = (
    "prompts",
    "transports.py",
    "pixels",
    "harness/backends",
    "harness/exact_pixels.py",
    "harness/inputs.py",
    "harness/own_pictures.py",
    "harness/padding.py",
)
# They make lmms-eval's chat backends send JPEG or WEBP instead of PNG, and the harness's own key does not know them.
_PICTURE_VARIABLES = ("LMMS_IMAGE_ENCODE_FORMAT", "LMMS_IMAGE_JPEG_QUALITY")


def versions() -> dict[str, str]:
    """Version of this package, of Python, and of every package that can move a score ("" when not installed)."""
    found = {"medq-tasks": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = ""
    return found


def code_hash() -> str:
    """First 16 hex digits of the sha256 over the sources that make prompts and pixels."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for source in _sources(root, _ANSWER_MAKING):
        digest.update(source.relative_to(root).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def task_metadata(table: PreparedTable) -> dict[str, Any]:
    """What the task's configuration in the result file says about table, code and versions."""
    return {
        "table": {
            "kind": table.kind,
            "split": table.split,
            "rows": table.rows,
            "source": table.source,
            "fingerprint": table.fingerprint,
            "notes": list(table.notes),
        },
        "input_code": code_hash(),
        "image_environment": {name: os.environ[name] for name in _PICTURE_VARIABLES if os.environ.get(name)},
        "versions": versions(),
    }


def _sources(root: Path, names: Iterable[str]) -> list[Path]:
    files: list[Path] = []
    for name in names:
        path = root / name
        files.extend(
            sorted(one for one in path.rglob("*") if one.suffix in (".py", ".yaml")) if path.is_dir() else [path]
        )
    return files
