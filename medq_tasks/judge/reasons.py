"""Why axes have no score, counted: what a thousand lines say in as few as there are causes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# "resulted in 9011 tokens", "req_7f3a": numbers and names of one request. A status is none: 403 and 404 are two causes.
_OF_ONE_REQUEST = re.compile(r"(?<!HTTP )\b\w*\d\w*")
_SHOWN = 5  # reasons in one line of the log


def by_reason(reasons: Iterable[str]) -> dict[str, int]:
    """Each cause in the words of its first reason -> how many there are, the most frequent first."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for reason in reasons:
        cause = _OF_ONE_REQUEST.sub("0", reason)
        counts[first.setdefault(cause, reason)] += 1
    return dict(counts.most_common())


def in_one_line(counts: dict[str, int]) -> str:
    """What ``by_reason`` found, for a log."""
    told = [f"{count}: {reason}" for reason, count in list(counts.items())[:_SHOWN]]
    more = len(counts) - len(told)
    return "; ".join(told) + (f"; and {more} reasons more" if more > 0 else "")
