"""Lines of ours under the harness's table of results, where its reader looks: nothing else is printed after it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from medq_tasks.harness.shape import require

MODULE = "lmms_eval.utils"
_MARK = "_says_more_of_medq_tasks"
LINES: dict[str, list[str]] = {}  # of an evaluation, by its id (``evaluation.Evaluation``)


def watch(module: ModuleType) -> None:
    """Wrap ``make_table`` of the harness's module (``MODULE``), before its command takes it. Twice does nothing more.

    Raises:
        Unlike: it does not make a table of a result.
    """
    make_table = require(module, "make_table", "result_dict", "column")
    if not hasattr(make_table, _MARK):
        module.make_table = _with_lines(make_table)  # type: ignore[attr-defined]


def in_force() -> bool:
    """Whether tables of this process get the lines."""
    return hasattr(getattr(sys.modules.get(MODULE), "make_table", None), _MARK)


def _with_lines(make_table: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(make_table)
    def with_lines(result_dict: Any, column: str = "results", *args: Any, **options: Any) -> Any:
        table = make_table(result_dict, column, *args, **options)
        lines = list(_lines(result_dict)) if column == "results" and isinstance(table, str) else []
        return "\n".join([table.rstrip("\n"), "", *lines]) if lines else table

    setattr(with_lines, _MARK, True)
    return with_lines


def _lines(results: Any) -> Iterator[str]:
    from medq_tasks.runs.kept import id_of
    from medq_tasks.wording.escape import plain

    if LINES and isinstance(results, Mapping):
        yield from (f"medq-tasks: {plain(line)}." for line in LINES.get(id_of(results), ()))
