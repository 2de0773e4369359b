"""``medq compare``: what is printed, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.data import prepare
from medq_tasks.errors import RunError, SettingsError
from medq_tasks.settings import Settings
from tests.data.factory import perception_rows, write_tsv
from tests.decide.test_compare import perception
from tests.runs import factory

PERCEPTION, REASONING = "medq_perception", "medq_reasoning_no_reference"


class TestCommand:
    @pytest.fixture
    def runs(self, tmp_path: Path) -> tuple[str, str]:
        for name, seed in (("a", 0), ("b", 1)):
            tasks = {
                PERCEPTION: factory.perception_records(60, seed=seed),
                REASONING: factory.reasoning_records(30, seed=seed),
            }
            factory.write_run(tmp_path / name, tasks)
        return str(tmp_path / "a"), str(tmp_path / "b")

    def test_terminal(self, runs: tuple[str, str]) -> None:
        result = CliRunner().invoke(app, ["compare", *runs, "--flips", "1"])
        assert result.exit_code == 0, result.output
        assert f"{PERCEPTION}, from A to B: accuracy: " in result.output
        assert f"{REASONING}, from A to B: overall: " in result.output
        assert f"{REASONING}, judged by gpt-4o" in result.output
        assert "A: Qwen2-VL-7B-Instruct (qwen2_vl), made 2026-11-22 12:00 (zone not recorded)" in result.output
        assert "more in this task" in result.output

    def test_json_holds_everything(self, runs: tuple[str, str]) -> None:
        result = CliRunner().invoke(app, ["compare", *runs, "--json"])
        plain = json.loads(result.output)
        row = plain["rows"][0]
        assert {"task", "metric", "slice", "n", "mean_a", "difference", "interval", "p_value", "p_holm"} <= set(row)
        assert {"low", "high", "level", "method"} <= set(row["interval"])
        assert {row["metric"] for row in plain["rows"] if row["where"] == {"modality": "ct"}} >= {"accuracy", "overall"}

    def test_the_question_asked_first(self, runs: tuple[str, str]) -> None:
        result = CliRunner().invoke(app, ["compare", *runs, "--json", "--primary", "overall"])
        rows = json.loads(result.output)["rows"]
        assert [row["metric"] for row in rows if row["primary"]] == ["overall"]
        (first,) = [row for row in rows if row["primary"]]
        assert first["p_holm"] == first["p_value"]

    def test_a_field_named_twice_is_looked_at_once(self, runs: tuple[str, str]) -> None:
        once, twice = (
            json.loads(CliRunner().invoke(app, ["compare", *runs, "--json", *fields]).output)["rows"]
            for fields in (("--by", "modality"), ("--by", "modality", "--by", "modality"))
        )
        assert once == twice

    def test_unknown_field(self, runs: tuple[str, str]) -> None:
        result = CliRunner().invoke(app, ["compare", *runs, "--by", "colour"])
        assert isinstance(result.exception, SettingsError)
        assert "--by colour is no slice field" in str(result.exception)

    def test_two_runs_in_one_folder(self, runs: tuple[str, str], tmp_path: Path) -> None:
        factory.write_run(tmp_path / "a", {PERCEPTION: perception("rw")}, stamp="20261123_120000")
        result = CliRunner().invoke(app, ["compare", *runs])
        assert isinstance(result.exception, RunError)
        assert "2 runs, and only one can be meant" in str(result.exception)
        assert CliRunner().invoke(app, ["compare", *runs, "--latest"]).exit_code == 0

    def test_hostile_texts_stay_text(self, tmp_path: Path) -> None:
        for name, outcomes in (("a", "rrrrrrr"), ("b", "wwwwwww")):
            factory.write_run(tmp_path / name, {PERCEPTION: factory.hostile(perception(outcomes))})
        result = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--markdown"])
        assert result.exit_code == 0, result.exception
        assert "<" not in result.output
        assert "\x1b" not in result.output
        widths = {line.count(" | ") for line in result.output.splitlines() if line.startswith("| 10")}
        assert widths == {5}  # no cell broke its row
        terminal = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--by", "degradation"])
        assert terminal.exit_code == 0, terminal.exception
        assert "\x1b" not in terminal.output


class TestByPicture:
    def test_pictures_are_found_by_the_table(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Six questions on three pictures; B is better on all: p = 2 / 2^3 by picture, 2 / 2^6 by item.
        rows = perception_rows(6)
        for number, row in enumerate(rows):
            row["image"] = rows[number // 2 * 2]["image"]
        write_tsv(tmp_path / "data", "perception", rows, "test")
        monkeypatch.setenv("MEDQ_DATA_DIR", str(tmp_path / "data"))
        table = prepare("perception", "test", Settings.from_env()).fingerprint[:16]
        for name, right in (("a", False), ("b", True)):
            records = [factory.perception(number, right=right, table=table, pictures=()) for number in range(6)]
            factory.write_run(tmp_path / name, {PERCEPTION: records})
        found = {}
        for option in ((), ("--no-by-picture",)):
            result = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--json", *option])
            assert result.exit_code == 0, result.exception
            found[option] = json.loads(result.output)["rows"][0]
        assert found[()]["p_value"] == pytest.approx(2 / 8)
        assert found[()]["pictures"] == 3
        assert found["--no-by-picture",]["p_value"] == pytest.approx(2 / 64)
        assert found["--no-by-picture",]["pictures"] is None

    def test_without_the_table_nobody_knows(self, tmp_path: Path) -> None:
        factory.write_run(tmp_path, {PERCEPTION: [replace(record, pictures=()) for record in perception("rw")]})
        result = CliRunner().invoke(app, ["compare", str(tmp_path), str(tmp_path)])
        assert result.exit_code == 0
        assert "medq_perception: each item counts by itself, since nothing says here" in result.output
