"""When a run was made."""

from __future__ import annotations

import pytest

from medq_tasks.wording.times import told


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
