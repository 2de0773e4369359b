"""What there is to know of each kind of task, in one table: code asks here, not for the name of a kind.

A further kind is its name and shape in ``records.SHAPES``, its words in ``prompts/default.yaml``, and one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

from medq_tasks import metrics
from medq_tasks.metrics import METRICS, Metric
from medq_tasks.records import SHAPES, SPLITS, Kind, Shape, Split


@dataclass(frozen=True)
class Family:
    """One kind of task. Tables and file names: the MedQ-Bench release; metrics: the contract of this package."""

    kind: Kind
    stem: str  # of the official file, as in medqbench_<stem>_<split>.tsv
    pictures: tuple[int, int | None]  # least and most of an item; None: as many as a table may have
    metrics: tuple[str, ...]  # what the harness prints
    splits: tuple[Split, ...] = SPLITS

    @property
    def shape(self) -> Shape:
        """What a reply to its items is: the "choice" of an option, or a "text"."""
        return SHAPES[self.kind]

    @property
    def main(self) -> Metric:
        """The task's one figure."""
        return next(METRICS[name] for name in self.metrics if METRICS[name].main)

    @property
    def columns(self) -> tuple[str, ...]:
        """The metrics of a leaderboard, the main one first."""
        return tuple(name for name in self.metrics if METRICS[name].column)

    @property
    def paired(self) -> bool:
        """Whether an item is two pictures to compare."""
        return self.pictures == (2, 2)


FAMILIES: dict[Kind, Family] = {
    family.kind: family
    for family in (
        Family("perception", "QA", (1, None), metrics.PERCEPTION),
        Family("no_reference", "description", (1, None), metrics.REASONING),
        Family("comparison", "paired_description", (2, 2), metrics.REASONING),
    )
}


def file_name(kind: Kind, split: str) -> str:
    """Name of a table's file, such as ``medqbench_QA_test.tsv``; ``split``: test, dev, or mini for the sample set."""
    return f"medqbench_{FAMILIES[kind].stem}_{split}.tsv"
