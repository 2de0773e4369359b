"""Places on a leaderboard: who is ranked, and what the notes say."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks.records import Record
from medq_tasks.report.board import Leaderboard
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.report.text import as_markdown
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from medq_tasks.stats import Rank
from tests.runs import factory

PERCEPTION = "medq_perception"


def board(folder: Path, *sides: list[Record], name: str = PERCEPTION) -> Leaderboard:
    for place, records in enumerate(sides):
        factory.write_run(folder, {name: records}, model_args=f"pretrained=org/model-{place}")
    runs = load_runs([folder])
    (found,) = leaderboards(summarise(runs), runs)
    return found


def answers(right: range, of: int = 60) -> list[Record]:
    return [factory.perception(number, right=number in right) for number in range(of)]


def test_runs_are_ranked_and_the_best_ones_named(tmp_path: Path) -> None:
    found = board(tmp_path, answers(range(40)), answers(range(60)), answers(range(20, 60)))
    assert {row.label: row.rank for row in found.rows if row.origin == "run"} == {
        "model-1 (qwen2_vl)": Rank(1, 1, True),
        "model-0 (qwen2_vl)": Rank(2, 3, False),
        "model-2 (qwen2_vl)": Rank(2, 3, False),
    }
    assert found.notes[-1] == (
        "Rank: places that a run can have among the 3 runs, by accuracy (paired exact tests of 3 pairs, Holm, 95 % for "
        "all together). May be the best: model-1 (qwen2_vl) (asked of the first place alone, which tells more apart)."
    )
    text = as_markdown([], [found])
    assert "| Rank |" in text
    assert "| 2–3 |" in text


def test_one_run_has_no_rank(tmp_path: Path) -> None:
    found = board(tmp_path, answers(range(40)))
    assert not found.ranked
    assert "| Rank |" not in as_markdown([], [found])
    assert not any(note.startswith(("Rank", "No ranks")) for note in found.notes)


def test_runs_that_may_not_be_compared_are_not_ranked_and_the_reason_is_told(tmp_path: Path) -> None:
    found = board(tmp_path, answers(range(40)), answers(range(30), of=50))
    assert not found.ranked
    assert found.notes[-1].startswith(
        "No ranks: model-0 (qwen2_vl) and model-1 (qwen2_vl) hold different items. Report"
    )


def test_runs_without_a_judge_are_not_ranked(tmp_path: Path) -> None:
    sides: list[list[Record]] = [
        [factory.reasoning(n, scores=scores) for n in range(6)] for scores in (None, (1, 1, 1, 1), (2, 2, 2, 2))
    ]
    found = board(tmp_path, *sides, name="medq_reasoning_no_reference")
    assert {row.label: row.rank for row in found.rows} == {
        "model-2 (qwen2_vl)": Rank(1, 1, True),
        "model-1 (qwen2_vl)": Rank(2, 2, False),  # six items, each four points apart: 2 / 2^6
        "model-0 (qwen2_vl)": None,
    }


def test_published_rows_are_unpaired_and_said_to_be(tmp_path: Path) -> None:
    # 900 of 1,305 is GPT-5's 68.97 %, the best of the eleven rows with counts.
    found = board(tmp_path, answers(range(900), of=1305))
    (row,) = [row for row in found.rows if row.origin == "run"]
    assert row.among_published is not None
    # The next, 63.14 % twice, is z = 3.15 away, p = .0017, times 3 and 2 by Holm: beyond chance, as are all others.
    assert (row.among_published.best, row.among_published.worst, row.among_published.of) == (1, 2, 12)
    (note,) = [note for note in found.notes if note.startswith("Places among")]
    assert note.startswith(
        "Places among 11 published rows, unpaired (two independent shares, Newcombe, Holm over 11 pairs; which"
    )
    assert note.endswith("model-0 (qwen2_vl): 1 to 2. Without published counts and left out: 3 rows.")
    assert row.rank is None


@pytest.mark.parametrize("name", ["medq_perception_dev", "medq_mini_perception"])
def test_other_splits_have_no_place_beside_published_rows(tmp_path: Path, name: str) -> None:
    found = board(tmp_path, answers(range(900), of=1305), name=name)
    assert all(row.among_published is None for row in found.rows)


def test_published_scores_come_without_counts_and_are_compared_with_nothing(tmp_path: Path) -> None:
    found = board(tmp_path, list(factory.reasoning_records(221)), name="medq_reasoning_no_reference")
    assert found.published
    assert all(row.among_published is None for row in found.rows)
