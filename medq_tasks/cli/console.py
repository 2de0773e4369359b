"""What reaches the terminal: the one place where words are printed, and where tables are.

A folder's name, a server's error or a cell of a table is text there: no markup of rich, no colour codes, no reversal.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO, cast

from medq_tasks.wording.escape import lines
from medq_tasks.wording.lacking import HANDLER, HANDLER_WITH_CODES

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str, *, err: bool = False) -> None:
    """Print lines, whatever the words in them, to standard output or (``err``) standard error."""
    print(lines(text), file=sys.stderr if err else sys.stdout)


def wide_console(log_width: int = 120) -> Console:
    """Standard output, for tables; a pipe or a CI log, which have no width of their own, get ``log_width`` columns.

    A width that the environment says (``COLUMNS=200 medq report RUN | less -S``) holds for a pipe as well.

    It takes no markup: "[/INST]" of a server would end the command, and "run[test]" be shown as "run". Cells and lines
    still have to be ``plain``.
    """
    from rich.console import Console  # takes a while: only where there is a table

    told = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal()  # rich reads either
    width = None if told else log_width
    return Console(width=width, markup=False, emoji=False, highlight=False)


def careful_streams() -> None:
    """Nothing that is printed from now on can end the command.

    A character that the terminal's encoding lacks becomes one that says the same ("-" for a dash; where there is none
    "?", on standard error its code), and what a reader who has gone away (``| head -1``) would not read is left out:
    the work behind it is still done, and the exit code is that of the work. The gate's 1 is a verdict, and no closed
    pipe.
    """
    for name, errors in (("stdout", HANDLER), ("stderr", HANDLER_WITH_CODES)):
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
        if stream is not None and not isinstance(stream, _Careful):  # None: a process without any terminal
            setattr(sys, name, cast(TextIO, _Careful(stream)))


class _Careful:
    """A text stream whose reader may go away."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with self._until_closed():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._until_closed():
            self._stream.flush()

    @contextlib.contextmanager
    def _until_closed(self) -> Any:
        try:
            yield
        except OSError as error:
            self._discard()
            if not isinstance(error, BrokenPipeError):  # a full disk is told
                raise

    def _discard(self) -> None:
        """What is still in the buffer must not fail again when the interpreter ends (its exit code would be 120)."""
        nowhere = open(os.devnull, "w", encoding="utf-8", errors="replace")  # noqa: SIM115  # as long as the process
        with contextlib.suppress(OSError):  # a stream that is no file
            os.dup2(nowhere.fileno(), self._stream.fileno())
        self._stream = nowhere

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
