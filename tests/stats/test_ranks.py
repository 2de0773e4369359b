from itertools import combinations

import pytest

from medq_tasks.stats import PairTest, Rank, permutation, ranks


def of_counts(first, second, only_first, only_second):
    """The paired test of two runs of which each got some items right that the other did not."""
    steps = [-1] * only_first + [1] * only_second
    better = [permutation(side, "greater") for side in (steps, [-step for step in steps])]
    return PairTest(first, second, sum(steps), permutation(steps), *better)


def test_four_runs_worked():
    """Holm: .0308 .0118 .0000 .5693 .0000 .0002, so that B and C are not told apart; B above A one-sided: .0077 x 3."""
    discordant = [(150, 110), (170, 120), (210, 90), (130, 120), (190, 110), (180, 110)]
    pairs = combinations(range(4), 2)
    found = ranks(4, [of_counts(*pair, *counts) for pair, counts in zip(pairs, discordant, strict=True)])
    assert found == [Rank(1, 1, True), Rank(2, 3, False), Rank(2, 3, False), Rank(4, 4, False)]


def test_equal_runs_may_all_be_first():
    assert ranks(3, [of_counts(i, j, 20, 20) for i, j in combinations(range(3), 2)]) == [Rank(1, 3, True)] * 3


def test_the_best_set_needs_no_correction_for_the_other_pairs():
    # One-sided p of "B is better than A" = .03: one other candidate only, so A is out, though two-sided p is above .05.
    assert ranks(2, [PairTest(0, 1, 0.1, 0.06, 0.03, 0.97)]) == [Rank(1, 2, False), Rank(1, 2, True)]


def test_neither_correction_is_left_out_by_hand():
    # Three pairs with p = .03 each: by Holm .09, so that no place is settled. Best set: 2 x .015, one-sided.
    tests = [PairTest(i, j, -1.0, 0.03, 0.985, 0.015) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert ranks(3, tests) == [Rank(1, 3, True), Rank(1, 3, False), Rank(1, 3, False)]
    # One-sided .03: alone it would exclude, for one of two others it does not.
    tests = [PairTest(i, j, -1.0, 0.06, 0.97, 0.03) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert [rank.may_be_first for rank in ranks(3, tests)] == [True, True, True]


def test_who_has_no_first_place_is_not_among_the_best():
    # The last step of Holm is uncorrected: p = .036 settles the second place, though 3 x .018 is above .05.
    pairs = {(0, 1): 0.036, (0, 2): 1e-9, (0, 3): 1e-9, (1, 2): 1e-9, (1, 3): 1e-9, (2, 3): 1e-9}
    found = ranks(4, [PairTest(*pair, -1.0, p, 1 - p / 2, p / 2) for pair, p in pairs.items()])
    assert found[1] == Rank(2, 2, False)


def test_the_order_of_the_runs_does_not_matter():
    there = ranks(2, [of_counts(0, 1, 30, 5)])
    back = ranks(2, [of_counts(0, 1, 5, 30)])
    assert there == back[::-1] == [Rank(1, 1, True), Rank(2, 2, False)]


def test_few_candidates():
    assert ranks(0, []) == []
    assert ranks(1, []) == [Rank(1, 1, True)]


@pytest.mark.parametrize("pairs", [[], [(0, 1)], [(0, 1), (0, 2), (0, 2)], [(0, 1), (0, 2), (1, 3)]])
def test_every_pair_once(pairs):
    with pytest.raises(ValueError, match="3 candidates need a test of each of their 3 pairs"):
        ranks(3, [of_counts(*pair, 1, 1) for pair in pairs])
