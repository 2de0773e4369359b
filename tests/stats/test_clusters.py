import pytest

from medq_tasks.stats.clusters import clustered


def test_sums_and_sizes_whatever_the_order():
    # Cluster a: 1 + 2, b: 3, c: 0 + 0 + 1; sorted by sum, then size.
    first = clustered([1, 3, 0, 2, 0, 1], list("abcacc"))
    assert (first.sums, first.sizes) == ((1, 3, 3), (3, 1, 2))
    assert first == clustered([0, 0, 1, 2, 3, 1], list("cccaba"))
    assert (first.n, first.mean, first.shared) == (6, pytest.approx(7 / 6), True)


def test_without_labels_each_value_stands_alone():
    found = clustered([2, 0], None)
    assert (found.sums, found.sizes, found.shared) == ((0, 2), (1, 1), False)
    assert clustered([2, 0], ["x", "y"]) == found


def test_the_variance_of_single_items_is_that_of_their_mean():
    # Values 0, 1, 2: sample variance 1, over 3 items.
    assert clustered([0, 1, 2], None).variance == pytest.approx(1 / 3)


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused(odd):
    with pytest.raises(ValueError, match="not finite"):
        clustered([1.0, odd], None)
