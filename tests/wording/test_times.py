"""When a run was made."""

from __future__ import annotations

import pytest

from medq_tasks.wording.times import amount, duration, told


@pytest.mark.parametrize(
    ("stamp", "utc", "expected"),
    [
        ("20261124_111205", "2026-11-24T03:12:05+00:00", "2026-11-24 03:12 UTC"),
        ("20261124_111205", "2026-11-24T11:12:05+08:00", "2026-11-24 03:12 UTC"),
        ("20261124_111205", "", "2026-11-24 11:12 (zone not recorded)"),
        ("20261124_111205", "soon", "2026-11-24 11:12 (zone not recorded)"),
        ("a folder", "", "a folder"),
    ],
)
def test_the_moment_is_in_utc_or_its_zone_is_said_to_be_unknown(stamp: str, utc: str, expected: str) -> None:
    assert told(stamp, utc) == expected


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.4, "< 1 s"),
        (8.2, "8 s"),
        (59.6, "1 min"),
        (7_800, "2 h 10 min"),
        (7_200, "2 h"),
        (86_390, "1 day"),
        (273_600, "3 days 4 h"),
    ],
)
def test_a_duration_has_units_that_people_use(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("money", "said"), [(None, "–"), (0.0, "0.00"), (0.0022, "< 0.01"), (0.016, "0.02"), (1204.5, "1,204.50")]
)
def test_what_costs_something_is_never_nothing(money: float | None, said: str) -> None:
    assert amount(money) == said
