from __future__ import annotations

import pytest

from medq_tasks.stats import Interval
from medq_tasks.wording.figures import decimal_interval, decimals, p_text


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [(0.12345, "0.123", "+0.123"), (-0.5, "-0.500", "-0.500"), (-0.0001, "0.000", "+0.000"), (None, "n/a", "n/a")],
)
def test_number(value: float | None, plain: str, signed: str) -> None:
    assert (decimals(value), decimals(value, signed=True)) == (plain, signed)


def test_an_interval_without_width_claims_nothing() -> None:
    assert decimal_interval(Interval(0.1, 0.25)) == "0.100 to 0.250"
    assert decimal_interval(Interval(0.5, 0.5)) == "no spread"
    assert decimal_interval(None) == "n/a"


@pytest.mark.parametrize(("p", "text"), [(0.0, "< 0.001"), (0.00099, "< 0.001"), (0.04, "0.040"), (None, "n/a")])
def test_p_is_never_zero(p: float | None, text: str) -> None:
    assert p_text(p) == text
