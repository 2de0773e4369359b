"""Which items a page shows in full first, where its budget does not last for all."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.metrics import METRICS
from medq_tasks.records import PerceptionRecord, Record
from medq_tasks.report.embed import PictureKey
from medq_tasks.runs.run import Run

FLIPPED, WRONG, LOW, REST = range(4)
IN_WORDS = "items that the runs answered differently, then wrong ones, then low or missing scores, then the rest"


def by_importance(runs: Sequence[Run]) -> list[PictureKey]:
    """The items of all runs, by how likely somebody wants to see their pictures.

    1. Flipped: right in one run and not in another (a text: by its verdict, where the reference has one).
    2. Wrong: not right in any run; no answer and a failed request are not right.
    3. Low: a text whose lowest score is below half of the scale, the lowest first; then those that lack a score.
    4. The rest.

    Among equals the rows of all tables take turns, so that no task waits for another.
    """
    seen: dict[PictureKey, list[Record]] = {}
    for run in runs:
        for _, record in run.records():
            seen.setdefault((record.table, record.row), []).append(record)
    places = {table: place for place, table in enumerate(dict.fromkeys(table for table, _ in seen))}
    return sorted(seen, key=lambda key: (*importance(seen[key]), key[1], places[key[0]]))


def importance(records: Sequence[Record]) -> tuple[int, float]:
    """Group and lowest score of one item, from the answers of all runs to it."""
    outcomes = {right for record in records if (right := _right(record)) is not None}
    if len(outcomes) == 2:
        return FLIPPED, 0
    if outcomes == {False}:
        return WRONG, 0
    texts = [record for record in records if not isinstance(record, PerceptionRecord)]
    scores = [record.overall for record in texts if record.overall is not None]
    top = METRICS["overall"].full
    if scores and min(scores) < top / 2:
        return LOW, min(scores)
    return (LOW, top) if len(scores) < len(texts) else (REST, 0)


def _right(record: Record) -> bool | None:
    """None where nobody can say: a text whose reference has no verdict."""
    if isinstance(record, PerceptionRecord):
        return record.state == "right"
    return None if record.reference_verdict is None else record.verdict == record.reference_verdict
