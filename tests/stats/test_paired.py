import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from medq_tasks.stats import holm, mcnemar, paired_difference, permutation

levels = st.integers(0, 2)
score_pairs = st.lists(st.tuples(levels, levels), min_size=1, max_size=40)


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


def test_permutation_refuses_fractions():
    with pytest.raises(ValueError, match="whole number"):
        permutation([0.5])


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
    found = paired_difference([2, 1, 0], [0, 0, 0])
    assert (found.test, found.p_value) == ("exact paired permutation", pytest.approx(0.5))


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


def test_one_item_has_a_difference_but_no_interval():
    found = paired_difference([1], [0])
    assert (found.difference, found.interval, found.p_value) == (-1, None, 1.0)


def test_a_run_against_itself():
    found = paired_difference([0, 1, 1], [0, 1, 1])
    assert (found.difference, found.p_value) == (0, 1.0)
    assert found.interval.degenerate


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="2 scores against 1"):
        paired_difference([1, 0], [1])


@given(score_pairs)
def test_swapping_the_runs_changes_the_sign_and_nothing_else(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    there, back = paired_difference(a, b), paired_difference(b, a)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p_value == pytest.approx(back.p_value)
    assert (there.mean_a, there.mean_b) == (back.mean_b, back.mean_a)


@given(score_pairs, st.randoms())
def test_the_order_of_items_does_not_matter(pairs, rng):
    again = list(pairs)
    rng.shuffle(again)
    assert paired_difference(*zip(*pairs, strict=True)) == paired_difference(*zip(*again, strict=True))


def test_holm_by_hand():
    # Sorted 0.01 0.02 0.03 0.04: times 4 3 2 1 = 0.04 0.06 0.06 0.04, and the last may not fall below 0.06.
    assert holm([0.03, None, 0.01, 0.04, 0.02]) == pytest.approx([0.06, None, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
    assert holm([None]) == [None]


@pytest.mark.parametrize("p_values", [[0.2], [0.001, 0.04, 0.03, 0.5, 1.0, 0.0], [0.05] * 7, [0.9, 0.02, 0.011]])
def test_holm_agrees_with_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))
