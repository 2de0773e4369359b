import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from medq_tasks.stats import (
    confusion,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    mean_pairwise,
    weighted_kappa,
    wilson,
)
from medq_tasks.stats.agreement import _kappas

levels = st.integers(0, 2)


def test_kappa_by_hand():
    # Squared distances: 0 0 1 0 4 -> mean 1. Chance: all 25 pairings of a = 0 1 1 2 2 with b = 0 1 2 2 0:
    # 0: 0 1 4 4 0 = 9; 1: 1 0 1 1 1 = 4, twice; 2: 4 1 0 0 4 = 9, twice -> 9 + 8 + 18 = 35; 35 / 25 = 1.4
    found = weighted_kappa([0, 1, 1, 2, 2], [0, 1, 2, 2, 0])
    assert found.value == pytest.approx(1 - 1 / 1.4)
    assert found.n == 5


@given(st.lists(st.tuples(levels, levels), min_size=2, max_size=60))
def test_resampled_kappa_is_scikit_learns(pairs):
    a, b = np.array(pairs).T
    if len(set(a) | set(b)) == 1:
        assert weighted_kappa(list(a), list(b)).value is None
        return
    kinds, counts = np.unique(np.array(pairs), axis=0, return_counts=True)
    theirs = cohen_kappa_score(a, b, labels=[0, 1, 2], weights="quadratic")
    assert _kappas(counts[None, :], kinds)[0] == pytest.approx(theirs)
    assert weighted_kappa(list(a), list(b), resamples=10).value == pytest.approx(theirs)


def test_kappa_interval_holds_the_value_and_ignores_order():
    a, b = [0, 1, 2, 2, 1, 0, 1, 2] * 10, [0, 1, 2, 1, 1, 0, 2, 2] * 10
    found = weighted_kappa(a, b)
    assert found.value in found.interval
    assert found == weighted_kappa(a[::-1], b[::-1])
    assert found.value == pytest.approx(weighted_kappa(b, a).value)


def test_kappa_of_perfect_agreement_and_of_none():
    assert weighted_kappa([0, 1, 2], [0, 1, 2]).value == pytest.approx(1)
    assert weighted_kappa([0, 2], [2, 0]).value == pytest.approx(-1)
    # One rater never varies: agreement is exactly what chance gives.
    assert weighted_kappa([1, 1, 1, 1], [0, 1, 2, 1]).value == pytest.approx(0)


def test_kappa_where_it_is_not_defined():
    found = weighted_kappa([2, 2, 2], [2, 2, 2])
    assert (found.value, found.interval) == (None, None)
    assert "2 everywhere" in found.reason
    assert weighted_kappa([], []).value is None
    single = weighted_kappa([1], [2])
    assert (single.value, single.interval) == (0.0, None)


def test_kappa_has_no_interval_where_resamples_often_lose_all_spread():
    # 1 odd item of 10: (9/10)^10 = 35 % of the resamples miss it.
    found = weighted_kappa([2] * 9 + [1], [2] * 9 + [1])
    assert found.value == pytest.approx(1)
    assert found.interval is None
    assert "too alike" in found.reason


def test_kappa_refuses_strange_scores_and_lengths():
    with pytest.raises(ValueError, match=r"\[3\] are not among"):
        weighted_kappa([3], [1])
    with pytest.raises(ValueError, match="1 ratings against 2"):
        weighted_kappa([1], [1, 2])


def test_confusion_has_the_first_rater_in_rows():
    a, b = [0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2]
    assert confusion(a, b) == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    assert confusion(a, b) == confusion_matrix(a, b, labels=[0, 1, 2]).tolist()


def test_exact_agreement():
    found = exact_agreement([0, 1, 2, 2], [0, 1, 1, 2])
    assert (found.value, found.n, found.interval) == (0.75, 4, wilson(3, 4))
    assert exact_agreement([], []).value is None


def test_alpha_of_krippendorffs_own_example():
    # Krippendorff (2011), section C: four observers, twelve units, ordinal alpha 0.815.
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    found = krippendorff_alpha(list(zip(*observers, strict=True)))
    assert found.value == pytest.approx(0.815, abs=0.0005)
    assert found.n == 11  # the last unit has one rating only


def test_alpha_by_hand():
    # Items (0, 0), (0, 1): coincidences o00 = 2, o01 = o10 = 1; totals 3 and 1; n = 4.
    # One distance d for 0-1: observed 2d / 4, expected 2 * 3 * 1 * d / (4 * 3): alpha = 1 - (1/2) / (1/2) = 0.
    assert krippendorff_alpha([(0, 0), (0, 1)]).value == pytest.approx(0)
    # Items (0, 0), (1, 1), (0, 1): o01 + o10 = 2 of 6; totals 3, 3: expected 2 * 9 / (6 * 5) = 3/5; 1 - (1/3)/(3/5)
    assert krippendorff_alpha([(0, 0), (1, 1), (0, 1)]).value == pytest.approx(1 - (1 / 3) / (3 / 5))


