"""How often intervals hold the truth, and how often tests and gates raise a false alarm: nominal beside actual.

    python -m benchmarks statistics [--quick]

"before" is what 0.1.0 did: bootstrap of the items, Wilson and McNemar by item, the gate on the drop itself. "after" is
what ``medq_tasks.stats`` does now. Every truth is simulated, with a fixed seed; intervals depend on counts alone, so
that each set of counts is worked out once. "error" is the simulation's own standard error, in points. What the
figures mean: docs/statistics.md.
"""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.simulated_calibration import judge_error
from benchmarks.simulated_decisions import false_alarms, gate, headline, leaderboard
from benchmarks.simulations import (
    AXES,
    OVERALL,
    SEED,
    alphas,
    average,
    bootstrap,
    holds,
    kappas,
    percentile,
    scores,
    table,
)
from medq_tasks import stats

SIZES = (1305, 221, 133, 60, 26, 10, 5, 3, 2)  # the three tasks of the benchmark, and slices of them
SHARED = {"2 each": (2,), "4 each": (4,), "1 to 12": (1,) * 12 + (2,) * 4 + (4,) * 3 + (12,)}  # items of a picture


def means(sims: int) -> str:
    rng, rows = np.random.default_rng(SEED), []
    for name, shares in {**AXES, "overall": OVERALL}.items():
        levels = range(len(shares))
        truth = float(np.dot(shares, levels))

        def judge(counts: tuple[int, ...], levels: Sequence[int] = levels, truth: float = truth) -> list[bool]:
            old = bootstrap(counts)
            new = stats.mean_interval(scores(counts, levels), levels)
            return [holds(old, truth), holds(new, truth), old is not None and old.low == old.high]

        cells = [average(rng.multinomial(n, shares, size=sims), judge) for n in SIZES]
        for label, column in zip(("before", "after", "before: no width"), zip(*cells, strict=True), strict=True):
            rows.append([f"{name}, mean {truth:.3f}", label, *column])
    return table("Means of scores, coverage, nominal 95 %", sims, 0.95, ["truth", "n =", *map(str, SIZES)], rows)


def sizes_of(pattern: Sequence[int], n: int) -> list[int]:
    """Pictures of ``n`` items: the pattern again and again, the last picture cut."""
    ends = np.minimum(np.cumsum(list(itertools.islice(itertools.cycle(pattern), n))), n)
    return [int(size) for size in np.diff(ends, prepend=0) if size]


def sharing(rng: Any, shares: Sequence[float], sizes: Sequence[int], rho: float) -> tuple[list[int], list[int]]:
    """Scores 0, 1 ... and pictures: each picture has shares of its own, so that its items correlate by ``rho``."""
    own = rng.dirichlet(np.array(shares) * (1 - rho) / rho, len(sizes)) if rho else np.tile(shares, (len(sizes), 1))
    counts = rng.multinomial(sizes, own)
    values = np.repeat(np.tile(np.arange(len(shares)), len(sizes)), counts.ravel())
    return values.tolist(), np.repeat(np.arange(len(sizes)), sizes).tolist()


def pictures(sims: int) -> str:
    rng, rows = np.random.default_rng(SEED), []
    cases = [("accuracy .6", (0.4, 0.6), n) for n in (1305, 150, 40)]
    cases += [(name, AXES[name], n) for name in ("completeness", "consistency") for n in (221, 40)]
    for (name, shares, n), (pattern, sizes) in itertools.product(cases, SHARED.items()):
        levels, row = range(len(shares)), []
        truth, groups = float(np.dot(shares, levels)), sizes_of(sizes, n)
        for rho in (0, 0.2, 0.5):
            hits = np.zeros(2)
            for _ in range(sims):
                values, clusters = sharing(rng, shares, groups, rho)
                if len(shares) == 2:
                    found = stats.wilson(sum(values), n), stats.share_interval(values, clusters)
                else:
                    counts = np.bincount(values, minlength=len(shares)).tolist()
                    found = bootstrap(counts), stats.mean_interval(values, levels, clusters)
                hits += [holds(one, truth) for one in found]
            row.append(" / ".join(f"{100 * hit / sims:.1f}" for hit in hits))
        rows.append([name, n, f"{pattern}: {len(groups)}", *row])
    head = ["mean of", "items", "items a picture: pictures", "rho 0, before / after", "rho .2", "rho .5"]
    return table("Items that share pictures, coverage, nominal 95 %", sims, 0.95, head, rows)


def pair_rows(draws: Any, cells: Sequence[tuple[int, int]], truth: float, top: int) -> list[float]:
    """Coverage and contradictions of interval and test, before and after, and how often before had no width."""

    def judge(counts: tuple[int, ...]) -> list[bool]:
        a, b = zip(*scores(counts, cells), strict=True)
        spread = np.bincount([y - x + top for x, y in zip(a, b, strict=True)], minlength=2 * top + 1)
        old, new = bootstrap(spread.tolist(), -top), stats.paired_difference(a, b, levels=range(top + 1))
        assert old is not None
        assert new.p_value is not None
        differ = (0 in old) != (new.p_value >= stats.ALPHA)
        return [holds(old, truth), holds(new.interval, truth), differ, new.contradicts, old.low == old.high]

    return average(draws, judge)


