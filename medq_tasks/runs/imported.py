"""What a run that was imported says of itself in its results file: from which files, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_KEY = "medq_import"
OF_HARNESS = "lmms-eval"  # the origin of a run that was not imported


def stamp(files: Iterable[str], problems: Iterable[str], notes: Iterable[str]) -> dict[str, Any]:
    """The part of a results file: names of the files, what a report has to show, and what was merely said."""
    return {_KEY: {"files": list(files), "problems": list(problems), "notes": list(notes)}}


def origin(results: Mapping[str, Any]) -> str:
    """What logged the replies of these results."""
    found = _stamp(results)
    return f"imported from {', '.join(map(str, found.get('files') or ['?']))}" if found else OF_HARNESS


def problems(results: Mapping[str, Any]) -> tuple[str, ...]:
    """What was wrong with the files that were imported; each a complete sentence."""
    return tuple(map(str, _stamp(results).get("problems") or ()))


def _stamp(results: Mapping[str, Any]) -> Mapping[str, Any]:
    found = results.get(_KEY)
    return found if isinstance(found, Mapping) else {}
