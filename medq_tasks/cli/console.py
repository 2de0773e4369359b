"""Where tables are printed. Imported only when there is one: rich takes a while."""

from __future__ import annotations

from rich.console import Console

_LOG_WIDTH = 120


def wide_console() -> Console:
    """Standard output; a pipe or a CI log, which have no width of their own, get room for the tables."""
    console = Console()
    return console if console.is_terminal else Console(width=_LOG_WIDTH)
