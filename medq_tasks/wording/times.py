"""When a run was made, as people read it."""

from __future__ import annotations

from datetime import datetime, timezone

_SHOWN = "%Y-%m-%d %H:%M"


def told(stamp: str, utc: str = "") -> str:
    """``2026-11-24 03:12 UTC``; without a known moment the stamp's own clock, and that its zone is not known.

    Args:
        stamp: the harness's ``YYYYMMDD_HHMMSS``. It is the clock of ``--timezone`` (Asia/Singapore unless said), which
            the harness does not record: shown alone beside a UTC time it reads as eight hours later.
        utc: the same moment in ISO 8601 with a zone, where the run says it.
    """
    try:
        return f"{datetime.fromisoformat(utc).astimezone(timezone.utc):{_SHOWN}} UTC"
    except ValueError:
        pass
    try:
        return f"{datetime.strptime(stamp, '%Y%m%d_%H%M%S'):{_SHOWN}} (zone not recorded)"
    except ValueError:
        return stamp
