"""Tables of bench_statistics: how often tests, the gate and rankings raise a false alarm, before and after."""

from __future__ import annotations

import itertools
import math
from functools import cache
from typing import Any

import numpy as np
from scipy import stats as scipy_stats

from benchmarks.simulations import AXES, SEED, scores, table
from medq_tasks import stats


def false_alarms(sims: int) -> str:
    rng, rows = np.random.default_rng(SEED), []
    for (count, size), sd in itertools.product(((326, 4), (652, 2)), (0, 0.7, 1.5)):
        alarms, clusters = np.zeros(2), np.repeat(np.arange(count), size).tolist()
        for _ in range(sims):
            # How well each of two equal models does on each picture, the same for all of its questions.
            liking = 0.25 * math.hypot(1, sd) + np.repeat(rng.normal(0, sd, (2, count)), size, axis=1)
            a, b = (rng.normal(size=liking.shape) < liking).astype(int).tolist()
            only = [sum(x > y for x, y in zip(*pair, strict=True)) for pair in ((a, b), (b, a))]
            by_picture = stats.paired_difference(a, b, clusters).p_value
            alarms += [stats.mcnemar(*only) < stats.ALPHA, by_picture is not None and by_picture < stats.ALPHA]
        rows.append([f"{count} x {size}", f"{sd}", *(100 * alarms / sims)])
    head = [
        "pictures x questions",
        "sd of picture x model",
        "McNemar by item, before",
        "permutation of pictures, after",
    ]
    return table("Two equal models, p < .05 by chance, nominal at most 5 %", sims, 0.05, head, rows)


def differing(drop: float, sd: float) -> Any:
    """Chances of the differences -8 .. 8 of two overall scores with this mean and spread."""
    chances = scipy_stats.norm.pdf(np.arange(-8, 9), drop, sd)
    return chances / chances.sum()


@cache
def checked(counts: tuple[int, ...], margin: float) -> tuple[bool, ...]:
    """Of a check with these counts of drops: the drop exceeds the margin; is significant too; is proven to exceed it,
    alone; is so as the first of three; is proven to be within it.

    "p of at most the margin <= x" is "the limit at level x exceeds the margin", many times faster; and of three checks
    some fails by Holm's correction where the least p-value is at most a third of 5 %.
    """
    top = len(counts) // 2
    drops = scores(counts, range(-top, top + 1))
    drop = sum(drops) / len(drops)
    levels = range(top + 1)
    if top == 1:  # of the items that both got right, or wrong, six in ten are right
        even = [int(place < 0.6 * counts[1]) for place in range(counts[1])]
        run, base = [1] * counts[0] + even + [0] * counts[2], [0] * counts[0] + even + [1] * counts[2]
    else:  # limits of scores depend on the differences alone
        run, base = [max(0, -d) for d in drops], [max(0, d) for d in drops]
    limits = stats.difference_limits(run, base, levels=levels, one_sided=True)
    assert limits is not None
    beyond = limits(stats.ALPHA) > margin
    significant = drop > margin and stats.permutation(drops) < stats.ALPHA
    among_three = beyond and limits(stats.ALPHA / 3) > margin
    return drop > margin, significant, beyond, among_three, not beyond and limits(1 - stats.ALPHA) <= margin


def gate(sims: int) -> str:
    """The three drop checks of examples/github-actions-gate.yml, each alone and together."""
    rng, rows = np.random.default_rng(SEED), []
    names = ["accuracy, n = 1305, X = .02", "overall, n = 221, X = .2", "overall, n = 133, X = .2"]
    for times in (0, 1, 2):
        chances = [
            [0.1 - 0.01 * times, 0.8, 0.1 + 0.01 * times],
            differing(0.2 * times, 1.8),
            differing(0.2 * times, 2.4),
        ]
        found = []
        for n, chance, margin in zip((1305, 221, 133), chances, (0.02, 0.2, 0.2), strict=True):
            draws = rng.multinomial(n, chance, size=sims)
            found.append(np.array([checked(tuple(map(int, row)), margin) for row in draws]))
        for name, outcome in zip(names, found, strict=True):
            plain, significant, beyond, _, proven = 100 * outcome.mean(axis=0)
            rows.append([name, f"{times} X", plain, significant, beyond, proven])
        plain, significant, _, beyond, _ = 100 * np.any(found, axis=0).mean(axis=0)
        proven = 100 * np.all(found, axis=0).mean(axis=0)[4]
        rows.append(["all three: the workflow", f"{times} X", plain, significant, beyond, proven])
    head = [
        "check",
        "true drop",
        "plain, before: fails",
        "--significant, before: fails",
        "after: fails",
        "--prove: passes",
    ]
    return table("The gate, in per cent of runs", sims, 0.05, head, rows)


