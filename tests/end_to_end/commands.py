"""Real commands of this environment, each a process from its very start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SECONDS = 600  # patience on a busy machine, not a measure


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: this one, its tools first, no GPU."""
    full = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": "", **(more or {})}
    full["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{full['PATH']}"
    return full


def command(*words: str, env: Mapping[str, str] | None = None, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment (``medq``, ``torchrun``) and return what it printed.

    Raises:
        AssertionError: it did not end with ``status``.
    """
    tool = str(Path(sys.executable).parent / words[0])
    done = subprocess.run(
        [tool, *words[1:]], env=environment(env), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == status, f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done
