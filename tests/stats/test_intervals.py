"""Expected numbers are worked out by hand beside each test, or come from statsmodels."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from medq_tasks.stats import mean_interval, share_interval, wilson
from medq_tasks.stats.clusters import clustered

Z = 1.959963984540054  # 97.5 % point of the normal distribution
AXIS = (0, 1, 2)
labelled = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=30)


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
    assert wilson(0, 0) is share_interval([]) is mean_interval([], AXIS) is None


@pytest.mark.parametrize(("successes", "n"), [(6, 5), (-1, 5)])
def test_more_successes_than_items_are_refused(successes, n):
    with pytest.raises(ValueError, match="successes out of 5"):
        wilson(successes, n)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_has_a_width_and_mirrors(case):
    successes, n = case
    found, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert 0 <= found.low < found.high <= 1
    assert found.low - 1e-12 <= successes / n <= found.high + 1e-12
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_questions_that_share_pictures_worked():
    # k of m right on 8 pictures: p = 13/20, v = 8/7 sum (k - p m)^2 / 400 = .0251571, n_eff = p(1-p)/v = 9.0432, t_7.
    right, asked = [2, 1, 0, 3, 4, 1, 0, 2], [2, 2, 1, 3, 4, 4, 2, 2]
    values = [float(i < k) for k, m in zip(right, asked, strict=True) for i in range(m)]
    pictures = [place for place, m in enumerate(asked) for _ in range(m)]
    assert clustered(values, pictures).variance == pytest.approx(0.0251571, abs=5e-8)
    found = share_interval(values, pictures)
    assert (found.low, found.high) == pytest.approx((0.2923, 0.8930), abs=5e-5)
    assert found.method == "clustered wilson"
    alone = share_interval(values)
    assert (alone.low, alone.high) == pytest.approx((0.4329, 0.8188), abs=5e-5)


def test_all_right_on_shared_pictures_counts_pictures():
    # Nothing shows how much answers on one picture repeat each other: 3 pictures with 2 questions count as 3, with t_2.
    found = share_interval([1.0] * 6, list("aabbcc"))
    assert (found.low, found.high) == (pytest.approx(1 / (1 + 4.302653**2 / 3), abs=1e-5), 1)
    # Three pictures that are each half right differ by nothing: the six items then count one each.
    even = share_interval([1.0, 0.0] * 3, list("aabbcc"))
    assert even.low == pytest.approx(0.5 - 0.5 * sqrt(4.302653**2 / 6 / (1 + 4.302653**2 / 6)), abs=1e-5)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_clusters_of_one_are_wilson(values):
    single = share_interval(values, range(len(values)))
    assert single == wilson(sum(values), len(values)) == share_interval(values)


def test_one_picture_for_several_items_has_no_interval():
    assert share_interval([0, 1, 1], ["a"] * 3) is mean_interval([0, 1, 2], AXIS, ["a"] * 3) is None
    assert share_interval([1], ["a"]) == wilson(1, 1)


def test_a_mean_of_shared_pictures_by_hand():
    # Sums 4, 0, 3 of 2, 2, 2 items: mean 7/6; v = 3/2 * ((5/3)^2 + (7/3)^2 + (2/3)^2) / 36 = 13/36; t_2(.975) = 4.3027:
    # wider than the scale on both sides.
    found = mean_interval([2, 2, 0, 0, 1, 2], AXIS, list("aabbcc"))
    assert clustered([2, 2, 0, 0, 1, 2], list("aabbcc")).variance == pytest.approx(13 / 36)
    assert (found.low, found.high, found.method) == (0, 2, "clustered t")


@given(labelled)
def test_shared_pictures_never_make_an_interval_narrower(items):
    values, pictures = [v for v, _ in items], [p for _, p in items]
    alone = mean_interval(values, AXIS)
    found = mean_interval(values, AXIS, pictures)
    if found is not None:
        assert found.low <= alone.low < alone.high <= found.high
    right = [float(value == 2) for value in values]
    shared, plain = share_interval(right, pictures), share_interval(right)
    if shared is not None:
        assert shared.low <= plain.low + 1e-12
        assert shared.high >= plain.high - 1e-12


@given(labelled, st.randoms())
def test_the_order_of_items_does_not_matter(items, rng):
    again = rng.sample(items, len(items))
    first, second = (
        mean_interval([v for v, _ in rows], AXIS, [f"picture {p}" for _, p in rows]) for rows in (items, again)
    )
    assert first == second


def test_labels_and_values_must_fit():
    with pytest.raises(ValueError, match="2 cluster labels for 3 values"):
        mean_interval([0, 1, 1], AXIS, ["a", "b"])
    with pytest.raises(ValueError, match="not finite"):
        mean_interval([1.0, float("nan")], AXIS)
    with pytest.raises(ValueError, match="not between 0 and 1"):
        share_interval([0.5, 1.5])
    with pytest.raises(ValueError, match="level of 95"):
        share_interval([1], level=95)


@pytest.mark.parametrize(
    ("chances", "n"), [((0.02, 0.06, 0.92), 26), ((0.005, 0.013, 0.982), 133), ((0.2, 0.4, 0.4), 60)]
)
def test_intervals_hold_the_truth_as_often_as_they_say(chances, n):
    """Nominal 95 %; drawing the items again (the bootstrap) reaches 88, 76 and 94 % here. 400 samples: +- 3 points."""
    truth = float(np.dot(chances, AXIS))
    samples = np.random.default_rng(5).multinomial(n, chances, size=400)
    held = [truth in mean_interval([s for s in AXIS for _ in range(counts[s])], AXIS) for counts in samples.tolist()]
    assert np.mean(held) > 0.9
