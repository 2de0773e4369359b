"""Intervals, paired tests, ranks and agreement: what is used where, and why, is told in docs/statistics.md.

Every function takes plain numbers, gives the same answer in whatever order they come, and answers None (never 0,
never a certainty) where the quantity is not defined. Scores may be any finite set of levels, clusters any labels.
"""

from medq_tasks.stats.agreement import (
    CATEGORIES,
    FEW_ITEMS,
    Agreement,
    confusion,
    equal_ratings,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    pooled_agreement,
    weighted_kappa,
)
from medq_tasks.stats.calibrated import (
    MATRIX,
    POST_STRATIFIED,
    Calibrated,
    JudgedItem,
    by_matrix,
    mean_levels,
    post_stratified,
    too_little,
)
from medq_tasks.stats.clusters import FEW_CLUSTERS
from medq_tasks.stats.intervals import LEVEL, Interval, interval, mean_interval, share_interval, wilson
from medq_tasks.stats.limits import Limits, level_of
from medq_tasks.stats.paired import (
    ALPHA,
    SHARE,
    Paired,
    difference_limits,
    holm,
    mcnemar,
    paired_difference,
    permutation,
)
from medq_tasks.stats.ranks import PairTest, Rank, pair_test, ranks
from medq_tasks.stats.unpaired import Share, Unpaired, share_of, share_of_counts, unpaired_difference

__all__ = [
    "ALPHA",
    "CATEGORIES",
    "FEW_CLUSTERS",
    "FEW_ITEMS",
    "LEVEL",
    "MATRIX",
    "POST_STRATIFIED",
    "SHARE",
    "Agreement",
    "Calibrated",
    "Interval",
    "JudgedItem",
    "Limits",
    "PairTest",
    "Paired",
    "Rank",
    "Share",
    "Unpaired",
    "by_matrix",
    "confusion",
    "difference_limits",
    "equal_ratings",
    "exact_agreement",
    "fleiss_kappa",
    "holm",
    "interval",
    "krippendorff_alpha",
    "level_of",
    "mcnemar",
    "mean_interval",
    "mean_levels",
    "pair_test",
    "paired_difference",
    "permutation",
    "pooled_agreement",
    "post_stratified",
    "ranks",
    "share_interval",
    "share_of",
    "share_of_counts",
    "too_little",
    "unpaired_difference",
    "weighted_kappa",
    "wilson",
]
