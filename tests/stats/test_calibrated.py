"""The judge's error in a mean: the worked example of docs/statistics.md by its closed form, and simulated coverage."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.stats import MATRIX, POST_STRATIFIED, JudgedItem, by_matrix, mean_interval, mean_levels, post_stratified
from medq_tasks.stats.calibrated import _cell, _masses, _stratified_mean, _stratum, too_little

AXIS = (0, 1, 2)
# Rows: the expert's 0, 1, 2; columns: the judge's. 125 of 221 items are rated.
TABLE = ((18, 6, 1), (4, 30, 8), (0, 5, 53))
JUDGED = (40, 70, 111)
SEEN = 0.004  # of 10,000 draws: their limits move by about 1 % of the width


def rated(table=TABLE):
    return [JudgedItem(judge, {"ann": given}) for given in AXIS for judge in AXIS for _ in range(table[given][judge])]


def unrated(counts):
    return [JudgedItem(judge) for judge in AXIS for _ in range(counts[judge])]


def rest():
    """What the judge alone has scored."""
    return unrated([total - sum(row[judge] for row in TABLE) for judge, total in enumerate(JUDGED)])


def closed_form(table, judged):
    """Mean and standard deviation: strata are Dirichlet(counts + 1/3), and so is what experts give in each."""
    a = np.array(judged) + 1 / 3
    b = np.array(table).T + 1 / 3  # by the judge's level
    w, total = a / a.sum(), b.sum(axis=1)
    m = b @ np.array(AXIS) / total
    v = (b @ np.array(AXIS) ** 2 / total - m**2) / (total + 1)
    variance = (w**2 + w * (1 - w) / (a.sum() + 1)) @ v + (w @ m**2 - (w @ m) ** 2) / (a.sum() + 1)
    return w @ m, sqrt(variance)


def test_worked_example_of_post_stratification():
    mean, deviation = closed_form(TABLE, JUDGED)
    assert (mean, deviation) == pytest.approx((1.26421, 0.05820), abs=5e-6)
    found = post_stratified(rated() + rest(), AXIS)
    assert found.value == pytest.approx(mean, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((1.148, 1.376), abs=SEEN)
    assert (found.method, found.n) == ("post-stratified", 125)


def test_the_draws_have_the_closed_forms_moments():
    items = rated() + rest()
    rows = [_stratum(item, AXIS) + _cell(item, AXIS, AXIS) for item in items]
    rng = np.random.default_rng(1)
    draws = _stratified_mean(_masses(rng, rows, None), 3, 3, np.array(AXIS), rng)
    mean, deviation = closed_form(TABLE, JUDGED)
    assert draws.mean() == pytest.approx(mean, abs=4 * deviation / 100)  # of 10,000 draws
    assert draws.std() == pytest.approx(deviation, rel=0.04)


def test_worked_example_of_the_matrix():
    # Rows of P(judge | expert): (.72, .24, .04), (.0952, .7143, .1905), (0, .0862, .9138); solved: mean 1.26504.
    chances = np.array(TABLE) / np.array(TABLE).sum(axis=1, keepdims=True)
    exact = np.linalg.solve(chances.T, np.array(JUDGED) / 221) @ np.array(AXIS)
    assert exact == pytest.approx(1.26504, abs=5e-6)
    found = by_matrix(unrated(JUDGED), rated(), AXIS)
    assert (found.low, found.high) == pytest.approx((1.084, 1.427), abs=SEEN)
    assert found.value == pytest.approx(exact, abs=0.01)  # the median, with a third of an item in each cell
    assert (found.method, found.n) == ("matrix", 125)


def test_what_scores_0_by_rule_is_a_stratum_of_its_own():
    # Four strata: Dirichlet(counts + 1/4). The 20 items without a text add 0, and nothing to what experts give.
    found = post_stratified(rated() + rest() + [JudgedItem(None)] * 20, AXIS)
    means = [(1 * (sum(row[k] * y for y, row in enumerate(TABLE)) + 1)) / (sum(r[k] for r in TABLE) + 1) for k in AXIS]
    expected = sum((count + 1 / 4) * mean for count, mean in zip(JUDGED, means, strict=True)) / (221 + 20 + 1)
    assert found.value == pytest.approx(expected)
    matrix = by_matrix(unrated(JUDGED) + [JudgedItem(None)] * 20, rated(), AXIS)
    assert matrix.value == pytest.approx(by_matrix(unrated(JUDGED), rated(), AXIS).value * 221 / 241, abs=0.01)


def test_half_steps_of_two_experts():
    assert mean_levels(AXIS, {1}) == [0, 1, 2]
    assert mean_levels(AXIS, {2}) == [0, 0.5, 1, 1.5, 2]
    assert mean_levels((0, 2), {2}) == [0, 1, 2]
    assert mean_levels(AXIS, {1, 3}) == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2])
    # The judge gave 2, experts 1 and 2: five levels, 1/5 of an item added to each, which sum to 5 x .2 = 1.
    found = post_stratified([JudgedItem(2, {"ann": 1, "bob": 2})], AXIS)
    seen, unseen = (1.5 + 1) / 2, 1.0  # the five levels' own mean is 1
    assert found.value == pytest.approx((4 / 3 * seen + 2 / 3 * unseen) / 2)


def test_ratings_of_an_item_share_its_weight_in_the_matrix():
    # Each expert gives what the other does: two of them tell as much as one.
    twice = [replace(item, experts={"ann": item.experts["ann"], "bob": item.experts["ann"]}) for item in rated()]
    assert by_matrix(unrated(JUDGED), twice, AXIS) == by_matrix(unrated(JUDGED), rated(), AXIS)


@pytest.mark.parametrize("method", [POST_STRATIFIED, MATRIX])
def test_items_that_share_pictures_widen_and_singles_change_nothing(method):
    def found(mark):
        items = [replace(item, cluster=mark(place)) for place, item in enumerate(rated() + rest())]
        if method == POST_STRATIFIED:
            return post_stratified(items, AXIS)
        return by_matrix(items, [replace(item, cluster=mark(place)) for place, item in enumerate(rated())], AXIS)

    alone = found(lambda place: None)
    assert found(lambda place: place) == alone
    shared = found(lambda place: place // 8)  # neighbours are alike
    assert shared.value == alone.value
    assert shared.high - shared.low > 1.2 * (alone.high - alone.low)
    assert (found(lambda place: 0).low, found(lambda place: 0).high) == (None, None)


def test_the_order_of_items_changes_nothing():
    items = [replace(item, cluster=place // 3) for place, item in enumerate(rated() + rest())]
    assert post_stratified(items[::-1], AXIS) == post_stratified(items, AXIS)
    assert by_matrix(items[::-1], rated()[::-1], AXIS) == by_matrix(items, rated(), AXIS)


def test_where_experts_give_the_top_alone_it_is_the_limit():
    found = post_stratified([JudgedItem(2, {"ann": 2})] * 40 + [JudgedItem(1)] * 3, AXIS)
    assert found.high == 2
    assert 1.7 < found.low < found.value < 2


@given(
    st.lists(st.tuples(st.sampled_from(AXIS), st.sampled_from(AXIS)), min_size=1, max_size=20),
    st.lists(st.sampled_from((None, *AXIS)), min_size=1, max_size=20),
)
@settings(max_examples=25, deadline=None)
def test_intervals_stay_on_the_scale_and_hold_the_value(pairs, judged):
    others = [JudgedItem(judge, {"ann": given}) for given, judge in pairs]
    items = [JudgedItem(judge) for judge in judged]
    for found in (by_matrix(items, others, AXIS), post_stratified(items + others, AXIS)):
        assert 0 <= found.low <= found.value <= found.high <= 2
        assert found.low < found.high


def test_nothing_rated_is_refused():
    with pytest.raises(ValueError, match="no item is rated"):
        post_stratified(rest(), AXIS)
    with pytest.raises(ValueError, match="none is rated"):
        by_matrix(rest(), [], AXIS)


@pytest.mark.parametrize(
    ("table", "method", "words"),
    [
        (((9, 0, 0), (0, 10, 0), (0, 0, 10)), POST_STRATIFIED, "29 items with scores of judge and experts are too few"),
        (((10, 0, 0), (0, 10, 0), (0, 0, 10)), MATRIX, ""),
        # Squared distances 12 x 1 + 6 x 4 = 36 over 30 items, by chance (4 x 1 + 2 x 4) / 9 x 30 = 40: kappa .1.
        (((4, 3, 3), (3, 4, 3), (3, 3, 4)), POST_STRATIFIED, "agree too little, kappa is 0.10 and should be at least"),
        (((4, 0, 0), (0, 20, 0), (0, 0, 20)), MATRIX, "experts gave 0 to 4 items, and 5 are needed at each level"),
        (((4, 0, 0), (0, 20, 0), (0, 0, 20)), POST_STRATIFIED, ""),
        # One and the same score everywhere: kappa is not defined, and nobody disagrees.
        (((0, 0, 0), (0, 0, 0), (0, 0, 40)), POST_STRATIFIED, ""),
    ],
)
def test_what_is_too_little_to_tell_the_judges_error(table, method, words):
    found = too_little(rated(table), AXIS, method)
    assert words in found
    assert bool(words) == bool(found)


SHARES = {"spread": (0.2, 0.4, 0.4), "skewed": (0.02, 0.06, 0.92)}
LENIENT = np.array([[0.75, 0.20, 0.05], [0.05, 0.75, 0.20], [0.02, 0.03, 0.95]])  # rows: the truth


def scored(rng, shares, n):
    truths = rng.choice(3, size=n, p=shares)
    return [(int(truth), int(rng.choice(3, p=LENIENT[truth]))) for truth in truths]


@pytest.mark.parametrize("axis", SHARES)
def test_coverage_for_rated_items_of_the_same_run(axis):
    """Nominal 95 %; of 100 runs, 3 standard errors are 6.5."""
    rng, truth = np.random.default_rng(17), float(np.dot(SHARES[axis], AXIS))
    held, judges_own = 0, 0
    for _ in range(100):
        pairs = scored(rng, SHARES[axis], 221)
        found = post_stratified([JudgedItem(j, {"a": t} if i < 100 else {}) for i, (t, j) in enumerate(pairs)], AXIS)
        held += found.low <= truth <= found.high
        judges_own += truth in mean_interval([judge for _, judge in pairs], AXIS)
    assert held >= 89
    assert judges_own < 75  # a lenient judge's own interval stands beside the truth


def test_coverage_for_rated_items_of_another_run():
    """This model is worse: what experts give where the judge says 1 is not the same, how the judge errs is.

    Nominal 95 %; of 40 runs, 3 standard errors are 4.
    """
    rng, truth = np.random.default_rng(17), 0.8  # (.4, .4, .2)
    held, carried_over = 0, 0
    for _ in range(40):
        others = [JudgedItem(judge, {"a": given}) for given, judge in scored(rng, SHARES["spread"], 150)]
        items = [JudgedItem(judge) for _, judge in scored(rng, (0.4, 0.4, 0.2), 221)]
        found, wrong = by_matrix(items, others, AXIS), post_stratified(items + others, AXIS)
        held += found.low <= truth <= found.high
        carried_over += wrong.low <= truth <= wrong.high
    assert held >= 34
    assert carried_over < 10  # what experts gave to the other run's items, carried over as if they were this one's
