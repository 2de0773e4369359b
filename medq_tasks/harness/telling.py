"""Lines to the log of a run."""

from __future__ import annotations


def tell(message: str) -> None:
    """Log ``message`` (no full stop at its end) as a warning of this package, where lmms-eval logs its own."""
    _log("WARNING", message)


def note(message: str) -> None:
    """Log ``message`` (no full stop at its end) where nothing is wrong."""
    _log("INFO", message)


def _log(level: str, message: str) -> None:
    from loguru import logger  # not above: every start of lmms-eval imports this module

    from medq_tasks.wording.escape import plain

    logger.log(level, "medq-tasks: {}.", plain(message))
