"""Items that share a picture."""

from __future__ import annotations

from medq_tasks.runs.picture_groups import connected


def test_items_that_share_a_picture_are_one_group() -> None:
    pictures = {"1": [b"x"], "2": [b"x"], "3": [b"y"], "4": [b"y", b"z"], "5": [b"z"], "6": []}
    groups = connected({(item, ""): found for item, found in pictures.items()})
    assert groups["1", ""] == groups["2", ""]
    assert groups["3", ""] == groups["4", ""] == groups["5", ""]
    assert len(set(groups.values())) == 3
    assert connected({}) == {}
