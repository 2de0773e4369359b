"""A leaderboard as an object: ``leaderboard`` makes its rows, ``places`` says who can stand where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from medq_tasks.decide.ranking import PublishedPlace
from medq_tasks.metrics import METRICS, Metric
from medq_tasks.records import Kind
from medq_tasks.runs.summary import Value
from medq_tasks.stats import Calibrated, Rank
from medq_tasks.wording.names import KIND_TITLES, SPLITS

NOBODY = "none"  # the judge of a row that nobody has judged
Origin = Literal["run", "published", "experts", "chance"]


@dataclass(frozen=True)
class BoardRow:
    """One line of a leaderboard. ``run`` is the position of its run, None for published and computed rows."""

    label: str
    origin: Origin
    metrics: dict[str, Value]
    run: int | None = None
    task: str = ""  # its name in the run
    n: int | None = None
    pictures: int | None = None  # groups of items that share no picture with each other; None: not known
    n_original: int | None = None
    states: dict[str, int] | None = None
    unjudged: int | None = None
    gap_to_experts: Value | None = None
    rank: Rank | None = None  # among the runs of this leaderboard, by paired tests
    among_published: PublishedPlace | None = None  # by unpaired ones
    calibrated: dict[str, Calibrated] = field(default_factory=dict)  # axis -> mean with the judge's error
    source: str = ""
    note: str = ""
    judge: str = ""  # whose scores these are; "none" where nobody judged, "" where there is nothing to judge


@dataclass(frozen=True)
class Leaderboard:
    """All rows of one kind of task on one split, best first. ``notes`` say what does not compare, and why."""

    kind: Kind
    split: str
    metrics: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    notes: tuple[str, ...]
    published: bool  # whether the published rows are among ``rows``

    @property
    def main(self) -> Metric:
        """What its rows are ordered by."""
        return METRICS[self.metrics[0]]

    @property
    def ranked(self) -> bool:
        """Whether its runs have places."""
        return any(row.rank is not None for row in self.rows)

    @property
    def judge(self) -> str:
        """The one judge of all its runs; "" where they differ, or where there is nothing to judge."""
        judges = {row.judge for row in self.rows if row.origin == "run"}
        return judges.pop() if len(judges) == 1 else ""

    @property
    def judges_differ(self) -> bool:
        """Whether each row must name its judge: a judge is part of the number, and stands wherever the number does."""
        return not self.judge and any(row.judge for row in self.rows)

    @property
    def judge_line(self) -> str:
        """The judge in a sentence, where one sentence tells it."""
        theirs = {row.judge for row in self.rows if row.origin == "published"} - {self.judge}
        if self.judge == NOBODY:
            rest = f" That of the published rows: {', '.join(theirs)}." if theirs else ""
            return f"Judge: none, so that the axes have no scores; `medq judge RUN` makes them.{rest}"
        if self.judge and theirs:
            return f"Judge of the runs: {self.judge}; of the published rows: {', '.join(theirs)}."
        return f"Judge: {self.judge}." if self.judge else ""

    @property
    def title(self) -> str:
        """Kind and split in words."""
        return f"{KIND_TITLES[self.kind]}, {SPLITS.get(self.split, self.split)}"
