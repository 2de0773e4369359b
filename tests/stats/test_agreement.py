import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from medq_tasks.stats import (
    confusion,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    pooled_agreement,
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
def test_kappa_is_scikit_learns(pairs):
    a, b = np.array(pairs).T
    if len(set(a) | set(b)) == 1:
        assert weighted_kappa(list(a), list(b)).value is None
        return
    kinds, counts = np.unique(np.array(pairs), axis=0, return_counts=True)
    theirs = cohen_kappa_score(a, b, labels=[0, 1, 2], weights="quadratic")
    assert _kappas(counts[None, :], kinds, [(0, 1)])[0].item() == pytest.approx(theirs, abs=1e-9)
    assert weighted_kappa(a.tolist(), b.tolist()).value == pytest.approx(theirs, abs=1e-9)


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


def test_perfect_agreement_has_a_width():
    # Nine of ten equal scores: the items drawn again lose all spread in 35 % of draws; the patterns never do.
    found = weighted_kappa([2] * 9 + [1], [2] * 9 + [1])
    assert found.value == pytest.approx(1)
    assert found.interval.low < 0.9 < found.interval.high <= 1


def test_kappa_of_half_steps():
    found = weighted_kappa([0, 0.5, 1, 1], [0, 0.5, 1, 0.5], levels=(0, 0.5, 1))
    # A scale that is half as long, or twice, has the same kappa.
    assert found.value == pytest.approx(weighted_kappa([0, 1, 2, 2], [0, 1, 2, 1]).value)


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


def test_three_judges_worked():
    """Judges a, b, c on ten items, one gap: alpha .427097; kappa ab .318182 (10 items), ac .75 (9), bc 0 (9)."""
    items = ["222", "221", "111", "121", "010", "222", "112", "202", "111", "22-"]
    ratings = [tuple(None if score == "-" else int(score) for score in item) for item in items]
    alpha = krippendorff_alpha(ratings)
    assert (alpha.value, alpha.n, alpha.ratings) == (pytest.approx(0.427097, abs=5e-7), 10, 29)
    assert alpha.interval.low < 0.427 < alpha.interval.high
    for pair, kappa, n in (((0, 1), 0.318182, 10), ((0, 2), 0.75, 9), ((1, 2), 0.0, 9)):
        found = pooled_agreement(ratings, [pair])[1]
        assert (found.value, found.n) == (pytest.approx(kappa, abs=5e-7), n)


def test_perfect_agreement_of_three_has_a_width():
    ratings = [(level,) * 3 for level in (0, 1, 2)] * 10
    accuracy, kappa = pooled_agreement(ratings, [(0, 1), (0, 2), (1, 2)])
    for figure in (accuracy, kappa, krippendorff_alpha(ratings)):
        assert figure.value == pytest.approx(1)
        assert figure.interval.low < 1
    # 30 items of three equal pairs each count as 30, with Student's t of 29 degrees: 30 / (30 + 2.0452^2).
    assert accuracy.interval.low == pytest.approx(30 / (30 + 2.04523**2), abs=1e-5)


def test_each_rating_counts_once_by_hand():
    # Rater 1 agrees with rater 0 on 3 of 4 items, rater 2 on 1 of the 2 items that it rated: 4 of 6 ratings.
    ratings = [(0, 0, 0), (1, 1, 2), (2, 2, None), (1, 2, None)]
    share, kappa = pooled_agreement(ratings, [(0, 1), (0, 2)])
    assert (share.value, share.n, share.ratings) == (pytest.approx(4 / 6), 4, 6)
    # 0-1: mean squared distance 1/4; all pairings of 0 1 2 1 with 0 1 2 2: 9 + (1+0+1+1) * 2 + (4+1+0+0) = 20 of 16
    # 0-2: (0 + 1) / 2; pairings of 0 1 with 0 2: 0 + 4 + 1 + 1 = 6 of 4; weights 4 and 2 items
    assert kappa.value == pytest.approx((4 * (1 - (1 / 4) / (20 / 16)) + 2 * (1 - (1 / 2) / (6 / 4))) / 6)


@settings(max_examples=20)
@given(st.lists(st.tuples(levels, levels), min_size=2, max_size=40))
def test_one_pair_is_plain_agreement_and_kappa(pairs):
    a, b = ([pair[side] for pair in pairs] for side in (0, 1))
    share, kappa = pooled_agreement(pairs, [(0, 1)])
    plain = weighted_kappa(a, b)
    assert (share.value, share.interval) == (exact_agreement(a, b).value, exact_agreement(a, b).interval)
    assert kappa.value == (None if plain.value is None else pytest.approx(plain.value))
    if plain.interval is not None:
        ends = (kappa.interval.low, kappa.interval.high)
        assert ends == pytest.approx((plain.interval.low, plain.interval.high), abs=1e-9)


@settings(max_examples=10)
@given(st.lists(st.tuples(*[st.one_of(levels, st.none())] * 3), min_size=2, max_size=20), st.randoms())
def test_the_order_of_items_does_not_matter(ratings, rng):
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert pooled_agreement(ratings, pairs) == pooled_agreement(rng.sample(ratings, len(ratings)), pairs)


def test_a_pair_without_a_kappa_is_left_out_and_told():
    # Raters 1 and 2 gave 1 to all that both rated: 0 / 0. Raters 0 and 1 agree everywhere: kappa 1.
    kappa = pooled_agreement([(0, 0, None), (1, 1, 1), (2, 2, None)] * 5, [(0, 1), (1, 2)])[1]
    assert kappa.value == pytest.approx(1)
    assert "1 of 2 pairs" in kappa.reason
    # A kappa of 0 is defined, and counts with its 5 of 15 items: raters 1 and 2 always differ by one step.
    kappa = pooled_agreement([(0, 0, 1), (2, 2, None)] * 5, [(0, 1), (1, 2)])[1]
    assert kappa.value == pytest.approx((10 * 1 + 5 * 0) / 15)


def test_agreement_of_nothing():
    for ratings, pairs in (([], [(0, 1)]), ([(0, 1)], []), ([(0, None)], [(0, 1)])):
        share, kappa = pooled_agreement(ratings, pairs)
        assert (share.value, kappa.value) == (None, None)


def test_a_rater_with_one_item_and_one_item_with_many_raters():
    share, kappa = pooled_agreement([(1, 1, None), (2, None, 2)], [(0, 1), (0, 2)])
    assert (share.value, share.n, kappa.value) == (1.0, 2, None)
    share, kappa = pooled_agreement([(1, 1, 2)], [(0, 1), (0, 2)])
    assert (share.value, share.interval, share.ratings) == (0.5, None, 2)


@pytest.mark.parametrize("raters", [8, 12])
def test_many_raters(raters):
    ratings = [tuple((item + (rater == item % raters)) % 3 for rater in range(raters)) for item in range(40)]
    accuracy, kappa = pooled_agreement(ratings, [(0, rater) for rater in range(1, raters)])
    assert kappa.value in kappa.interval
    assert accuracy.ratings == 40 * (raters - 1)


def test_figures_of_a_kappa_are_those_of_the_pairs_that_count():
    # Rater 2 shares one item with rater 0: 0 / 0, so that neither its item nor its rating is in the kappa.
    share, kappa = pooled_agreement([(0, 0, None), (2, 2, None), (None, None, 1), (1, None, 1)], [(0, 1), (0, 2)])
    assert (share.n, share.ratings) == (3, 3)
    assert (kappa.n, kappa.ratings) == (2, 2)


def test_one_common_item_has_no_interval_however_many_others_there_are():
    # Alone, one item of two different scores has kappa 0 and no interval: items of one rater add nothing to it.
    kappa = pooled_agreement([(1, 2), *[(1, None)] * 50], [(0, 1)])[1]
    assert (kappa.value, kappa.interval, kappa.n) == (0.0, None, 1)


def test_equal_ratings_have_no_kappa_and_say_why():
    share, kappa = pooled_agreement([(2, 2, 2)] * 40, [(0, 1), (0, 2), (1, 2)])
    assert (share.value, share.ratings, kappa.value, kappa.n) == (1.0, 120, None, 40)
    assert "0 / 0" in kappa.reason


@settings(max_examples=10)
@given(st.lists(st.tuples(*[st.one_of(levels, st.none())] * 3), min_size=2, max_size=20), st.permutations(range(3)))
def test_the_order_of_raters_does_not_matter(ratings, order):
    pairs = [(0, 1), (0, 2), (1, 2)]
    again = [tuple(unit[place] for place in order) for unit in ratings]
    for one, other in zip(pooled_agreement(ratings, pairs), pooled_agreement(again, pairs), strict=True):
        assert (one.n, one.ratings) == (other.n, other.ratings)
        assert one.value == (None if other.value is None else pytest.approx(other.value))


def test_the_order_of_raters_moves_an_interval_by_its_draws_alone():
    ratings = [(0, 0, 1), (1, 1, 1), (2, 1, 2), (2, 2, 2), (0, 1, 0), (1, 1, None)] * 10
    one, other = (pooled_agreement([unit[::step] for unit in ratings], [(0, 1), (0, 2), (1, 2)])[1] for step in (1, -1))
    assert one.interval.low == pytest.approx(other.interval.low, abs=0.01)
    assert one.interval.high == pytest.approx(other.interval.high, abs=0.01)


@pytest.mark.parametrize("ratings", [[(0, 0), (1, 1), (2, 2)], [(1, 2), (2, 1)], [(0, 1), (1, 2), (1, 0)]])
def test_an_interval_holds_its_figure_at_the_ends_of_the_scale(ratings):
    for figure in (weighted_kappa(*zip(*ratings, strict=True)), pooled_agreement(ratings, [(0, 1)])[1]):
        assert figure.value in figure.interval
        assert figure.interval.low < figure.interval.high
    alpha = krippendorff_alpha(ratings)
    assert alpha.value in alpha.interval


def test_a_scale_below_0_has_no_gaps_in_it():
    a, b = [-1, 0, 1, 1, -1, 0], [-1, 0, 1, 0, 0, 0]
    moved = weighted_kappa([x + 1 for x in a], [x + 1 for x in b])
    found = pooled_agreement(list(zip(a, b, strict=True)), [(0, 1)], levels=(-1, 0, 1))[1]
    assert found.value == pytest.approx(moved.value)
    with pytest.raises(ValueError, match="are not among"):
        pooled_agreement([(0, 3)], [(0, 1)])
    with pytest.raises(ValueError, match="not finite"):
        krippendorff_alpha([(0, float("nan")), (1, 1)])


def test_the_prior_is_one_item_spread_over_complete_patterns():
    """Moments of a figure that is the share of one pattern: Dirichlet's own, (count + 1/9) / (n + 1)."""
    from medq_tasks.stats.agreement import _interval

    def share_of_first(weights, kinds):
        return (weights * ((kinds == 2).all(axis=1))).sum(axis=1) / weights.sum(axis=1)

    found = _interval([(2, 2)] * 4 + [(0, 1)] * 4 + [(2, None)] * 2, share_of_first, (0, 1, 2))
    # Beta(4 + 1/9, 4 + 1/9 + 7/9 + 2): of 11 in all, patterns with a gap keep their count and get nothing of the prior.
    low, high = scipy_stats.beta(4 + 1 / 9, 11 - 4 - 1 / 9).ppf([0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))