def headline(sims: int) -> str:
    """The metrics that `medq compare` shows of a whole run: 2 of perception, 6 of each reasoning task."""
    rng, alarms = np.random.default_rng(SEED), np.zeros(2)
    axes = [AXES["completeness"], AXES["completeness"], AXES["consistency"], (0.22, 0, 0.78)]
    cuts = [scipy_stats.norm.ppf(np.cumsum(shares)[:2]) for shares in axes]
    for _ in range(sims):
        compared = [rng.choice((-1, 0, 1), 1305, p=(d / 2, 1 - d, d / 2)) for d in (0.2, 0.02)]
        for n in (221, 133):
            # Half of what an axis is worth is the item's, a quarter the model's reply's, a quarter the axis' own.
            item, reply, own = rng.normal(size=(n, 1, 1)), rng.normal(size=(n, 2, 1)), rng.normal(size=(n, 2, 5))
            latent = math.sqrt(0.5) * item + 0.5 * reply + 0.5 * own
            graded = np.stack([np.searchsorted(cut, latent[:, :, i]) for i, cut in enumerate(cuts)])
            by_model = [*graded, graded.sum(axis=0), (latent[:, :, 4] > 0).astype(int)]
            compared += [values[:, 1] - values[:, 0] for values in by_model]
        p_values = [stats.permutation(differences.tolist()) for differences in compared]
        corrected = [p for p in stats.holm(p_values) if p is not None]
        alarms += [min(p_values) < stats.ALPHA, min(corrected) < stats.ALPHA]
    head = ["", "uncorrected, before", "Holm, after"]
    row = ["some p < .05 of 14", *(100 * alarms / sims)]
    return table("Headline rows of two equal runs, nominal at most 5 %", sims, 0.05, head, [row])


@cache
def pair_test(only_first: int, only_second: int) -> tuple[float, float, float]:
    """p-values: two-sided; the second is better; the first is better."""
    both = only_first + only_second
    better = [float(scipy_stats.binom.sf(only - 1, both, 0.5)) for only in (only_second, only_first)]
    return stats.mcnemar(only_first, only_second), better[0], better[1]


def leaderboard(sims: int) -> str:
    rng, rows, models = np.random.default_rng(SEED), [], 10
    for gain in (0.0, 0.03):
        seen = np.zeros(4)
        for _ in range(sims):
            chance = np.tile(rng.beta(2.4, 1.6, 1305), (models, 1))  # some questions are harder for all
            chance[0] = np.minimum(1, chance[0] + gain)
            right = rng.random(chance.shape) < chance
            only = right.astype(int) @ (~right).T.astype(int)
            tests = []
            for i, j in itertools.combinations(range(models), 2):
                p_values = pair_test(int(only[i, j]), int(only[j, i]))
                tests.append(stats.PairTest(i, j, int(only[j, i] - only[i, j]) / 1305, *p_values))
            found = stats.ranks(models, tests)
            apart = any((rank.best, rank.worst) != (1, models) for rank in found)
            some = min(test.p_value for test in tests) < stats.ALPHA
            seen += [100 * some, 100 * apart, 100 * (not found[0].may_be_first), sum(one.may_be_first for one in found)]
        rows.append([f"{gain:g}", *(seen / sims)])
    head = ["first one better by", "some pair p < .05, before", "ranks set some apart, after"]
    head += ["the first left out of the set that may be best", "models in that set"]
    return table("Ten models on 1,305 items, nominal at most 5 % where all are equal", sims, 0.05, head, rows)
