"""``medq report --calibration``: from what ``medq align --json`` prints to every form of the report."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.errors import MedqError
from medq_tasks.records import ReasoningRecord
from medq_tasks.report.calibration import calibrated
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.report.text import as_terminal
from medq_tasks.runs.calibration import read_calibration
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from tests.runs import factory

NAME = "medq_mini_no_reference"


def call(*arguments: object) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.exception
    return result.stdout


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["report", *map(str, arguments)])
    assert isinstance(result.exception, MedqError)
    assert "\n" not in str(result.exception)
    return str(result.exception)


def texts(model: str, count: int = 60) -> list[ReasoningRecord]:
    return [factory.reasoning(n, scores=(n % 3,) * 4, reply=f"Text {n} of {model}.") for n in range(count)]


def run(folder: Path, model: str, records: list[ReasoningRecord]) -> Path:
    tasks = {NAME: records, "medq_mini_perception": factory.perception_records(30)}
    return factory.write_run(folder / model, tasks, model_args=f"pretrained=x/{model}")


@pytest.fixture
def rated(tmp_path: Path) -> Path:
    return run(tmp_path, "rated", texts("rated"))


@pytest.fixture
def file(tmp_path: Path, rated: Path) -> Path:
    """Every item is rated, on three axes; of completeness the judge gave one in six a level too many."""
    lines = ["item,completeness,preciseness,consistency"]
    for n in range(60):
        lines.append(f"no{n},{max(0, n % 3 - (n % 6 == 2))},{n % 3},{n // 3 % 3}")
    (tmp_path / "ann.csv").write_text("\n".join(lines), encoding="utf-8")
    path = tmp_path / "align.json"
    path.write_text(call("align", rated, tmp_path / "ann.csv", "--json"), encoding="utf-8")
    return path


def test_json_has_value_interval_method_and_items(rated: Path, file: Path) -> None:
    data = json.loads(call("report", rated, "--calibration", file, "--json"))
    (task,) = (task for task in data["runs"][0]["tasks"] if task["name"] == NAME)
    assert list(task["calibrated"]) == ["completeness", "preciseness"]
    found = task["calibrated"]["completeness"]
    # Of each level 20 + 1/3 items, a share of 1/3; experts gave (20, 0, 0), (0, 20, 0), (0, 10, 10), 1/3 added to each.
    assert found == {
        "value": pytest.approx((1 + 21 + 31) / 21 / 3),
        "low": found["low"],
        "high": found["high"],
        "method": "post-stratified",
        "n": 60,
    }
    assert 0.6 < found["low"] < found["value"] < found["high"] < 1.1
    assert task["total"]["metrics"]["completeness"]["value"] == 1  # the judge's own stays as it is
    assert set(task["not_calibrated"]) == {"consistency", "quality_accuracy"}
    assert "kappa is" in task["not_calibrated"]["consistency"]
    perception = next(task for task in data["runs"][0]["tasks"] if task["kind"] == "perception")
    assert (perception["calibrated"], perception["not_calibrated"]) == ({}, {})


def test_terminal_and_markdown_show_both_means(rated: Path, file: Path) -> None:
    for form in ((), ("--markdown",)):
        text = call("report", rated, "--calibration", file, *form)
        line = next(line for line in text.splitlines() if re.search(r"Complete.*, this run", line))
        assert re.search(r"1\.000 \(0\.80–1\.20\).*0\.841 \(0\.\d\d–\d\.\d\d\).*60, this run", line)
        flat = " ".join(text.split())
        assert "With the judge's error: the mean that experts would give" in flat
        assert "consistency: without the judge's error, as judge and experts agree too little, kappa is" in flat
        assert "assumes that the judge errs alike" not in flat
    assert "With the judge's error" not in call("report", rated)


def test_the_page_shows_it_in_a_table_of_its_own(rated: Path, file: Path, tmp_path: Path) -> None:
    call("report", rated, "--calibration", file, "-o", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count("<caption>With the judge's error</caption>") == 1
    table = text.split("<caption>With the judge's error</caption>")[1].split("</table>")[0]
    assert re.search(r"<td>Completeness</td>.*1\.000.*0\.841.*60, this run", table)
    call("report", rated, "-o", tmp_path / "without.html")
    assert "the judge's error" not in (tmp_path / "without.html").read_text(encoding="utf-8")


def test_another_run_is_labelled(rated: Path, file: Path, tmp_path: Path) -> None:
    shown = call("report", rated, run(tmp_path, "other", texts("other")), "--calibration", file)
    text = " ".join(shown.split())
    assert "60, this run" in text
    assert "60, another run" in text
    assert "(matrix): assumes that the judge errs alike on this model's texts." in text


def test_a_run_of_another_judge_is_left_out_and_alone_refused(rated: Path, file: Path, tmp_path: Path) -> None:
    stamp = replace(factory.STAMP, model="another")
    records = [replace(one, judgements=(replace(one.judgements[0], stamp=stamp),)) for one in texts("other")]
    other = run(tmp_path, "other", records)
    told = "the judge is another here, gpt-4o for the rated texts; judge one run as the other (`medq judge`)"
    assert told in " ".join(call("report", rated, other, "--calibration", file).split())
    assert refused(other, "--calibration", file).startswith(f"--calibration {file}: {told}")


def test_files_and_runs_that_do_not_fit_are_refused_in_one_line(rated: Path, file: Path, tmp_path: Path) -> None:
    perception = factory.write_run(tmp_path / "seen", {"medq_mini_perception": factory.perception_records(30)})
    assert refused(perception, "--calibration", file) == (
        f"--calibration {file}: no run here has a reasoning task; leave the option out."
    )
    assert "is none of `medq align`" in refused(rated, "--calibration", next(rated.rglob("*_results.json")))
    file.write_text("", encoding="utf-8")
    assert refused(rated, "--calibration", file).startswith(f"--calibration {file}: is empty.")


def test_pictures_are_not_looked_at_where_that_is_not_wanted(tmp_path: Path) -> None:
    records = factory.sharing(sorted(texts("shared"), key=lambda one: one.axes["completeness"].score or 0), 4)
    shared = run(tmp_path, "shared", records)
    lines = ["item,completeness", *(f"{one.id},{one.axes['completeness'].score}" for one in records)]
    (tmp_path / "ann.csv").write_text("\n".join(lines), encoding="utf-8")
    path = tmp_path / "align.json"
    path.write_text(call("align", shared, tmp_path / "ann.csv", "--json"), encoding="utf-8")
    widths = []
    for option in ("--by-picture", "--no-by-picture"):
        data = json.loads(call("report", shared, "--calibration", path, "--json", option))
        found = next(one for one in data["runs"][0]["tasks"] if one["name"] == NAME)["calibrated"]["completeness"]
        widths.append(found["high"] - found["low"])
    assert widths[0] > 1.2 * widths[1]


def test_both_means_fit_a_narrow_terminal(rated: Path, file: Path) -> None:
    runs = load_runs([rated])
    summaries = calibrated(summarise(runs), runs, read_calibration(file))
    out = io.StringIO()
    Console(file=out, width=80).print(as_terminal(summaries, leaderboards(summaries), slices=False, width=80))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(re.search(r"Complete .*1\.000 \(.* 0\.841 \(.* 60, this run", line) for line in lines)
