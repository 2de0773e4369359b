"""Printed totals against samples; splits by the table's stamp."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from tests.cli.streams import runner
from tests.runs import factory

TASK = "medq_perception"


def change(folder: Path, **printed: object) -> Path:
    (file,) = folder.rglob("*_results.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    said["results"][TASK].update({f"{name},none": value for name, value in printed.items()})
    file.write_text(json.dumps(said), encoding="utf-8")
    return file


def half_right(folder: Path) -> Path:
    return factory.write_run(folder, {TASK: [factory.perception(n, right=n % 2 == 0) for n in range(4)]})


@pytest.mark.parametrize("printed", [0.99, None, "0.5"])
def test_a_total_that_its_samples_do_not_give_makes_the_run_unusable(printed, tmp_path, monkeypatch):
    file = change(half_right(tmp_path), accuracy=printed)
    said = runner(monkeypatch)("gate", tmp_path, "--min", "accuracy=0.1")
    assert said.code == 2
    assert f"{file}: accuracy of {TASK} is {printed} there, and 0.5 by the samples (4 items)." in said.out


def test_rounding_is_no_difference(tmp_path):
    change(half_right(tmp_path), accuracy=0.5 + 1e-12, unanswered=0.0)
    assert load_runs([tmp_path])[0].problems == ()


def test_a_copy_of_a_dev_leaf_is_no_test_split(tmp_path):
    records = factory.reasoning_records(221)
    told = {"medq": {"table": {"split": "dev"}}}
    factory.write_run(tmp_path, {"medq_reasoning_no_reference_dev_cot": records}, metadata=told)
    (board,) = leaderboards(summarise(load_runs([tmp_path])))
    assert (board.split, board.published) == ("dev", False)
