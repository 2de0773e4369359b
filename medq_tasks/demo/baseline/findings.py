"""Measures against thresholds: which problems a picture has, and how strong they are."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from medq_tasks.demo.baseline.quality_measures import Measures
from medq_tasks.demo.baseline.signatures import MODALITY_MEASURES, SIGNATURES


@dataclass(frozen=True)
class Finding:
    """What the measures say about one problem.

    ``presence``: below 0 not there, above 0 there; 1 is the typical picture with the problem, -1 the typical one
    without. ``level``: 0 none, 1 mild, 2 severe, and anything between. ``because`` names the deciding measure with
    its value and threshold.
    """

    problem: str
    presence: float
    level: float
    because: str


@functools.cache
def thresholds() -> Mapping[str, Any]:
    """The calibrated thresholds, as ``benchmarks/calibrate_baseline.py`` wrote them."""
    loaded: dict[str, Any] = json.loads(
        files("medq_tasks.demo.baseline").joinpath("thresholds.json").read_text("utf-8")
    )
    return loaded


def find(measures: Measures, modality: str) -> dict[str, Finding]:
    """A finding for every problem known of that modality. Raises KeyError for an unknown modality."""
    return {problem: _finding(measures, modality, problem) for problem in SIGNATURES[modality]}


def borrow(measures: Measures, problem: str) -> Finding | None:
    """A finding with another modality's thresholds, for a problem that the picture's own modality has none for."""
    for modality, known in SIGNATURES.items():
        if problem in known:
            found = _finding(measures, modality, problem)
            return replace(found, because=f"{found.because}, calibrated on {modality}")
    return None


def guess_modality(measures: Measures) -> str:
    """The modality whose calibration pictures look most like this one (naive Bayes over a few measures)."""
    table: dict[str, dict[str, tuple[float, float]]] = thresholds()["modality"]

    def distance(modality: str) -> float:
        total = 0.0
        for name in MODALITY_MEASURES:
            mean, spread = table[modality][name]
            # Bounded: one odd measure (a green fundus) must not outvote all the others.
            total += min(((measures[name] - mean) / spread) ** 2, 16.0) + 2.0 * float(np.log(spread))
        return total

    return min(sorted(table), key=distance)


def worst(findings: Mapping[str, Finding]) -> Finding:
    """The finding that matters most: the highest level, then the clearest presence."""
    return max(findings.values(), key=lambda finding: (finding.level > 0, finding.presence))


def badness(findings: Mapping[str, Finding]) -> float:
    """One number for how bad a picture is; differences between two pictures count even below the thresholds."""
    clear = max(finding.level for finding in findings.values())
    slight = float(np.mean([np.clip(finding.presence, -1.5, 1.5) for finding in findings.values()]))
    return clear + 0.3 * slight


def _finding(measures: Measures, modality: str, problem: str) -> Finding:
    known = thresholds()["problems"][modality][problem]
    margins = [(_margin(measures, sign), sign) for sign in known["signs"]]
    presence, deciding = min(margins, key=lambda pair: pair[0])
    # Above the threshold the first sign is the telling one, the others only rule things out.
    told = deciding if presence < 0 else known["signs"][0]
    level = 0.0
    if presence > 0:
        level = 1.5 + 0.5 * float(np.clip(_margin(measures, known["severity"]), -1.0, 1.0))
    because = f"{told['measure']} {measures[told['measure']]:.3g}, threshold {told['threshold']:.3g}"
    return Finding(problem, presence, level, because)


def _margin(measures: Measures, sign: Mapping[str, Any]) -> float:
    """Distance to the threshold: positive on the problem's side, 1 at the typical picture with it."""
    distance = (measures[sign["measure"]] - sign["threshold"]) / sign["scale"]
    return float(distance if sign["above"] else -distance)
