"""The embedded sample set ``medq_mini``: real pictures from installed wheels, degraded by known physics.

A smoke set that runs offline, not MedQ-Bench: ``docs/sample-set.md``.
"""

from medq_tasks.demo.samples.build import SEED, TABLES, SampleSet, build

__all__ = ["SEED", "TABLES", "SampleSet", "build"]
