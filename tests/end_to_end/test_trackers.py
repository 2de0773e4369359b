"""The real command with the real W&B, offline: its files hold a row for each item, with the picture of the table."""

import hashlib
import json

import pytest

from medq_tasks.data import open_table, prepare
from medq_tasks.settings import Settings
from tests.end_to_end import forked
from tests.judge.server import FakeServer

KINDS = ("perception", "no_reference", "comparison")


@pytest.fixture
def run(tmp_path):
    """Runs two items of each task of the sample set; returns what was printed, and the tables that W&B would upload."""
    folders = {f"WANDB_{name}_DIR": str(tmp_path / name) for name in ("DATA", "CACHE", "CONFIG")}
    (tmp_path / "wandb").mkdir()
    env = {**folders, "WANDB_DIR": str(tmp_path / "wandb"), "WANDB_MODE": "offline", "WANDB_SILENT": "true"}

    def run(*more):
        words = ("--tasks", "medq_mini", "--model", "medq_baseline", "--limit", "2", "--output_path", str(tmp_path))
        with FakeServer(lambda ask: "Score: 2") as judge:
            told = {"MEDQ_JUDGE_BASE_URL": judge.base_url, "MEDQ_JUDGE_MODEL": "fake", **env}
            done = forked.run(tmp_path, *words, "--log_samples", *more, env=told)
        return done.stdout + done.stderr, dict(_tables(tmp_path))

    return run


def _tables(folder):
    """Name -> rows. Media of a table stand in an artifact, which waits among W&B's own data to be uploaded."""
    staged = [file.read_bytes() for file in (folder / "DATA").rglob("*") if file.is_file()]
    digests = {hashlib.sha256(data).hexdigest() for data in staged}
    whole = [json.loads(data) for data in staged if data.startswith(b'{"')]
    for file in folder.glob("wandb/wandb/offline-run-*/files/media/table/*/items_*.table.json"):
        listed = json.loads(file.read_text())
        (table,) = [one for one in whole if one["columns"] == listed["columns"] and len(one["data"]) == 2]
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]
        assert all(cell["sha256"] in digests for row in rows for cell in row.values() if isinstance(cell, dict))
        yield file.parent.name, rows


@pytest.mark.parametrize("more", [(), ("--wandb_log_samples",)])
def test_every_item_arrives_with_pictures_reading_and_scores(run, more):
    printed, tables = run("--wandb_args", "project=medq", *more)
    assert "Logging to Weights and Biases failed" not in printed
    assert set(tables) == {f"medq_mini_{kind}" for kind in KINDS}
    for kind in KINDS:
        with open_table(prepare(kind, "mini", Settings.from_env()).path) as table:
            docs = [table.row(row) for row in (0, 1)]
            files = [[hashlib.sha256(data).hexdigest() for data in table.images(row)] for row in (0, 1)]
        rows = tables[f"medq_mini_{kind}"]
        assert [[cell["sha256"] for cell in row.values() if isinstance(cell, dict)] for row in rows] == files
        for name in ("id", "modality"):
            assert [row[name] for row in rows] == [doc[name] for doc in docs]
        assert all(row["prompt"] and row["reply"] and row["reading"] and row["reference"] for row in rows)
        if kind == "perception":
            assert [row["accuracy"] for row in rows] == [float(row["reading"] == row["reference"]) for row in rows]
            assert all(row["options"].startswith("A. ") for row in rows)
        else:
            assert [(row["overall"], row["completeness"], row["judge"]) for row in rows] == [(8.0, 2.0, "fake")] * 2


def test_without_wandb_args_w_and_b_has_nothing(run, tmp_path):
    assert run()[1] == {}
    assert not list((tmp_path / "wandb").iterdir())