PAIRED_HEAD = ["coverage before", "after", "interval against test before", "after", "before: no width"]


def paired_shares(sims: int) -> str:
    rng, rows = np.random.default_rng(SEED), []
    cases = [(1305, 0.3, 0), (1305, 0.02, 0), (258, 0.1, 0), (258, 0.02, 0), (133, 0.2, 0.05), (60, 0.1, 0)]
    for n, differ, truth in [*cases, (60, 0.02, 0), (26, 0.3, 0), (26, 0.2, 0.05), (10, 0.2, 0.05)]:
        chances = [0.6 * (1 - differ), (differ - truth) / 2, (differ + truth) / 2, 0.4 * (1 - differ)]
        cells = [(1, 1), (1, 0), (0, 1), (0, 0)]
        rows.append(
            [n, f"{differ:g}", f"{truth:g}", *pair_rows(rng.multinomial(n, chances, size=sims), cells, truth, 1)]
        )
    head = ["n", "items that differ", "true difference", *PAIRED_HEAD]
    return table("Paired differences of shares, nominal 95 %", sims, 0.95, head, rows)


def paired_scores(sims: int) -> str:
    """B's score is A's on six items in ten, and a draw of its own, a little lower, on the others."""
    rng, rows = np.random.default_rng(SEED), []
    lower = {"completeness": (0.25, 0.45, 0.3), "consistency": (0.05, 0.1, 0.85), "overall": (*OVERALL[1:], 0.01)}
    for (name, other), n in itertools.product(lower.items(), (1305, 221, 133, 26, 10, 5)):
        first = np.array(OVERALL if name == "overall" else AXES[name])
        joint = first[:, None] * (0.6 * np.eye(len(first)) + 0.4 * np.array(other))
        cells = list(itertools.product(range(len(first)), repeat=2))
        truth = float(sum(chance * (y - x) for chance, (x, y) in zip(joint.ravel(), cells, strict=True)))
        draws = rng.multinomial(n, joint.ravel(), size=sims)
        rows.append([name, n, f"{truth:.3f}", *pair_rows(draws, cells, truth, len(first) - 1)])
    head = ["scores", "n", "true difference", *PAIRED_HEAD]
    return table("Paired differences of scores, nominal 95 %", sims, 0.95, head, rows)


def agreement(sims: int) -> str:
    """Raters who give the item's true score but for a rare step to a neighbouring one; coverage of what interval is."""
    rng, rows = np.random.default_rng(SEED), []
    figures = (("kappa of two", 2, kappas, _kappa), ("alpha of three", 3, alphas, stats.krippendorff_alpha))
    truths = (("completeness", 0.027), ("consistency", 0.006))
    for (axis, slip), (name, raters, old, new), n in itertools.product(truths, figures, (200, 100, 50)):
        step = np.array([[1 - slip, slip, 0], [slip / 2, 1 - slip, slip / 2], [0, slip, 1 - slip]])
        cells = np.array(list(itertools.product(range(3), repeat=raters)))
        chances = sum(share * np.prod(step[true][cells], axis=1) for true, share in enumerate(AXES[axis]))
        truth = float(old(1e9 * chances[None], cells)[0])

        def judge(
            counts: tuple[int, ...], old: Any = old, new: Any = new, cells: Any = cells, truth: float = truth
        ) -> list[bool]:
            found = [percentile(old, counts, cells), new(scores(counts, cells.tolist())).interval]
            return [holds(one, truth) for one in found] + [one is None for one in found]

        *held, none_before, none_after = average(rng.multinomial(n, chances, size=sims), judge)
        some = [100 * hit / (100 - none) for hit, none in zip(held, (none_before, none_after), strict=True)]
        rows.append([axis, f"{name}, {truth:.3f}", n, *some, none_before, none_after])
    head = ["scores like", "figure and its truth", "n", "coverage before", "after", "no interval before", "after"]
    return table("Nearly perfect agreement, nominal 95 %", sims, 0.95, head, rows)


def _kappa(pairs: Sequence[Sequence[int]]) -> stats.Agreement:
    first, second = zip(*pairs, strict=True)
    return stats.weighted_kappa(first, second)


# What takes long first. Simulations: as many as two slow cores do in minutes.
TABLES: tuple[tuple[Callable[[int], str], int], ...] = (
    (means, 1000),
    (judge_error, 200),
    (agreement, 200),
    (pictures, 1000),
    (paired_shares, 1000),
    (paired_scores, 500),
    (false_alarms, 1000),
    (gate, 1000),
    (headline, 500),
    (leaderboard, 2000),
)


def run(place: int, quick: bool) -> str:
    make, sims = TABLES[place]
    return make(max(10, sims // 25) if quick else sims)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few simulations: does it run?")
    quick = parser.parse_args().quick
    with ProcessPoolExecutor(min(len(TABLES), os.cpu_count() or 1)) as pool:
        for text in pool.map(run, range(len(TABLES)), itertools.repeat(quick)):
            print(text, flush=True)


if __name__ == "__main__":
    main()
