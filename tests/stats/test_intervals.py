"""Expected numbers are worked out by hand beside each test, or come from scipy / statsmodels."""

import random
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import proportion_confint

from medq_tasks.stats import bootstrap_mean, wilson

Z = 1.959963984540054  # 97.5 % point of the normal distribution


def test_wilson_by_hand():
    # centre (p + z^2/2n) / (1 + z^2/n), half width z/(1 + z^2/n) * sqrt(p(1-p)/n + z^2/4n^2), with p = 0.8, n = 10
    scale = 1 + Z**2 / 10
    centre = (0.8 + Z**2 / 20) / scale
    half = Z / scale * sqrt(0.8 * 0.2 / 10 + Z**2 / 400)
    found = wilson(8, 10)
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half))
    assert (found.level, found.method) == (0.95, "wilson")


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 50), (50, 50), (715, 1305), (27, 221)])
def test_wilson_agrees_with_statsmodels(successes, n):
    found = wilson(successes, n, level=0.9)
    expected = proportion_confint(successes, n, alpha=0.1, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)


def test_nothing_known_of_no_items():
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="6 successes out of 5"):
        wilson(6, 5)


def test_wilson_keeps_its_width_at_the_ends():
    assert not wilson(1, 1).degenerate
    assert 0 <= wilson(0, 3).low < wilson(0, 3).high < 1


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors(case):
    successes, n = case
    found, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert found.low <= successes / n + 1e-12
    assert found.high >= successes / n - 1e-12
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_bootstrap_agrees_with_scipy_and_with_theory():
    values = [0] * 30 + [1] * 50 + [2] * 40
    found = bootstrap_mean(values)
    theirs = scipy_stats.bootstrap((values,), np.mean, method="percentile", n_resamples=10_000, rng=1)
    expected = theirs.confidence_interval
    # One step of the mean is 1 / 120; two bootstraps may differ by about that.
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1.5 / 120)
    half = Z * np.std(values) / sqrt(120)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.06)


def test_bootstrap_is_the_same_every_time_and_in_every_order():
    values = [0, 1, 2, 2, 1, 0, 0, 2, 1, 1, 2]
    shuffled = random.Random(3).sample(values, len(values))
    assert bootstrap_mean(values) == bootstrap_mean(shuffled) == bootstrap_mean(iter(values))
    assert bootstrap_mean(values, seed=1, resamples=9) != bootstrap_mean(values, seed=2, resamples=9)


@pytest.mark.parametrize("values", [[], [1.0]])
def test_too_few_values_have_no_interval(values):
    assert bootstrap_mean(values) is None


def test_equal_values_say_that_there_is_no_spread():
    found = bootstrap_mean([2, 2, 2])
    assert (found.low, found.high) == pytest.approx((2, 2))
    assert found.degenerate


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        bootstrap_mean([1.0, float("nan")])


def test_clusters_widen_the_interval_as_the_design_effect_says():
    # 60 pictures with 4 equal answers each carry the information of 60 items, not 240: sqrt(4) times as wide.
    answers = [picture % 2 for picture in range(60) for _ in range(4)]
    pictures = [picture for picture in range(60) for _ in range(4)]
    plain, clustered = bootstrap_mean(answers), bootstrap_mean(answers, pictures)
    assert (clustered.high - clustered.low) / (plain.high - plain.low) == pytest.approx(2, rel=0.1)
    assert clustered.method == "cluster bootstrap"


def test_clusters_of_one_change_nothing_but_the_name():
    values = [0, 1, 1, 0, 1]
    plain, clustered = bootstrap_mean(values), bootstrap_mean(values, list("abcde"))
    assert (plain.low, plain.high) == (clustered.low, clustered.high)


def test_one_cluster_tells_nothing_about_spread():
    assert bootstrap_mean([0, 1, 1], ["a", "a", "a"]) is None


def test_cluster_labels_must_match():
    with pytest.raises(ValueError, match="2 cluster labels for 3 values"):
        bootstrap_mean([0, 1, 1], ["a", "b"])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=2, max_size=30), st.randoms())
def test_order_of_clustered_items_does_not_matter(items, rng):
    again = list(items)
    rng.shuffle(again)
    first = bootstrap_mean([v for v, _ in items], [c for _, c in items], resamples=50)
    assert first == bootstrap_mean([v for v, _ in again], [c for _, c in again], resamples=50)
