"""Which descriptions specialists rate, and the blinded sheet they fill in.

Blinded: no model name, no judge score, no item id, in an order of its own. What leads back to the record is a code
made from the item and the very text that was rated, so that ratings of one model's texts can never be taken for
ratings of another's.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from medq_tasks.answers import final_text
from medq_tasks.errors import RunError
from medq_tasks.records import AXES, ReasoningRecord
from medq_tasks.runs.item_code import code
from medq_tasks.runs.run import Run
from medq_tasks.store.files import write_whole
from medq_tasks.wording.escape import csv_write

ITEM, RATER, REMARKS = "item", "rater", "remarks"
SHOWN = ("kind", "question", "reference", "text")
COLUMNS = (ITEM, *SHOWN, *AXES, REMARKS)

# What the levels mean, for the person who rates (facts of the benchmark, arXiv 2510.01691).
RUBRIC = {
    "completeness": (
        "Nothing of what the reference says about the picture's quality is covered.",
        "A part of what the reference says is covered, or something similar.",
        "All or almost all of what the reference says is covered.",
    ),
    "preciseness": (
        "Plain contradictions to the reference, or at odds with its verdict.",
        "Agrees in part, or with very few minor contradictions.",
        "Agrees with the reference and its verdict; other words and small omissions do not matter.",
    ),
    "consistency": (
        "The text's own verdict does not follow from what it describes.",
        "The text's own verdict follows from what it describes, with minor gaps.",
        "The text's own verdict follows from what it describes.",
    ),
    "quality_accuracy": (
        "No verdict, two levels apart (reject / usable / good), or the other picture preferred.",
        "The level next to the reference's. Not used when two pictures are compared.",
        "The same verdict as the reference.",
    ),
}


@dataclass(frozen=True)
class RatedText:
    """One text to rate."""

    code: str
    task: str
    record: ReasoningRecord

    @property
    def text(self) -> str:
        """What the judge was shown: the reply without the model's thinking."""
        return final_text(self.record.reply)


def rateable(run: Run) -> list[RatedText]:
    """Every reasoning item with a text in it, in table order."""
    return [
        RatedText(code(record), task.name, record)
        for task, record in run.records()
        if isinstance(record, ReasoningRecord) and record.state == "answered"
    ]


def sample(run: Run, count: int, seed: int = 0) -> list[RatedText]:
    """Draw ``count`` items, stratified by kind, modality and the judge's sum; all of them where there are fewer.

    Systematic sampling: the items are sorted by stratum (within it, by a hash of seed and code) and taken at equal
    steps from a start that depends on the seed. Each stratum so gives its share to within one item, the judge's
    scores are as frequent as in the run (kappa depends on that), and the same seed draws the same items.

    Raises:
        RunError: ``count`` is below 1, or the run holds no text to rate.
    """
    items = rateable(run)
    if count < 1:
        raise RunError(f"--sample {count}: draw at least 1 item.")
    if not items:
        raise RunError("the run holds no reasoning text to rate. Evaluate medq_reasoning with it.")
    mixed = sorted(items, key=lambda item: (*_stratum(item), _hash(seed, item)))
    count = min(count, len(mixed))
    step = len(mixed) / count
    start = int(_hash(seed, None), 16) / 16**64 * step
    drawn = [mixed[int(start + step * place)] for place in range(count)]
    return sorted(drawn, key=lambda item: _hash(seed + 1, item))  # neighbours must not share a judge's score


def sheet(items: Sequence[RatedText]) -> str:
    """The sheet as CSV (comma, CRLF); no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in items:
        record = item.record
        shown = (record.kind, record.question, record.reference, item.text)
        writer.writerow([item.code, *map(csv_write, shown), *[""] * len(AXES), ""])
    return out.getvalue()


def write_sheet(path: Path, items: Sequence[RatedText]) -> None:
    """Write the sheet with a BOM, without which spreadsheet programs read UTF-8 as Windows-1252.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(path, sheet(items).encode("utf-8-sig", "replace"))  # half a character becomes "?"


def _stratum(item: RatedText) -> tuple[str, str, float]:
    overall = item.record.overall
    return item.record.kind, item.record.slices.modality, -1 if overall is None else overall


def _hash(seed: int, item: RatedText | None) -> str:
    return hashlib.sha256(f"{seed} {item.code if item else ''}".encode()).hexdigest()
