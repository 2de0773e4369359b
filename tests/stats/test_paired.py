import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from medq_tasks.stats import difference_limits, holm, level_of, mcnemar, paired_difference, permutation

AXIS = (0, 1, 2)
score_pairs = st.lists(st.tuples(st.sampled_from(AXIS), st.sampled_from(AXIS)), min_size=1, max_size=40)


def test_mcnemar_by_hand():
    # 1 of 6 discordant items is A's: 2 * (C(6,0) + C(6,1)) / 2^6 = 14 / 64.
    assert mcnemar(1, 5) == pytest.approx(14 / 64)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(4, 4) == 1.0


@pytest.mark.parametrize(("b", "c"), [(0, 1), (3, 9), (20, 41), (100, 90)])
def test_mcnemar_agrees_with_statsmodels(b, c):
    theirs = statsmodels_mcnemar([[7, b], [c, 7]], exact=True).pvalue
    assert mcnemar(b, c) == pytest.approx(theirs)
    assert mcnemar(c, b) == pytest.approx(theirs)


def test_permutation_by_hand():
    # Differences 2, 1: the four signed sums are 3, 1, -1, -3; two of four are at least as far out as 3.
    assert permutation([2, 1, 0, 0]) == pytest.approx(0.5)
    # Differences 2, -1: sums at least as far out as 1 are all four.
    assert permutation([2, -1]) == 1.0
    # 1, 1, 1, 1: only the two ends of 16 patterns reach 4.
    assert permutation([1, 1, 1, 1]) == pytest.approx(2 / 16)
    assert permutation([0, 0, 0]) == 1.0
    assert permutation([]) == 1.0


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_permutation_counts_every_sign_pattern(differences):
    observed = abs(sum(differences))
    patterns = list(itertools.product((1, -1), repeat=len(differences)))
    extreme = sum(abs(sum(s * d for s, d in zip(signs, differences, strict=True))) >= observed for signs in patterns)
    assert permutation(differences) == pytest.approx(extreme / len(patterns))


def test_permutation_agrees_with_scipy():
    differences = [2, -1, 1, 1, 0, 1, -2, 2, 1, 1]
    theirs = scipy_stats.permutation_test(
        (np.array(differences),), np.sum, permutation_type="samples", n_resamples=np.inf
    )
    assert permutation(differences) == pytest.approx(theirs.pvalue)


def test_permutation_is_mcnemar_when_differences_are_single_steps():
    assert permutation([1] * 5 + [-1] * 14 + [0] * 30) == pytest.approx(mcnemar(5, 14))


def test_permutation_is_quick_and_sane_at_full_size():
    rng = random.Random(1)
    differences = [rng.choice((-8, -3, -1, 0, 0, 1, 2, 4)) for _ in range(1305)]
    assert 0 < permutation(differences) <= 1
    assert permutation([8] * 1305) < 1e-300


def test_permutation_of_half_steps_and_thirds():
    # 1/2, 1/2, -1/2, 1 in halves are 1, 1, -1, 2: sum 3 of at most 5; 8 of 16 patterns reach 3 or -3.
    assert permutation([0.5, 0.5, -0.5, 1]) == pytest.approx(8 / 16)
    assert permutation([1 / 3, 1 / 3, 2 / 3]) == permutation([1, 1, 2])
    assert permutation([0.1 + 0.2, -0.3]) == 1.0


def test_one_sided_permutation_is_one_end():
    # 1, 1, 2: sums of 4 in 1 of 8 patterns; of at least -4 in all.
    assert permutation([1, 1, 2], "greater") == pytest.approx(1 / 8)
    assert permutation([-1, -1, -2], "greater") == 1.0
    assert permutation([1] * 110 + [-1] * 150, "greater") == pytest.approx(scipy_stats.binom.sf(109, 260, 0.5))


@pytest.mark.parametrize("odd", [0.123456789, float("nan"), float("inf")])
def test_permutation_refuses_what_is_no_fraction(odd):
    with pytest.raises(ValueError, match=r"not a fraction|not finite"):
        permutation([1, odd])


def test_permutation_refuses_a_scale_too_fine_to_count():
    with pytest.raises(ValueError, match="too many to count"):
        permutation([1 + 1 / n for n in range(900, 1000)])


def test_paired_accuracy_by_hand():
    a, b = [1, 1, 1, 0, 1, 0], [1, 0, 0, 0, 0, 1]
    found = paired_difference(a, b)
    assert (found.n, found.mean_a, found.mean_b) == (6, pytest.approx(4 / 6), pytest.approx(2 / 6))
    assert found.difference == pytest.approx(-2 / 6)
    # 3 items only A, 1 only B: 2 * (C(4,0) + C(4,1)) / 2^4 = 10 / 16
    assert found.p_value == pytest.approx(10 / 16)
    assert found.test == "exact McNemar"
    assert found.difference in found.interval


def test_paired_scores_use_the_permutation_test():
    found = paired_difference([2, 1, 0], [0, 0, 0], levels=AXIS)
    assert (found.test, found.p_value) == ("exact paired permutation", pytest.approx(0.5))
    assert found.interval.method == "dirichlet"


def test_a_share_of_items_by_newcombe():
    # 1,305 items, 140 only A, 100 only B: the drop is 40/1305, its lower limit at 5 % by Bonett & Price .0111.
    a = [1] * 540 + [0] * 765
    b = [1] * 400 + [0] * 140 + [1] * 100 + [0] * 665
    assert paired_difference(a, b).p_value == pytest.approx(0.0117, abs=5e-5)
    drop = difference_limits(b, a)
    assert (drop(0.05), drop(0.95)) == pytest.approx((0.0111, 0.0501), abs=1e-4)
    assert level_of(drop, 0.02) > 0.05 > level_of(drop, 0.011)


