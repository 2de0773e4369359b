"""``medq align``: from a run to a sheet, and from the filled sheet to agreement."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from medq_tasks.cli import app
from medq_tasks.errors import MedqError
from medq_tasks.records import AXES
from tests.runs import factory

NO_REFERENCE, COMPARISON = "medq_reasoning_no_reference", "medq_reasoning_comparison"


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["align", *map(str, arguments)])


class TestCommand:
    @pytest.fixture
    def run(self, tmp_path: Path) -> Path:
        tasks = {
            NO_REFERENCE: factory.reasoning_records(30),
            COMPARISON: factory.reasoning_records(20, "comparison"),
        }
        return factory.write_run(tmp_path / "run", tasks)

    def fill(self, sheet: Path, run: Path, change: Mapping[int, int] | None = None) -> None:
        """Rate every item as the judge did, but for the rows in ``change`` (their completeness)."""
        from medq_tasks.align.sheet import rateable
        from medq_tasks.runs.load import load_runs

        items = {item.code: item.record for item in rateable(load_runs([run])[0])}
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for number, row in enumerate(rows):
            row.update({axis: str(items[row["item"]].axes[axis].score) for axis in AXES})
            if number in (change or {}):
                row["completeness"] = str((change or {})[number])
        with sheet.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    def test_from_sheet_to_agreement(self, run: Path, tmp_path: Path) -> None:
        sheet = tmp_path / "ann.csv"
        drawn = command(run, "--sample", 20, "-o", sheet)
        assert drawn.exit_code == 0, drawn.output
        self.fill(sheet, run)
        result = command(run, sheet, "--json")
        assert result.exit_code == 0, result.exception
        plain = json.loads(result.output)
        everything = [axis for axis in plain["axes"] if axis["kind"] == "all"]
        assert [axis["axis"] for axis in everything] == list(AXES)
        assert {axis["accuracy"]["value"] for axis in everything} == {1.0}
        assert {axis["items"] for axis in everything} == {20}
        assert plain["paper"]["accuracy"]["preciseness"] == 0.87

    def test_two_experts_in_two_files(self, run: Path, tmp_path: Path) -> None:
        for name in ("ann", "bob"):
            command(run, "--sample", 20, "-o", tmp_path / f"{name}.csv")
            self.fill(tmp_path / f"{name}.csv", run, {0: 0, 1: 0, 2: 2} if name == "bob" else None)
        result = command(run, tmp_path / "ann.csv", tmp_path / "bob.csv", "--full")
        assert result.exit_code == 0, result.exception
        assert "judge and bob" in result.output
        assert "experts among each other" in result.output
        assert "completeness: fewer than 30 items of ann (20), bob (20): too few to say much" in result.output
        assert "Krippendorff's alpha" in result.output
        markdown = command(run, tmp_path / "ann.csv", tmp_path / "bob.csv", "--markdown", "--full").output
        assert "### completeness: judge (rows) by experts (columns)" in markdown

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_by_default_an_axis_is_a_line(
        self, run: Path, tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        sheet = tmp_path / "ann.csv"
        command(run, "--sample", 20, "-o", sheet)
        self.fill(sheet, run, {0: 0, 1: 0, 2: 2})
        text = command(run, sheet).output
        assert text.startswith("Judge gpt-4o against experts")
        assert [sum(line.strip().startswith(axis) for line in text.splitlines()) for axis in AXES] == [1] * 4
        assert "comparison" not in text
        assert "judge \\ experts" not in text
        assert "100.0 %" in text
        assert "--full: by kind and by expert" in " ".join(text.split())
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width
        table = [line for line in command(run, sheet, "--markdown").output.splitlines() if line.startswith("|")]
        assert len(table) == 6  # head, rule, four axes

    def test_an_expert_of_three_items_is_named_and_weighs_as_three(self, tmp_path: Path) -> None:
        """The judge is right on 180 of A's 200 items and on none of B's 3: 180 of 203 ratings, 88.7 %."""
        records = factory.reasoning_records(200)
        run = factory.write_run(tmp_path / "run", {NO_REFERENCE: records})
        judge = [record.axes["completeness"].score or 0 for record in records]
        a = [(score + 1) % 3 if place % 10 == 0 else score for place, score in enumerate(judge)]
        for name, scores in (("A", a), ("B", [(score + 1) % 3 for score in judge[:3]])):
            lines = [f"{record.id},{score}" for record, score in zip(records, scores, strict=False)]
            (tmp_path / f"{name}.csv").write_text("\n".join(["item,completeness", *lines]), encoding="utf-8")
        files = (run, tmp_path / "A.csv", tmp_path / "B.csv", "--allow-missing")
        result = command(*files, "--full")
        assert result.exit_code == 0, result.exception
        lines = [line.split() for line in result.output.splitlines()]
        assert next(line for line in lines if line[:1] == ["completeness"])[1:5] == ["200", "203", "88.7", "%"]
        assert next(line for line in lines if line[:3] == ["judge", "and", "A"])[3:6] == ["200", "200", "90.0"]
        assert "fewer than 30 items of B (3)" in result.output
        assert "accuracy above, but within chance of, the paper's 83.3 %" in result.output
        assert not [word for word in ("ceiling", "no spread") if word in result.output]
        (axis,) = json.loads(command(*files, "--json").output)["axes"]
        assert axis["accuracy"]["value"] == pytest.approx(180 / 203)
        assert axis["few_items"] == {"B": 3}

    def test_ratings_of_another_runs_texts_are_refused(self, run: Path, tmp_path: Path) -> None:
        sheet = tmp_path / "ann.csv"
        command(run, "--sample", 5, "-o", sheet)
        self.fill(sheet, run)
        others = [factory.reasoning(number, reply=f"Another text {number}.") for number in range(30)]
        other = factory.write_run(tmp_path / "other", {NO_REFERENCE: others})
        result = command(other, sheet)
        assert isinstance(result.exception, MedqError)
        assert "unknown item 'MQ-" in str(result.exception)
        assert "drawn from this very run" in str(result.exception)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "give the experts' CSV, or draw a sheet"),
            (("--sample", 5), "needs -o SHEET.csv, --html FORM.html or both"),
            (("x.csv", "--sample", 5, "-o", "y.csv"), "takes a run alone"),
            (("x.csv", "-o", "y.csv"), "belong to --sample"),
            (("--sample", 0, "-o", "y.csv"), "draw at least 1 item"),
        ],
    )
    def test_contradicting_options(self, run: Path, arguments: tuple[object, ...], message: str) -> None:
        result = command(run, *arguments)
        assert isinstance(result.exception, MedqError)
        assert message in str(result.exception)

    def test_fewer_items_than_asked_for(self, run: Path, tmp_path: Path) -> None:
        result = command(run, "--sample", 200, "-o", tmp_path / "all.csv")
        assert result.exit_code == 0
        assert "holds only 50 texts" in result.output
