"""Fit the thresholds of ``medq_baseline`` and write them as data: medq_tasks/demo/baseline/thresholds.json.

    python benchmarks/calibrate_baseline.py            # about two minutes on two cores

Each threshold is fitted on its own, on pictures of the calibration seeds only: it lies where a sign tells the
pictures that have the problem from those it is meant to be told from, with the fewest errors (equal weight for both
sides), in the middle of the gap. No question, option or answer takes part. The seeds are never those of medq_mini,
nor those that benchmarks/evaluate_baseline.py and the tests report on.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from medq_tasks.demo.baseline.quality_measures import Measures, measure
from medq_tasks.demo.baseline.signatures import MODALITY_MEASURES, SIGNATURES, Sign
from medq_tasks.demo.samples import SEED, base_pictures, catalogue
from medq_tasks.demo.samples.build import render
from medq_tasks.demo.samples.shot import Shot

CALIBRATION_SEEDS = (1, 2)
TARGET = Path(__file__).resolve().parents[1] / "medq_tasks" / "demo" / "baseline" / "thresholds.json"
PER_RECIPE = 8  # pictures of each degradation at each severity, over all its views
PER_VIEW = 3  # untouched pictures of each view

Measured = tuple[Shot, Measures]


def shots() -> Iterator[Shot]:
    """The calibration pictures: every degradation at both severities in every view that shows it."""
    for modality, group in catalogue.CATALOGUE.items():
        views = base_pictures.views(modality)
        for view in views:
            for turn in range(PER_VIEW):
                yield Shot(view.name, modality, "none", "", 1000 + turn)
        for degradation in group:
            shown = [view for view in views if view.name not in degradation.unseen_in]
            for severity in ("mild", "severe"):
                for turn in range(PER_RECIPE):
                    yield Shot(shown[turn % len(shown)].name, modality, severity, degradation.key, 1000 + turn)


def measured(job: tuple[Shot, int]) -> Measured:
    shot, seed = job
    pixels = render(shot, seed)
    return shot, measure(pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2))


def problem_of(shot: Shot) -> str:
    return shot.degradation.removeprefix(f"{shot.modality}_") or "none"


def cut(inside: Sequence[float], outside: Sequence[float], above: bool) -> tuple[float, float]:
    """The threshold between two groups, and the scale that puts the typical inside value at 1."""
    sign = 1.0 if above else -1.0
    high, low = sign * np.sort(inside), sign * np.sort(outside)
    high, low = np.sort(high), np.sort(low)
    edges = np.unique(np.concatenate([high, low]))
    middles = np.concatenate([[edges[0] - 1e-6], (edges[1:] + edges[:-1]) / 2.0, [edges[-1] + 1e-6]])
    wrong = np.array([(high <= edge).mean() + (low > edge).mean() for edge in middles])
    best = middles[np.isclose(wrong, wrong.min())]
    threshold = float(best[len(best) // 2])
    scale = max(float(np.median(high)) - threshold, 1e-6)
    return sign * threshold, scale


def fit_sign(sign: Sign, problem: str, pool: Sequence[Measured]) -> dict[str, Any]:
    inside = [found[sign.measure] for shot, found in pool if problem_of(shot) == problem]
    outside = [found[sign.measure] for shot, found in pool if problem_of(shot) in sign.against]
    threshold, scale = cut(inside, outside, sign.above)
    return {"measure": sign.measure, "above": sign.above, "threshold": round(threshold, 6), "scale": round(scale, 6)}


def fit_problem(modality: str, problem: str, pool: Sequence[Measured]) -> dict[str, Any]:
    signature = SIGNATURES[modality][problem]
    own = [(shot, found[signature.severity]) for shot, found in pool if problem_of(shot) == problem]
    severe = [value for shot, value in own if shot.severity == "severe"]
    mild = [value for shot, value in own if shot.severity == "mild"]
    threshold, scale = cut(severe, mild, signature.severe_above)
    severity = {"measure": signature.severity, "above": signature.severe_above}
    return {
        "signs": [fit_sign(sign, problem, pool) for sign in signature.signs],
        "severity": {**severity, "threshold": round(threshold, 6), "scale": round(scale, 6)},
    }


def fit_modality(pool: Sequence[Measured]) -> dict[str, list[float]]:
    table = {}
    for name in MODALITY_MEASURES:
        values = [found[name] for _, found in pool]
        table[name] = [round(float(np.mean(values)), 6), round(max(float(np.std(values)), 0.02), 6)]
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(CALIBRATION_SEEDS))
    seeds = parser.parse_args().seeds
    if SEED in seeds:
        parser.error(f"{SEED} is the seed of medq_mini: thresholds fitted on it would be fitted on the exam")
    with ProcessPoolExecutor() as pool:
        everything = list(pool.map(measured, [(shot, seed) for seed in seeds for shot in shots()], chunksize=8))
    by_modality = {name: [one for one in everything if one[0].modality == name] for name in SIGNATURES}
    table = {
        "about": "Written by benchmarks/calibrate_baseline.py; do not edit.",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "seeds": seeds,
        "pictures": len(everything),
        "problems": {
            name: {problem: fit_problem(name, problem, own) for problem in SIGNATURES[name]}
            for name, own in by_modality.items()
        },
        "modality": {name: fit_modality(own) for name, own in by_modality.items()},
    }
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"{len(everything)} pictures of seeds {seeds} -> {TARGET}")


if __name__ == "__main__":
    main()