def test_gain_over_another_run_worked():
    # both 35, only B 38, only A 20, neither 40: .1353 [.0235, .2421], p = .0247.
    found = paired_difference([1] * 35 + [0] * 38 + [1] * 20 + [0] * 40, [1] * 35 + [1] * 38 + [0] * 60)
    assert (found.difference, found.interval.low, found.interval.high) == pytest.approx(
        (0.1353, 0.0235, 0.2421), abs=5e-5
    )
    assert found.p_value == pytest.approx(0.0247, abs=5e-5)
    assert not found.contradicts


def test_a_row_whose_interval_and_test_disagree_says_so():
    # 60 items, B right on 5 that A missed, A on none: Newcombe's interval leaves 0 out, and the exact p is 2 / 2^5.
    found = paired_difference([1] * 30 + [0] * 30, [1] * 35 + [0] * 25)
    assert found.p_value == pytest.approx(0.0625)
    assert 0 not in found.interval
    assert found.contradicts


def test_scores_that_are_no_levels_are_refused():
    with pytest.raises(ValueError, match="2 is none of the levels 0, 1"):
        paired_difference([2, 1], [1, 1])
    with pytest.raises(ValueError, match="not finite"):
        paired_difference([float("nan")], [1])


def test_draws_and_medians_have_levels_of_their_own():
    found = paired_difference([0.5, 1, 0], [1, 1, 0.5], levels=(0, 0.5, 1))
    assert (found.difference, found.p_value) == (pytest.approx(1 / 3), pytest.approx(0.5))
    assert -1 <= found.interval.low < 1 / 3 < found.interval.high <= 1


def test_clusters_change_sign_together_by_hand():
    # Three pictures with two questions each, all six answers better: 2 of the 2^3 sign patterns reach 6, not 2 of 2^6.
    found = paired_difference([0] * 6, [1] * 6, list("aabbcc"))
    assert (found.p_value, found.clusters) == (pytest.approx(2 / 8), 3)
    assert found.test == "exact permutation of clusters"
    # Sums +2, 0, -1 (a, b, c): signed sums of 2 and 1 are 3, 1, -1, -3, and all reach 1.
    assert paired_difference([0, 0, 0, 1, 1], [1, 1, 1, 0, 0], list("aabbc")).p_value == 1.0


def test_clusters_of_one_are_no_clusters():
    a, b = [0, 1, 0, 0, 1, 0, 0, 1], [1, 1, 1, 0, 0, 1, 1, 1]
    plain, single = paired_difference(a, b), paired_difference(a, b, list(range(8)))
    assert single.p_value == pytest.approx(plain.p_value)
    assert (single.interval.low, single.interval.high) == (plain.interval.low, plain.interval.high)


def test_nothing_in_common():
    found = paired_difference([], [])
    assert (found.n, found.difference, found.interval, found.p_value) == (0, None, None, None)


def test_one_item_has_a_wide_interval():
    found = paired_difference([1], [0])
    assert (found.difference, found.p_value) == (-1, 1.0)
    assert (found.interval.low, found.interval.high > 0) == (pytest.approx(-1), True)


def test_one_picture_for_all_items_has_none():
    found = paired_difference([1, 0, 0], [1, 1, 1], ["a"] * 3)
    assert (found.interval, found.p_value, found.clusters) == (None, 1.0, 1)
    assert not found.contradicts


def test_a_run_against_itself():
    found = paired_difference([0, 1, 1], [0, 1, 1])
    assert (found.difference, found.p_value) == (0, 1.0)
    assert found.interval.low < 0 < found.interval.high


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="2 scores against 1"):
        paired_difference([1, 0], [1])


@given(score_pairs)
def test_swapping_the_runs_changes_the_sign_and_nothing_else(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    there, back = paired_difference(a, b, levels=AXIS), paired_difference(b, a, levels=AXIS)
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-6)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p_value == pytest.approx(back.p_value)
    assert (there.mean_a, there.mean_b) == (back.mean_b, back.mean_a)


@given(score_pairs, st.randoms())
def test_the_order_of_items_does_not_matter(pairs, rng):
    again = list(pairs)
    rng.shuffle(again)
    first, second = (paired_difference(*zip(*rows, strict=True), levels=AXIS) for rows in (pairs, again))
    assert first == second


@given(score_pairs, st.lists(st.integers(0, 3), min_size=40, max_size=40))
def test_shared_pictures_never_make_a_difference_surer(pairs, pictures):
    a, b = zip(*pairs, strict=True)
    alone, shared = (paired_difference(a, b, labels, levels=AXIS) for labels in (None, pictures[: len(a)]))
    if shared.interval is not None:
        assert shared.interval.low <= alone.interval.low < alone.interval.high <= shared.interval.high


def test_holm_by_hand():
    # Sorted 0.01 0.02 0.03 0.04: times 4 3 2 1 = 0.04 0.06 0.06 0.04, and the last may not fall below 0.06.
    assert holm([0.03, None, 0.01, 0.04, 0.02]) == pytest.approx([0.06, None, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
    assert holm([None]) == [None]


@pytest.mark.parametrize("odd", [float("nan"), -0.1, 1.5])
def test_holm_refuses_what_is_no_p_value(odd):
    with pytest.raises(ValueError, match=r"p-value 2 of 3"):
        holm([0.1, odd, None])


@pytest.mark.parametrize("p_values", [[0.2], [0.001, 0.04, 0.03, 0.5, 1.0, 0.0], [0.05] * 7, [0.9, 0.02, 0.011]])
def test_holm_agrees_with_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))
