from __future__ import annotations

from dataclasses import dataclass

import pytest

from medq_tasks.wording.figures import (
    count_or_dash,
    decimals,
    gap,
    metric_interval,
    metric_value,
    p_text,
    rank_text,
    trouble,
)


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [(0.12345, "0.123", "+0.123"), (-0.5, "-0.500", "-0.500"), (-0.0001, "0.000", "+0.000"), (None, "n/a", "n/a")],
)
def test_decimals(value: float | None, plain: str, signed: str) -> None:
    assert (decimals(value), decimals(value, signed=True)) == (plain, signed)


@pytest.mark.parametrize(("p", "text"), [(0.0, "< 0.001"), (0.00099, "< 0.001"), (0.04, "0.040"), (None, "n/a")])
def test_p_is_never_zero(p: float | None, text: str) -> None:
    assert p_text(p) == text


@dataclass(frozen=True)
class Found:
    value: float
    low: float | None = None
    high: float | None = None
    few_pictures: int | None = None


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("accuracy", 0.61234, "61.23"),
        ("verdict_accuracy", 1.0, "100.00"),
        ("overall", 5.6789, "5.679"),
        ("completeness", 2.0, "2.000"),
        ("request_failures", 1305.0, "1,305"),
        ("request_failures", 0.0, "0"),
        ("overall", None, "–"),
    ],
)
def test_a_metric_is_printed_by_its_scale(metric: str, value: float | None, text: str) -> None:
    assert metric_value(metric, value) == text


@pytest.mark.parametrize(
    ("metric", "found", "text"),
    [
        ("accuracy", Found(0.6123, 0.5853, 0.6386), "61.23 (58.5–63.9)"),
        ("overall", Found(5.6789, 5.414, 5.926), "5.679 (5.41–5.93)"),
        ("request_failures", Found(3.0), "3"),
        ("accuracy", Found(0.5, 0.25, None), "50.00"),
        ("accuracy", Found(0.65, 0.2923, 0.893, 8), "65.00 (29.2–89.3, 8 pictures)"),
        ("accuracy", Found(0.65, few_pictures=1), "65.00 (1 picture)"),
        ("accuracy", None, "–"),
    ],
)
def test_an_interval_stands_behind_the_value_where_there_is_one(metric: str, found: Found | None, text: str) -> None:
    assert metric_interval(metric, found) == text


def test_a_place_and_a_count() -> None:
    assert [rank_text(2, 3), rank_text(1, 1)] == ["2–3", "1"]
    assert [count_or_dash(1305), count_or_dash(0), count_or_dash(None)] == ["1,305", "0", "–"]


def test_a_gap_is_in_signed_points() -> None:
    assert [gap(Found(0.031)), gap(Found(-0.225)), gap(None)] == ["+3.10", "-22.50", "–"]


def test_trouble_counts_what_is_known_and_dashes_what_is_not() -> None:
    assert trouble({"right": 5, "failed": 1200, "unanswered": 7}, None) == ["1,200", "7"]
    assert trouble({"answered": 5, "empty": 2}, 3) == ["0", "2", "3"]
    assert trouble(None, None) == ["–", "–"]