def test_alpha_weighs_a_far_miss_more_than_a_near_one():
    base = [(0, 0), (1, 1), (2, 2)] * 5
    assert krippendorff_alpha([*base, (1, 2)]).value > krippendorff_alpha([*base, (0, 2)]).value


def test_alpha_where_it_is_not_defined():
    assert krippendorff_alpha([]).reason == "no item has two ratings"
    assert krippendorff_alpha([(1, None), (None, 2)]).reason == "no item has two ratings"
    assert krippendorff_alpha([(1, 1), (1, 1)]).reason == "all ratings are equal"


@given(st.lists(st.tuples(levels, levels, levels), min_size=2, max_size=30), st.randoms())
def test_alpha_ignores_the_order_of_items_and_raters(ratings, rng):
    again = [tuple(rng.sample(unit, 3)) for unit in rng.sample(ratings, len(ratings))]
    assert krippendorff_alpha(ratings).value == pytest.approx(krippendorff_alpha(again).value)


@given(st.lists(st.tuples(levels, levels, levels), min_size=2, max_size=30))
def test_fleiss_agrees_with_statsmodels(ratings):
    found = fleiss_kappa(ratings)
    if len({score for unit in ratings for score in unit}) == 1:
        assert found.value is None
    else:
        theirs = statsmodels_fleiss(aggregate_raters(np.array(ratings))[0], method="fleiss")
        assert found.value == pytest.approx(theirs)


def test_fleiss_by_hand():
    # Items 000 and 011: agreement 1 and 1/3 -> 2/3; shares 4/6 and 2/6 -> chance 5/9; (2/3 - 5/9) / (4/9) = 1/4
    assert fleiss_kappa([(0, 0, 0), (0, 1, 1)]).value == pytest.approx(0.25)


def test_fleiss_needs_equal_numbers_of_ratings():
    with pytest.raises(ValueError, match="same number of ratings"):
        fleiss_kappa([(0, 1), (0, 1, 2)])
    assert fleiss_kappa([]).value is None


def test_mean_pairwise_by_hand():
    # Rater 1 agrees with rater 0 on 3 of 4 items, rater 2 on 1 of the 2 items that it rated: (0.75 + 0.5) / 2.
    ratings = [(0, 0, 0), (1, 1, 2), (2, 2, None), (1, 2, None)]
    share, kappa = mean_pairwise(ratings, [(0, 1), (0, 2)])
    assert share.value == pytest.approx(0.625)
    assert share.n == 4
    # 0-1: mean squared distance 1/4; all pairings of 0 1 2 1 with 0 1 2 2: 9 + (1+0+1+1) * 2 + (4+1+0+0) = 20 of 16
    # 0-2: (0 + 1) / 2; pairings of 0 1 with 0 2: 0 + 4 + 1 + 1 = 6 of 4
    assert kappa.value == pytest.approx(((1 - (1 / 4) / (20 / 16)) + (1 - (1 / 2) / (6 / 4))) / 2)


@settings(max_examples=30)
@given(st.lists(st.tuples(levels, levels), min_size=2, max_size=40))
def test_one_pair_is_plain_agreement_and_kappa(pairs):
    a, b = ([pair[side] for pair in pairs] for side in (0, 1))
    share, kappa = mean_pairwise(pairs, [(0, 1)], resamples=200)
    assert share.value == pytest.approx(exact_agreement(a, b).value)
    plain = weighted_kappa(a, b, resamples=200)
    assert kappa.value == (None if plain.value is None else pytest.approx(plain.value))
    assert kappa.interval == plain.interval


def test_a_pair_without_a_kappa_is_left_out_and_told():
    # Raters 1 and 2 gave 1 to all that both rated: 0 / 0. Raters 0 and 1 agree everywhere: kappa 1.
    kappa = mean_pairwise([(0, 0, None), (1, 1, 1), (2, 2, None)] * 5, [(0, 1), (1, 2)])[1]
    assert kappa.value == pytest.approx(1)
    assert "1 of 2 pairs" in kappa.reason
    # A kappa of 0 is defined, and counts: raters 1 and 2 always differ by one step on constant scores.
    kappa = mean_pairwise([(0, 0, 1), (2, 2, None)] * 5, [(0, 1), (1, 2)])[1]
    assert kappa.value == pytest.approx((1 + 0) / 2)


def test_mean_pairwise_of_nothing():
    for ratings, pairs in (([], [(0, 1)]), ([(0, 1)], []), ([(0, None)], [(0, 1)])):
        share, kappa = mean_pairwise(ratings, pairs)
        assert (share.value, kappa.value) == (None, None)
