"""What the harness and this package use of Weights & Biases, which keeps what it is given."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any


class Run:
    """A run: ``logged`` holds what was logged, by name, in order."""

    def __init__(self) -> None:
        self.logged: dict[str, Any] = {}
        self.config, self.summary = types.SimpleNamespace(update=list), types.SimpleNamespace(update=list)

    def log(self, values: dict[str, Any]) -> None:
        self.logged |= values

    def log_artifact(self, artifact: object) -> None:
        pass

    @property
    def items(self) -> list[str]:
        """Names of the tables of items."""
        return [name for name in self.logged if name.endswith("/items")]


class Table:
    def __init__(self, columns: list[str], data: list[list[Any]] | None = None) -> None:
        self.columns, self.data = columns, data or []

    def add_data(self, *row: object) -> None:
        self.data.append(list(row))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.data]


class Image:
    """Reads the file at once, as W&B does: it is gone after ``log``."""

    def __init__(self, path: str) -> None:
        self.name, self.data = Path(path).name, Path(path).read_bytes()


class Artifact:
    def __init__(self, name: str, type: str) -> None:
        self.name = name

    def new_file(self, name: str, mode: str, encoding: str) -> Any:
        return open("/dev/null", mode, encoding=encoding)


class CommError(Exception):
    """The server does not answer."""


def module() -> types.ModuleType:
    """A new ``wandb``; its ``init`` starts a run with the arguments that it keeps in ``started``."""
    made = types.ModuleType("wandb")
    made.__version__ = "0.25.0"
    made.run, made.started = None, []
    made.Table, made.Image, made.Artifact = Table, Image, Artifact

    def init(**options: Any) -> Run:
        made.started.append(options)
        return Run()

    made.init = init
    return made
