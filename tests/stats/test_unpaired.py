import pytest

from medq_tasks.stats import share_of, share_of_counts, unpaired_difference, wilson


def test_two_published_shares():
    # 900 and 824 of 1,305: difference .0582; square-and-add of the two Wilson intervals by hand.
    a, b = 824 / 1305, 900 / 1305
    low_a, high_b = wilson(824, 1305), wilson(900, 1305)
    found = unpaired_difference(share_of_counts(a, 1305), share_of_counts(b, 1305))
    assert found.difference == pytest.approx(b - a)
    assert found.interval.low == pytest.approx(b - a - ((b - high_b.low) ** 2 + (low_a.high - a) ** 2) ** 0.5)
    assert found.interval.high == pytest.approx(b - a + ((high_b.high - b) ** 2 + (a - low_a.low) ** 2) ** 0.5)
    assert found.p_value == pytest.approx(0.0017, abs=1e-4)
    assert 0 not in found.interval


def test_p_and_interval_agree_at_the_edge():
    for right in range(40, 61):
        found = unpaired_difference(share_of_counts(0.4, 100), share_of_counts(right / 100, 100))
        assert (0 in found.interval) == (found.p_value >= 0.05)


def test_no_difference():
    found = unpaired_difference(share_of_counts(0.5, 10), share_of_counts(0.5, 1000))
    assert (found.difference, found.p_value) == (0, pytest.approx(1))


def test_shared_pictures_count_in_a_share():
    alone, shared = share_of([1, 1, 0, 0]), share_of([1, 1, 0, 0], list("aabb"))
    assert shared.limits(0.025) < alone.limits(0.025)
    assert share_of([]) is share_of([1, 0], ["a", "a"]) is None


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.2, 5), (float("nan"), 5)])
def test_a_share_that_is_none_is_refused(share, n):
    with pytest.raises(ValueError, match="a share of"):
        share_of_counts(share, n)


def test_two_shares_at_one_end():
    for n in range(1, 40):
        found = unpaired_difference(
            share_of_counts(0.0, 5), share_of([0.0] * n, [k // 2 for k in range(n)]) or share_of_counts(0.0, 1)
        )
        assert (found.difference, found.p_value) == (0, pytest.approx(1, abs=1e-6))
