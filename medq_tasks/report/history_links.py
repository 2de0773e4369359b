"""Where the report of a run in a history is: kept beside the file, led to from the page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

from medq_tasks.errors import SettingsError
from medq_tasks.report.history_file import HistoryEntry
from medq_tasks.runs.run import Run

_NAME = "report.html"  # looked for in the run's folder where no other report is named


def kept(report: str, file: Path) -> str:
    """What the history says of a report: an address as it is, a path as it is seen from the history's folder.

    Raises:
        SettingsError: an address that is none of the web.
    """
    if "://" in report or urlsplit(report).scheme in ("http", "https", "javascript", "data", "mailto"):
        if urlsplit(report).scheme not in ("http", "https"):
            raise SettingsError(f"--report {report}: an address begins with http:// or https://; or give a path.")
        return report
    return _seen_from(Path(report), file.parent)


def beside(run: Run, given: Sequence[Path], file: Path) -> str:
    """The report that lies in the run's folder, or in the given one it was found in; "" where there is none."""
    if run.folder is None:
        return ""
    above = run.folder.resolve().parents  # given is what the user typed: relative, or through a link
    folders = [run.folder, *(path for path in given if path.resolve() in above)]
    found = next((folder / _NAME for folder in folders if (folder / _NAME).is_file()), None)
    return "" if found is None else _seen_from(found, file.parent)


def link(entry: HistoryEntry, file: Path, page: Path) -> str:
    """The address of an entry's report as the page names it; "" where none is known.

    A path cannot become an address of another kind: its colon is escaped.
    """
    report = str(entry.get("report") or "")
    if urlsplit(report).scheme in ("http", "https"):
        return report
    return quote(_seen_from(file.parent / report, page.parent)) if report else ""


def _seen_from(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return path.resolve().as_posix()
