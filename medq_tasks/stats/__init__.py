"""Intervals, paired tests and agreement: what is used where, and why, is told in docs/statistics.md.

Every function takes plain numbers, gives the same answer in whatever order they come, and answers None (never 0,
never a certainty) where the quantity is not defined.
"""

from medq_tasks.stats.agreement import (
    Agreement,
    confusion,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    mean_pairwise,
    weighted_kappa,
)
from medq_tasks.stats.intervals import Interval, bootstrap_mean, wilson
from medq_tasks.stats.paired import Paired, holm, mcnemar, paired_difference, permutation

__all__ = [
    "Agreement",
    "Interval",
    "Paired",
    "bootstrap_mean",
    "confusion",
    "exact_agreement",
    "fleiss_kappa",
    "holm",
    "krippendorff_alpha",
    "mcnemar",
    "mean_pairwise",
    "paired_difference",
    "permutation",
    "weighted_kappa",
    "wilson",
]
