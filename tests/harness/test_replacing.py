"""Another value in an attribute, for a time."""

from __future__ import annotations

import pytest

from medq_tasks.harness.replacing import replaced


class Owner:
    value = "the class's"


def fails_within(owner):
    with replaced(owner, "value", "another"):
        raise RuntimeError(owner.value)


@pytest.mark.parametrize("own", [{}, {"value": "its own"}, {"value": None}])
def test_afterwards_it_holds_what_it_held(own):
    owner = Owner()
    vars(owner).update(own)
    with pytest.raises(RuntimeError, match="another"):
        fails_within(owner)
    assert vars(owner) == own
