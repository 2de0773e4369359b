"""When a run was made, how long something takes and what it costs, as people read it."""

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


def duration(seconds: float) -> str:
    """``8 s``, ``12 min``, ``2 h 10 min``, ``3 days 4 h``: two units at most, as finer ones would be no knowledge."""
    if seconds < 1:
        return "< 1 s" if seconds > 0 else "0 s"
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    days, hours = divmod(round(minutes / 60), 24)
    return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")


def amount(money: float | None) -> str:
    """``1,204.50``; never "0.00" for what costs something, and a dash for what nobody knows."""
    if money is None:
        return "–"
    return "< 0.01" if 0 < money < 0.005 else f"{money:,.2f}"
