"""Tables of cases: one test for a table, and one message with every case that fails.

A table of thousands as thousands of tests costs minutes in fixtures, ids and reports, and says no more.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import pytest

Case = TypeVar("Case")

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 600  # some cases are replies of megabytes
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = 30


def check_all(cases: Mapping[str, Case] | Iterable[tuple[str, Case]], check: Callable[[Case], object]) -> None:
    """Run ``check`` on every case; fail once, with name, values and error of each case that failed.

    Args:
        cases: name -> case, or (name, case) pairs.
        check: raises, by ``assert`` or ``pytest.raises``, when a case is not as it should be.

    Raises:
        AssertionError: a case failed, or there is none.
    """
    __tracebackhide__ = True
    count, failed = 0, []
    for name, case in cases.items() if isinstance(cases, Mapping) else cases:
        count += 1
        try:
            check(case)
        except (Exception, pytest.fail.Exception) as error:
            told = f"{error}" if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
            failed.append(f"{name}: {_SHORT.repr(case)}\n    " + told.replace("\n", "\n    "))
    assert count, "the table holds no case"
    if failed:
        raise AssertionError("\n".join([f"{len(failed)} of {count} cases fail", *failed]))
