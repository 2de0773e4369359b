"""In which metrics a leaderboard and its slices are told."""

from __future__ import annotations

from pathlib import Path

from medq_tasks.metrics import METRICS
from medq_tasks.records import Record
from medq_tasks.report.board import Leaderboard
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.report.view import Section, sections
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from tests.runs import factory

TEXTS = "medq_reasoning_no_reference"


def told(folder: Path, *runs: dict[str, list[Record]]) -> tuple[Leaderboard, Section]:
    for place, tasks in enumerate(runs):
        factory.write_run(folder, tasks, model_args=f"pretrained=o/m{place}", stamp=f"2026112{place}_120000")
    loaded = load_runs([folder])
    boards = leaderboards(summarise(loaded), loaded)
    return boards[0], sections(summarise(loaded), boards)[0]


def test_without_any_judge_the_verdict_is_all_that_is_told(tmp_path: Path) -> None:
    # verdicts are right but in item 0: 3 of 4
    records: list[Record] = [factory.reasoning(n, scores=None, verdict_right=n > 0) for n in range(4)]
    board, section = told(tmp_path, {TEXTS: records})
    assert board.metrics == ("verdict_accuracy",)
    assert board.main == section.figure == METRICS["verdict_accuracy"]
    assert (
        "Columns left out, as nobody has judged these replies: Overall, Completeness, Preciseness, Consistency, "
        "Quality accuracy." in board.notes
    )
    assert section.rows[0].cells[0].startswith("75.00")
    (cell,) = {cell.main for table in section.slices for row in table.rows for cell in row.cells if row.label == "CT"}
    assert cell.startswith("0.00")  # item 0 alone is CT


def test_beside_a_judged_run_all_columns_stay(tmp_path: Path) -> None:
    judged: list[Record] = [factory.reasoning(n) for n in range(4)]
    bare: list[Record] = [factory.reasoning(n, scores=None) for n in range(4)]
    board, section = told(tmp_path, {TEXTS: judged}, {TEXTS: bare})
    assert board.metrics[0] == "overall"
    assert "verdict_accuracy" in board.metrics
    assert section.figure == METRICS["overall"]
    assert not any(note.startswith("Columns left out") for note in board.notes)


def test_question_types_that_nobody_asked_have_no_column(tmp_path: Path) -> None:
    records: list[Record] = [factory.perception(0, right=True), factory.perception(3, right=False)]
    board, _ = told(tmp_path, {"medq_perception": records})
    assert board.metrics == ("accuracy", "accuracy_yes_or_no")
    assert "Columns left out, as no item here has a value for them: What, How." in board.notes
