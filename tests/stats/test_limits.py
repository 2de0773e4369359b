"""Worked examples: the values of docs/statistics.md's sources, and moments that follow from the Dirichlet's own."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from medq_tasks.stats import limits
from medq_tasks.stats.limits import counts_of, differences_of, level_of

AXIS = (0, 1, 2)


def scores(*counts):
    return [level for level, count in enumerate(counts) for _ in range(count)]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((0, 0, 10), 1.604, 2.000), ((2, 6, 92), 1.806, 1.951), ((1, 3, 217), 1.942, 1.992), ((0, 0, 1), 0.41, 2.00)],
)
def test_worked_means_of_an_axis(counts, low, high):
    found = limits.dirichlet(scores(*counts), AXIS)
    assert (found(0.025), found(0.975)) == pytest.approx((low, high), abs=0.004)


def test_half_steps_are_levels_like_others():
    # Ten medians of three judges: 2 2 1 1 0 2 1 2 1 2; over five levels each unseen one keeps a fifth of an item.
    found = limits.dirichlet([2, 2, 1, 1, 0, 2, 1, 2, 1, 2], (0, 0.5, 1, 1.5, 2))
    shapes = np.array([1, 0, 4, 0, 5]) + 1 / 5
    draws = np.random.default_rng(1).dirichlet(shapes, 400_000) @ np.array([0, 0.5, 1, 1.5, 2])
    assert [found(0.025), found(0.975)] == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.004)


@pytest.mark.parametrize("counts", [(3, 7), (0, 5), (5, 0), (700, 605), (0, 1)])
@pytest.mark.parametrize("level", [0.025, 0.5, 0.95])
def test_two_levels_are_jeffreys_interval(counts, level):
    wrong, right = counts
    expected = scipy_stats.beta(right + 0.5, wrong + 0.5).ppf(level)
    if (right == 0 and level < 0.5) or (wrong == 0 and level > 0.5):
        expected = float(right > 0)  # an end that was always met is the limit on its side
    assert limits.dirichlet(scores(*counts), (0, 1))(level) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=9).filter(lambda counts: sum(map(bool, counts)) > 1))
def test_the_limits_hold_the_moments_of_the_dirichlet(counts):
    """Mean and variance by its closed form: sum a l / A, and (sum a l^2 / A - mean^2) / (A + 1)."""
    size = len(counts)
    shapes, levels = np.array(counts) + 1 / size, np.arange(size)
    mean = shapes @ levels / shapes.sum()
    variance = (shapes @ levels**2 / shapes.sum() - mean**2) / (shapes.sum() + 1)
    found = limits.dirichlet(scores(*counts), range(size))
    places = (np.arange(40) + 0.5) / 40  # the mean of the quantile function is the mean
    drawn = np.array([found(float(place)) for place in places])
    assert drawn.mean() == pytest.approx(mean, abs=0.01 * (size - 1))
    assert drawn.std() == pytest.approx(sqrt(variance), rel=0.12, abs=1e-3)


@given(st.lists(st.sampled_from(AXIS), min_size=1, max_size=40))
def test_a_mean_always_has_a_width_and_mirrors(values):
    found, mirrored = limits.dirichlet(values, AXIS), limits.dirichlet([2 - value for value in values], AXIS)
    assert 0 <= found(0.025) < found(0.975) <= 2
    assert found(0.025) <= sum(values) / len(values) <= found(0.975)
    assert found(0.025) == pytest.approx(2 - mirrored(0.975), abs=1e-6)


def test_a_score_off_the_scale_is_named():
    with pytest.raises(ValueError, match=r"1\.5 is none of the levels 0, 1, 2"):
        limits.dirichlet([1, 1.5], AXIS)
    with pytest.raises(ValueError, match="at least two levels"):
        limits.dirichlet([1], [1])


def test_thirds_are_thirds_however_they_were_added_up():
    levels = [third / 3 for third in range(7)]
    assert counts_of([0.1 + 0.2 + 1 / 30, 2 / 3], levels) == (0, 1, 1, 0, 0, 0, 0)
    assert differences_of((0, 0.5, 1)) == [-1, -0.5, 0, 0.5, 1]


def test_newcombes_own_example():
    # Newcombe 1998, Stat Med 17:2635: 36 both, 12 only the one, 2 only the other: .2000 [.0569, .3404].
    found = limits.newcombe(36, 2, 12, 0)
    assert (found(0.5), found(0.025), found(0.975)) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)


@given(*[st.integers(0, 30)] * 4)
def test_newcombe_mirrors_and_stays_within_what_can_be(both, only_a, only_b, neither):
    if both + only_a + only_b + neither == 0:
        return
    there = limits.newcombe(both, only_a, only_b, neither)
    back = limits.newcombe(both, only_b, only_a, neither)
    assert -1 - 1e-12 <= there(0.025) < there(0.975) <= 1 + 1e-12
    assert there(0.025) == pytest.approx(-back(0.975), abs=1e-9)
    assert there(0.025) <= (only_b - only_a) / (both + only_a + only_b + neither) <= there(0.975)


def test_a_published_difference():
    # 68.97 % and 63.14 % of 1,305 each: the normal test says z = 3.15, p = .0016; Newcombe's limits nearly the same.
    ends = [limits.wilson(share, 1305) for share in (0.6314, 0.6897)]
    below = level_of(limits.unpaired(0.6314, ends[0], 0.6897, ends[1]), 0.0)
    assert 2 * below == pytest.approx(0.0016, abs=1e-4)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.4, 0.6, 0.99])
def test_a_level_is_found_again_from_its_limit(level):
    for found in (limits.wilson(0.3, 20), limits.dirichlet([0, 1, 1, 2], AXIS), limits.newcombe(5, 3, 9, 2)):
        assert level_of(found, found(level)) == pytest.approx(level, abs=1e-6)


def test_levels_of_what_cannot_be():
    found = limits.wilson(0.3, 20)
    assert level_of(found, -0.1) < 1e-6
    assert level_of(found, 1.1) > 1 - 1e-6


def test_the_wider_of_two_at_each_end():
    narrow, wide = limits.wilson(0.5, 100), limits.wilson(0.5, 10)
    found = limits.widest(narrow, wide)
    assert (found(0.025), found(0.975)) == (wide(0.025), wide(0.975))


def test_student_within_what_can_be():
    # Mean 1.9, standard error .1, 4 degrees of freedom: t(.975) = 2.776; the upper end would be 2.18.
    found = limits.linearised(1.9, 0.01, 4, 0, 2)
    assert (found(0.025), found(0.975)) == (pytest.approx(1.9 - 0.2776, abs=1e-4), 2)
