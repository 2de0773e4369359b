"""The errors that a user may meet. Every message is complete: what, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MedqError(Exception):
    """Base of all errors raised on purpose; its text is meant to be shown to the user as it is."""


class HarnessStop(SystemExit):
    """Ends a run of the harness with one message and exit code 1.

    An ordinary exception would reach the user as a traceback, or as ``ImportError: Failed to import function``, with
    exit code 0: that is what the harness makes of any ``Exception``.
    """

    def __init__(self, error: MedqError | str) -> None:
        super().__init__(f"medq-tasks: {error}")


class SettingsError(MedqError):
    """A setting (environment variable or command line option) has a value that cannot be used."""


class RunError(MedqError):
    """A run folder cannot be used for what was asked of it."""


class NothingToJudge(RunError):
    """A run that is scored without a judge was to be judged: no failure."""


class PredictionsError(MedqError):
    """A file of predictions made elsewhere cannot be imported."""


class JudgeError(MedqError):
    """The judge cannot be set up (a single failed call is a record, not an error)."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a table.

    ``row`` is the 1-based data row (the header is row 0), or None when the fault is the file's own.
    """

    file: str
    row: int | None
    problem: str
    cure: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}: {self.problem}. {self.cure}"


class DataError(MedqError):
    """A table cannot be used. ``faults`` holds every fault found, the message names the first few."""

    shown = 5

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[: self.shown]]
        hidden = len(self.faults) - len(lines)
        if hidden > 0:
            lines.append(f"... and {hidden} more fault{'s' if hidden > 1 else ''}; `medq data check` lists them all.")
        super().__init__("\n".join(lines))
