"""Where the pictures of a page lie: each distinct one once, by table, row and place, none of them read into memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from medq_tasks.data import OpenTable
from medq_tasks.records import PICTURE_DIGITS
from medq_tasks.report.embed import PictureKey
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.runs.tables import open_table_of
from medq_tasks.settings import Settings


@dataclass(frozen=True)
class Source:
    """One distinct picture: a file in a table that is open and mapped into memory."""

    table: OpenTable
    row: int
    place: int  # among the pictures of its row

    @property
    def view(self) -> memoryview:
        """The file's bytes, not copied."""
        return self.table.image_views(self.row)[self.place]


@dataclass
class Found:
    """The pictures of runs. ``index`` leads from an item to numbers in ``sources``, ``notes`` say what is missing."""

    sources: list[Source] = field(default_factory=list)
    index: dict[PictureKey, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def find(runs: Sequence[Run], settings: Settings) -> Found:
    """Every distinct picture of the runs' items (questions share pictures), in the order of tables and rows."""
    wanted: dict[str, tuple[TaskRun, set[int]]] = {}
    for run in runs:
        for task, record in run.records():
            wanted.setdefault(record.table, (task, set()))[1].add(record.row)
    found = Found()
    numbers: dict[str, int] = {}
    for fingerprint, (task, rows) in wanted.items():
        table = open_table_of(task, fingerprint, settings)
        if table is None or max(rows) >= len(table):
            found.notes.append(
                f"{task.name}: the pictures of {len(rows):,} items are not shown, because their table "
                f"({fingerprint or 'not recorded'}) is not on this machine. Make the report where the run was made, "
                "or set MEDQ_DATA_DIR to the same data."
            )
            continue
        told = table.picture_digests()
        for row in sorted(rows):
            digests = told[row] if told is not None else _digests(table.image_views(row))
            for place, digest in enumerate(digests):
                if digest not in numbers:
                    numbers[digest] = len(found.sources)
                    found.sources.append(Source(table, row, place))
                found.index.setdefault((fingerprint, row), []).append(numbers[digest])
    return found


def _digests(views: Sequence[memoryview]) -> list[str]:
    """Of a table of 0.1.0, which does not tell them."""
    return [hashlib.sha256(view).hexdigest()[:PICTURE_DIGITS] for view in views]
