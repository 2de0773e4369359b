"""A run whose pictures are at hand: official tables in a folder, prepared, and records that point into them."""

from __future__ import annotations

from pathlib import Path

from medq_tasks.data import prepare
from medq_tasks.records import Record
from medq_tasks.settings import Settings
from tests.data.factory import write_official
from tests.runs import factory

PERCEPTION, COMPARISON = "medq_perception", "medq_reasoning_comparison"


def settings(folder: Path) -> Settings:
    """Data in ``folder``/data (written on first use), tables in ``folder``/cache."""
    if not (folder / "data").exists():
        write_official(folder / "data", perception=12, no_reference=0, comparison=4, splits=("test",))
    return Settings.from_env({"MEDQ_DATA_DIR": str(folder / "data"), "MEDQ_CACHE_DIR": str(folder / "cache")})


def tasks(folder: Path) -> dict[str, list[Record]]:
    """12 multiple-choice items with one picture each, 4 comparisons with two."""
    found = settings(folder)
    fingerprints = [prepare(kind, "test", found).fingerprint[:16] for kind in ("perception", "comparison")]
    return {
        PERCEPTION: [factory.perception(n, right=n % 3 > 0, table=fingerprints[0]) for n in range(12)],
        COMPARISON: [factory.reasoning(n, "comparison", table=fingerprints[1]) for n in range(4)],
    }
