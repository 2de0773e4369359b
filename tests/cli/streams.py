"""The command with streams of one's own: an encoding that knows little, a pipe that is closed."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from medq_tasks import cli


class Stream(io.TextIOWrapper):
    """Text that is kept, in any encoding. ``room``: bytes that fit until the reader goes away."""

    def __init__(self, encoding: str, *, terminal: bool = False, room: int | None = None) -> None:
        super().__init__(_Sink(room), encoding=encoding, errors="strict", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


class _Sink(io.BytesIO):
    def __init__(self, room: int | None) -> None:
        super().__init__()
        self._room = room

    def write(self, data) -> int:  # type: ignore[no-untyped-def, override]
        if self._room is not None and self.tell() + len(data) > self._room:
            raise BrokenPipeError(32, "Broken pipe")
        return super().write(data)


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


def runner(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """``medq(words...)``, as from a shell: exit code and both streams."""

    def medq(*words: object, encoding: str = "utf-8", terminal: bool = False, room: int | None = None) -> Said:
        out, err = (Stream(encoding, terminal=terminal, room=room if n == 0 else None) for n in range(2))
        monkeypatch.setattr(sys, "argv", ["medq", *map(str, words)])
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        finally:
            monkeypatch.undo()
        return Said(code, out.text, err.text)

    return medq
